//! Sweeping and checking.

use std::collections::HashSet;

use chrono::TimeDelta;
use futures_util::TryStreamExt as _;
use tweetty_domain::{
    Error, Guard, ImageFiles, Invalid, MediaId, NewImage, NewTweet, Once, Timestamp, UserId,
};
use tweetty_tables::STORE_IDENTITY;

use crate::Store;
use crate::arrange::{draft, files_of, guard, image_name, key, noon, picture, with_images};

const INSTANT: TimeDelta = TimeDelta::milliseconds(1);

/// An image uploaded at that moment.
async fn uploaded(store: &Store, owner: UserId, uploaded_at: Timestamp) -> (MediaId, ImageFiles) {
    let image = NewImage { uploaded_at, ..picture(owner) };
    let files = files_of(&image);
    (store.record(image).await, files)
}

promises! { upkeep_entries of upkeep:
    async fn an_open_store_is_ready(store: Store) {
        store.upkeep.ready().await.unwrap();
    }

    async fn a_store_is_empty_until_somebody_is_in_it(store: Store) {
        assert!(store.upkeep.is_empty().await.unwrap());
        store.person("Ann").await;
        assert!(!store.upkeep.is_empty().await.unwrap());
    }

    async fn a_store_has_an_id_that_stays(store: Store) {
        let id = store.upkeep.store_id().await.unwrap();
        store.person("Ann").await;
        assert_eq!(store.upkeep.store_id().await.unwrap(), id);
        let identity = store.whole.read().await.unwrap().rows(&STORE_IDENTITY).unwrap().try_concat().await.unwrap();
        assert_eq!(identity, [vec![1_i64.into(), id.into()]]);
    }

    async fn an_upload_that_no_tweet_took_is_forgotten_when_it_is_old(store: Store) {
        let ann = store.person("Ann").await;
        let (_, old) = uploaded(&store, ann, noon() - INSTANT).await;
        let young = uploaded(&store, ann, noon()).await;
        let younger = uploaded(&store, ann, noon() + INSTANT).await;
        assert_eq!(store.upkeep.forget_unattached(noon(), 10).await.unwrap(), [old]);
        assert_eq!(store.upkeep.images(None, 10).await.unwrap(), [young, younger]);
        assert_eq!(store.upkeep.forget_unattached(noon(), 10).await.unwrap(), []);
    }

    async fn a_store_says_whether_it_names_images(store: Store) {
        let ann = store.person("Ann").await;
        assert!(!store.upkeep.names_images().await.unwrap());
        store.image(ann).await;
        assert!(store.upkeep.names_images().await.unwrap());
    }

    async fn an_attached_image_is_never_forgotten(store: Store) {
        let ann = store.person("Ann").await;
        let (id, files) = uploaded(&store, ann, noon() - TimeDelta::days(1000)).await;
        let tweet = store.tweet_with(ann, "old but mine", &[id]).await;
        assert_eq!(store.upkeep.forget_unattached(noon(), 10).await.unwrap(), []);
        assert_eq!(store.see(tweet, ann).await.unwrap().attachments[0].name, files.name);
    }

    async fn a_forgotten_upload_cannot_be_attached(store: Store) {
        let ann = store.person("Ann").await;
        let (id, _) = uploaded(&store, ann, noon() - INSTANT).await;
        store.upkeep.forget_unattached(noon(), 10).await.unwrap();
        let refused = store.tweets.publish(with_images(ann, "late", &[id])).await;
        assert!(matches!(refused, Err(Error::Invalid(Invalid::UnusableAttachment(_)))), "{refused:?}");
        assert!(store.image(ann).await > id, "its id is never given again");
    }

    async fn uploads_are_forgotten_so_many_at_a_time(store: Store) {
        let ann = store.person("Ann").await;
        let mut images = HashSet::new();
        for _ in 0..5 {
            images.insert(uploaded(&store, ann, noon() - INSTANT).await.1);
        }
        let mut forgotten = HashSet::new();
        for count in [2, 2, 1, 0] {
            let batch = store.upkeep.forget_unattached(noon(), 2).await.unwrap();
            assert_eq!(batch.len(), count);
            forgotten.extend(batch);
        }
        assert_eq!(forgotten, images);
    }

    async fn known_images_are_told_from_unknown_ones(store: Store) {
        let ann = store.person("Ann").await;
        let (attached, one) = uploaded(&store, ann, noon()).await;
        let (_, two) = uploaded(&store, ann, noon()).await;
        store.tweet_with(ann, "one", &[attached]).await;
        let asked = vec![image_name(), one.name, image_name(), two.name];
        let known = store.upkeep.known_images(asked).await.unwrap();
        assert_eq!(HashSet::from_iter(known), HashSet::from([one, two]));
        assert_eq!(store.upkeep.known_images(vec![]).await.unwrap(), []);
        assert_eq!(store.upkeep.known_images(vec![image_name()]).await.unwrap(), []);
    }

    async fn one_known_image_is_found_among_thousands(store: Store) {
        let ann = store.person("Ann").await;
        let (_, files) = uploaded(&store, ann, noon()).await;
        let mut names = (0..3000).map(|_| image_name()).collect::<Vec<_>>();
        names[2345] = files.name;
        assert_eq!(store.upkeep.known_images(names).await.unwrap(), [files]);
    }

    async fn a_walk_of_pages_shows_each_image_once(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let mut all = Vec::new();
        for number in 0..7 {
            all.push(uploaded(&store, if number % 2 == 0 { ann } else { bob }, noon()).await);
        }
        store.tweet_with(ann, "some", &[all[2].0, all[0].0]).await;
        for size in [1, 3, 7, 8] {
            let (mut walked, mut after) = (Vec::new(), None);
            loop {
                let page = store.upkeep.images(after, size).await.unwrap();
                assert!(page.len() <= size as usize);
                let Some((last, _)) = page.last() else { break };
                after = Some(*last);
                walked.extend(page);
                assert!(walked.len() <= all.len(), "the walk has no end");
            }
            assert_eq!(walked, all, "{size} a page");
        }
    }

    async fn old_guards_are_forgotten_and_counted(store: Store) {
        let ann = store.person("Ann").await;
        for (key, age) in [("old", INSTANT * 2), ("older", INSTANT), ("young", TimeDelta::zero())] {
            let guard = Some(Guard { at: noon() - age, ..guard(key, 1) });
            store.publish(NewTweet { guard, ..draft(ann, "hi") }).await;
        }
        assert_eq!(store.upkeep.forget_expired(noon(), noon(), 1).await.unwrap(), 1);
        assert_eq!(store.upkeep.forget_expired(noon(), noon(), 9).await.unwrap(), 1);
        assert_eq!(store.upkeep.forget_expired(noon(), noon(), 9).await.unwrap(), 0);
        for (key, done) in [("old", true), ("older", true), ("young", false)] {
            let again = NewTweet { guard: Some(guard(key, 1)), ..draft(ann, "hi") };
            let outcome = store.tweets.publish(again).await.unwrap();
            assert_eq!(matches!(outcome, Once::Done(_)), done, "{key}");
        }
    }

    async fn ended_keys_are_forgotten_and_counted(store: Store) {
        let (ann, bob) = (store.holder("Ann", "ann-old").await, store.holder("Bob", "bob-old").await);
        let cid = store.holder("Cid", "cid-old").await;
        store.keys.replace_key(ann, key("ann-new").into(), noon(), Some(noon() + INSTANT), None).await.unwrap();
        store.keys.replace_key(cid, key("cid-new").into(), noon(), Some(noon() + INSTANT), None).await.unwrap();
        store.keys.replace_key(bob, key("bob-new").into(), noon(), Some(noon() + INSTANT * 2), None).await.unwrap();
        let now = noon() + INSTANT * 2;
        assert_eq!(store.upkeep.forget_expired(noon(), now, 1).await.unwrap(), 1);
        assert_eq!(store.upkeep.forget_expired(noon(), now, 1).await.unwrap(), 1);
        assert_eq!(store.upkeep.forget_expired(noon(), now, 1).await.unwrap(), 0);
        assert_eq!(store.known_by("ann-old", noon()).await, None, "gone, even for an earlier moment");
        assert_eq!(store.known_by("bob-old", noon()).await, Some(bob));
        assert_eq!(store.known_by("ann-new", now).await, Some(ann));
        store.holder("Eve", "ann-old").await;
    }

    async fn nothing_is_mended_where_nothing_is_wrong(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let tweet = store.liked_tweet(ann, "hi", &[ann, bob]).await;
        store.follow(bob, ann).await;
        assert_eq!(store.upkeep.repair_counters().await.unwrap(), 0);
        assert_eq!(store.likes(tweet).await, 2);
        let ann = store.user(ann).await;
        assert_eq!((ann.followers_count, ann.following_count), (1, 0));
    }
}
