//! Who likes what, and how many.

use tweetty_domain::{Change, Error, TweetId};

promises! { likes_entries of likes:
    async fn a_like_counts_once_however_often_it_is_given(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let tweet = store.tweet(ann, "hi").await;
        assert_eq!(store.like(tweet, bob).await, Change::Made);
        for _ in 0..3 {
            assert_eq!(store.like(tweet, bob).await, Change::AlreadySo);
        }
        assert_eq!(store.likes(tweet).await, 1);
    }

    async fn a_like_is_taken_back_once(store: Store) {
        let [ann, bob, eve] = store.people(["Ann", "Bob", "Eve"]).await;
        let tweet = store.liked_tweet(ann, "hi", &[bob, eve]).await;
        assert_eq!(store.unlike(tweet, bob).await, Change::Made);
        assert_eq!(store.unlike(tweet, bob).await, Change::AlreadySo);
        assert_eq!(store.unlike(tweet, ann).await, Change::AlreadySo, "it was never liked");
        assert_eq!(store.likes(tweet).await, 1);
    }

    async fn a_like_can_be_given_again_after_it_was_taken_back(store: Store) {
        let ann = store.person("Ann").await;
        let tweet = store.liked_tweet(ann, "hi", &[ann]).await;
        store.unlike(tweet, ann).await;
        assert_eq!(store.like(tweet, ann).await, Change::Made);
        assert!(store.see(tweet, ann).await.unwrap().liked);
    }

    async fn an_author_may_like_her_own_tweet(store: Store) {
        let ann = store.person("Ann").await;
        let tweet = store.liked_tweet(ann, "good", &[ann]).await;
        let tweet = store.see(tweet, ann).await.unwrap();
        assert!(tweet.liked);
        assert_eq!((tweet.likes_count, tweet.likers[0].id), (1, ann));
    }

    async fn an_unknown_tweet_cannot_be_liked(store: Store) {
        let ann = store.person("Ann").await;
        for id in [1, 999_999, i64::MAX].map(TweetId::stored) {
            assert_eq!(store.tweets.like(id, ann).await.unwrap(), None);
            assert_eq!(store.tweets.unlike(id, ann).await.unwrap(), None);
        }
    }

    async fn a_user_who_is_gone_likes_nothing(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let tweet = store.tweet(ann, "hi").await;
        store.users.remove(bob, None).await.unwrap().unwrap();
        let refused = store.tweets.like(tweet, bob).await;
        assert!(matches!(refused, Err(Error::UnknownKey)), "{refused:?}");
        assert_eq!(store.likes(tweet).await, 0);
    }

    async fn the_likes_of_one_tweet_leave_the_others_alone(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let (one, other) =
            (store.liked_tweet(ann, "1", &[bob]).await, store.liked_tweet(ann, "2", &[bob]).await);
        store.unlike(one, bob).await;
        assert_eq!((store.likes(one).await, store.likes(other).await), (0, 1));
        assert!(store.see(other, bob).await.unwrap().liked);
    }

    async fn likes_come_from_as_many_as_like(store: Store) {
        let ann = store.person("Ann").await;
        let crowd = store.crowd("fan", 150).await;
        let tweet = store.liked_tweet(ann, "everybody's darling", &crowd).await;
        assert_eq!(store.likes(tweet).await, 150);
        for fan in &crowd[..50] {
            store.unlike(tweet, *fan).await;
        }
        assert_eq!(store.likes(tweet).await, 100);
    }

    async fn the_likers_shown_are_those_of_now_though_as_many_liked_it_before(store: Store) {
        let [ann, bob, eve, zoe] = store.people(["Ann", "Bob", "Eve", "Zoe"]).await;
        let tweet = store.liked_tweet(ann, "hi", &[bob, eve]).await;
        let likers = async |viewer, embedded| {
            let seen = store.feeds.tweet(tweet, viewer, embedded).await.unwrap().unwrap();
            (seen.likers.iter().map(|liker| liker.id).collect::<Vec<_>>(), seen.likes_count, seen.liked)
        };
        assert_eq!(likers(ann, 1).await, (vec![bob], 2, false));
        assert_eq!(likers(ann, 100).await, (vec![bob, eve], 2, false), "also where fewer were shown before");
        assert_eq!(likers(eve, 1).await, (vec![eve], 2, true));
        assert_eq!(likers(eve, 0).await, (vec![], 2, true));
        store.unlike(tweet, bob).await;
        store.like(tweet, zoe).await;
        assert_eq!(likers(ann, 100).await, (vec![eve, zoe], 2, false));
        assert_eq!(likers(zoe, 100).await, (vec![zoe, eve], 2, true));
        store.users.remove(eve, None).await.unwrap().unwrap();
        assert_eq!(likers(ann, 100).await, (vec![zoe], 1, false));
        store.like(tweet, ann).await;
        assert_eq!(likers(zoe, 100).await, (vec![zoe, ann], 2, true));
    }

    async fn more_likers_than_are_shown_are_counted_and_the_first_of_them_shown(store: Store) {
        let ann = store.person("Ann").await;
        let crowd = store.crowd("fan", 120).await;
        let tweet = store.liked_tweet(ann, "everybody's darling", &crowd).await;
        for embedded in [5, 99, 100, 101, 119, 120, 121, 1000] {
            for viewer in [ann, crowd[0], crowd[99], crowd[100], crowd[119]] {
                let seen = store.feeds.tweet(tweet, viewer, embedded).await.unwrap().unwrap();
                let viewer_first = crowd.iter().filter(|fan| **fan == viewer);
                let others = crowd.iter().filter(|fan| **fan != viewer);
                let expected = viewer_first.chain(others).take(usize::try_from(embedded).unwrap());
                let likers = seen.likers.iter().map(|liker| liker.id).collect::<Vec<_>>();
                assert_eq!(likers, expected.copied().collect::<Vec<_>>(), "{embedded} for {viewer:?}");
                assert_eq!((seen.likes_count, seen.liked), (120, viewer != ann));
            }
        }
    }
}
