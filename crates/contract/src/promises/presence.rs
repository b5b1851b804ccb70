//! Those who leave the company, and come back.

use chrono::TimeDelta;
use tweetty_domain::{
    Action, Change, Changes, Entry, Error, Invalid, NewUser, Operator, Outcome, PeopleStart, PersonChange, Timestamp,
    UserId, Whom,
};

use crate::Store;
use crate::arrange::{key, labelled, new_user, nickname, noon};

fn later() -> Timestamp {
    noon() + TimeDelta::hours(1)
}

async fn deactivate(store: &Store, user: UserId) -> Change {
    store.users.deactivate(user, later(), None).await.unwrap().unwrap().change
}

async fn activate(store: &Store, user: UserId) -> Change {
    store.users.activate(user, None).await.unwrap().unwrap()
}

async fn everybody(store: &Store, whom: Whom) -> Vec<UserId> {
    let found = store.users.search(None, whom, PeopleStart::After(None), 10).await.unwrap();
    found.people.iter().map(|user| user.id).collect()
}

promises! { presence_entries of presence:
    async fn a_deactivated_user_is_known_by_no_key_and_gets_none(store: Store) {
        let ann = store.holder("Ann", "first").await;
        store.one_more_key(ann, labelled("second", "phone", Some(later() + TimeDelta::days(1)))).await;
        assert_eq!(deactivate(&store, ann).await, Change::Made);
        for text in ["first", "second"] {
            for now in [noon(), later(), later() + TimeDelta::days(2)] {
                assert_eq!(store.known_by(text, now).await, None, "{text}");
            }
        }
        assert_eq!(store.keys.keys_of(ann, later()).await.unwrap(), []);
        let refused = store.keys.add_key(ann, key("new").into(), later(), None, None).await;
        assert!(matches!(&refused, Err(Error::Deactivated(name)) if name.as_str() == "Ann"), "{refused:?}");
        let refused = store.keys.replace_key(ann, key("new").into(), later(), None, None).await;
        assert!(matches!(&refused, Err(Error::Deactivated(_))), "{refused:?}");
    }

    async fn an_ended_key_stays_ended_and_a_new_one_works(store: Store) {
        let ann = store.holder("Ann", "old").await;
        deactivate(&store, ann).await;
        assert_eq!(activate(&store, ann).await, Change::Made);
        assert_eq!(store.known_by("old", later()).await, None);
        store.keys.replace_key(ann, key("new").into(), later(), None, None).await.unwrap();
        assert_eq!(store.known_by("new", later()).await, Some(ann));
    }

    async fn only_operators_find_a_deactivated_user(store: Store) {
        let [ann, bob, anna] = store.people(["Ann", "Bob", "Anna"]).await;
        deactivate(&store, ann).await;
        assert_eq!(store.user(ann).await.deactivated_at, Some(later()));
        assert!(!store.profile(ann, bob).await.active);
        for text in ["ann", "an"] {
            assert_eq!(store.found(text).await, [anna], "{text}");
        }
        assert_eq!(everybody(&store, Whom::Active).await, [bob, anna]);
        assert_eq!(everybody(&store, Whom::Everybody).await, [ann, bob, anna]);
        activate(&store, ann).await;
        assert_eq!(store.found("ann").await, [ann, anna]);
        assert_eq!(store.user(ann).await.deactivated_at, None);
        assert!(store.profile(ann, bob).await.active);
    }

    async fn what_a_deactivated_user_left_stays(store: Store) {
        let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
        let tweet = store.liked_tweet(ann, "hi", &[ann, bob]).await;
        let other = store.liked_tweet(bob, "hello", &[ann]).await;
        for (follower, followee) in [(bob, ann), (ann, eve)] {
            store.follow(follower, followee).await;
        }
        let before = (store.see(tweet, bob).await, store.see(other, bob).await, store.feed(bob).await);
        deactivate(&store, ann).await;
        assert_eq!((store.see(tweet, bob).await, store.see(other, bob).await, store.feed(bob).await), before);
        let user = store.user(ann).await;
        assert_eq!((user.followers_count, user.following_count), (1, 1));
        assert_eq!(store.profile(eve, bob).await.followers[0].id, ann);
        store.assert_sound().await;
    }

    async fn a_deactivated_user_is_not_followed_anew(store: Store) {
        let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
        store.follow(bob, ann).await;
        deactivate(&store, ann).await;
        assert_eq!(store.follow(bob, ann).await, Change::AlreadySo, "the same again is as before");
        let refused = store.users.follow(eve, ann, noon(), None).await;
        assert!(matches!(refused, Err(Error::Invalid(Invalid::DeactivatedFollowee))), "{refused:?}");
        let entry = Entry {
            at: noon(),
            by: Operator { os_user: "root".to_owned(), sudo_user: None }.into(),
            action: Action::Follow,
            user: Some(eve),
            outcome: Outcome::Done,
            detail: None,
        };
        let refused = store.users.follow(eve, ann, noon(), Some(entry)).await;
        assert!(matches!(refused, Err(Error::Invalid(Invalid::DeactivatedFollowee))), "{refused:?}");
        assert_eq!(store.unfollow(bob, ann).await, Change::Made);
        let refused = store.users.follow(bob, ann, noon(), None).await;
        assert!(matches!(refused, Err(Error::Invalid(Invalid::DeactivatedFollowee))), "{refused:?}");
        assert_eq!(store.user(ann).await.followers_count, 0);
        activate(&store, ann).await;
        assert_eq!(store.follow(eve, ann).await, Change::Made);
        store.assert_sound().await;
    }

    async fn the_same_again_changes_nothing_and_is_not_recorded(store: Store) {
        let ann = store.person("Ann").await;
        let entry = |name: &str| {
            let operator = Operator { os_user: "root".to_owned(), sudo_user: None };
            let action = Action::Other(name.to_owned());
            let by = operator.into();
            Some(Entry { at: noon(), by, action, user: Some(ann), outcome: Outcome::Done, detail: None })
        };
        let users = &store.users;
        assert_eq!(users.activate(ann, entry("never")).await.unwrap(), Some(Change::AlreadySo));
        for expected in [Change::Made, Change::AlreadySo] {
            let done = users.deactivate(ann, later(), entry("leave")).await.unwrap().unwrap();
            assert_eq!(done.change, expected);
        }
        assert_eq!(users.deactivate(ann, noon(), None).await.unwrap().unwrap().change, Change::AlreadySo);
        assert_eq!(store.user(ann).await.deactivated_at, Some(later()), "since the first time");
        for expected in [Change::Made, Change::AlreadySo] {
            assert_eq!(users.activate(ann, entry("return")).await.unwrap(), Some(expected));
        }
        let records = store.audit.records(None, None, 10).await.unwrap();
        let actions = records.into_iter().map(|record| record.entry.action).collect::<Vec<_>>();
        assert_eq!(actions, ["leave", "return"].map(|name| Action::Other(name.to_owned())));
    }

    async fn people_are_changed_in_order_all_or_none(store: Store) {
        let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
        deactivate(&store, eve).await;
        let named = |text: &str| Changes { nickname: Some(nickname(text)), ..Changes::default() };
        let change = |user, changes, returns, key| PersonChange::Change { user, changes, returns, key };
        let entry = Entry {
            at: noon(),
            by: Operator { os_user: "root".to_owned(), sudo_user: None }.into(),
            action: Action::SyncUsers,
            user: None,
            outcome: Outcome::Done,
            detail: Some("joined".to_owned()),
        };
        let with = |changes: Vec<PersonChange>| changes.into_iter().map(|one| (one, Some(entry.clone()))).collect::<Vec<_>>();
        for refused in [
            vec![PersonChange::Leave(ann), PersonChange::Leave(UserId::stored(999))],
            vec![PersonChange::Leave(ann), change(UserId::stored(999), named("x"), false, None)],
            vec![PersonChange::Leave(ann), change(bob, named("EVE"), false, None)],
            vec![PersonChange::Leave(ann), PersonChange::Join(new_user("bob"))],
        ] {
            store.users.apply(with(refused), later()).await.unwrap_err();
        }
        assert!(store.user(ann).await.is_active());
        assert_eq!(store.audit.records(None, None, 10).await.unwrap(), []);
        let changes = vec![
            PersonChange::Leave(ann),
            change(eve, named("Eva"), true, Some(key("eve").into())),
            change(bob, named("eve"), false, None),
            PersonChange::Join(NewUser { key: Some(key("joined").into()), ..new_user("Bob") }),
            PersonChange::Join(NewUser { key: None, ..new_user("Kim") }),
        ];
        store.users.apply(with(changes), later()).await.unwrap();
        let all = store.users.search(None, Whom::Everybody, PeopleStart::After(None), 10).await.unwrap().people;
        let names = all.iter().map(|user| (user.nickname.as_str(), user.is_active())).collect::<Vec<_>>();
        assert_eq!(names, [("Ann", false), ("eve", true), ("Eva", true), ("Bob", true), ("Kim", true)]);
        assert_eq!(store.known_by("eve", later()).await, Some(eve));
        assert_eq!(store.known_by("joined", later()).await, Some(all[3].id));
        let records = store.audit.records(None, None, 10).await.unwrap();
        let users = records.iter().map(|record| record.entry.user).collect::<Vec<_>>();
        assert_eq!(users, [ann, eve, bob, all[3].id, all[4].id].map(Some));
        store.assert_sound().await;
    }

    async fn a_user_who_never_was_neither_leaves_nor_returns(store: Store) {
        for nobody in [1, i64::MAX].map(UserId::stored) {
            assert_eq!(store.users.deactivate(nobody, noon(), None).await.unwrap(), None);
            assert_eq!(store.users.activate(nobody, None).await.unwrap(), None);
        }
    }
}
