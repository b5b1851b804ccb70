//! Announcements: on the first page of everybody's feed until a time, and who has read them.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::blog::Blog;
use crate::client::{Client, Person, ids};
use crate::support::Store;
use tweetty_domain::{Clock as _, SystemClock};

on_both_stores!(
    an_announcement_is_on_everybody_s_first_page_and_nowhere_else,
    an_announcement_ends_at_its_time_and_when_it_is_withdrawn,
    only_communicators_announce_and_withdraw_and_see_who_is_missing,
    who_has_read_it_counts_once_and_is_missing_no_longer,
    who_left_the_company_is_not_missing,
    as_many_stand_as_is_configured_and_none_twice,
    who_announces_and_withdraws_is_in_the_audit_log,
    a_wish_that_is_no_announcement_is_refused_by_its_field,
    a_deleted_tweet_takes_its_announcement_along,
    a_long_first_page_has_the_announcements_too,
);

/// How long another process, or the memory of this one, may be behind.
const PATIENCE: Duration = Duration::from_secs(5);

/// A company with a communicator.
async fn company(store: Store) -> (Blog, Person, Person) {
    let blog = Blog::open(store).await;
    let [com, ann] = blog.people(["com", "ann"]).await;
    blog.tweetty(&["users", "update", "com", "--role", "communicator"]);
    (blog, com, ann)
}

fn in_days(days: i64) -> DateTime<Utc> {
    SystemClock.now() + TimeDelta::days(days)
}

async fn wish(client: &Client, wish: Value) -> Answer {
    client.call("POST", "/api/announcements").json(&wish).send().await
}

async fn announce(client: &Client, tweet: i64, until: DateTime<Utc>, acknowledge: bool) -> i64 {
    let made =
        wish(client, json!({"tweet_id": tweet, "until": until.to_rfc3339(), "acknowledge": acknowledge}));
    made.await.succeeds(201)["announcement_id"].as_i64().unwrap()
}

async fn announced(client: &Client, path: &str) -> Vec<Value> {
    client.get(path).await.succeeds(200)["announcements"].as_array().unwrap().clone()
}

/// Waits until somebody is shown so many.
async fn come_to(client: &Client, count: usize) {
    let begun = tokio::time::Instant::now();
    while announced(client, "/api/tweets").await.len() != count {
        assert!(begun.elapsed() < PATIENCE, "not {count} announcements");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn an_announcement_is_on_everybody_s_first_page_and_nowhere_else(store: Store) {
    let (blog, com, ann) = company(store).await;
    let nobody = announced(&ann, "/api/tweets").await;
    assert_eq!(nobody, Vec::<Value>::new(), "an empty list where nothing stands");
    let tweet = com.publish("The office moves in May").await;
    for number in 0..3 {
        ann.publish(&format!("tweet {number}")).await;
    }
    let until = in_days(7);
    let id = announce(&com, tweet, until, true).await;
    let shown = announced(&ann, "/api/tweets").await;
    assert_eq!(shown.len(), 1, "ann follows nobody and is shown it all the same");
    assert_eq!(
        (&shown[0]["id"], &shown[0]["acknowledge"], &shown[0]["acknowledged"]),
        (&json!(id), &json!(true), &json!(false))
    );
    let end = DateTime::parse_from_rfc3339(shown[0]["until"].as_str().unwrap()).unwrap().to_utc();
    assert_eq!(end.timestamp_millis(), until.timestamp_millis());
    assert_eq!(shown[0]["tweet"], ann.see(tweet).await);
    assert_eq!(announced(&ann, "/api/tweets?likers=0&scope=all&sort=recent&limit=2").await.len(), 1);
    let first = ann.get("/api/tweets?scope=all&sort=recent&limit=2").await.succeeds(200);
    let (all, cursor) = (ids(&first["tweets"]), first["next_cursor"].as_str().unwrap());
    for path in [
        format!("/api/tweets?scope=all&sort=recent&limit=2&cursor={cursor}"),
        "/api/tweets?scope=all&sort=recent&limit=2&offset=2".to_owned(),
        format!("/api/users/{}/tweets", com.id),
    ] {
        let page = ann.get(&path).await.succeeds(200);
        assert!(page.get("announcements").is_none(), "{path}: {page}");
    }
    assert_eq!(all.len(), 2);
    assert!(!all.contains(&tweet), "the order of tweets stays as it is");
    let whole = ann.ids("/api/tweets?scope=all&sort=recent", "tweets").await;
    assert_eq!(whole.last(), Some(&tweet), "it has its place there as before");
    drop(blog);
}

async fn an_announcement_ends_at_its_time_and_when_it_is_withdrawn(store: Store) {
    let (_blog, com, ann) = company(store).await;
    let [one, other] = [com.publish("one").await, com.publish("other").await];
    announce(&com, one, SystemClock.now() + TimeDelta::seconds(2), false).await;
    let lasting = announce(&com, other, in_days(1), false).await;
    let both = announced(&ann, "/api/tweets").await;
    assert_eq!(
        both.iter().map(|one| &one["tweet"]["id"]).collect::<Vec<_>>(),
        [other, one],
        "the latest first"
    );
    tokio::time::sleep(Duration::from_secs(2)).await;
    let left = announced(&ann, "/api/tweets").await;
    assert_eq!(ids(&Value::Array(left)), [lasting], "to the second");
    com.delete(&format!("/api/announcements/{lasting}")).await.succeeds(200);
    come_to(&ann, 0).await;
    com.delete(&format!("/api/announcements/{lasting}")).await.fails(404);
    assert_eq!(com.see(other).await["content"], "other", "the tweet stays");
}

async fn only_communicators_announce_and_withdraw_and_see_who_is_missing(store: Store) {
    let (blog, com, ann) = company(store).await;
    let [moderator] = blog.people(["moderator"]).await;
    blog.tweetty(&["users", "update", "moderator", "--role", "moderator"]);
    let tweet = ann.publish("mine").await;
    let id = announce(&com, tweet, in_days(1), true).await;
    for client in [&ann, &moderator] {
        let until = in_days(1).to_rfc3339();
        wish(client, json!({"tweet_id": tweet, "until": until})).await.fails(403);
        client.delete(&format!("/api/announcements/{id}")).await.fails(403);
        client.get(&format!("/api/announcements/{id}/missing")).await.fails(403);
    }
    assert_eq!(announced(&ann, "/api/tweets").await.len(), 1);
    blog.tweetty(&["users", "update", "com", "--role", "member"]);
    com.delete(&format!("/api/announcements/{id}")).await.fails(403);
}

async fn who_has_read_it_counts_once_and_is_missing_no_longer(store: Store) {
    let (blog, com, ann) = company(store).await;
    let crowd = blog.crowd("reader", 5).await;
    let id = announce(&com, com.publish("read this").await, in_days(1), true).await;
    let path = format!("/api/announcements/{id}/acknowledgement");
    assert_eq!(ann.post(&path).await.succeeds(201), json!({"result": true}));
    assert_eq!(ann.post(&path).await.succeeds(200), json!({"result": true}));
    assert_eq!(announced(&ann, "/api/tweets").await[0]["acknowledged"], true);
    assert_eq!(announced(&crowd[0], "/api/tweets").await[0]["acknowledged"], false);
    let list = format!("/api/announcements/{id}/missing");
    let mut missing = vec![com.id];
    missing.extend(crowd.iter().map(|person| person.id));
    assert_eq!(com.ids(&list, "users").await, missing);
    assert_eq!(com.walk(&format!("{list}?limit=4"), "users").await, [&missing[..4], &missing[4..]]);
    crowd[2].post(&path).await.succeeds(201);
    missing.retain(|id| *id != crowd[2].id);
    assert_eq!(com.ids(&list, "users").await, missing);
    let quiet = announce(&com, com.publish("by the way").await, in_days(1), false).await;
    ann.post(&format!("/api/announcements/{quiet}/acknowledgement")).await.fails(422);
    com.get(&format!("/api/announcements/{quiet}/missing")).await.fails(422);
    for path in ["/api/announcements/999999/acknowledgement", "/api/announcements/0/acknowledgement"] {
        let status = ann.post(path).await.status;
        assert!(status == 404 || status == 422, "{path}: {status}");
    }
}

async fn who_left_the_company_is_not_missing(store: Store) {
    let (blog, com, ann) = company(store).await;
    let [bob] = blog.people(["bob"]).await;
    let id = announce(&com, com.publish("read this").await, in_days(1), true).await;
    let list = format!("/api/announcements/{id}/missing");
    assert_eq!(com.ids(&list, "users").await, [com.id, ann.id, bob.id]);
    blog.tweetty(&["users", "deactivate", "ann"]);
    blog.tweetty(&["users", "remove", "bob", "--yes"]);
    assert_eq!(com.ids(&list, "users").await, [com.id]);
}

async fn as_many_stand_as_is_configured_and_none_twice(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_ANNOUNCEMENTS", "2")]).await;
    let com = blog.person("com").await;
    blog.tweetty(&["users", "update", "com", "--role", "communicator"]);
    assert_eq!(blog.nobody.get("/api/limits").await.succeeds(200)["announcements"], 2);
    let [one, other, more] = [com.publish("1").await, com.publish("2").await, com.publish("3").await];
    let first = announce(&com, one, in_days(1), false).await;
    let until = in_days(1).to_rfc3339();
    let refused = wish(&com, json!({"tweet_id": one, "until": until})).await.fails(409);
    assert!(refused.contains("already"), "{refused}");
    announce(&com, other, in_days(1), false).await;
    let refused = wish(&com, json!({"tweet_id": more, "until": until})).await.fails(409);
    assert!(refused.contains('2'), "{refused}");
    com.delete(&format!("/api/announcements/{first}")).await.succeeds(200);
    announce(&com, more, in_days(1), false).await;
}

async fn who_announces_and_withdraws_is_in_the_audit_log(store: Store) {
    let (blog, com, ann) = company(store).await;
    let (tweet, until) = (ann.publish("mine").await, in_days(1));
    let id = announce(&com, tweet, until, true).await;
    wish(&com, json!({"tweet_id": tweet, "until": until.to_rfc3339()})).await.fails(409);
    wish(&ann, json!({"tweet_id": tweet, "until": until.to_rfc3339()})).await.fails(403);
    com.delete(&format!("/api/announcements/{id}")).await.succeeds(200);
    com.delete(&format!("/api/announcements/{id}")).await.fails(404);
    let log: Value = serde_json::from_str(&blog.tweetty(&["audit", "--json"])).unwrap();
    let records = log["records"].as_array().unwrap().iter();
    let of_tweets = records.filter(|record| record["action"].as_str().unwrap().starts_with("tweets "));
    let said = of_tweets
        .map(|record| json!([record["action"], record["by_user_id"], record["outcome"], record["detail"]]));
    let made =
        format!("announcement {id}: tweet {tweet}, until {}, to be acknowledged", until.format("%FT%TZ"));
    let expected = [
        json!(["tweets announce", com.id, "done", made]),
        json!(["tweets unannounce", com.id, "done", format!("announcement {id}")]),
    ];
    assert_eq!(said.collect::<Vec<_>>(), expected);
}

async fn a_wish_that_is_no_announcement_is_refused_by_its_field(store: Store) {
    let (_blog, com, ann) = company(store).await;
    let (tweet, until) = (ann.publish("mine").await, in_days(1).to_rfc3339());
    for (body, field) in [
        (json!({"until": until}), "tweet_id"),
        (json!({"tweet_id": "7", "until": until}), "tweet_id"),
        (json!({"tweet_id": 0, "until": until}), "tweet_id"),
        (json!({"tweet_id": tweet}), "until"),
        (json!({"tweet_id": tweet, "until": "soon"}), "until"),
        (json!({"tweet_id": tweet, "until": "2020-01-01T00:00:00Z"}), "until"),
        (json!({"tweet_id": tweet, "until": in_days(400).to_rfc3339()}), "until"),
        (json!({"tweet_id": tweet, "until": until, "acknowledge": 1}), "acknowledge"),
    ] {
        let refused = wish(&com, body.clone()).await.fails(422);
        let message = refused;
        assert!(message.starts_with(&format!("{field}: ")), "{body}: {message}");
    }
    wish(&com, json!({"tweet_id": 999_999, "until": until})).await.fails(404);
    assert_eq!(announced(&ann, "/api/tweets").await.len(), 0);
}

async fn a_deleted_tweet_takes_its_announcement_along(store: Store) {
    let (_blog, com, ann) = company(store).await;
    let tweet = ann.publish("mine").await;
    let id = announce(&com, tweet, in_days(1), true).await;
    assert_eq!(announced(&com, "/api/tweets").await.len(), 1);
    ann.delete(&format!("/api/tweets/{tweet}")).await.succeeds(200);
    assert_eq!(announced(&com, "/api/tweets").await.len(), 0, "though it was known a moment ago");
    com.post(&format!("/api/announcements/{id}/acknowledgement")).await.fails(404);
}

async fn a_long_first_page_has_the_announcements_too(store: Store) {
    let (_blog, com, ann) = company(store).await;
    let tweet = com.publish("read this").await;
    announce(&com, tweet, in_days(1), true).await;
    for number in 0..110 {
        ann.publish(&format!("tweet {number}")).await;
    }
    let page = ann.get("/api/tweets").await.succeeds(200);
    assert_eq!((page["tweets"].as_array().unwrap().len(), ids(&page["announcements"]).len()), (110, 1));
    assert_eq!(page["announcements"][0]["tweet"]["id"], tweet);
}
