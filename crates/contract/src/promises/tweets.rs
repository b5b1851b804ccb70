//! Publishing and deleting.

use chrono::DateTime;
use tweetty_domain::{Error, Invalid, MediaId, NewImage, NewTweet, Once, Order, Scope, Start, TweetId};

use crate::arrange::{draft, noon, picture, with_images};

/// Texts that a careless store would change or refuse.
const TEXTS: [&str; 8] = [
    "Привет, мир! Ёж",
    "王小明 在这里",
    "مرحبا \u{202e}abc",
    "👩‍🚀👨‍👩‍👧‍👦 e\u{301} \u{fffd} \u{10ffff}",
    "<script>alert('x')</script> &amp; \"quoted\" \\ % _ '; DROP TABLE tweets; --",
    "a\ttab\r\nand lines\n\nbetween",
    "\u{feff}a byte order mark \u{a0}and\u{2028}odd spaces",
    "$1 ? :name {} NULL null",
];

promises! { tweets_entries of tweets:
    async fn a_tweet_is_kept_verbatim_in_every_script(store: Store) {
        let ann = store.person("Ann").await;
        for text in TEXTS {
            let tweet = store.tweet(ann, text).await;
            assert_eq!(store.see(tweet, ann).await.unwrap().text.as_str(), text);
        }
        let page = store.ids(ann, Scope::All, Order::Recent).await;
        assert_eq!(page.len(), TEXTS.len());
    }

    async fn a_new_tweet_is_shown_whole_and_without_likes(store: Store) {
        let ann = store.person("Ann").await;
        let tweet = store.see(store.tweet(ann, "hi").await, ann).await.unwrap();
        assert_eq!(tweet.author.id, ann);
        assert_eq!(tweet.author.nickname.as_str(), "Ann");
        assert_eq!(tweet.created_at, noon(), "to the millisecond");
        assert!(tweet.attachments.is_empty() && tweet.likers.is_empty() && !tweet.liked);
        assert_eq!(tweet.likes_count, 0);
    }

    async fn every_moment_is_kept_to_the_millisecond(store: Store) {
        let ann = store.person("Ann").await;
        for milliseconds in [0, 1, 999, 1_000, -1, 1_795_435_200_007, 4_102_444_799_999] {
            let created_at = DateTime::from_timestamp_millis(milliseconds).unwrap();
            let tweet = store.publish(NewTweet { created_at, ..draft(ann, "now") }).await;
            assert_eq!(store.see(tweet, ann).await.unwrap().created_at, created_at);
        }
    }

    async fn a_later_tweet_has_a_higher_id(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let mut last = store.tweet(ann, "0").await;
        for author in [bob, ann, ann, bob] {
            let next = store.tweet(author, "next").await;
            assert!(next > last);
            last = next;
        }
    }

    async fn a_text_longer_than_any_limit_of_today_is_kept(store: Store) {
        let ann = store.person("Ann").await;
        let text = "ж👋".repeat(5_000);
        let tweet = store.tweet(ann, &text).await;
        assert_eq!(store.see(tweet, ann).await.unwrap().text.as_str(), text);
    }

    async fn attachments_are_shown_in_the_order_given(store: Store) {
        let ann = store.person("Ann").await;
        let pictures = std::array::from_fn::<_, 10, _>(|_| picture(ann));
        let mut images = Vec::new();
        for (number, image) in (1..).zip(&pictures) {
            let sized = NewImage { width: number, height: 2 * number, ..image.clone() };
            images.push((store.record(sized).await, image.name, number));
        }
        images.rotate_left(3);
        images.swap(0, 5);
        let ids = images.iter().map(|(id, ..)| *id).collect::<Vec<_>>();
        let tweet = store.tweet_with(ann, "ten pictures", &ids).await;
        let shown = store.see(tweet, ann).await.unwrap().attachments;
        let shown = shown.iter().map(|image| (image.id, image.name, image.width)).collect::<Vec<_>>();
        assert_eq!(shown, images);
        let page = store.page(ann, Scope::All, Order::POPULAR, Start::FIRST, 5).await;
        assert_eq!(page.tweets, [store.see(tweet, ann).await.unwrap()]);
    }

    async fn an_unusable_attachment_is_named_and_nothing_is_published(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let (mine, taken, foreign) = (store.image(ann).await, store.image(ann).await, store.image(bob).await);
        let first = store.tweet_with(ann, "takes it", &[taken]).await;
        for culprit in [foreign, taken, MediaId::stored(999_999), MediaId::stored(i64::MAX)] {
            let refused = store.tweets.publish(with_images(ann, "no", &[mine, culprit])).await;
            assert!(
                matches!(refused, Err(Error::Invalid(Invalid::UnusableAttachment(id))) if id == culprit),
                "{culprit}: {refused:?}"
            );
        }
        assert_eq!(store.feed(ann).await, [first]);
        store.tweet_with(ann, "still usable", &[mine]).await;
    }

    async fn the_first_of_several_unusable_attachments_is_named(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let (mine, foreign) = (store.image(ann).await, store.image(bob).await);
        let unknown = MediaId::stored(foreign.get() + 1000);
        for images in [[mine, unknown, foreign], [mine, foreign, unknown], [foreign, mine, unknown]] {
            let first = *images.iter().find(|image| **image != mine).unwrap();
            let refused = store.tweets.publish(with_images(ann, "no", &images)).await;
            assert!(
                matches!(refused, Err(Error::Invalid(Invalid::UnusableAttachment(id))) if id == first),
                "{images:?}: {refused:?}"
            );
        }
    }

    async fn an_author_who_is_gone_publishes_nothing(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        store.users.remove(ann, None).await.unwrap().unwrap();
        let refused = store.tweets.publish(draft(ann, "from beyond")).await;
        assert!(matches!(refused, Err(Error::UnknownKey)), "{refused:?}");
        assert_eq!(store.ids(bob, Scope::All, Order::Recent).await, []);
    }

    async fn an_unguarded_tweet_is_published_each_time(store: Store) {
        let ann = store.person("Ann").await;
        let first = store.tweets.publish(draft(ann, "again")).await.unwrap();
        let second = store.tweets.publish(draft(ann, "again")).await.unwrap();
        assert!(matches!((first, second), (Once::Done(one), Once::Done(other)) if one < other));
    }

    async fn only_the_author_deletes_a_tweet(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let tweet = store.liked_tweet(ann, "mine", &[bob]).await;
        let refused = store.tweets.delete(tweet, bob).await;
        assert!(matches!(refused, Err(Error::NotTheAuthor(id)) if id == tweet), "{refused:?}");
        assert_eq!(store.likes(tweet).await, 1);
    }

    async fn a_deleted_tweet_is_gone_for_everybody(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        store.follow(bob, ann).await;
        let (kept, tweet) = (store.tweet(ann, "kept").await, store.tweet(ann, "gone").await);
        assert_eq!(store.tweets.delete(tweet, ann).await.unwrap(), Some(vec![]));
        assert!(store.see(tweet, ann).await.is_none());
        assert_eq!(store.feed(ann).await, [kept]);
        assert_eq!(store.feed(bob).await, [kept]);
        assert_eq!(store.tweets.delete(tweet, ann).await.unwrap(), None, "the second time");
    }

    async fn deleting_what_never_was_answers_none(store: Store) {
        let ann = store.person("Ann").await;
        for id in [1, 999_999, i64::MAX] {
            assert_eq!(store.tweets.delete(TweetId::stored(id), ann).await.unwrap(), None);
        }
    }

    async fn a_deleted_tweet_takes_its_likes_along(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let (tweet, other) =
            (store.liked_tweet(ann, "gone", &[ann, bob]).await, store.liked_tweet(ann, "kept", &[bob]).await);
        store.tweets.delete(tweet, ann).await.unwrap().unwrap();
        assert_eq!(store.tweets.like(tweet, bob).await.unwrap(), None);
        assert_eq!(store.tweets.unlike(tweet, bob).await.unwrap(), None);
        assert_eq!(store.likes(other).await, 1);
    }

    async fn the_id_of_a_deleted_tweet_is_never_given_again(store: Store) {
        let ann = store.person("Ann").await;
        let tweet = store.tweet(ann, "the newest").await;
        store.tweets.delete(tweet, ann).await.unwrap().unwrap();
        assert!(store.tweet(ann, "newer").await > tweet);
    }
}
