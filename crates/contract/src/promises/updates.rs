//! Changing people.

use tweetty_domain::{Changes, Error, NewUser, Order, Person, Scope, Start, User, UserId};

use crate::arrange::{new_user, nickname, person_name};

promises! { updates_entries of updates:
    async fn what_is_not_to_change_stays(store: Store) {
        let (first_name, last_name) = (Some(person_name("Anna")), Some(person_name("Berg")));
        let ann = store.add(NewUser { first_name, last_name, ..new_user("Ann") }).await;
        let before = store.user(ann).await;
        assert!(store.users.update(ann, Changes::default(), None).await.unwrap());
        assert_eq!(store.user(ann).await, before);
        let last_name = Some(Some(person_name("Tal")));
        assert!(store.users.update(ann, Changes { last_name, ..Changes::default() }, None).await.unwrap());
        assert_eq!(store.user(ann).await, User { last_name: Some(person_name("Tal")), ..before });
    }

    async fn names_can_be_taken_away_and_given_again(store: Store) {
        let (first_name, last_name) = (Some(person_name("Anna")), Some(person_name("Berg")));
        let ann = store.add(NewUser { first_name, last_name, ..new_user("Ann") }).await;
        let none = Changes { first_name: Some(None), last_name: Some(None), ..Changes::default() };
        assert!(store.users.update(ann, none, None).await.unwrap());
        let user = store.user(ann).await;
        assert_eq!((user.first_name, user.last_name), (None, None));
        let first_name = Some(Some(person_name("Änne")));
        store.users.update(ann, Changes { first_name, ..Changes::default() }, None).await.unwrap();
        assert_eq!(store.user(ann).await.first_name, Some(person_name("Änne")));
    }

    async fn a_new_nickname_is_seen_everywhere(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let tweet = store.liked_tweet(ann, "hi", &[ann]).await;
        store.follow(ann, bob).await;
        assert!(store.users.update(ann, renamed("Änne"), None).await.unwrap());
        let tweet = store.see(tweet, bob).await.unwrap();
        let profile = store.profile(bob, bob).await;
        for nickname in [&tweet.author.nickname, &tweet.likers[0].nickname, &profile.followers[0].nickname] {
            assert_eq!(nickname.as_str(), "Änne");
        }
        assert_eq!(store.users.find_by_nickname(&nickname("ÄNNE")).await.unwrap().unwrap().id, ann);
        assert_eq!(store.users.find_by_nickname(&nickname("Ann")).await.unwrap(), None);
    }

    async fn a_person_has_their_names_wherever_they_are_named_also_after_a_change(store: Store) {
        let ann = store.add(NewUser { first_name: Some(person_name("Anna")), ..new_user("ann") }).await;
        let bob = store.person("bob").await;
        let tweet = store.liked_tweet(ann, "hi", &[ann, bob]).await;
        store.follow(ann, bob).await;
        store.follow(bob, ann).await;
        let last_name = Some(Some(person_name("Ли")));
        let changes = [
            (Changes::default(), Some("Anna"), None),
            (Changes { last_name, ..Changes::default() }, Some("Anna"), Some("Ли")),
            (Changes { first_name: Some(None), ..Changes::default() }, None, Some("Ли")),
        ];
        for (changes, first, last) in changes {
            store.users.update(ann, changes, None).await.unwrap();
            let expected = Person {
                id: ann,
                nickname: nickname("ann"),
                first_name: first.map(person_name),
                last_name: last.map(person_name),
                avatar: None,
                bot: false,
            };
            let (hers, his) = (store.profile(ann, bob).await, store.profile(bob, bob).await);
            let likers = store.feeds.likers(tweet, ann, None, 10).await.unwrap().unwrap();
            let named = [
                store.see(tweet, bob).await.unwrap().author,
                store.page(bob, Scope::Following, Order::Recent, Start::FIRST, 10).await.tweets[0].author.clone(),
                hers.person,
                his.followers[0].clone(),
                his.following[0].clone(),
                store.followers(bob, None, 10).await.people[0].clone(),
                store.following(bob, None, 10).await.people[0].clone(),
                likers.people[0].clone(),
                store.tweets.liked_by(bob, None, 10).await.unwrap()[0].author.clone(),
            ];
            for (place, person) in named.iter().enumerate() {
                assert_eq!(*person, expected, "place {place}");
            }
        }
    }

    async fn search_follows_every_change(store: Store) {
        let ann = store.add(NewUser { first_name: Some(person_name("Anna")), ..new_user("gopher") }).await;
        let last_name = Some(Some(person_name("Мария")));
        let changes = Changes { first_name: Some(None), last_name, ..renamed("Crab") };
        store.users.update(ann, changes, None).await.unwrap();
        for (text, expected) in
            [("goph", vec![]), ("anna", vec![]), ("CRA", vec![ann]), ("мАР", vec![ann]), ("a", vec![ann])]
        {
            assert_eq!(store.found(text).await, expected, "{text}");
        }
    }

    async fn a_nickname_of_another_is_refused_and_nothing_changes(store: Store) {
        let [ann, _] = store.people(["Ann", "Жанна"]).await;
        let before = store.user(ann).await;
        let first_name = Some(Some(person_name("New")));
        let refused = store.users.update(ann, Changes { first_name, ..renamed("ЖАННА") }, None).await;
        assert!(
            matches!(&refused, Err(Error::NicknameTaken(name)) if name.as_str() == "ЖАННА"),
            "{refused:?}"
        );
        assert_eq!(store.user(ann).await, before);
        assert_eq!(store.found("new").await, []);
    }

    async fn a_user_may_change_the_letter_case_of_her_own_nickname(store: Store) {
        let ann = store.person("ann").await;
        assert!(store.users.update(ann, renamed("ANN"), None).await.unwrap());
        assert!(store.users.update(ann, renamed("ANN"), None).await.unwrap(), "the same again");
        assert_eq!(store.user(ann).await.nickname.as_str(), "ANN");
    }

    async fn a_nickname_that_was_given_up_is_free(store: Store) {
        let ann = store.person("Ann").await;
        store.users.update(ann, renamed("Änne"), None).await.unwrap();
        let other = store.person("ANN").await;
        assert_eq!(store.users.find_by_nickname(&nickname("ann")).await.unwrap().unwrap().id, other);
    }

    async fn whoever_never_was_cannot_be_changed(store: Store) {
        let ann = store.person("Ann").await;
        for nobody in [ann.get() + 1, i64::MAX].map(UserId::stored) {
            assert!(!store.users.update(nobody, renamed("Eve"), None).await.unwrap());
            assert!(!store.users.update(nobody, Changes::default(), None).await.unwrap());
        }
        store.person("Eve").await;
    }
}

fn renamed(text: &str) -> Changes {
    Changes { nickname: Some(nickname(text)), ..Changes::default() }
}
