//! Bots: marked wherever they are named, and nobody waits for them.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tweetty_domain::{Clock as _, SystemClock};

use crate::blog::Blog;
use crate::client::Person;
use crate::support::Store;

on_both_stores!(
    a_bot_is_marked_wherever_it_is_named_and_a_person_is_not,
    a_bots_profile_names_its_owner,
    nobody_waits_for_a_bot_to_read_an_announcement,
    a_bot_whose_owner_leaves_is_signed_out_and_found_no_more,
);

/// A person, and a user that the operator makes the person's bot.
async fn company(blog: &Blog) -> (Person, Person) {
    let [ann, ci] = blog.people(["ann", "ci"]).await;
    blog.tweetty(&["users", "update", "ci", "--bot", "--owner", "ann"]);
    (ann, ci)
}

/// All objects of that id and name, with what they say of being a bot.
fn named(value: &Value, person: &Person, found: &mut Vec<Value>) {
    if value["id"] == person.id && value["name"] == *person.name {
        found.push(value.get("bot").cloned().unwrap_or_default());
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| named(value, person, found)),
        Value::Object(fields) => fields.values().for_each(|value| named(value, person, found)),
        _ => {}
    }
}

async fn a_bot_is_marked_wherever_it_is_named_and_a_person_is_not(store: Store) {
    let blog = Blog::open(store).await;
    let (ann, ci) = company(&blog).await;
    ann.follow(ci.id).await.succeeds(201);
    ci.follow(ann.id).await.succeeds(201);
    let tweet = ci.publish("the build is green").await;
    for person in [&ann, &ci] {
        person.like(tweet).await.succeeds(201);
    }
    for path in [
        "/api/tweets".to_owned(),
        "/api/tweets?scope=all&sort=recent".to_owned(),
        format!("/api/tweets/{tweet}"),
        format!("/api/users/{}/tweets", ci.id),
    ] {
        let body = ann.get(&path).await.succeeds(200);
        let mut found = vec![];
        named(&body, &ci, &mut found);
        assert_eq!(found, [json!(true)], "{path}");
        let tweet = body.get("tweet").unwrap_or(&body["tweets"][0]);
        assert_eq!(
            tweet["likes"][1],
            json!({"user_id": ci.id, "name": "ci"}),
            "embedded likes stay as they are"
        );
    }
    for path in [
        format!("/api/tweets/{tweet}/likes"),
        "/api/users/me".to_owned(),
        format!("/api/users/{}", ci.id),
        "/api/users?query=ci".to_owned(),
        "/api/users".to_owned(),
        format!("/api/users/{}/followers", ann.id),
        format!("/api/users/{}/following", ann.id),
    ] {
        let body = ann.get(&path).await.succeeds(200);
        let (mut bots, mut people) = (vec![], vec![]);
        named(&body, &ci, &mut bots);
        named(&body, &ann, &mut people);
        assert!(!bots.is_empty() && bots.iter().all(|bot| *bot == true), "{path}: {body}");
        people.retain(|bot| !bot.is_null());
        assert_eq!(people, Vec::<Value>::new(), "{path}: {body}");
    }
}

async fn a_bots_profile_names_its_owner(store: Store) {
    let blog = Blog::open(store).await;
    let (ann, ci) = company(&blog).await;
    let profile = |user: Value| (user["bot"].clone(), user.get("owner").cloned());
    let its = ann.get(&format!("/api/users/{}", ci.id)).await.succeeds(200)["user"].clone();
    assert_eq!(profile(its), (json!(true), Some(json!({"id": ann.id, "name": "ann"}))));
    let hers = ann.get("/api/users/me").await.succeeds(200)["user"].clone();
    assert_eq!(profile(hers), (json!(null), None));
}

async fn nobody_waits_for_a_bot_to_read_an_announcement(store: Store) {
    let blog = Blog::open(store).await;
    let (ann, _) = company(&blog).await;
    blog.tweetty(&["users", "update", "ann", "--role", "communicator"]);
    let tweet = ann.publish("read this").await;
    let until = (SystemClock.now() + TimeDelta::days(1)).to_rfc3339();
    let wish = json!({"tweet_id": tweet, "until": until, "acknowledge": true});
    let made = ann.call("POST", "/api/announcements").json(&wish).send().await.succeeds(201);
    let path = format!("/api/announcements/{}/missing", made["announcement_id"]);
    let missing = ann.get(&path).await.succeeds(200);
    let names =
        missing["users"].as_array().unwrap().iter().map(|user| user["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names, ["ann"]);
}

async fn a_bot_whose_owner_leaves_is_signed_out_and_found_no_more(store: Store) {
    let blog = Blog::open(store).await;
    let (_, ci) = company(&blog).await;
    let eve = blog.person("eve").await;
    ci.publish("the build is green").await;
    blog.tweetty(&["users", "deactivate", "ann"]);
    let begun = tokio::time::Instant::now();
    while ci.get("/api/users/me").await.status != 401 {
        assert!(begun.elapsed().as_secs() < 5, "the key lives on");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(eve.get("/api/users?query=ci").await.succeeds(200)["users"], json!([]));
    let profile = eve.get(&format!("/api/users/{}", ci.id)).await.succeeds(200);
    assert_eq!((&profile["user"]["active"], &profile["user"]["bot"]), (&json!(false), &json!(true)));
    assert_eq!(eve.get("/api/tweets?scope=all").await.succeeds(200)["tweets"][0]["author"]["bot"], true);
}
