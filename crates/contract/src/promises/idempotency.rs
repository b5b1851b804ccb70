//! Guarded writes are done once, however often they are asked for.

use std::fmt::Debug;

use chrono::TimeDelta;
use tweetty_domain::{Error, Guard, NewImage, NewTweet, Once, Order, Result, Scope, UserId};

use crate::arrange::{draft, files_of, guard, noon, picture, with_images};

fn guarded(author: UserId, text: &str, guard: Guard) -> NewTweet {
    NewTweet { guard: Some(guard), ..draft(author, text) }
}

fn upload(owner: UserId, guard: Guard) -> NewImage {
    NewImage { guard: Some(guard), ..picture(owner) }
}

fn after(guard: Guard, time: TimeDelta) -> Guard {
    Guard { at: noon() + time, ..guard }
}

/// What must have been done now, not before.
fn done<T: Debug>(outcome: Result<Once<T>>) -> T {
    match outcome {
        Ok(Once::Done(id)) => id,
        other => unreachable!("not done: {other:?}"),
    }
}

const DAY: TimeDelta = TimeDelta::hours(24);
const INSTANT: TimeDelta = TimeDelta::milliseconds(1);

promises! { idempotency_entries of idempotency:
    async fn a_repeated_publication_answers_the_first_and_does_nothing(store: Store) {
        let ann = store.person("Ann").await;
        let first = done(store.tweets.publish(guarded(ann, "hi", guard("k", 1))).await);
        for _ in 0..3 {
            let again = store.tweets.publish(guarded(ann, "hi", guard("k", 1))).await.unwrap();
            assert_eq!(again, Once::Before(first));
        }
        assert_eq!(store.feed(ann).await, [first]);
    }

    async fn the_same_key_with_another_request_is_a_conflict_and_does_nothing(store: Store) {
        let ann = store.person("Ann").await;
        let first = done(store.tweets.publish(guarded(ann, "hi", guard("k", 1))).await);
        let other = store.tweets.publish(guarded(ann, "ho", guard("k", 2))).await;
        assert!(matches!(other, Err(Error::IdempotencyConflict)), "{other:?}");
        assert_eq!(store.feed(ann).await, [first]);
        assert_eq!(
            store.tweets.publish(guarded(ann, "hi", guard("k", 1))).await.unwrap(),
            Once::Before(first)
        );
    }

    async fn other_keys_are_other_requests(store: Store) {
        let ann = store.person("Ann").await;
        let long = "!".repeat(128);
        let mut ids = Vec::new();
        for key in ["k", "K", "kk", "~%_'\"\\", &long, &long[..127]] {
            ids.insert(0, done(store.tweets.publish(guarded(ann, "hi", guard(key, 1))).await));
        }
        assert_eq!(store.feed(ann).await, ids);
    }

    async fn each_user_has_keys_of_her_own(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let hers = done(store.tweets.publish(guarded(ann, "hi", guard("k", 1))).await);
        let his = done(store.tweets.publish(guarded(bob, "ho", guard("k", 2))).await);
        assert_ne!(hers, his);
        assert_eq!(
            store.tweets.earlier_upload(UserId::stored(i64::MAX), &guard("k", 1)).await.unwrap(),
            None
        );
    }

    async fn a_key_may_be_used_anew_after_a_day(store: Store) {
        let ann = store.person("Ann").await;
        let publish =
            |text, request, time| store.tweets.publish(guarded(ann, text, after(guard("k", request), time)));
        let first = done(publish("hi", 1, TimeDelta::zero()).await);
        assert_eq!(publish("hi", 1, DAY - INSTANT).await.unwrap(), Once::Before(first));
        let conflict = publish("ho", 2, DAY - INSTANT).await;
        assert!(matches!(conflict, Err(Error::IdempotencyConflict)), "{conflict:?}");
        let second = done(publish("ho", 2, DAY).await);
        assert_eq!(publish("ho", 2, DAY * 2 - INSTANT).await.unwrap(), Once::Before(second));
        let third = done(publish("ho", 2, DAY * 2).await);
        assert_eq!(store.feed(ann).await, [third, second, first]);
    }

    async fn a_repetition_is_answered_before_its_images_are_looked_at(store: Store) {
        let ann = store.person("Ann").await;
        let image = store.image(ann).await;
        let tweet = NewTweet { guard: Some(guard("k", 1)), ..with_images(ann, "hi", &[image]) };
        let first = done(store.tweets.publish(tweet.clone()).await);
        assert_eq!(store.tweets.publish(tweet).await.unwrap(), Once::Before(first));
    }

    async fn a_refused_publication_is_not_remembered(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let foreign = store.image(bob).await;
        let tweet = NewTweet { guard: Some(guard("k", 1)), ..with_images(ann, "hi", &[foreign]) };
        let refused = store.tweets.publish(tweet).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        done(store.tweets.publish(guarded(ann, "ho", guard("k", 2))).await);
    }

    async fn a_repetition_after_the_tweet_was_deleted_publishes_nothing(store: Store) {
        let ann = store.person("Ann").await;
        let first = done(store.tweets.publish(guarded(ann, "hi", guard("k", 1))).await);
        store.tweets.delete(first, ann).await.unwrap().unwrap();
        assert_eq!(
            store.tweets.publish(guarded(ann, "hi", guard("k", 1))).await.unwrap(),
            Once::Before(first)
        );
        assert_eq!(store.ids(ann, Scope::All, Order::Recent).await, []);
    }

    async fn a_repeated_upload_answers_the_first_and_records_nothing(store: Store) {
        let ann = store.person("Ann").await;
        let first = upload(ann, guard("k", 1));
        let id = done(store.tweets.record_upload(first.clone()).await);
        let again = store.tweets.record_upload(upload(ann, guard("k", 1))).await.unwrap();
        assert_eq!(again, Once::Before(id));
        let other = store.tweets.record_upload(upload(ann, guard("k", 2))).await;
        assert!(matches!(other, Err(Error::IdempotencyConflict)), "{other:?}");
        assert_eq!(store.upkeep.images(None, 10).await.unwrap(), [(id, files_of(&first))]);
    }

    async fn an_earlier_upload_is_found_by_its_guard(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let id = done(store.tweets.record_upload(upload(ann, guard("k", 1))).await);
        let earlier = async |owner, guard| store.tweets.earlier_upload(owner, &guard).await;
        assert_eq!(earlier(ann, guard("k", 1)).await.unwrap(), Some(id));
        assert_eq!(earlier(ann, guard("other", 1)).await.unwrap(), None);
        assert_eq!(earlier(bob, guard("k", 1)).await.unwrap(), None);
        let conflict = earlier(ann, guard("k", 2)).await;
        assert!(matches!(conflict, Err(Error::IdempotencyConflict)), "{conflict:?}");
        assert_eq!(earlier(ann, after(guard("k", 1), DAY - INSTANT)).await.unwrap(), Some(id));
        assert_eq!(earlier(ann, after(guard("k", 2), DAY)).await.unwrap(), None);
    }

    async fn an_upload_may_be_asked_for_anew_after_a_day(store: Store) {
        let ann = store.person("Ann").await;
        let first = done(store.tweets.record_upload(upload(ann, guard("k", 1))).await);
        let second = done(store.tweets.record_upload(upload(ann, after(guard("k", 1), DAY))).await);
        assert!(second > first);
        assert_eq!(store.tweets.earlier_upload(ann, &after(guard("k", 1), DAY)).await.unwrap(), Some(second));
    }

    async fn one_key_serves_for_a_tweet_or_for_an_upload_but_not_for_both(store: Store) {
        let ann = store.person("Ann").await;
        done(store.tweets.publish(guarded(ann, "hi", guard("tweet", 1))).await);
        done(store.tweets.record_upload(upload(ann, guard("upload", 2))).await);
        let conflicts = [
            store.tweets.record_upload(upload(ann, guard("tweet", 3))).await.map(|_| ()),
            store.tweets.earlier_upload(ann, &guard("tweet", 3)).await.map(|_| ()),
            store.tweets.publish(guarded(ann, "ho", guard("upload", 4))).await.map(|_| ()),
        ];
        for conflict in conflicts {
            assert!(matches!(conflict, Err(Error::IdempotencyConflict)), "{conflict:?}");
        }
    }

    async fn the_guards_of_a_removed_user_go_with_her(store: Store) {
        let ann = store.person("Ann").await;
        done(store.tweets.publish(guarded(ann, "hi", guard("k", 1))).await);
        store.users.remove(ann, None).await.unwrap().unwrap();
        let refused = store.tweets.publish(guarded(ann, "hi", guard("k", 1))).await;
        assert!(matches!(refused, Err(Error::UnknownKey)), "{refused:?}");
        let ann = store.person("Ann").await;
        done(store.tweets.publish(guarded(ann, "ho", guard("k", 2))).await);
    }
}
