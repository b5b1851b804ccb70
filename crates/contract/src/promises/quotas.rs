//! How much a user may add within a day.

use std::time::Duration;

use chrono::TimeDelta;
use tweetty_domain::{Counted, Error, NewImage, NewTweet, Once, Quota, Result, UploadQuotas, UsedUp, UserId};

use super::concurrency::together;
use crate::arrange::{draft, guard, noon, picture, with_images};

fn tweet(author: UserId, most: u64, hours: i64) -> NewTweet {
    let created_at = noon() + TimeDelta::hours(hours);
    NewTweet { quota: Quota::of(most), created_at, ..draft(author, "hi") }
}

fn image(owner: UserId, quotas: UploadQuotas, hours: i64) -> NewImage {
    NewImage { quotas, bytes: 100, uploaded_at: noon() + TimeDelta::hours(hours), ..picture(owner) }
}

/// What is used up, and how many hours it takes until another one fits.
fn used_up<T>(outcome: Result<T>) -> Option<(Counted, u64)> {
    match outcome {
        Ok(_) => None,
        Err(Error::QuotaUsedUp(UsedUp { counted, wait, .. })) => {
            assert_eq!(wait, Duration::from_hours(wait.as_secs() / 3600));
            Some((counted, wait.as_secs() / 3600))
        }
        Err(other) => unreachable!("{other}"),
    }
}

promises! { quotas_entries of quotas:
    async fn a_tweet_beyond_the_quota_is_refused_until_the_oldest_of_the_day_is_a_day_old(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        for hours in [0, 1, 5] {
            store.publish(tweet(ann, 3, hours)).await;
        }
        let publish = |tweet| store.tweets.publish(tweet);
        assert_eq!(used_up(publish(tweet(ann, 3, 6)).await), Some((Counted::Tweets, 18)));
        assert_eq!(used_up(publish(tweet(ann, 3, 23)).await), Some((Counted::Tweets, 1)));
        assert_eq!(used_up(publish(tweet(bob, 3, 6)).await), None, "another user's tweets are not counted");
        assert_eq!(used_up(publish(tweet(ann, 0, 6)).await), None, "without a quota");
        assert_eq!(used_up(publish(tweet(ann, 4, 24)).await), None, "one of them is a day old");
        assert_eq!(used_up(publish(tweet(ann, 3, 24)).await), Some((Counted::Tweets, 5)));
    }

    async fn a_large_quota_counts_as_a_small_one_does(store: Store) {
        let ann = store.person("Ann").await;
        for hours in 0..20 {
            store.publish(tweet(ann, 20, hours)).await;
        }
        assert_eq!(used_up(store.tweets.publish(tweet(ann, 20, 20)).await), Some((Counted::Tweets, 4)));
        assert_eq!(used_up(store.tweets.publish(tweet(ann, 21, 20)).await), None);
        for _ in 0..79 {
            store.publish(tweet(ann, 100, 21)).await;
        }
        assert_eq!(used_up(store.tweets.publish(tweet(ann, 100, 22)).await), Some((Counted::Tweets, 2)));
    }

    async fn a_quota_is_reached_exactly_however_many_come_at_a_time(store: Store) {
        let ann = store.person("Ann").await;
        let mut published = 0;
        for _ in 0..18 {
            let publish = |_| {
                let store = store.clone();
                async move { used_up(store.tweets.publish(tweet(ann, 160, 0)).await) }
            };
            published += together((0..10).map(publish)).await.iter().filter(|refused| refused.is_none()).count();
        }
        assert_eq!((published, store.feed(ann).await.len()), (160, 160));
    }

    async fn a_deleted_tweet_counts_no_more(store: Store) {
        let ann = store.person("Ann").await;
        let first = store.publish(tweet(ann, 2, 0)).await;
        store.publish(tweet(ann, 2, 1)).await;
        assert!(used_up(store.tweets.publish(tweet(ann, 2, 2)).await).is_some());
        store.tweets.delete(first, ann).await.unwrap();
        assert_eq!(used_up(store.tweets.publish(tweet(ann, 2, 2)).await), None);
    }

    async fn a_refused_tweet_leaves_its_images_free_and_its_guard_unused(store: Store) {
        let ann = store.person("Ann").await;
        store.publish(tweet(ann, 1, 0)).await;
        let media = store.image(ann).await;
        let second = NewTweet { quota: Quota::of(1), guard: Some(guard("k", 1)), ..with_images(ann, "hi", &[media]) };
        assert!(used_up(store.tweets.publish(second.clone()).await).is_some());
        let again = NewTweet { quota: Quota::of(2), ..second };
        assert!(matches!(store.tweets.publish(again).await, Ok(Once::Done(_))));
    }

    async fn a_repetition_is_answered_whatever_the_quota_is(store: Store) {
        let ann = store.person("Ann").await;
        let once = NewTweet { guard: Some(guard("k", 1)), ..tweet(ann, 1, 0) };
        store.publish(once.clone()).await;
        assert!(matches!(store.tweets.publish(once).await, Ok(Once::Before(_))));
        let quotas = UploadQuotas { images: Quota::of(1), ..UploadQuotas::NONE };
        let once = NewImage { guard: Some(guard("i", 1)), ..image(ann, quotas, 0) };
        store.record(once.clone()).await;
        assert!(matches!(store.tweets.record_upload(once).await, Ok(Once::Before(_))));
    }

    async fn uploads_beyond_a_quota_are_refused_until_enough_are_a_day_old(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let images = UploadQuotas { images: Quota::of(3), ..UploadQuotas::NONE };
        // The image that passes it is still taken.
        let bytes = UploadQuotas { bytes: Quota::of(250), ..UploadQuotas::NONE };
        let unattached = UploadQuotas { unattached: Quota::of(2), ..UploadQuotas::NONE };
        let mut ids = Vec::new();
        for hours in [0, 1, 5] {
            ids.push(store.record(image(ann, images, hours)).await);
        }
        store.tweet_with(ann, "look", &ids[2..]).await;
        for (quotas, counted, wait) in
            [(images, Counted::Images, 18), (bytes, Counted::Bytes, 18), (unattached, Counted::Unattached, 18)]
        {
            let at = noon() + TimeDelta::hours(6);
            let refused = Some((counted, wait));
            assert_eq!(used_up(store.tweets.upload_fits(ann, quotas, at).await), refused);
            assert_eq!(used_up(store.tweets.record_upload(image(ann, quotas, 6)).await), refused);
            assert_eq!(used_up(store.tweets.upload_fits(bob, quotas, at).await), None);
            assert_eq!(used_up(store.tweets.upload_fits(ann, quotas, noon() + TimeDelta::hours(24)).await), None);
        }
        store.tweet_with(ann, "look", &ids[..1]).await;
        assert_eq!(used_up(store.tweets.record_upload(image(ann, unattached, 6)).await), None, "one is shown now");
        assert_eq!(used_up(store.tweets.record_upload(image(ann, UploadQuotas::NONE, 6)).await), None);
    }

    async fn what_comes_at_the_same_time_does_not_get_around_a_quota(store: Store) {
        let ann = store.person("Ann").await;
        let publish = |_| {
            let store = store.clone();
            async move { used_up(store.tweets.publish(tweet(ann, 5, 0)).await) }
        };
        let refused = together((0..24).map(publish)).await;
        assert_eq!(refused.into_iter().flatten().count(), 19);
        let quotas = UploadQuotas { images: Quota::of(9), bytes: Quota::of(450), unattached: Quota::of(7) };
        let upload = |_| {
            let store = store.clone();
            async move { used_up(store.tweets.record_upload(image(ann, quotas, 0)).await) }
        };
        let refused = together((0..24).map(upload)).await;
        assert_eq!(refused.into_iter().flatten().count(), 19, "of 100 bytes each, the fifth passes 450");
    }

    async fn nobody_publishes_or_uploads_for_a_user_who_is_gone(store: Store) {
        let ann = UserId::stored(77);
        assert!(matches!(store.tweets.publish(tweet(ann, 5, 0)).await, Err(Error::UnknownKey)));
        let quotas = UploadQuotas { images: Quota::of(1), ..UploadQuotas::NONE };
        assert!(matches!(store.tweets.record_upload(image(ann, quotas, 0)).await, Err(Error::UnknownKey)));
    }
}
