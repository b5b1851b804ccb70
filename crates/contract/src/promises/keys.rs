//! By which keys users are known, and until when.

use chrono::TimeDelta;
use tweetty_domain::{Error, Timestamp, UserId};

use crate::arrange::{key, new_user, nickname, noon};

fn later(seconds: i64) -> Timestamp {
    noon() + TimeDelta::seconds(seconds)
}

const INSTANT: TimeDelta = TimeDelta::milliseconds(1);

promises! { keys_entries of keys:
    async fn a_user_is_known_by_her_key_alone(store: Store) {
        let (ann, bob) = (store.holder("Ann", "ann-key").await, store.holder("Bob", "bob-key").await);
        let found = store.users.find_by_key(key("ann-key"), noon()).await.unwrap().unwrap();
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
        assert!(store.users.replace_key(ann, key("new"), later(10), None).await.unwrap());
        assert_eq!(store.known_by("old", later(10)).await, None);
        assert_eq!(store.known_by("old", later(11)).await, None);
        assert_eq!(store.known_by("new", later(10)).await, Some(ann));
    }

    async fn a_key_in_its_grace_time_ends_at_that_very_moment(store: Store) {
        let ann = store.holder("Ann", "old").await;
        store.users.replace_key(ann, key("new"), noon(), Some(later(60))).await.unwrap();
        assert_eq!(store.known_by("old", noon()).await, Some(ann));
        assert_eq!(store.known_by("old", later(60) - INSTANT).await, Some(ann));
        assert_eq!(store.known_by("old", later(60)).await, None);
        assert_eq!(store.known_by("new", later(60)).await, Some(ann));
    }

    async fn a_later_replacement_never_prolongs_a_grace_time(store: Store) {
        let ann = store.holder("Ann", "first").await;
        store.users.replace_key(ann, key("second"), noon(), Some(later(60))).await.unwrap();
        store.users.replace_key(ann, key("third"), later(1), Some(later(600))).await.unwrap();
        assert_eq!(store.known_by("first", later(59)).await, Some(ann));
        assert_eq!(store.known_by("first", later(60)).await, None);
        assert_eq!(store.known_by("second", later(599)).await, Some(ann));
        assert_eq!(store.known_by("second", later(600)).await, None);
    }

    async fn a_later_replacement_shortens_a_grace_time(store: Store) {
        let ann = store.holder("Ann", "first").await;
        store.users.replace_key(ann, key("second"), noon(), Some(later(600))).await.unwrap();
        store.users.replace_key(ann, key("third"), later(1), Some(later(60))).await.unwrap();
        assert_eq!(store.known_by("first", later(59)).await, Some(ann));
        assert_eq!(store.known_by("first", later(60)).await, None);
        store.users.replace_key(ann, key("fourth"), later(30), None).await.unwrap();
        for ended in ["first", "second", "third"] {
            assert_eq!(store.known_by(ended, later(30)).await, None, "{ended}");
        }
    }

    async fn replacing_a_key_leaves_the_keys_of_others_alone(store: Store) {
        let (ann, bob) = (store.holder("Ann", "ann-key").await, store.holder("Bob", "bob-key").await);
        store.users.replace_key(ann, key("new"), noon(), None).await.unwrap();
        assert_eq!(store.known_by("bob-key", later(1)).await, Some(bob));
    }

    async fn a_key_in_use_is_no_replacement_and_the_old_one_stays(store: Store) {
        let (ann, bob) = (store.holder("Ann", "ann-key").await, store.holder("Bob", "bob-key").await);
        let refused = store.users.replace_key(ann, key("bob-key"), noon(), None).await;
        assert!(matches!(&refused, Err(Error::KeyTaken(name)) if *name == nickname("Ann")), "{refused:?}");
        assert_eq!(store.known_by("ann-key", later(1)).await, Some(ann));
        assert_eq!(store.known_by("bob-key", later(1)).await, Some(bob));
    }

    async fn a_user_who_never_was_gets_no_key(store: Store) {
        let nobody = UserId::stored(999_999);
        assert!(!store.users.replace_key(nobody, key("new"), noon(), None).await.unwrap());
        assert_eq!(store.known_by("new", noon()).await, None);
    }

    async fn the_keys_of_a_removed_user_are_free_again(store: Store) {
        let ann = store.holder("Ann", "old").await;
        store.users.replace_key(ann, key("new"), noon(), Some(later(60))).await.unwrap();
        store.users.remove(ann).await.unwrap().unwrap();
        for gone in ["old", "new"] {
            assert_eq!(store.known_by(gone, noon()).await, None, "{gone}");
        }
        let eve = store.holder("Eve", "new").await;
        assert_eq!(store.known_by("new", noon()).await, Some(eve));
    }

    async fn a_failed_addition_leaves_no_key_behind(store: Store) {
        store.person("taken").await;
        let mut fine = new_user("fine");
        fine.key = key("left-behind");
        store.users.add(vec![fine, new_user("TAKEN")]).await.unwrap_err();
        assert_eq!(store.known_by("left-behind", noon()).await, None);
        store.holder("Ann", "left-behind").await;
    }
}
