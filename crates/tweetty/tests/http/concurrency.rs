//! Many at the same time.

use serde_json::json;
use tokio::task::JoinSet;

use crate::blog::Blog;
use crate::client::Person;
use crate::support::Store;

on_both_stores!(
    fifty_likes_of_one_user_at_the_same_time_count_once,
    sixty_four_users_who_like_one_tweet_at_the_same_time_count_64,
    likes_and_their_withdrawal_at_the_same_time_leave_an_exact_count,
    follows_at_the_same_time_count_once_each,
    one_image_hangs_on_one_of_the_tweets_that_want_it_at_the_same_time,
    a_tweet_that_is_deleted_while_it_is_liked_is_gone,
);

/// The statuses of so many requests that are sent at the same time.
async fn statuses<F>(requests: impl IntoIterator<Item = F>) -> Vec<u16>
where
    F: Future<Output = crate::answer::Answer> + Send + 'static,
{
    let mut set = JoinSet::new();
    for request in requests {
        set.spawn(request);
    }
    let mut statuses = set.join_all().await.into_iter().map(|answer| answer.status).collect::<Vec<_>>();
    statuses.sort_unstable();
    statuses
}

fn liking(person: &Person, tweet: i64) -> impl Future<Output = crate::answer::Answer> + Send + 'static {
    let person = person.clone();
    async move { person.like(tweet).await }
}

fn unliking(person: &Person, tweet: i64) -> impl Future<Output = crate::answer::Answer> + Send + 'static {
    let person = person.clone();
    async move { person.delete(&format!("/api/tweets/{tweet}/likes")).await }
}

async fn fifty_likes_of_one_user_at_the_same_time_count_once(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let tweet = ann.publish("x").await;
    let answers = statuses((0..50).map(|_| liking(&ann, tweet))).await;
    assert_eq!(answers, [vec![200; 49], vec![201]].concat());
    let seen = ann.see(tweet).await;
    assert_eq!((&seen["likes_count"], seen["likes"].as_array().unwrap().len()), (&json!(1), 1));
}

async fn sixty_four_users_who_like_one_tweet_at_the_same_time_count_64(store: Store) {
    let blog = Blog::open(store).await;
    let crowd = blog.crowd("fan", 64).await;
    let tweet = crowd[0].publish("x").await;
    assert_eq!(statuses(crowd.iter().map(|fan| liking(fan, tweet))).await, [201; 64]);
    let seen = crowd[63].see(tweet).await;
    assert_eq!((&seen["likes_count"], seen["likes"].as_array().unwrap().len()), (&json!(64), 64));
}

async fn likes_and_their_withdrawal_at_the_same_time_leave_an_exact_count(store: Store) {
    let blog = Blog::open(store).await;
    let crowd = blog.crowd("fan", 10).await;
    let tweet = crowd[0].publish("x").await;
    let mut set = JoinSet::new();
    for (at, fan) in crowd.iter().cloned().enumerate() {
        set.spawn(async move {
            for round in 0..20 {
                let answer = if (round + at) % 2 == 0 {
                    liking(&fan, tweet).await
                } else {
                    unliking(&fan, tweet).await
                };
                assert!(answer.status < 300, "{answer}");
            }
            // Those at even places ended with a withdrawal.
            fan.see(tweet).await["liked"] == true
        });
    }
    let likers = set.join_all().await.into_iter().filter(|liked| *liked).count();
    assert_eq!(likers, 5);
    assert_eq!(crowd[0].see(tweet).await["likes_count"], 5);
}

async fn follows_at_the_same_time_count_once_each(store: Store) {
    let blog = Blog::open(store).await;
    let crowd = blog.crowd("fan", 16).await;
    let (ann, fans) = crowd.split_first().unwrap();
    let mut requests = vec![];
    for fan in fans {
        for _ in 0..3 {
            let (fan, ann) = (fan.clone(), ann.id);
            requests.push(async move { fan.follow(ann).await });
        }
    }
    assert_eq!(statuses(requests).await, [vec![200; 30], vec![201; 15]].concat());
    let profile = ann.get("/api/users/me").await.succeeds(200);
    assert_eq!(profile["user"]["followers_count"], 15);
}

async fn one_image_hangs_on_one_of_the_tweets_that_want_it_at_the_same_time(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let media = ann.picture(crate::pictures::png()).await;
    let requests = (0..12).map(|number| {
        let ann = ann.clone();
        async move { ann.tweet(json!({"tweet_data": number.to_string(), "tweet_media_ids": [media]})).await }
    });
    assert_eq!(statuses(requests).await, [vec![201], vec![422; 11]].concat());
    assert_eq!(ann.ids("/api/tweets", "tweets").await.len(), 1);
}

async fn a_tweet_that_is_deleted_while_it_is_liked_is_gone(store: Store) {
    let blog = Blog::open(store).await;
    let crowd = blog.crowd("fan", 8).await;
    for _ in 0..5 {
        let tweet = crowd[0].publish("x").await;
        let likes = statuses(crowd[1..].iter().map(|fan| liking(fan, tweet)));
        let path = format!("/api/tweets/{tweet}");
        let (likes, deleted) = tokio::join!(likes, crowd[0].delete(&path));
        deleted.succeeds(200);
        assert!(likes.iter().all(|status| [201, 404].contains(status)), "{likes:?}");
        crowd[1].get(&path).await.fails(404);
    }
}
