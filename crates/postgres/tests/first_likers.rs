//! An instance shows a tweet's likers as they are, whatever it remembers and through whichever instance they came.
#![expect(clippy::unwrap_used, reason = "where an arrangement fails, the test has to fail")]

use tweetty_cluster::Cluster;
use tweetty_contract::arrange::{draft, new_user};
use tweetty_domain::{Feeds as _, Tweet, Tweets as _, UserId, Users as _};
use tweetty_postgres::{Options, Store};

/// Numbers without an apparent order, always the same.
fn numbers() -> impl Iterator<Item = usize> {
    std::iter::successors(Some(7_u64), |last| {
        Some(last.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407))
    })
    .map(|number| usize::try_from(number >> 40).unwrap())
}

fn people(tweet: &Tweet) -> Vec<UserId> {
    tweet.likers.iter().map(|liker| liker.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn likes_through_another_instance_are_shown_at_once_by_one_that_remembers_those_before() {
    let database = Cluster::shared().database();
    let connect = async || Store::connect(&database.url(), &Options::default()).await.unwrap();
    let (here, there) = (connect().await, connect().await);
    here.migrate().await.unwrap();
    let users = (0..12).map(|number| new_user(&format!("user{number}"))).collect();
    let users = here.add(users, None).await.unwrap();
    let mut tweets = vec![];
    for text in ["one", "two", "three"] {
        tweets.push(here.publish(draft(users[0], text)).await.unwrap().outcome());
    }
    let mut numbers = numbers();
    for round in 0..300 {
        let mut next = |below: usize| numbers.next().unwrap() % below;
        let (tweet, liker) = (tweets[next(tweets.len())], users[next(users.len())]);
        // Two changes that leave the counter as it was are among them.
        let changed =
            if next(2) == 0 { there.like(tweet, liker).await } else { there.unlike(tweet, liker).await };
        changed.unwrap().unwrap();
        let (viewer, embedded) = (users[next(users.len())], [1, 5, 100][next(3)]);
        let fresh = connect().await.tweets(tweets.clone(), viewer, embedded).await.unwrap();
        let shown = here.tweets(tweets.clone(), viewer, embedded).await.unwrap();
        for (shown, fresh) in shown.iter().zip(&fresh) {
            assert_eq!(shown, fresh, "in round {round}: {:?} or {:?}", people(shown), people(fresh));
        }
        assert_eq!(shown.len(), tweets.len());
    }
}
