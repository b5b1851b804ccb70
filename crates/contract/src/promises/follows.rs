//! Who follows whom, and the lists of them.

use tweetty_domain::{Change, Error, Invalid, NewUser, PeopleStart, Person, PersonChange, UserId, Whom};

use crate::Store;
use crate::arrange::{new_user, noon};

/// Their counters: followers, followees.
async fn counts(store: &Store, user: UserId) -> (u64, u64) {
    let user = store.user(user).await;
    (user.followers_count, user.following_count)
}

fn ids(people: &[Person]) -> Vec<UserId> {
    people.iter().map(|person| person.id).collect()
}

promises! { follows_entries of follows:
    async fn a_follow_counts_once_however_often_it_is_asked_for(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        assert_eq!(store.follow(ann, bob).await, Change::Made);
        for _ in 0..3 {
            assert_eq!(store.follow(ann, bob).await, Change::AlreadySo);
        }
        assert_eq!((counts(&store, ann).await, counts(&store, bob).await), ((0, 1), (1, 0)));
    }

    async fn an_unfollow_counts_once_however_often_it_is_asked_for(store: Store) {
        let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
        store.follow(ann, bob).await;
        store.follow(eve, bob).await;
        assert_eq!(store.unfollow(ann, bob).await, Change::Made);
        assert_eq!(store.unfollow(ann, bob).await, Change::AlreadySo);
        assert_eq!(store.unfollow(bob, eve).await, Change::AlreadySo, "he never did");
        assert_eq!((counts(&store, ann).await, counts(&store, bob).await), ((0, 0), (1, 0)));
    }

    async fn following_goes_one_way(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        store.follow(ann, bob).await;
        assert!(store.users.follows(ann, bob).await.unwrap());
        assert!(!store.users.follows(bob, ann).await.unwrap());
        assert_eq!(store.follow(bob, ann).await, Change::Made);
        store.unfollow(ann, bob).await;
        assert!(!store.users.follows(ann, bob).await.unwrap());
        assert!(store.users.follows(bob, ann).await.unwrap());
    }

    async fn newcomers_follow_from_the_beginning_and_both_counters_follow(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let joining = |name: &str| NewUser { follows: vec![bob, ann], ..new_user(name) };
        let added = store.users.add(vec![joining("eve"), joining("kim")], None).await.unwrap();
        let join = PersonChange::Join(joining("max"));
        store.users.apply(vec![(join, None)], noon()).await.unwrap();
        assert_eq!((counts(&store, ann).await, counts(&store, bob).await), ((3, 0), (3, 0)));
        assert_eq!(counts(&store, added[1]).await, (0, 2));
        assert!(store.users.follows(added[0], ann).await.unwrap());
        let followers = store.followers(bob, None, 10).await.people;
        assert_eq!(ids(&followers)[..2], added);
        assert_eq!(followers.len(), 3);
        store.assert_sound().await;
    }

    async fn nobody_is_added_who_should_follow_somebody_unknown_or_deactivated(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        store.users.deactivate(bob, noon(), None).await.unwrap();
        let joining = |name: &str, followee| NewUser { follows: vec![ann, followee], ..new_user(name) };
        for followee in [bob, UserId::stored(999)] {
            let added = store.users.add(vec![new_user("eve"), joining("kim", followee)], None).await;
            let join = PersonChange::Join(joining("max", followee));
            let applied = store.users.apply(vec![(join, None)], noon()).await;
            for error in [added.unwrap_err(), applied.unwrap_err()] {
                let is_expected = match &error {
                    Error::NotFound(_) => followee != bob,
                    Error::Invalid(Invalid::DeactivatedFollowee) => followee == bob,
                    _ => false,
                };
                assert!(is_expected, "{error:?}");
            }
        }
        let everybody = store.users.search(None, Whom::Everybody, PeopleStart::After(None), 10).await.unwrap();
        assert_eq!(everybody.people.len(), 2);
        assert_eq!(counts(&store, ann).await, (0, 0));
    }

    async fn nobody_unknown_is_followed(store: Store) {
        let ann = store.person("Ann").await;
        for nobody in [ann.get() + 1, i64::MAX].map(UserId::stored) {
            assert_eq!(store.users.follow(ann, nobody, noon(), None).await.unwrap(), None);
            assert_eq!(store.users.unfollow(ann, nobody, None).await.unwrap(), None);
            assert!(!store.users.follows(ann, nobody).await.unwrap());
        }
        assert_eq!(counts(&store, ann).await, (0, 0));
    }

    async fn a_user_who_is_gone_follows_nobody(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        store.users.remove(ann, None).await.unwrap().unwrap();
        let refused = store.users.follow(ann, bob, noon(), None).await;
        assert!(matches!(refused, Err(Error::UnknownKey)), "{refused:?}");
        assert_eq!(counts(&store, bob).await, (0, 0));
    }

    async fn the_lists_of_a_user_come_by_ascending_id(store: Store) {
        let [ann, bob, eve, zoe] = store.people(["Ann", "Bob", "Eve", "Zoe"]).await;
        for follower in [zoe, ann, eve] {
            store.follow(follower, bob).await;
            store.follow(bob, follower).await;
        }
        assert_eq!(ids(&store.followers(bob, None, 10).await.people), [ann, eve, zoe]);
        assert_eq!(ids(&store.following(bob, None, 10).await.people), [ann, eve, zoe]);
        assert_eq!(store.followers(bob, None, 10).await.people[2].nickname.as_str(), "Zoe");
        assert_eq!(ids(&store.followers(ann, None, 10).await.people), [bob]);
    }

    async fn a_walk_of_pages_shows_each_follower_once(store: Store) {
        let ann = store.person("Ann").await;
        let crowd = store.crowd("fan", 23).await;
        for fan in crowd.iter().rev() {
            store.follow(*fan, ann).await;
            store.follow(ann, *fan).await;
        }
        for size in [1, 5, 22, 23, 24] {
            let (mut followers, mut following, mut after) = (Vec::new(), Vec::new(), None);
            loop {
                let page = store.followers(ann, after, size).await;
                following.extend(store.following(ann, after, size).await.people);
                assert_eq!(
                    page.next.is_some(),
                    page.people.len() == size as usize && page.people.last().unwrap().id != crowd[22]
                );
                followers.extend(page.people);
                after = page.next;
                if after.is_none() {
                    break;
                }
                assert_eq!(after, followers.last().map(|fan: &Person| fan.id));
                assert!(followers.len() < crowd.len(), "the walk has no end");
            }
            assert_eq!((ids(&followers), ids(&following)), (crowd.clone(), crowd.clone()), "{size} a page");
        }
    }

    async fn a_list_behind_its_end_is_empty(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        store.follow(bob, ann).await;
        for after in [bob, UserId::stored(i64::MAX)] {
            let page = store.followers(ann, Some(after), 10).await;
            assert_eq!((page.people, page.next), (vec![], None));
        }
        let nobody = store.following(ann, None, 10).await;
        assert_eq!((nobody.people, nobody.next), (vec![], None));
    }

    async fn a_list_goes_on_behind_somebody_who_is_not_in_it(store: Store) {
        let [ann, bob, eve, zoe] = store.people(["Ann", "Bob", "Eve", "Zoe"]).await;
        for followee in [bob, eve, zoe] {
            store.follow(ann, followee).await;
        }
        store.unfollow(ann, eve).await;
        assert_eq!(ids(&store.following(ann, Some(eve), 10).await.people), [zoe]);
    }

    async fn a_user_who_never_was_has_no_lists(store: Store) {
        let ann = store.person("Ann").await;
        for nobody in [ann.get() + 1, i64::MAX].map(UserId::stored) {
            assert_eq!(store.users.followers(nobody, None, 10).await.unwrap(), None);
            assert_eq!(store.users.following(nobody, None, 10).await.unwrap(), None);
        }
    }

    async fn the_counters_of_a_found_user_are_true(store: Store) {
        let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
        for follower in [ann, eve] {
            store.follow(follower, bob).await;
        }
        let found = store.users.search(None, Whom::Active, PeopleStart::After(None), 10).await.unwrap();
        let counts = found.people.iter().map(|user| (user.followers_count, user.following_count));
        assert_eq!(counts.collect::<Vec<_>>(), [(0, 1), (2, 0), (0, 1)]);
    }
}
