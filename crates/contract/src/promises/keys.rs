//! By which keys users are known, and until when.

use chrono::TimeDelta;
use tweetty_domain::{Error, Key, KeyHash, Timestamp, UserId};

use crate::Store;
use crate::arrange::{key, new_user, nickname, noon};

fn later(seconds: i64) -> Timestamp {
    noon() + TimeDelta::seconds(seconds)
}

const INSTANT: TimeDelta = TimeDelta::milliseconds(1);

fn new_key(text: &str, created_at: Timestamp) -> Key {
    Key { hash: key(text), created_at, ends_at: None }
}

/// The keys of a user at that moment.
async fn keys_of(store: &Store, user: UserId, now: Timestamp) -> Vec<KeyHash> {
    store.keys.keys_of(user, now).await.unwrap().iter().map(|key| key.hash).collect()
}

promises! { keys_entries of keys:
    async fn a_user_is_known_by_her_key_alone(store: Store) {
        let (ann, bob) = (store.holder("Ann", "ann-key").await, store.holder("Bob", "bob-key").await);
        let found = store.keys.find_by_key(key("ann-key"), noon()).await.unwrap().unwrap();
        assert_eq!((found.id, found.nickname.as_str()), (ann, "Ann"));
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
        assert!(store.keys.replace_key(ann, key("new"), later(10), None, None).await.unwrap());
        assert_eq!(store.known_by("old", later(10)).await, None);
        assert_eq!(store.known_by("old", later(11)).await, None);
        assert_eq!(store.known_by("new", later(10)).await, Some(ann));
    }

    async fn a_key_in_its_grace_time_ends_at_that_very_moment(store: Store) {
        let ann = store.holder("Ann", "old").await;
        store.keys.replace_key(ann, key("new"), noon(), Some(later(60)), None).await.unwrap();
        assert_eq!(store.known_by("old", noon()).await, Some(ann));
        assert_eq!(store.known_by("old", later(60) - INSTANT).await, Some(ann));
        assert_eq!(store.known_by("old", later(60)).await, None);
        assert_eq!(store.known_by("new", later(60)).await, Some(ann));
    }

    async fn a_later_replacement_never_prolongs_a_grace_time(store: Store) {
        let ann = store.holder("Ann", "first").await;
        store.keys.replace_key(ann, key("second"), noon(), Some(later(60)), None).await.unwrap();
        store.keys.replace_key(ann, key("third"), later(1), Some(later(600)), None).await.unwrap();
        assert_eq!(store.known_by("first", later(59)).await, Some(ann));
        assert_eq!(store.known_by("first", later(60)).await, None);
        assert_eq!(store.known_by("second", later(599)).await, Some(ann));
        assert_eq!(store.known_by("second", later(600)).await, None);
    }

    async fn a_later_replacement_shortens_a_grace_time(store: Store) {
        let ann = store.holder("Ann", "first").await;
        store.keys.replace_key(ann, key("second"), noon(), Some(later(600)), None).await.unwrap();
        store.keys.replace_key(ann, key("third"), later(1), Some(later(60)), None).await.unwrap();
        assert_eq!(store.known_by("first", later(59)).await, Some(ann));
        assert_eq!(store.known_by("first", later(60)).await, None);
        store.keys.replace_key(ann, key("fourth"), later(30), None, None).await.unwrap();
        for ended in ["first", "second", "third"] {
            assert_eq!(store.known_by(ended, later(30)).await, None, "{ended}");
        }
    }

    async fn replacing_a_key_leaves_the_keys_of_others_alone(store: Store) {
        let (ann, bob) = (store.holder("Ann", "ann-key").await, store.holder("Bob", "bob-key").await);
        store.keys.replace_key(ann, key("new"), noon(), None, None).await.unwrap();
        assert_eq!(store.known_by("bob-key", later(1)).await, Some(bob));
    }

    async fn a_key_in_use_is_no_replacement_and_the_old_one_stays(store: Store) {
        let (ann, bob) = (store.holder("Ann", "ann-key").await, store.holder("Bob", "bob-key").await);
        let refused = store.keys.replace_key(ann, key("bob-key"), noon(), None, None).await;
        assert!(matches!(&refused, Err(Error::KeyTaken(name)) if *name == nickname("Ann")), "{refused:?}");
        assert_eq!(store.known_by("ann-key", later(1)).await, Some(ann));
        assert_eq!(store.known_by("bob-key", later(1)).await, Some(bob));
    }

    async fn a_user_who_never_was_gets_no_key(store: Store) {
        let nobody = UserId::stored(999_999);
        assert!(!store.keys.replace_key(nobody, key("new"), noon(), None, None).await.unwrap());
        assert_eq!(store.known_by("new", noon()).await, None);
    }

    async fn the_keys_of_a_removed_user_are_free_again(store: Store) {
        let ann = store.holder("Ann", "old").await;
        store.keys.replace_key(ann, key("new"), noon(), Some(later(60)), None).await.unwrap();
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
        fine.key = Some(key("left-behind"));
        store.users.add(vec![fine, new_user("TAKEN")], None).await.unwrap_err();
        assert_eq!(store.known_by("left-behind", noon()).await, None);
        store.holder("Ann", "left-behind").await;
    }

    async fn a_user_may_hold_several_keys(store: Store) {
        let ann = store.holder("Ann", "first").await;
        let passing = Key { ends_at: Some(later(60)), ..new_key("passing", later(20)) };
        assert!(store.keys.add_key(ann, passing, None).await.unwrap());
        assert!(store.keys.add_key(ann, new_key("second", later(10)), None).await.unwrap());
        for text in ["first", "second", "passing"] {
            assert_eq!(store.known_by(text, later(59)).await, Some(ann), "{text}");
        }
        let held = store.keys.keys_of(ann, later(59)).await.unwrap();
        assert_eq!(held, [new_key("first", noon()), new_key("second", later(10)), passing], "the oldest first");
        assert_eq!(store.known_by("passing", later(60)).await, None);
        assert_eq!(keys_of(&store, ann, later(60)).await, ["first", "second"].map(key));
    }

    async fn a_key_in_use_is_nobody_s_second_one(store: Store) {
        let (ann, bob) = (store.holder("Ann", "ann-key").await, store.holder("Bob", "bob-key").await);
        for taken in ["ann-key", "bob-key"] {
            let refused = store.keys.add_key(ann, new_key(taken, noon()), None).await;
            assert!(matches!(&refused, Err(Error::KeyTaken(name)) if *name == nickname("Ann")), "{refused:?}");
        }
        assert!(!store.keys.add_key(UserId::stored(999_999), new_key("new", noon()), None).await.unwrap());
        assert_eq!(keys_of(&store, bob, noon()).await, [key("bob-key")]);
        assert_eq!(store.known_by("new", noon()).await, None);
    }

    async fn one_key_ends_and_the_others_stay(store: Store) {
        let (ann, bob) = (store.holder("Ann", "first").await, store.holder("Bob", "bob-key").await);
        store.keys.add_key(ann, new_key("second", noon()), None).await.unwrap();
        assert!(store.keys.end_key(ann, key("first"), later(60), None).await.unwrap());
        assert_eq!(store.known_by("first", later(59)).await, Some(ann));
        assert_eq!(store.known_by("first", later(60)).await, None);
        assert!(store.keys.end_key(ann, key("first"), later(30), None).await.unwrap(), "sooner than it was to end");
        assert_eq!(store.known_by("first", later(30)).await, None);
        for (user, hash) in [(ann, "first"), (ann, "bob-key"), (bob, "second"), (bob, "never")] {
            assert!(!store.keys.end_key(user, key(hash), later(40), None).await.unwrap(), "{hash}");
        }
        assert_eq!(keys_of(&store, ann, later(40)).await, [key("second")]);
        assert_eq!(keys_of(&store, bob, later(40)).await, [key("bob-key")]);
    }

    async fn the_keys_of_many_are_replaced_all_or_none(store: Store) {
        let (ann, bob) = (store.holder("Ann", "ann-key").await, store.holder("Bob", "bob-key").await);
        let [eve, gone] = store.people(["Eve", "Gone"]).await;
        store.users.deactivate(gone, noon(), None).await.unwrap();
        let replace = async |keys: &[(UserId, &str)]| {
            let keys = keys.iter().map(|(user, text)| (*user, key(text))).collect();
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
        store.keys.replace_keys(vec![(bob, key("bob-new"))], later(1), old_until, None).await.unwrap();
        assert_eq!(store.known_by("bob-key", later(59)).await, Some(bob));
        assert_eq!(store.known_by("bob-key", later(60)).await, None);
        replace(&[]).await.unwrap();
    }

    async fn all_keys_of_a_user_are_replaced(store: Store) {
        let ann = store.holder("Ann", "first").await;
        store.keys.add_key(ann, new_key("second", noon()), None).await.unwrap();
        store.keys.replace_key(ann, key("third"), later(1), Some(later(60)), None).await.unwrap();
        assert_eq!(store.keys.keys_of(ann, later(59)).await.unwrap().len(), 3);
        assert_eq!(keys_of(&store, ann, later(60)).await, [key("third")]);
        store.keys.replace_key(ann, key("fourth"), later(2), None, None).await.unwrap();
        assert_eq!(keys_of(&store, ann, later(2)).await, [key("fourth")]);
    }
}
