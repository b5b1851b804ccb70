//! Loading a whole company at once.

use std::collections::BTreeSet;

use tweetty_domain::{Error, Order, PeopleStart, Scope, Whom};
use tweetty_tables::Invented;

use crate::Store;
use crate::arrange::{new_user, noon, part};
use crate::company::{Crew, tweet, user};

/// Four users, three tweets, some likes and follows; the fourth has no key.
fn crew() -> Crew {
    Crew {
        users: 4,
        authors: vec![2, 1, 2],
        follows: BTreeSet::from([(1, 2), (1, 3), (3, 2), (4, 1)]),
        likes: BTreeSet::from([(1, 1), (1, 2), (1, 4), (2, 1), (3, 3), (3, 4)]),
        keyless: BTreeSet::from([4]),
    }
}

async fn load(store: &Store, crew: Crew) {
    store.whole.load(Box::new(Invented(crew))).await.unwrap();
}

promises! { bulk_entries of bulk:
    async fn a_loaded_company_is_found_whole(store: Store) {
        load(&store, crew()).await;
        let found = store.users.search(None, Whom::Active, PeopleStart::After(None), 10).await.unwrap().people;
        assert_eq!(found.iter().map(|user| user.id).collect::<Vec<_>>(), [1, 2, 3, 4].map(user));
        let counts =
            found.iter().map(|user| (user.followers_count, user.following_count)).collect::<Vec<_>>();
        assert_eq!(counts, [(1, 2), (2, 0), (1, 1), (0, 1)]);
        assert_eq!((found[0].nickname.as_str(), found[0].created_at), ("user1", noon()));
        let first = store.see(tweet(1), user(4)).await.unwrap();
        assert_eq!((first.text.as_str(), first.author.id), ("tweet 1", user(2)));
        assert_eq!((first.likes_count, first.liked, first.created_at), (3, true, noon()));
        assert_eq!(first.likers.iter().map(|liker| liker.id).collect::<Vec<_>>(), [4, 1, 2].map(user));
        assert_eq!(store.profile(user(2), user(3)).await.followers[0].id, user(3));
    }

    async fn loaded_users_hold_the_keys_they_were_given(store: Store) {
        load(&store, crew()).await;
        for number in 1..=3 {
            assert_eq!(store.known_by(&format!("key-{number}"), noon()).await, Some(user(number)));
        }
        assert_eq!(store.known_by("key-4", noon()).await, None);
    }

    async fn the_feeds_of_a_loaded_company_work(store: Store) {
        load(&store, crew()).await;
        assert_eq!(store.feed(user(1)).await, [1, 3, 2].map(tweet));
        assert_eq!(store.feed(user(4)).await, [2].map(tweet));
        assert_eq!(store.ids(user(3), Scope::Following, Order::Recent).await, [3, 1].map(tweet));
        assert_eq!(store.ids(user(3), Scope::All, Order::POPULAR).await, [1, 3, 2].map(tweet));
    }

    async fn a_loaded_company_lives_on(store: Store) {
        load(&store, crew()).await;
        store.like(tweet(2), user(2)).await;
        store.like(tweet(2), user(3)).await;
        store.unlike(tweet(1), user(4)).await;
        store.follow(user(2), user(1)).await;
        store.unfollow(user(1), user(3)).await;
        assert_eq!(store.feed(user(2)).await, [2, 3, 1].map(tweet));
        store.users.remove(user(1), None).await.unwrap().unwrap();
        assert_eq!(store.feed(user(2)).await, [3, 1].map(tweet));
        assert_eq!(store.likes(tweet(1)).await, 1);
    }

    async fn ids_go_on_behind_a_loaded_company(store: Store) {
        load(&store, crew()).await;
        let ann = store.person("Ann").await;
        assert!(ann > user(4));
        let published = store.tweet(ann, "hi").await;
        assert!(published > tweet(3));
        let image = store.image(ann).await;
        store.tweet_with(user(1), "mine", &[store.image(user(1)).await]).await;
        store.tweet_with(ann, "hers", &[image]).await;
        assert_eq!(store.ids(ann, Scope::By(ann), Order::Recent).await.len(), 2);
    }

    async fn loaded_users_are_searched_and_unique_like_others(store: Store) {
        load(&store, crew()).await;
        assert_eq!(store.found("USER3").await, [user(3)]);
        assert_eq!(store.found("se").await, [1, 2, 3, 4].map(user));
        let refused = store.users.add(vec![new_user("User2")], None).await;
        assert!(matches!(&refused, Err(Error::NicknameTaken(_))), "{refused:?}");
    }

    async fn what_is_frequent_far_behind_the_first_users_is_found_whole_and_in_order(store: Store) {
        load(&store, Crew { users: 3_200, ..Crew::default() }).await;
        let expected = (1..=3_200).filter(|number| format!("user{number}").contains("er2")).map(user);
        let expected = expected.collect::<Vec<_>>();
        let page = async |start, size: u32| {
            let page = store.users.search(Some(part("er2")), Whom::Active, start, size).await.unwrap();
            page.people.iter().map(|user| user.id).collect::<Vec<_>>()
        };
        for (place, size) in [(0_usize, 200_u16), (100, 30), (111, 20), (111, 100), (1_000, 100), (1_091, 20), (1_100, 20)] {
            let start = PeopleStart::After(place.checked_sub(1).map(|last| expected[last]));
            let end = expected.len().min(place + usize::from(size));
            assert_eq!(page(start, size.into()).await, expected[place..end], "{place}, {size}");
        }
        for (number, people) in (1..).zip(expected.chunks(200)) {
            assert_eq!(page(PeopleStart::Page(number), 200).await, people, "page {number}");
        }
    }

    async fn a_company_is_loaded_only_into_an_empty_store(store: Store) {
        let ann = store.person("Ann").await;
        let refused = store.whole.load(Box::new(Invented(crew()))).await;
        assert!(matches!(refused, Err(Error::NotEmpty)), "{refused:?}");
        let everybody = store.users.search(None, Whom::Active, PeopleStart::After(None), 10).await.unwrap().people;
        assert_eq!(everybody, [store.user(ann).await]);
    }

    async fn a_company_is_not_loaded_twice(store: Store) {
        load(&store, crew()).await;
        let refused = store.whole.load(Box::new(Invented(crew()))).await;
        assert!(matches!(refused, Err(Error::NotEmpty)), "{refused:?}");
        assert_eq!(store.likes(tweet(1)).await, 3);
    }

    async fn a_company_of_nobody_leaves_the_store_empty(store: Store) {
        load(&store, Crew::default()).await;
        assert!(store.upkeep.is_empty().await.unwrap());
        let ann = store.person("Ann").await;
        let tweet = store.tweet(ann, "hi").await;
        assert_eq!(store.feed(ann).await, [tweet]);
    }
}
