//! Who wins where two want what only one can have, and what happens to those whose ground is taken away.

use chrono::TimeDelta;
use tweetty_domain::{Error, Invalid, NewImage, NewTweet, Once, Order, Result, Scope, TweetId};

use super::concurrency::together;
use crate::arrange::{draft, files_of, guard, key, noon, picture, with_images};

/// Whether it worked; that the user is gone meanwhile is the only excuse.
fn unless_gone<T>(outcome: Result<T>) -> Option<T> {
    match outcome {
        Err(Error::UnknownKey) => None,
        other => Some(other.unwrap()),
    }
}

promises! { races_entries of races:
    async fn publications_with_one_guard_make_one_tweet(store: Store) {
        let ann = store.person("Ann").await;
        let publish = |_| {
            let store = store.clone();
            let tweet = NewTweet { guard: Some(guard("k", 1)), ..draft(ann, "hi") };
            async move { store.tweets.publish(tweet).await.unwrap() }
        };
        let outcomes = together((0..12).map(publish)).await;
        let done = outcomes.iter().filter(|outcome| matches!(outcome, Once::Done(_))).count();
        let ids = store.feed(ann).await;
        assert_eq!((done, ids.len()), (1, 1));
        assert!(outcomes.into_iter().all(|outcome| outcome.outcome() == ids[0]));
    }

    async fn uploads_with_one_guard_make_one_image(store: Store) {
        let ann = store.person("Ann").await;
        let record = |_| {
            let store = store.clone();
            let image = NewImage { guard: Some(guard("k", 1)), ..picture(ann) };
            async move { (files_of(&image), store.tweets.record_upload(image).await.unwrap()) }
        };
        let outcomes = together((0..12).map(record)).await;
        let images = store.upkeep.images(None, 100).await.unwrap();
        let done = outcomes.iter().filter(|(_, outcome)| matches!(outcome, Once::Done(_)));
        assert_eq!(done.map(|(files, outcome)| (outcome.outcome(), files.clone())).collect::<Vec<_>>(), images);
        assert!(outcomes.iter().all(|(_, outcome)| outcome.outcome() == images[0].0));
    }

    async fn of_different_requests_with_one_key_one_wins(store: Store) {
        let ann = store.person("Ann").await;
        let publish = |number| {
            let store = store.clone();
            let tweet = NewTweet { guard: Some(guard("k", number)), ..draft(ann, "hi") };
            async move { store.tweets.publish(tweet).await }
        };
        let outcomes = together((0..8).map(publish)).await;
        assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Ok(Once::Done(_)))).count(), 1);
        let lost = |outcome: &&Result<_>| matches!(outcome, Err(Error::IdempotencyConflict));
        assert_eq!(outcomes.iter().filter(lost).count(), 7, "{outcomes:?}");
        assert_eq!(store.feed(ann).await.len(), 1);
    }

    async fn of_two_tweets_that_want_the_same_images_one_wins(store: Store) {
        let ann = store.person("Ann").await;
        for _ in 0..5 {
            let (one, two) = (store.image(ann).await, store.image(ann).await);
            let publish = |number| {
                let store = store.clone();
                let images = if number % 2 == 0 { [one, two] } else { [two, one] };
                async move { store.tweets.publish(with_images(ann, "mine", &images)).await }
            };
            let outcomes = together((0..6).map(publish)).await;
            let lost =
                |outcome: &&Result<_>| matches!(outcome, Err(Error::Invalid(Invalid::UnusableAttachment(_))));
            assert_eq!(outcomes.iter().filter(lost).count(), 5, "{outcomes:?}");
            let won = outcomes.into_iter().find_map(Result::ok).unwrap().outcome();
            assert_eq!(store.see(won, ann).await.unwrap().attachments.len(), 2);
        }
    }

    async fn an_image_is_either_swept_or_published(store: Store) {
        let ann = store.person("Ann").await;
        for _ in 0..10 {
            let old = NewImage { uploaded_at: noon() - TimeDelta::days(2), ..picture(ann) };
            let files = files_of(&old);
            let image = store.record(old).await;
            let (sweeper, publisher) = (store.clone(), store.clone());
            let (swept, published) = tokio::join!(
                tokio::spawn(async move { sweeper.upkeep.forget_unattached(noon(), 10).await.unwrap() }),
                tokio::spawn(async move { publisher.tweets.publish(with_images(ann, "hi", &[image])).await }),
            );
            match published.unwrap() {
                Ok(tweet) => {
                    assert_eq!(swept.unwrap(), []);
                    assert_eq!(store.see(tweet.outcome(), ann).await.unwrap().attachments[0].name, files.name);
                }
                Err(Error::Invalid(Invalid::UnusableAttachment(_))) => assert_eq!(swept.unwrap(), [files]),
                Err(other) => unreachable!("{other}"),
            }
        }
    }

    async fn sweepers_at_the_same_time_answer_each_file_once(store: Store) {
        let ann = store.person("Ann").await;
        let mut images = Vec::new();
        for _ in 0..30 {
            let old = NewImage { uploaded_at: noon() - TimeDelta::days(2), ..picture(ann) };
            images.push(files_of(&old));
            store.record(old).await;
        }
        let sweep = |_| {
            let store = store.clone();
            async move { store.upkeep.forget_unattached(noon(), 100).await.unwrap() }
        };
        let mut swept = together((0..4).map(sweep)).await.concat();
        swept.sort_unstable_by_key(|image| image.name);
        images.sort_unstable_by_key(|image| image.name);
        assert_eq!(swept, images);
    }

    async fn a_user_removed_in_the_middle_of_her_doings_leaves_nothing_behind(store: Store) {
        let [bob, eve] = store.people(["Bob", "Eve"]).await;
        let tweet = store.tweet(bob, "hi").await;
        for round in 0..5 {
            let ann = store.person(&format!("ann{round}")).await;
            store.follow(bob, ann).await;
            let act = |number: usize| {
                let store = store.clone();
                async move {
                    match number % 8 {
                        0 if number == 8 => drop(store.users.remove(ann, None).await.unwrap()),
                        0 | 1 => drop(unless_gone(store.tweets.like(tweet, ann).await)),
                        2 => drop(unless_gone(store.users.follow(ann, eve, noon(), None).await)),
                        3 => drop(unless_gone(store.tweets.publish(draft(ann, "hi")).await)),
                        4 => drop(unless_gone(store.tweets.record_upload(picture(ann)).await)),
                        5 => drop(store.users.follow(eve, ann, noon(), None).await.unwrap()),
                        6 => drop(unless_gone(store.tweets.unlike(tweet, ann).await)),
                        _ => drop(unless_gone(store.users.unfollow(ann, eve, None).await)),
                    }
                }
            };
            together((0..24).map(act)).await;
            assert_eq!(store.users.find(ann).await.unwrap(), None);
            store.assert_sound().await;
        }
        assert_eq!(store.likes(tweet).await, 0);
        assert_eq!(store.ids(bob, Scope::All, Order::Recent).await, [tweet]);
        assert_eq!(store.upkeep.images(None, 10).await.unwrap(), []);
        assert_eq!(store.user(bob).await.following_count + store.user(eve).await.followers_count, 0);
    }

    async fn users_who_like_and_follow_each_other_can_be_removed_at_the_same_time(store: Store) {
        for round in 0..3 {
            let crowd = store.crowd(&format!("user{round}-"), 6).await;
            for user in &crowd {
                store.liked_tweet(*user, "hi", &crowd).await;
                for other in crowd.iter().filter(|other| *other != user) {
                    store.follow(*user, *other).await;
                }
            }
            let remove = |user| {
                let store = store.clone();
                async move { store.users.remove(user, None).await.unwrap() }
            };
            let twice = crowd.iter().chain(&crowd).copied();
            let removed = together(twice.map(remove)).await;
            assert_eq!(removed.iter().flatten().count(), 6, "each of them once");
            assert!(store.upkeep.is_empty().await.unwrap());
        }
    }

    async fn a_user_is_removed_while_others_like_what_she_wrote(store: Store) {
        let crowd = store.crowd("fan", 12).await;
        for round in 0..4 {
            let ann = store.person(&format!("ann{round}")).await;
            let mut tweets = Vec::<TweetId>::new();
            for _ in 0..6 {
                tweets.push(store.tweet(ann, "hi").await);
            }
            let act = |(number, fan)| {
                let (store, tweets) = (store.clone(), tweets.clone());
                async move {
                    if number == 6 {
                        store.users.remove(ann, None).await.unwrap().unwrap();
                    }
                    for tweet in tweets.into_iter().cycle().skip(number).take(6) {
                        store.tweets.like(tweet, fan).await.unwrap();
                    }
                }
            };
            together(crowd.clone().into_iter().enumerate().map(act)).await;
            assert_eq!(store.ids(crowd[0], Scope::All, Order::POPULAR).await, []);
        }
    }

    async fn one_key_is_left_after_parallel_replacements(store: Store) {
        let ann = store.holder("Ann", "first").await;
        let replace = |number| {
            let store = store.clone();
            async move { store.keys.replace_key(ann, key(&format!("new-{number}")).into(), noon(), None, None).await.unwrap() }
        };
        assert_eq!(together((0..8).map(replace)).await, [true; 8]);
        let mut valid = Vec::new();
        for number in 0..8 {
            valid.extend(store.known_by(&format!("new-{number}"), noon()).await);
        }
        assert_eq!(valid, [ann]);
        assert_eq!(store.known_by("first", noon()).await, None);
    }
}
