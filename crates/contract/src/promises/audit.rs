//! The log of what operators do.

use chrono::TimeDelta;
use tweetty_domain::{Action, Changes, Entry, Operator, Outcome, Record, UserId};

use crate::Store;
use crate::arrange::{key, new_user, nickname, noon};

fn entry(action: Action, user: Option<UserId>) -> Entry {
    let operator = Operator { os_user: "root".to_owned(), sudo_user: Some("Änne".to_owned()) };
    Entry { at: noon(), operator, action, user, outcome: Outcome::Done, detail: None }
}

/// All entries of the log in their order.
async fn log(store: &Store) -> Vec<Entry> {
    let records = store.audit.records(None, None, 1000).await.unwrap();
    assert!(records.is_sorted_by_key(|record| record.id));
    records.into_iter().map(|Record { entry, .. }| entry).collect()
}

promises! { audit_entries of audit:
    async fn what_is_recorded_is_read_again_as_it_was(store: Store) {
        let full = Entry {
            outcome: Outcome::Begun,
            detail: Some("2 counters\n'quoted'".to_owned()),
            ..entry(Action::REPAIR, Some(UserId::stored(7)))
        };
        let operator = Operator { os_user: "1000".to_owned(), sudo_user: None };
        let bare = Entry { operator, outcome: Outcome::Failed, ..entry(Action::MIGRATE, None) };
        store.audit.record(full.clone()).await.unwrap();
        store.audit.record(bare.clone()).await.unwrap();
        assert_eq!(log(&store).await, [full, bare]);
    }

    async fn the_log_is_read_in_pages_and_since_a_moment(store: Store) {
        for minute in 0..5 {
            let at = noon() + TimeDelta::minutes(minute);
            store.audit.record(Entry { at, ..entry(Action::MIGRATE, None) }).await.unwrap();
        }
        let first = store.audit.records(None, None, 2).await.unwrap();
        let second = store.audit.records(None, Some(first[1].id), 2).await.unwrap();
        let times = |records: &[Record]| {
            records.iter().map(|record| (record.entry.at - noon()).num_minutes()).collect::<Vec<_>>()
        };
        assert_eq!((times(&first), times(&second)), (vec![0, 1], vec![2, 3]));
        let since = Some(noon() + TimeDelta::minutes(3));
        assert_eq!(times(&store.audit.records(since, None, 10).await.unwrap()), [3, 4]);
        assert_eq!(store.audit.records(since, Some(second[1].id), 10).await.unwrap().len(), 1);
    }

    async fn each_added_user_is_told(store: Store) {
        let acting = store.audit.acting(entry(Action::ADD_USER, None));
        let ids = acting.add(["Ann", "Bob"].map(new_user).into()).await.unwrap();
        let told = ids.iter().map(|id| entry(Action::ADD_USER, Some(*id))).collect::<Vec<_>>();
        assert_eq!(log(&store).await, told);
    }

    async fn every_change_of_a_person_is_told(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let told = [Action::UPDATE_USER, Action::REPLACE_KEY, Action::FOLLOW, Action::UNFOLLOW, Action::REMOVE_USER]
            .map(|action| entry(action, Some(ann)));
        let [update, replace, follow, unfollow, remove] =
            told.clone().map(|entry| store.audit.acting(entry));
        let renamed = Changes { nickname: Some(nickname("Eve")), ..Changes::default() };
        assert!(update.update(ann, renamed).await.unwrap());
        assert!(replace.replace_key(ann, key("new"), noon(), None).await.unwrap());
        follow.follow(ann, bob, noon()).await.unwrap();
        unfollow.unfollow(ann, bob).await.unwrap();
        remove.remove(ann).await.unwrap().unwrap();
        assert_eq!(log(&store).await, told, "and the log outlives her");
    }

    async fn what_changes_nothing_is_not_told(store: Store) {
        let ann = store.person("Ann").await;
        let nobody = UserId::stored(999);
        let acting = store.audit.acting(entry(Action::UPDATE_USER, Some(nobody)));
        assert!(!acting.update(nobody, Changes::default()).await.unwrap());
        assert_eq!(acting.remove(nobody).await.unwrap(), None);
        assert!(!acting.replace_key(nobody, key("new"), noon(), None).await.unwrap());
        assert_eq!(acting.follow(ann, nobody, noon()).await.unwrap(), None);
        acting.add(vec![new_user("ANN")]).await.unwrap_err();
        acting.replace_key(ann, new_user("x").key, noon(), None).await.unwrap();
        assert_eq!(log(&store).await.len(), 1, "the last one alone");
    }

    async fn a_repeated_follow_is_told_once(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let acting = store.audit.acting(entry(Action::FOLLOW, Some(ann)));
        for _ in 0..2 {
            acting.follow(ann, bob, noon()).await.unwrap();
        }
        assert_eq!(log(&store).await.len(), 1);
        assert_eq!(store.user(ann).await.following_count, 1);
    }

    async fn what_nobody_operates_is_not_told(store: Store) {
        let ann = store.person("Ann").await;
        store.users.update(ann, Changes::default()).await.unwrap();
        store.users.remove(ann).await.unwrap();
        assert_eq!(log(&store).await, []);
    }
}
