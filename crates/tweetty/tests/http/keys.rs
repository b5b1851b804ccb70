//! Keys that users make and end themselves.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::authorisation::ends;
use crate::blog::Blog;
use crate::client::Client;
use crate::support::Store;
use tweetty_domain::{Clock as _, SystemClock};

on_both_stores!(
    a_user_makes_keys_and_ends_them_one_by_one,
    a_key_ends_by_itself_at_its_time,
    keys_are_as_many_and_live_as_long_as_is_configured,
    another_user_s_keys_are_neither_seen_nor_ended,
    the_key_of_the_request_may_be_ended,
    a_wish_that_is_no_key_is_refused_by_its_field,
    the_day_of_a_key_s_use_is_recorded_beside_the_requests,
    the_end_of_a_key_is_announced_in_answers_and_in_the_log,
    a_new_key_of_the_operator_ends_all_others,
);

async fn make(client: &Client, wish: Value) -> Answer {
    client.call("POST", "/api/keys").json(&wish).send().await
}

/// One more key of that user; answers its id, and a client with it.
async fn made(client: &Client, label: &str, ends_at: Option<DateTime<Utc>>) -> (i64, Client) {
    let ends_at = ends_at.map(|end| end.to_rfc3339());
    let made = make(client, json!({"label": label, "ends_at": ends_at})).await.succeeds(201);
    (made["id"].as_i64().unwrap(), client.with_key(made["key"].as_str().unwrap()))
}

async fn keys(client: &Client) -> Vec<Value> {
    client.get("/api/keys").await.succeeds(200)["keys"].as_array().unwrap().clone()
}

async fn a_user_makes_keys_and_ends_them_one_by_one(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let [first] = keys(&ann).await.try_into().unwrap();
    assert_eq!(
        (&first["label"], &first["ends_at"], &first["current"]),
        (&Value::Null, &Value::Null, &json!(true))
    );
    let answer = make(&ann, json!({"label": " Phone 👋 ", "ends_at": null})).await.succeeds(201);
    let key = answer["key"].as_str().unwrap();
    assert!(key.starts_with("tweetty_") && key.len() == 80, "{key}");
    assert_eq!((&answer["label"], &answer["last_used_on"]), (&json!("Phone 👋"), &Value::Null));
    let phone = ann.with_key(key);
    phone.publish("from my phone").await;
    assert_eq!(ann.ids("/api/tweets", "tweets").await.len(), 1, "both are one user");
    let shown = keys(&phone).await;
    assert_eq!(shown.iter().map(|key| &key["current"]).collect::<Vec<_>>(), [false, true]);
    assert_eq!(shown[1]["id"], answer["id"]);
    assert!(shown.iter().all(|key| key.get("key").is_none()), "it is shown once");
    ann.delete(&format!("/api/keys/{}", answer["id"])).await.succeeds(200);
    ends(&phone).await;
    assert_eq!(keys(&ann).await.len(), 1);
    ann.delete(&format!("/api/keys/{}", answer["id"])).await.fails(404);
    let logged = blog.logged();
    assert!(logged.contains("a user made a key") && logged.contains("a user ended a key"), "{logged}");
    assert!(!logged.contains(&key[8..]), "{logged}");
}

async fn a_key_ends_by_itself_at_its_time(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let end = SystemClock.now() + TimeDelta::seconds(2);
    let (_, passing) = made(&ann, "passing", Some(end)).await;
    passing.get("/api/users/me").await.succeeds(200);
    tokio::time::sleep((end - SystemClock.now()).to_std().unwrap_or_default()).await;
    ends(&passing).await;
    assert_eq!(keys(&ann).await.len(), 1, "it is listed no longer");
}

async fn keys_are_as_many_and_live_as_long_as_is_configured(store: Store) {
    let settings =
        [("TWEETTY_KEYS_PER_USER", "3"), ("TWEETTY_KEY_LIFETIME", "30d"), ("TWEETTY_KEY_WARNING", "2d")];
    let blog = Blog::with(store, &settings).await;
    let limits = blog.nobody.get("/api/limits").await.succeeds(200);
    let day = 86_400;
    assert_eq!(
        (&limits["keys_per_user"], &limits["key_lifetime"], &limits["key_warning"]),
        (&json!(3), &json!(30 * day), &json!(2 * day))
    );
    let ann = blog.person("ann").await;
    let unlimited = make(&ann, json!({"label": "as long as may be"})).await.succeeds(201);
    let end = DateTime::parse_from_rfc3339(unlimited["ends_at"].as_str().unwrap()).unwrap().to_utc();
    let left = end - SystemClock.now();
    assert!(left > TimeDelta::days(29) && left <= TimeDelta::days(30), "{end}");
    let late = (SystemClock.now() + TimeDelta::days(31)).to_rfc3339();
    let refused = make(&ann, json!({"label": "longer", "ends_at": late})).await.fails(422);
    assert!(refused.starts_with("ends_at: "), "{refused}");
    made(&ann, "shorter", Some(SystemClock.now() + TimeDelta::days(1))).await;
    let refused = make(&ann, json!({"label": "one too many"})).await.fails(409);
    assert!(refused.contains('3'), "{refused}");
    assert_eq!(keys(&ann).await.len(), 3);
    let given = blog.tweetty(&["users", "keys", "add", "ann", "--label", "by an operator", "--json"]);
    assert!(serde_json::from_str::<Value>(&given).unwrap()["ends_at"].is_string(), "{given}");
    assert_eq!(keys(&ann).await.len(), 4, "operators give as many as they like");
}

async fn another_user_s_keys_are_neither_seen_nor_ended(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let (phone, with_phone) = made(&ann, "phone", None).await;
    assert_eq!(keys(&bob).await.len(), 1);
    let first = &keys(&ann).await[0]["id"];
    for id in [phone.to_string(), first.to_string(), "999999".to_owned()] {
        bob.delete(&format!("/api/keys/{id}")).await.fails(404);
    }
    tokio::time::sleep(Duration::from_secs(4)).await;
    for client in [&ann.client, &with_phone] {
        client.get("/api/users/me").await.succeeds(200);
    }
}

async fn the_key_of_the_request_may_be_ended(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let (id, phone) = made(&ann, "phone", None).await;
    phone.delete(&format!("/api/keys/{id}")).await.succeeds(200);
    ends(&phone).await;
    ann.get("/api/users/me").await.succeeds(200);
}

async fn a_wish_that_is_no_key_is_refused_by_its_field(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for (wish, field) in [
        (json!({}), "label"),
        (json!({"label": null}), "label"),
        (json!({"label": 5}), "label"),
        (json!({"label": "  "}), "label"),
        (json!({"label": "a\u{0}b"}), "label"),
        (json!({"label": "x".repeat(101)}), "label"),
        (json!({"label": "x", "ends_at": "tomorrow"}), "ends_at"),
        (json!({"label": "x", "ends_at": 5}), "ends_at"),
        (json!({"label": "x", "ends_at": "2020-01-01T00:00:00Z"}), "ends_at"),
    ] {
        let refused = make(&ann, wish.clone()).await.fails(422);
        let message = refused;
        assert!(message.starts_with(&format!("{field}: ")), "{wish}: {message}");
    }
    assert_eq!(keys(&ann).await.len(), 1);
}

async fn the_day_of_a_key_s_use_is_recorded_beside_the_requests(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let (_, phone) = made(&ann, "phone", None).await;
    let begun = tokio::time::Instant::now();
    loop {
        let today = json!(SystemClock.now().date_naive().to_string());
        let [first, second] = keys(&ann).await.try_into().unwrap();
        if first["last_used_on"] == today {
            assert_eq!(second["last_used_on"], Value::Null, "that one was not used");
            break;
        }
        assert!(begun.elapsed().as_secs() < 10, "{first}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    phone.get("/api/users/me").await.succeeds(200);
}

async fn the_end_of_a_key_is_announced_in_answers_and_in_the_log(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let far = made(&ann, "far", Some(SystemClock.now() + TimeDelta::days(20))).await.1;
    for client in [&ann.client, &far] {
        assert_eq!(client.get("/api/users/me").await.has(200).header("api-key-ends-at"), None);
    }
    assert!(!blog.logged().contains("ends soon"));
    let (id, near) = made(&ann, "near", Some(SystemClock.now() + TimeDelta::days(5))).await;
    let end = keys(&ann).await.into_iter().find(|key| key["id"] == id).unwrap()["ends_at"].take();
    for path in ["/api/users/me", "/api/tweets"] {
        assert_eq!(near.get(path).await.has(200).header("api-key-ends-at"), end.as_str(), "{path}");
    }
    let logged = blog.logged();
    assert!(logged.contains("a key in use ends soon"), "{logged}");
}

async fn a_new_key_of_the_operator_ends_all_others(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let (_, phone) = made(&ann, "phone", None).await;
    let replaced = blog.tweetty(&["users", "new-api-key", "ann", "--json"]);
    let replaced = serde_json::from_str::<Value>(&replaced).unwrap();
    let new = ann.with_key(replaced["api_key"].as_str().unwrap());
    for ended in [&ann.client, &phone] {
        ends(ended).await;
    }
    assert_eq!(keys(&new).await.len(), 1);
}
