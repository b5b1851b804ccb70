//! The log of what operators do.

use chrono::TimeDelta;
use tweetty_domain::{Action, By, Changes, Entry, KeyId, Operator, Outcome, Record, UserId};

use crate::Store;
use crate::arrange::{key, new_user, nickname, noon};

fn entry(action: Action, user: Option<UserId>) -> Entry {
    let operator = Operator { os_user: "root".to_owned(), sudo_user: Some("Änne".to_owned()) };
    Entry { at: noon(), by: operator.into(), action, user, outcome: Outcome::Done, detail: None }
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
            ..entry(Action::Repair, Some(UserId::stored(7)))
        };
        let operator = Operator { os_user: "1000".to_owned(), sudo_user: None };
        let bare = Entry { by: operator.into(), outcome: Outcome::Failed, ..entry(Action::Migrate, None) };
        store.audit.record(full.clone()).await.unwrap();
        let moderated = Entry { by: By::User(UserId::stored(3)), ..entry(Action::RemoveTweet, None) };
        for entry in [&bare, &moderated] {
            store.audit.record(entry.clone()).await.unwrap();
        }
        assert_eq!(log(&store).await, [full, bare, moderated]);
    }

    async fn the_log_is_read_in_pages_and_since_a_moment(store: Store) {
        for minute in 0..5 {
            let at = noon() + TimeDelta::minutes(minute);
            store.audit.record(Entry { at, ..entry(Action::Migrate, None) }).await.unwrap();
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

    async fn a_record_has_the_name_that_its_user_has_today(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        for user in [Some(ann), Some(bob), None] {
            store.audit.record(entry(Action::Repair, user)).await.unwrap();
        }
        let renamed = Changes { nickname: Some(nickname("Eve")), ..Changes::default() };
        assert!(store.users.update(ann, renamed, None).await.unwrap());
        store.users.remove(bob, None).await.unwrap();
        let records = store.audit.records(None, None, 10).await.unwrap();
        let names = records.iter().map(|record| record.nickname.as_ref().map(tweetty_domain::Nickname::as_str));
        assert_eq!(names.collect::<Vec<_>>(), [Some("Eve"), None, None]);
    }

    async fn what_another_version_did_is_read_as_it_was(store: Store) {
        let unknown = entry(Action::Other("what is to come".to_owned()), None);
        store.audit.record(unknown.clone()).await.unwrap();
        assert_eq!(log(&store).await, [unknown]);
    }

    async fn each_added_user_is_recorded(store: Store) {
        let added = entry(Action::AddUser, None);
        let ids = store.users.add(["Ann", "Bob"].map(new_user).into(), Some(added)).await.unwrap();
        let recorded = ids.iter().map(|id| entry(Action::AddUser, Some(*id))).collect::<Vec<_>>();
        assert_eq!(log(&store).await, recorded);
    }

    async fn every_change_of_a_person_is_recorded(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let other = |name: &str| entry(Action::Other(name.to_owned()), Some(ann));
        let renamed = Changes { nickname: Some(nickname("Eve")), ..Changes::default() };
        assert!(store.users.update(ann, renamed, Some(other("update"))).await.unwrap());
        assert!(store.keys.replace_key(ann, key("new").into(), noon(), None, Some(other("replace"))).await.unwrap());
        let another = store.keys.add_key(ann, key("another").into(), noon(), None, Some(other("add"))).await.unwrap();
        assert!(store.keys.end_key(ann, another.unwrap(), noon(), Some(other("end"))).await.unwrap());
        store.users.follow(ann, bob, noon(), Some(other("follow"))).await.unwrap();
        store.users.unfollow(ann, bob, Some(other("unfollow"))).await.unwrap();
        store.users.remove(ann, Some(other("remove"))).await.unwrap().unwrap();
        let recorded = ["update", "replace", "add", "end", "follow", "unfollow", "remove"].map(other);
        assert_eq!(log(&store).await, recorded, "and the log outlives the user");
    }

    async fn what_changes_nothing_is_not_recorded(store: Store) {
        let ann = store.person("Ann").await;
        let nobody = UserId::stored(999);
        let other = || Some(entry(Action::UpdateUser, Some(nobody)));
        let another = || key("another").into();
        assert!(!store.users.update(nobody, Changes::default(), other()).await.unwrap());
        assert_eq!(store.users.remove(nobody, other()).await.unwrap(), None);
        assert!(!store.keys.replace_key(nobody, key("new").into(), noon(), None, other()).await.unwrap());
        assert_eq!(store.keys.add_key(nobody, another(), noon(), None, other()).await.unwrap(), None);
        store.keys.add_key(ann, another(), noon(), Some(1), other()).await.unwrap_err();
        assert!(!store.keys.end_key(ann, KeyId::stored(999), noon(), other()).await.unwrap());
        assert_eq!(store.users.follow(ann, nobody, noon(), other()).await.unwrap(), None);
        assert_eq!(store.users.unfollow(ann, nobody, other()).await.unwrap(), None);
        store.users.add(vec![new_user("ANN")], other()).await.unwrap_err();
        assert_eq!(log(&store).await, []);
    }

    async fn a_repeated_follow_is_recorded_once(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        for _ in 0..2 {
            store.users.follow(ann, bob, noon(), Some(entry(Action::Follow, Some(ann)))).await.unwrap();
        }
        assert_eq!(log(&store).await.len(), 1);
        assert_eq!(store.user(ann).await.following_count, 1);
    }

    async fn what_has_no_entry_is_not_recorded(store: Store) {
        let ann = store.person("Ann").await;
        store.users.update(ann, Changes::default(), None).await.unwrap();
        store.users.remove(ann, None).await.unwrap();
        assert_eq!(log(&store).await, []);
    }
}
