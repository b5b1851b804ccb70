//! Popular tweets of a time, in a company of three years that ends now.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use serde_json::Value;

use crate::blog::Blog;
use crate::client::{Client, ids};
use crate::support::Store;

on_both_stores!(
    each_time_has_its_tweets_by_their_likes,
    a_walk_shows_each_tweet_of_its_time_once,
    a_cursor_belongs_to_its_time,
    times_that_make_no_sense_are_refused,
);

const DAYS: [(&str, i64); 4] = [("day", 1), ("week", 7), ("month", 30), ("year", 365)];

/// Two tweets a day, by some fifty people.
async fn company(store: Store) -> (Blog, Client) {
    Blog::seeded(store, 60, 2_200).await
}

/// All tweets behind that address.
async fn all(client: &Client, path: &str) -> Vec<Value> {
    let (mut tweets, mut cursor) = (vec![], String::new());
    loop {
        let mut page = client.get(&format!("{path}&cursor={cursor}")).await.succeeds(200);
        tweets.append(page["tweets"].as_array_mut().unwrap());
        let Some(next) = page["next_cursor"].as_str() else { return tweets };
        next.clone_into(&mut cursor);
    }
}

/// Of those tweets the ids of those from so many days ago on, in their order.
fn since(tweets: &[Value], days: i64) -> Vec<i64> {
    #[expect(clippy::disallowed_methods, reason = "as the service asks the machine")]
    let beginning = (Utc::now() - TimeDelta::days(days)).duration_trunc(TimeDelta::hours(1)).unwrap();
    let written = |tweet: &Value| tweet["created_at"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    tweets
        .iter()
        .filter(|tweet| written(tweet) >= beginning)
        .map(|tweet| tweet["id"].as_i64().unwrap())
        .collect()
}

async fn each_time_has_its_tweets_by_their_likes(store: Store) {
    let (_blog, probe) = company(store).await;
    let everybodys = all(&probe, "/api/tweets?scope=all").await;
    assert_eq!(everybodys.len(), 2_200);
    let author = &everybodys[0]["author"]["id"];
    let lists = [
        "/api/tweets?scope=all".to_owned(),
        "/api/tweets?".to_owned(),
        format!("/api/users/{author}/tweets?sort=popular"),
    ];
    for list in lists {
        let whole = all(&probe, &list).await;
        let mut shown = vec![];
        for (period, days) in DAYS {
            let expected = since(&whole, days);
            let path = format!("{list}&period={period}");
            assert_eq!(ids(&all(&probe, &path).await.into()), expected, "{path}");
            shown.push(expected.len());
        }
        assert!(shown.is_sorted() && shown[3] > shown[1] && shown[3] < whole.len(), "{list}: {shown:?}");
        for always in ["period=all", "period="] {
            assert_eq!(all(&probe, &format!("{list}&{always}")).await, whole, "{list}&{always}");
        }
    }
}

async fn a_walk_shows_each_tweet_of_its_time_once(store: Store) {
    let (_blog, probe) = company(store).await;
    for list in ["/api/tweets?scope=all&period=month", "/api/tweets?period=year"] {
        let whole = ids(&all(&probe, list).await.into());
        assert!(whole.len() > 20, "{list}");
        for size in [1, 7, whole.len() - 1, whole.len()] {
            let pages = whole.chunks(size).map(<[i64]>::to_vec).collect::<Vec<_>>();
            assert_eq!(
                probe.walk(&format!("{list}&limit={size}"), "tweets").await,
                pages,
                "{list} by {size}"
            );
            for (number, page) in (1..).zip(&pages) {
                let path = format!("{list}&limit={size}&offset={number}");
                assert_eq!(probe.ids(&path, "tweets").await, *page, "{path}");
            }
        }
    }
}

async fn a_cursor_belongs_to_its_time(store: Store) {
    let (_blog, probe) = company(store).await;
    let lists = ["", "&period=week", "&period=month", "&period=year", "&sort=recent"];
    for list in lists {
        let path = format!("/api/tweets?scope=all&limit=1{list}");
        let cursor = probe.get(&path).await.succeeds(200)["next_cursor"].as_str().unwrap().to_owned();
        for other in lists {
            let answer = probe.get(&format!("/api/tweets?scope=all&limit=1{other}&cursor={cursor}")).await;
            assert_eq!(
                answer.status,
                if other == list { 200 } else { 422 },
                "{list:?} in {other:?}: {answer}"
            );
        }
        let answer = probe.get(&format!("/api/tweets?limit=1{list}&cursor={cursor}")).await;
        assert_eq!(answer.status, 422, "{list:?} of others: {answer}");
    }
}

async fn times_that_make_no_sense_are_refused(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let tweet = ann.publish("x").await;
    let mine = format!("/api/users/{}/tweets", ann.id);
    for path in [
        "/api/tweets?period=decade",
        "/api/tweets?period=WEEK",
        "/api/tweets?period=7",
        "/api/tweets?period=week&period=week",
        "/api/tweets?sort=recent&period=week",
        "/api/tweets?scope=all&sort=recent&period=day",
        &format!("{mine}?period=week"),
        &format!("{mine}?sort=recent&period=year"),
    ] {
        ann.get(path).await.fails(422);
    }
    for path in [
        "/api/tweets?sort=recent&period=all",
        "/api/tweets?sort=recent&period=",
        "/api/tweets?sort=&period=day",
        &format!("{mine}?sort=popular&period=week"),
        &format!("{mine}?period=all"),
    ] {
        assert_eq!(ann.ids(path, "tweets").await, [tweet], "{path}");
    }
}
