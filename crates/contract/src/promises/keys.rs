//! By which keys users are known, and until when.

use chrono::TimeDelta;
use tweetty_domain::{Error, Holder, Key, KeyId, KeyLabel, Timestamp, UserId};

use crate::Store;
use crate::arrange::{key, labelled, new_user, nickname, noon};

fn later(seconds: i64) -> Timestamp {
    noon() + TimeDelta::seconds(seconds)
}

const INSTANT: TimeDelta = TimeDelta::milliseconds(1);

/// What the keys of a user are called at that moment; a first key has no label.
async fn labels(store: &Store, user: UserId, now: Timestamp) -> Vec<String> {
    let keys = store.keys.keys_of(user, now).await.unwrap();
    let label = |key: &Key| key.label.as_ref().map_or("", KeyLabel::as_str).to_owned();
    keys.iter().map(label).collect()
}

promises! { keys_entries of keys:
    async fn a_user_is_known_by_her_key_alone(store: Store) {
        let (ann, bob) = (store.holder("Ann", "ann-key").await, store.holder("Bob", "bob-key").await);
        let found = store.keys.find_by_key(key("ann-key"), noon()).await.unwrap().unwrap();
        let only = store.keys.keys_of(ann, noon()).await.unwrap()[0].id;
        assert_eq!(found, Holder { user: ann, key: only, last_used_on: None, ends_at: None });
        assert_eq!(store.known_by("bob-key", noon()).await, Some(bob));
        for unknown in ["ANN-KEY", "ann-ke", "ann-key1", "Ann"] {
            assert_eq!(store.known_by(unknown, noon()).await, None, "{unknown}");
        }
    }

    async fn a_first_key_never_ends_by_itself(store: Store) {
        let ann = store.holder("Ann", "key").await;
        for now in [noon() - TimeDelta::days(1), noon(), noon() + TimeDelta::days(36_500)] {
            assert_eq!(store.known_by("key", now).await, Some(ann));
        }
    }

    async fn a_replaced_key_ends_at_once(store: Store) {
        let ann = store.holder("Ann", "old").await;
        assert!(store.keys.replace_key(ann, key("new").into(), later(10), None, None).await.unwrap());
        assert_eq!(store.known_by("old", later(10)).await, None);
        assert_eq!(store.known_by("old", later(11)).await, None);
        assert_eq!(store.known_by("new", later(10)).await, Some(ann));
    }

    async fn a_key_in_its_grace_time_ends_at_that_very_moment(store: Store) {
        let ann = store.holder("Ann", "old").await;
        store.keys.replace_key(ann, key("new").into(), noon(), Some(later(60)), None).await.unwrap();
        assert_eq!(store.known_by("old", noon()).await, Some(ann));
        assert_eq!(store.known_by("old", later(60) - INSTANT).await, Some(ann));
        assert_eq!(store.known_by("old", later(60)).await, None);
        assert_eq!(store.known_by("new", later(60)).await, Some(ann));
    }

    async fn a_later_replacement_never_prolongs_a_grace_time(store: Store) {
        let ann = store.holder("Ann", "first").await;
        store.keys.replace_key(ann, key("second").into(), noon(), Some(later(60)), None).await.unwrap();
        store.keys.replace_key(ann, key("third").into(), later(1), Some(later(600)), None).await.unwrap();
        assert_eq!(store.known_by("first", later(59)).await, Some(ann));
        assert_eq!(store.known_by("first", later(60)).await, None);
        assert_eq!(store.known_by("second", later(599)).await, Some(ann));
        assert_eq!(store.known_by("second", later(600)).await, None);
    }

    async fn a_later_replacement_shortens_a_grace_time(store: Store) {
        let ann = store.holder("Ann", "first").await;
        store.keys.replace_key(ann, key("second").into(), noon(), Some(later(600)), None).await.unwrap();
        store.keys.replace_key(ann, key("third").into(), later(1), Some(later(60)), None).await.unwrap();
        assert_eq!(store.known_by("first", later(59)).await, Some(ann));
        assert_eq!(store.known_by("first", later(60)).await, None);
        store.keys.replace_key(ann, key("fourth").into(), later(30), None, None).await.unwrap();
        for ended in ["first", "second", "third"] {
            assert_eq!(store.known_by(ended, later(30)).await, None, "{ended}");
        }
    }

    async fn replacing_a_key_leaves_the_keys_of_others_alone(store: Store) {
        let (ann, bob) = (store.holder("Ann", "ann-key").await, store.holder("Bob", "bob-key").await);
        store.keys.replace_key(ann, key("new").into(), noon(), None, None).await.unwrap();
        assert_eq!(store.known_by("bob-key", later(1)).await, Some(bob));
    }

    async fn a_key_in_use_is_no_replacement_and_the_old_one_stays(store: Store) {
        let (ann, bob) = (store.holder("Ann", "ann-key").await, store.holder("Bob", "bob-key").await);
        let refused = store.keys.replace_key(ann, key("bob-key").into(), noon(), None, None).await;
        assert!(matches!(&refused, Err(Error::KeyTaken(name)) if *name == nickname("Ann")), "{refused:?}");
        assert_eq!(store.known_by("ann-key", later(1)).await, Some(ann));
        assert_eq!(store.known_by("bob-key", later(1)).await, Some(bob));
    }

    async fn a_user_who_never_was_gets_no_key(store: Store) {
        let nobody = UserId::stored(999_999);
        assert!(!store.keys.replace_key(nobody, key("new").into(), noon(), None, None).await.unwrap());
        assert_eq!(store.known_by("new", noon()).await, None);
    }

    async fn the_keys_of_a_removed_user_are_free_again(store: Store) {
        let ann = store.holder("Ann", "old").await;
        store.keys.replace_key(ann, key("new").into(), noon(), Some(later(60)), None).await.unwrap();
        store.users.remove(ann, None).await.unwrap().unwrap();
        for gone in ["old", "new"] {
            assert_eq!(store.known_by(gone, noon()).await, None, "{gone}");
        }
        let eve = store.holder("Eve", "new").await;
        assert_eq!(store.known_by("new", noon()).await, Some(eve));
    }

    async fn a_failed_addition_leaves_no_key_behind(store: Store) {
        store.person("taken").await;
        let mut fine = new_user("fine");
        fine.key = Some(key("left-behind").into());
        store.users.add(vec![fine, new_user("TAKEN")], None).await.unwrap_err();
        assert_eq!(store.known_by("left-behind", noon()).await, None);
        store.holder("Ann", "left-behind").await;
    }

    async fn a_user_may_hold_several_keys(store: Store) {
        let ann = store.holder("Ann", "first").await;
        let passing = labelled("passing", "phone", Some(later(60)));
        let passing = store.keys.add_key(ann, passing, later(20), None, None).await.unwrap().unwrap();
        let second = labelled("second", "\u{1F4BB} laptop", None);
        let second = store.keys.add_key(ann, second, later(10), None, None).await.unwrap().unwrap();
        for text in ["first", "second", "passing"] {
            assert_eq!(store.known_by(text, later(59)).await, Some(ann), "{text}");
        }
        let held = store.keys.keys_of(ann, later(59)).await.unwrap();
        let label = |text: &str| Some(KeyLabel::stored(text.to_owned()));
        let listed = |id, text, created_at, ends_at| Key { id, label: label(text), created_at, last_used_on: None, ends_at };
        let first = Key { label: None, ..listed(held[0].id, "", noon(), None) };
        let others = [listed(second, "\u{1F4BB} laptop", later(10), None), listed(passing, "phone", later(20), Some(later(60)))];
        assert_eq!(held, [&[first][..], &others].concat(), "the oldest first");
        let shown = store.keys.find_by_key(key("passing"), later(59)).await.unwrap().unwrap();
        assert_eq!(shown, Holder { user: ann, key: passing, last_used_on: None, ends_at: Some(later(60)) });
        assert_eq!(store.known_by("passing", later(60)).await, None);
        assert_eq!(labels(&store, ann, later(60)).await, ["", "\u{1F4BB} laptop"]);
    }

    async fn a_key_in_use_is_nobody_s_second_one(store: Store) {
        let (ann, bob) = (store.holder("Ann", "ann-key").await, store.holder("Bob", "bob-key").await);
        for taken in ["ann-key", "bob-key"] {
            let refused = store.keys.add_key(ann, key(taken).into(), noon(), None, None).await;
            assert!(matches!(&refused, Err(Error::KeyTaken(name)) if *name == nickname("Ann")), "{refused:?}");
        }
        let nobody = UserId::stored(999_999);
        assert_eq!(store.keys.add_key(nobody, key("new").into(), noon(), None, None).await.unwrap(), None);
        assert_eq!(labels(&store, bob, noon()).await, [""]);
        assert_eq!(store.known_by("new", noon()).await, None);
    }

    async fn a_user_makes_no_more_keys_than_there_may_be(store: Store) {
        let ann = store.holder("Ann", "first").await;
        let bob = store.holder("Bob", "bob-key").await;
        let add = async |user, text: &str, most| {
            let new = labelled(text, text, Some(later(60)));
            store.keys.add_key(user, new, noon(), most, None).await
        };
        add(ann, "second", Some(2)).await.unwrap();
        let refused = add(ann, "third", Some(2)).await;
        assert!(matches!(refused, Err(Error::TooManyKeys { limit: 2 })), "{refused:?}");
        add(ann, "third", None).await.unwrap().unwrap();
        add(bob, "another's", Some(2)).await.unwrap().unwrap();
        let new = labelled("fourth", "fourth", None);
        store.keys.add_key(ann, new, later(60), Some(2), None).await.unwrap().unwrap();
        assert_eq!(labels(&store, ann, later(60)).await, ["", "fourth"], "ended ones don't count");
    }

    async fn of_many_that_are_made_at_once_no_more_are_than_there_may_be(store: Store) {
        let ann = store.holder("Ann", "first").await;
        let makers = (0..12).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let new = labelled(&format!("key-{number}"), "laptop", None);
                store.keys.add_key(ann, new, noon(), Some(5), None).await
            })
        });
        let mut made = 0;
        for maker in makers.collect::<Vec<_>>() {
            match maker.await.unwrap() {
                Ok(added) => made += usize::from(added.is_some()),
                Err(error) => assert!(matches!(error, Error::TooManyKeys { limit: 5 }), "{error:?}"),
            }
        }
        assert_eq!((made, labels(&store, ann, noon()).await.len()), (4, 5));
    }

    async fn one_key_ends_and_the_others_stay(store: Store) {
        let (ann, bob) = (store.holder("Ann", "first").await, store.holder("Bob", "bob-key").await);
        let second = store.one_more_key(ann, labelled("second", "second", None)).await;
        let [first, bobs] = [store.keys.keys_of(ann, noon()).await.unwrap()[0].id, store.keys.keys_of(bob, noon()).await.unwrap()[0].id];
        assert!(store.keys.end_key(ann, first, later(60), None).await.unwrap());
        assert_eq!(store.known_by("first", later(59)).await, Some(ann));
        assert_eq!(store.known_by("first", later(60)).await, None);
        assert!(store.keys.end_key(ann, first, later(30), None).await.unwrap(), "sooner than it was to end");
        assert_eq!(store.known_by("first", later(30)).await, None);
        for (user, id) in [(ann, first), (ann, bobs), (bob, second), (bob, KeyId::stored(999_999))] {
            assert!(!store.keys.end_key(user, id, later(40), None).await.unwrap(), "{id}");
        }
        assert_eq!(labels(&store, ann, later(40)).await, ["second"]);
        assert_eq!(labels(&store, bob, later(40)).await, [""]);
    }

    async fn the_last_day_of_use_is_recorded_and_never_an_earlier_one(store: Store) {
        let ann = store.holder("Ann", "first").await;
        let [first, second] = [store.keys.keys_of(ann, noon()).await.unwrap()[0].id, store.one_more_key(ann, key("second").into()).await];
        let used = async || {
            let keys = store.keys.keys_of(ann, noon()).await.unwrap();
            keys.iter().map(|key| key.last_used_on).collect::<Vec<_>>()
        };
        let day = |days| (noon() + TimeDelta::days(days)).date_naive();
        store.keys.record_use(vec![second, KeyId::stored(999_999)], day(1)).await.unwrap();
        assert_eq!(used().await, [None, Some(day(1))]);
        store.keys.record_use(vec![first, second], day(0)).await.unwrap();
        assert_eq!(used().await, [Some(day(0)), Some(day(1))]);
        store.keys.record_use(vec![second, first], day(2)).await.unwrap();
        assert_eq!(used().await, [Some(day(2)); 2]);
        let shown = store.keys.find_by_key(key("second"), noon()).await.unwrap().unwrap();
        assert_eq!(shown.last_used_on, Some(day(2)));
        store.keys.record_use(vec![], day(3)).await.unwrap();
    }

    async fn the_keys_of_many_are_replaced_all_or_none(store: Store) {
        let (ann, bob) = (store.holder("Ann", "ann-key").await, store.holder("Bob", "bob-key").await);
        let [eve, gone] = store.people(["Eve", "Gone"]).await;
        store.users.deactivate(gone, noon(), None).await.unwrap();
        let replace = async |keys: &[(UserId, &str)]| {
            let keys = keys.iter().map(|(user, text)| (*user, key(text).into())).collect();
            store.keys.replace_keys(keys, later(1), None, None).await
        };
        let refused = replace(&[(ann, "new"), (UserId::stored(999_999), "other")]).await;
        assert!(matches!(refused, Err(Error::NotFound(_))), "{refused:?}");
        assert!(matches!(replace(&[(ann, "new"), (gone, "other")]).await, Err(Error::Deactivated(_))));
        assert!(matches!(replace(&[(ann, "new"), (bob, "new")]).await, Err(Error::KeyTaken(_))));
        assert_eq!(store.known_by("ann-key", later(1)).await, Some(ann));
        replace(&[(eve, "eve-new"), (ann, "ann-new")]).await.unwrap();
        assert_eq!(store.known_by("ann-key", later(1)).await, None);
        for (text, user) in [("ann-new", ann), ("eve-new", eve), ("bob-key", bob)] {
            assert_eq!(store.known_by(text, later(1)).await, Some(user), "{text}");
        }
        let old_until = Some(later(60));
        store.keys.replace_keys(vec![(bob, key("bob-new").into())], later(1), old_until, None).await.unwrap();
        assert_eq!(store.known_by("bob-key", later(59)).await, Some(bob));
        assert_eq!(store.known_by("bob-key", later(60)).await, None);
        replace(&[]).await.unwrap();
    }

    async fn all_keys_of_a_user_are_replaced(store: Store) {
        let ann = store.holder("Ann", "first").await;
        store.one_more_key(ann, labelled("second", "second", None)).await;
        store.keys.replace_key(ann, labelled("third", "third", Some(later(90))), later(1), Some(later(60)), None).await.unwrap();
        assert_eq!(labels(&store, ann, later(59)).await, ["", "second", "third"]);
        assert_eq!(labels(&store, ann, later(60)).await, ["third"]);
        assert_eq!(store.known_by("third", later(90)).await, None);
        store.keys.replace_key(ann, labelled("fourth", "fourth", None), later(2), None, None).await.unwrap();
        assert_eq!(labels(&store, ann, later(2)).await, ["fourth"]);
    }

    async fn a_first_key_may_end(store: Store) {
        let mut new = new_user("Ann");
        new.key = Some(labelled("first", "first", Some(later(60))));
        let [ann, _] = store.users.add(vec![new, new_user("Bob")], None).await.unwrap().try_into().unwrap();
        assert_eq!(store.known_by("first", later(59)).await, Some(ann));
        assert_eq!(store.known_by("first", later(60)).await, None);
        assert_eq!(labels(&store, ann, later(59)).await, ["first"]);
    }
}
