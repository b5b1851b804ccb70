//! Whose tweets a feed has, and in which order.

use chrono::TimeDelta;
use tweetty_domain::{Order, Scope, Start, UserId};

use crate::arrange::draft;

const ORDERS: [Order; 2] = [Order::POPULAR, Order::Recent];

promises! { feeds_entries of feeds:
    async fn more_likes_come_first_and_among_equals_the_newer(store: Store) {
        let ann = store.person("Ann").await;
        let fans = store.crowd("fan", 3).await;
        let mut tweets = Vec::new();
        for likes in [1, 0, 3, 1, 0, 2, 3] {
            tweets.push(store.liked_tweet(ann, "hi", &fans[..likes]).await);
        }
        let popular = [6, 2, 5, 3, 0, 4, 1].map(|number| tweets[number]);
        assert_eq!(store.feed(ann).await, popular);
        assert_eq!(store.ids(fans[0], Scope::All, Order::POPULAR).await, popular);
        assert_eq!(store.ids(fans[0], Scope::By(ann), Order::POPULAR).await, popular);
    }

    async fn the_recent_order_is_the_newer_first_whatever_the_likes(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        store.follow(bob, ann).await;
        let mut tweets = Vec::new();
        for likers in [&[ann, bob][..], &[], &[ann], &[]] {
            tweets.push(store.liked_tweet(ann, "hi", likers).await);
        }
        tweets.reverse();
        for scope in [Scope::All, Scope::Following, Scope::By(ann)] {
            assert_eq!(store.ids(bob, scope, Order::Recent).await, tweets);
        }
    }

    async fn a_tweet_written_with_an_earlier_clock_is_newer_all_the_same(store: Store) {
        let ann = store.person("Ann").await;
        let first = store.tweet(ann, "first").await;
        let mut late = draft(ann, "the clock was set back");
        late.created_at -= TimeDelta::hours(1);
        let second = store.publish(late).await;
        for order in ORDERS {
            assert_eq!(store.ids(ann, Scope::All, order).await, [second, first]);
        }
    }

    async fn a_feed_has_the_tweets_of_followees_and_her_own_and_no_others(store: Store) {
        let [ann, bob, eve, zoe] = store.people(["Ann", "Bob", "Eve", "Zoe"]).await;
        store.follow(ann, bob).await;
        store.follow(ann, eve).await;
        store.follow(zoe, ann).await;
        let (hers, his) = (store.tweet(ann, "hers").await, store.tweet(bob, "his").await);
        let (eves, zoes) =
            (store.tweet(eve, "eve's").await, store.liked_tweet(zoe, "zoe's", &[bob, eve]).await);
        for order in ORDERS {
            assert_eq!(store.ids(ann, Scope::Following, order).await, [eves, his, hers]);
            assert_eq!(store.ids(bob, Scope::Following, order).await, [his]);
            assert_eq!(store.ids(eve, Scope::Following, order).await, [eves]);
        }
        assert_eq!(store.feed(zoe).await, [zoes, hers]);
    }

    async fn the_whole_company_is_shown_to_everybody(store: Store) {
        let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
        store.follow(ann, bob).await;
        let (one, two) = (store.tweet(bob, "1").await, store.tweet(eve, "2").await);
        let three = store.liked_tweet(bob, "3", &[eve]).await;
        store.like(one, eve).await;
        for viewer in [ann, bob, eve] {
            assert_eq!(store.ids(viewer, Scope::All, Order::POPULAR).await, [three, one, two]);
            assert_eq!(store.ids(viewer, Scope::All, Order::Recent).await, [three, two, one]);
        }
    }

    async fn the_tweets_of_one_author_need_no_follow(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let one = store.liked_tweet(bob, "1", &[ann]).await;
        store.tweet(ann, "not his").await;
        let two = store.tweet(bob, "2").await;
        for viewer in [ann, bob] {
            assert_eq!(store.ids(viewer, Scope::By(bob), Order::POPULAR).await, [one, two]);
            assert_eq!(store.ids(viewer, Scope::By(bob), Order::Recent).await, [two, one]);
        }
    }

    async fn a_newcomer_sees_nothing_and_no_next_page(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        store.tweet(bob, "hi").await;
        for (scope, order) in
            [(Scope::Following, ORDERS[0]), (Scope::Following, ORDERS[1]), (Scope::By(ann), ORDERS[0])]
        {
            let page = store.page(ann, scope, order, Start::FIRST, 10).await;
            assert_eq!((page.tweets, page.next), (vec![], None));
        }
    }

    async fn whoever_never_was_has_an_empty_feed_and_wrote_nothing(store: Store) {
        let ann = store.person("Ann").await;
        let tweet = store.liked_tweet(ann, "hi", &[ann]).await;
        for nobody in [ann.get() + 1, i64::MAX].map(UserId::stored) {
            for order in ORDERS {
                assert_eq!(store.ids(nobody, Scope::Following, order).await, []);
                assert_eq!(store.ids(ann, Scope::By(nobody), order).await, []);
                assert_eq!(store.ids(nobody, Scope::All, order).await, [tweet]);
            }
        }
    }

    async fn a_feed_follows_each_like_at_once(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let (one, two) = (store.tweet(ann, "1").await, store.tweet(ann, "2").await);
        assert_eq!(store.feed(ann).await, [two, one]);
        store.like(one, bob).await;
        assert_eq!(store.feed(ann).await, [one, two]);
        store.like(two, bob).await;
        store.like(two, ann).await;
        assert_eq!(store.feed(ann).await, [two, one]);
        store.unlike(two, bob).await;
        store.unlike(two, ann).await;
        assert_eq!(store.feed(ann).await, [one, two]);
    }

    async fn a_feed_follows_each_follow_at_once(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let tweet = store.tweet(bob, "hi").await;
        for _ in 0..2 {
            assert_eq!(store.feed(ann).await, []);
            store.follow(ann, bob).await;
            assert_eq!(store.feed(ann).await, [tweet]);
            store.unfollow(ann, bob).await;
        }
    }

    async fn a_tweet_looks_the_same_in_a_feed_and_alone(store: Store) {
        let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
        store.follow(bob, ann).await;
        let (one, two) = (store.image(ann).await, store.image(ann).await);
        let rich = store.tweet_with(ann, "two pictures", &[two, one]).await;
        let plain = store.liked_tweet(bob, "plain", &[bob, eve]).await;
        store.like(rich, eve).await;
        for (viewer, scope) in [(bob, Scope::Following), (eve, Scope::All), (ann, Scope::All)] {
            let page = store.page(viewer, scope, Order::POPULAR, Start::FIRST, 10).await;
            let alone = [store.see(plain, viewer).await.unwrap(), store.see(rich, viewer).await.unwrap()];
            assert_eq!(page.tweets, alone);
        }
    }
}
