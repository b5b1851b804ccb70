//! Whom a tweet names of those who like it.

use tweetty_domain::{FeedQuery, Order, PageSize, Scope, Start, Tweet, TweetId, UserId};

fn ids(tweet: &Tweet) -> Vec<UserId> {
    tweet.likers.iter().map(|liker| liker.id).collect()
}

promises! { likers_entries of likers:
    async fn the_viewer_is_named_first_then_the_others_by_id(store: Store) {
        let [ann, bob, eve, zoe] = store.people(["Ann", "Bob", "Eve", "Zoe"]).await;
        let tweet = store.liked_tweet(ann, "hi", &[zoe, bob, eve]).await;
        for (viewer, order) in [(ann, [bob, eve, zoe]), (zoe, [zoe, bob, eve]), (eve, [eve, bob, zoe])] {
            let seen = store.see(tweet, viewer).await.unwrap();
            assert_eq!(ids(&seen), order);
            assert_eq!(seen.likers[0].nickname, store.user(order[0]).await.nickname);
            assert_eq!((seen.liked, seen.likes_count), (viewer != ann, 3));
        }
    }

    async fn all_likers_are_a_list_in_pages_with_the_viewer_first(store: Store) {
        let ann = store.person("Ann").await;
        let fans = store.crowd("fan", 7).await;
        let tweet = store.liked_tweet(ann, "hi", &fans).await;
        store.liked_tweet(ann, "another", &[ann]).await;
        let mut last_first = fans.clone();
        last_first.rotate_right(1);
        let mut fourth_first = fans.clone();
        fourth_first[..4].rotate_right(1);
        for (viewer, order) in [(ann, fans.clone()), (fans[6], last_first), (fans[3], fourth_first)] {
            for size in [1, 2, 3, 6, 7, 8, 100] {
                let (mut seen, mut after) = (Vec::new(), None);
                for page in order.chunks(size as usize) {
                    let found = store.feeds.likers(tweet, viewer, after, size).await.unwrap().unwrap();
                    assert_eq!(found.people.iter().map(|liker| liker.id).collect::<Vec<_>>(), page);
                    seen.extend(found.people);
                    after = found.next;
                    assert_eq!(after, (seen.len() < order.len()).then(|| page[page.len() - 1]), "{size} a page");
                }
                assert_eq!(seen[0].nickname, store.user(order[0]).await.nickname);
            }
        }
    }

    async fn the_list_of_likers_goes_on_behind_one_who_took_the_like_back(store: Store) {
        let ann = store.person("Ann").await;
        let fans = store.crowd("fan", 4).await;
        let tweet = store.liked_tweet(ann, "hi", &fans).await;
        store.unlike(tweet, fans[1]).await;
        let rest = store.feeds.likers(tweet, ann, Some(fans[1]), 10).await.unwrap().unwrap();
        assert_eq!(rest.people.iter().map(|liker| liker.id).collect::<Vec<_>>(), fans[2..]);
        let behind = store.feeds.likers(tweet, ann, Some(UserId::stored(i64::MAX)), 10).await.unwrap().unwrap();
        assert_eq!((behind.people, behind.next), (vec![], None));
    }

    async fn a_tweet_that_never_was_has_no_list_of_likers(store: Store) {
        let ann = store.person("Ann").await;
        let tweet = store.liked_tweet(ann, "hi", &[]).await;
        let nobody = store.feeds.likers(tweet, ann, None, 10).await.unwrap().unwrap();
        assert_eq!((nobody.people, nobody.next), (vec![], None));
        let absent = TweetId::stored(tweet.get() + 1);
        assert_eq!(store.feeds.likers(absent, ann, None, 10).await.unwrap(), None);
    }

    async fn each_viewer_sees_whether_she_likes_it_herself(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let (one, two) =
            (store.liked_tweet(ann, "1", &[ann]).await, store.liked_tweet(ann, "2", &[bob]).await);
        for (viewer, liked) in [(ann, one), (bob, two)] {
            let page = store.page(viewer, Scope::All, Order::Recent, Start::FIRST, 10).await;
            for tweet in page.tweets {
                assert_eq!(tweet.liked, tweet.id == liked);
            }
        }
    }

    async fn a_tweet_names_only_so_many_likers_and_counts_truly(store: Store) {
        let ann = store.person("Ann").await;
        let fans = store.crowd("fan", 12).await;
        let tweet = store.liked_tweet(ann, "hi", &fans).await;
        let last = fans[11];
        for (viewer, most, named) in [
            (ann, 3, fans[..3].to_vec()),
            (last, 3, vec![last, fans[0], fans[1]]),
            (fans[1], 3, vec![fans[1], fans[0], fans[2]]),
            (last, 1, vec![last]),
            (ann, 12, fans.clone()),
            (ann, 100, fans.clone()),
        ] {
            let seen = store.feeds.tweet(tweet, viewer, most).await.unwrap().unwrap();
            assert_eq!(ids(&seen), named);
            assert_eq!((seen.likes_count, seen.liked), (12, viewer != ann));
        }
    }

    async fn each_tweet_of_a_page_has_its_own_likers_under_the_cap(store: Store) {
        let fans = store.crowd("fan", 9).await;
        for likes in [0, 2, 9, 4, 1] {
            store.liked_tweet(fans[0], "hi", &fans[..likes]).await;
        }
        let (viewer, size) = (fans[8], PageSize::parse(None, 10).unwrap());
        let (scope, order, start) = (Scope::All, Order::POPULAR, Start::FIRST);
        let query = FeedQuery { viewer, scope, order, start, size, embedded_likers: 3 };
        let page = store.feeds.page(query).await.unwrap();
        let likers = page.tweets.iter().map(ids).collect::<Vec<_>>();
        let first = vec![fans[8], fans[0], fans[1]];
        assert_eq!(likers, [first, fans[..3].to_vec(), fans[..2].to_vec(), fans[..1].to_vec(), vec![]]);
        assert_eq!(page.tweets.iter().map(|tweet| tweet.likes_count).collect::<Vec<_>>(), [9, 4, 2, 1, 0]);
        assert_eq!(page.tweets.iter().filter(|tweet| tweet.liked).count(), 1);
    }

    async fn a_tweet_may_name_nobody_and_still_tell_whether_it_is_liked(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let tweet = store.liked_tweet(ann, "hi", &[ann, bob]).await;
        let seen = store.feeds.tweet(tweet, bob, 0).await.unwrap().unwrap();
        assert_eq!((ids(&seen), seen.likes_count, seen.liked), (vec![], 2, true));
    }

    async fn a_stranger_sees_a_tweet_and_likes_nothing(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let tweet = store.liked_tweet(ann, "hi", &[ann, bob]).await;
        let seen = store.see(tweet, UserId::stored(i64::MAX)).await.unwrap();
        assert_eq!((ids(&seen), seen.liked), (vec![ann, bob], false));
    }
}
