//! What holds however many do it at the same time. Not one of these tasks may end in an internal error.

use std::sync::Arc;

use tokio::sync::Barrier;
use tweetty_domain::{Change, Changes, Error, Order, Result, Scope, Start, TweetId, UserId};

use crate::Store;
use crate::arrange::{new_user, nickname};

/// Runs the tasks in parallel, all from the same moment on; answers in their order.
pub(crate) async fn together<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks = tasks.into_iter().collect::<Vec<_>>();
    let start = Arc::new(Barrier::new(tasks.len()));
    let spawn = |task| {
        let start = Arc::clone(&start);
        tokio::spawn(async move {
            start.wait().await;
            task.await
        })
    };
    let running = tasks.into_iter().map(spawn).collect::<Vec<_>>();
    let mut answers = Vec::new();
    for task in running {
        answers.push(task.await.unwrap());
    }
    answers
}

/// The counter of a tweet and the rows that it counts.
async fn assert_likes(store: &Store, tweet: TweetId, count: u64) {
    let tweet = store.feeds.tweet(tweet, UserId::stored(1), 1000).await.unwrap().unwrap();
    assert_eq!((tweet.likes_count, tweet.likers.len() as u64), (count, count));
}

promises! { concurrency_entries of concurrency:
    async fn fifty_parallel_likes_by_one_user_count_once(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let tweet = store.tweet(ann, "hi").await;
        let like = |_| {
            let store = store.clone();
            async move { store.like(tweet, bob).await }
        };
        let changes = together((0..50).map(like)).await;
        assert_eq!(changes.iter().filter(|change| **change == Change::Made).count(), 1);
        assert_likes(&store, tweet, 1).await;
    }

    async fn sixty_four_users_who_like_one_tweet_at_the_same_time_count_64(store: Store) {
        let crowd = store.crowd("fan", 64).await;
        let tweet = store.tweet(crowd[0], "hi").await;
        let like = |fan| {
            let store = store.clone();
            async move { store.like(tweet, fan).await }
        };
        let changes = together(crowd.into_iter().map(like)).await;
        assert_eq!(changes, [Change::Made; 64]);
        assert_likes(&store, tweet, 64).await;
    }

    async fn each_parallel_like_is_seen_by_whoever_gave_it(store: Store) {
        let crowd = store.crowd("fan", 32).await;
        let tweet = store.tweet(crowd[0], "hi").await;
        let like_and_look = |fan| {
            let store = store.clone();
            async move {
                store.like(tweet, fan).await;
                store.see(tweet, fan).await.unwrap()
            }
        };
        for seen in together(crowd.into_iter().map(like_and_look)).await {
            assert!(seen.liked && seen.likes_count >= 1);
        }
    }

    async fn a_storm_of_likes_and_unlikes_leaves_true_counters(store: Store) {
        let crowd = store.crowd("fan", 16).await;
        let mut tweets = Vec::new();
        for author in &crowd[..3] {
            tweets.push(store.tweet(*author, "hi").await);
        }
        let storm = |(number, fan)| {
            let (store, tweets) = (store.clone(), tweets.clone());
            async move {
                for round in 0..12 {
                    let tweet = tweets[(number + round) % 3];
                    if (number + round / 3) % 2 == 0 {
                        store.like(tweet, fan).await
                    } else {
                        store.unlike(tweet, fan).await
                    };
                }
                let mut liked = Vec::new();
                for tweet in tweets {
                    liked.push(u64::from(store.see(tweet, fan).await.unwrap().liked));
                }
                liked
            }
        };
        let liked = together(crowd.into_iter().enumerate().map(storm)).await;
        for (number, tweet) in tweets.into_iter().enumerate() {
            assert_likes(&store, tweet, liked.iter().map(|liked| liked[number]).sum()).await;
        }
    }

    async fn one_user_who_likes_and_unlikes_in_parallel_ends_with_a_true_counter(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let tweet = store.liked_tweet(ann, "hi", &[ann]).await;
        let toggle = |number| {
            let store = store.clone();
            async move {
                if number % 2 == 0 { store.like(tweet, bob).await } else { store.unlike(tweet, bob).await }
            }
        };
        together((0..40).map(toggle)).await;
        let liked = store.see(tweet, bob).await.unwrap().liked;
        assert_likes(&store, tweet, 1 + u64::from(liked)).await;
    }

    async fn users_who_follow_each_other_at_the_same_time_all_succeed(store: Store) {
        let crowd = store.crowd("user", 8).await;
        let pairs = crowd.iter().flat_map(|one| crowd.iter().map(move |other| (*one, *other)));
        let pairs = pairs.filter(|(one, other)| one != other).collect::<Vec<_>>();
        for round in 0..3 {
            let follow = |(one, other)| {
                let store = store.clone();
                async move {
                    if round == 1 { store.unfollow(one, other).await } else { store.follow(one, other).await }
                }
            };
            let changes = together(pairs.clone().into_iter().map(follow)).await;
            assert!(changes.iter().all(|change| *change == Change::Made));
        }
        for user in crowd {
            let user = store.user(user).await;
            assert_eq!((user.followers_count, user.following_count), (7, 7));
        }
    }

    async fn parallel_follows_of_one_followee_by_one_follower_count_once(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let follow = |_| {
            let store = store.clone();
            async move { store.follow(ann, bob).await }
        };
        let changes = together((0..30).map(follow)).await;
        assert_eq!(changes.iter().filter(|change| **change == Change::Made).count(), 1);
        assert_eq!((store.user(ann).await.following_count, store.user(bob).await.followers_count), (1, 1));
    }

    async fn a_tweet_deleted_while_many_like_it_is_simply_gone(store: Store) {
        let crowd = store.crowd("fan", 32).await;
        for _ in 0..5 {
            let tweet = store.liked_tweet(crowd[0], "hi", &crowd[1..3]).await;
            let author = crowd[0];
            let act = |(number, fan)| {
                let store = store.clone();
                async move {
                    match number {
                        16 => store.tweets.delete(tweet, author).await.map(|files| files.is_some()),
                        1 | 2 => store.tweets.unlike(tweet, fan).await.map(|_| false),
                        _ => store.tweets.like(tweet, fan).await.map(|_| false),
                    }
                }
            };
            let outcomes = together(crowd.clone().into_iter().enumerate().map(act)).await;
            let deleted = outcomes.into_iter().map(Result::unwrap).filter(|deleted| *deleted).count();
            assert_eq!(deleted, 1);
            assert_eq!(store.tweets.like(tweet, crowd[1]).await.unwrap(), None);
        }
    }

    async fn a_tweet_is_deleted_once_however_many_delete_it(store: Store) {
        let ann = store.person("Ann").await;
        let image = store.image(ann).await;
        let tweet = store.tweet_with(ann, "hi", &[image]).await;
        let delete = |_| {
            let store = store.clone();
            async move { store.tweets.delete(tweet, ann).await.unwrap() }
        };
        let outcomes = together((0..10).map(delete)).await;
        assert_eq!(outcomes.into_iter().flatten().map(|files| files.len()).collect::<Vec<_>>(), [1]);
    }

    async fn pages_are_read_while_their_tweets_come_and_go(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        store.follow(bob, ann).await;
        let write = |round: u64| {
            let store = store.clone();
            async move {
                for _ in 0..10 {
                    let image = store.image(ann).await;
                    let tweet = store.tweet_with(ann, "hi", &[image]).await;
                    store.like(tweet, bob).await;
                    if round.is_multiple_of(2) {
                        store.tweets.delete(tweet, ann).await.unwrap().unwrap();
                    }
                }
            }
        };
        let read = |round: u64| {
            let store = store.clone();
            async move {
                for number in 0..20 {
                    let order = if number % 2 == 0 { Order::POPULAR } else { Order::Recent };
                    let page = store.page(bob, Scope::Following, order, Start::Page(1 + round % 2), 10).await;
                    assert!(page.tweets.iter().all(|tweet| tweet.author.id == ann));
                }
            }
        };
        tokio::join!(together((0..4).map(write)), together((0..4).map(read)));
        assert_eq!(store.feed(bob).await.len(), 20);
    }

    async fn one_of_many_who_want_a_nickname_gets_it(store: Store) {
        let [ann, bob] = store.people(["Ann", "Bob"]).await;
        let want = |number: usize| {
            let store = store.clone();
            let wanted = nickname(["star", "Star", "STAR"][number % 3]);
            async move {
                let changes = Changes { nickname: Some(wanted.clone()), ..Default::default() };
                match number % 4 {
                    0 => store.users.update(ann, changes, None).await.map(|_| ann),
                    1 => store.users.update(bob, changes, None).await.map(|_| bob),
                    _ => store.users.add(vec![new_user(wanted.as_str())], None).await.map(|ids| ids[0]),
                }
            }
        };
        let outcomes = together((0..16).map(want)).await;
        let refused = |outcome: &&Result<_>| matches!(outcome, Err(Error::NicknameTaken(_)));
        let holder = store.users.find_by_nickname(&nickname("star")).await.unwrap().unwrap().id;
        let winners =
            outcomes.iter().filter(|outcome| !refused(outcome)).map(|outcome| *outcome.as_ref().unwrap());
        assert!(winners.into_iter().all(|winner| winner == holder));
    }

    async fn additions_that_overlap_in_opposite_orders_do_not_block_each_other(store: Store) {
        for round in 0..5 {
            let names = [format!("a{round}"), format!("b{round}"), format!("c{round}")];
            let add = |number: usize| {
                let (store, mut names) = (store.clone(), names.clone());
                names.rotate_left(number % 3);
                async move { store.users.add(names.iter().map(|name| new_user(name)).collect(), None).await }
            };
            let outcomes = together((0..6).map(add)).await;
            assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
            let refused = |outcome: &&Result<_>| matches!(outcome, Err(Error::NicknameTaken(_)));
            assert_eq!(outcomes.iter().filter(refused).count(), 5, "{outcomes:?}");
        }
    }
}
