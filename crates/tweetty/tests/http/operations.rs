//! The document and the service say the same: each documented status is provoked once.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::blog::Blog;
use crate::client::{Client, Person};
use crate::document::CODES;
use crate::pictures;
use crate::schema::Schema;
use crate::support::Store;
use tweetty_domain::{Clock as _, SystemClock};

on_both_stores!(
    every_documented_status_can_be_provoked,
    every_operation_tells_what_a_client_must_know,
    the_command_line_prints_the_document_that_is_served,
);

/// Statuses that need a broken server, a slow client or a rate; other tests provoke them.
const ELSEWHERE: [u16; 4] = [408, 429, 500, 503];

/// What is there to be asked for.
struct Scene {
    ann: Person,
    bob: Person,
    /// A communicator, and an announcement.
    com: Person,
    announcement: i64,
    /// A tweet of Ann's, with an image that lies at `image`.
    tweet: i64,
    image: String,
}

async fn scene(blog: &Blog) -> Scene {
    let [ann, bob, com] = blog.people(["ann", "bob", "com"]).await;
    blog.tweetty(&["users", "update", "com", "--role", "communicator"]);
    let announcement = announce(&com, com.publish("read this").await).await;
    let tweet = ann.publish_with("with an image", &[ann.picture(pictures::png()).await]).await;
    let image = ann.see(tweet).await["attachments"][0].as_str().unwrap().to_owned();
    Scene { ann, bob, com, announcement, tweet, image }
}

fn wish(tweet: i64) -> Value {
    json!({"tweet_id": tweet, "until": SystemClock.now() + TimeDelta::days(1), "acknowledge": true})
}

async fn announce(com: &Person, tweet: i64) -> i64 {
    let made = com.call("POST", "/api/announcements").json(&wish(tweet)).send().await;
    made.succeeds(201)["announcement_id"].as_i64().unwrap()
}

/// Provokes that status of that operation; answers what came.
async fn provoke(scene: &Scene, nobody: &Client, method: &str, template: &str, status: u16) -> Option<u16> {
    let Scene { ann, bob, com, announcement, tweet, image } = scene;
    let id = match template {
        _ if template.contains("/users/") => ann.id,
        _ if template.contains("/announcements/") => *announcement,
        _ => *tweet,
    };
    let own = template.replace("{id}", &id.to_string());
    let usual = own.replace("/media/{name}", image);
    let absent = template.replace("{id}", "999999").replace("{name}", "absent.png");
    let answer = match (method, template, status) {
        (_, _, 401) => nobody.call(method, &usual),
        (_, _, 405) => ann.call("PATCH", &usual),
        ("POST", "/api/tweets", _) => return publish(ann, status).await,
        ("POST", "/api/medias" | "/api/users/me/avatar", _) => return upload(ann, template, status).await,
        ("POST", "/api/announcements", _) if ![401, 405].contains(&status) => {
            return try_to_announce(com, ann, status).await;
        }
        ("POST", "/api/keys", _) => return make_key(ann, status).await,
        (_, "/api/announcements/{id}" | "/api/announcements/{id}/missing", 404) => com.call(method, &absent),
        (_, _, 404) => ann.call(method, &absent),
        (_, "/api/announcements/{id}" | "/api/announcements/{id}/missing", 403)
        | ("DELETE", "/api/tweets/{id}", 403) => bob.call(method, &usual),
        ("GET", "/api/announcements/{id}/missing", 200) => com.call(method, &usual),
        ("DELETE", "/api/announcements/{id}", 200) => {
            let other = announce(com, com.publish("to withdraw").await).await;
            com.call(method, &format!("/api/announcements/{other}"))
        }
        ("POST", "/api/announcements/{id}/acknowledgement", 201) => ann.call(method, &usual),
        ("DELETE", "/api/tweets/{id}", 200) => {
            let other = ann.publish("to delete").await;
            ann.call(method, &format!("/api/tweets/{other}"))
        }
        ("DELETE", "/api/keys/{id}", 200) => {
            let made = ann.call("POST", "/api/keys").json(&json!({"label": "to end"})).send().await;
            ann.call(method, &format!("/api/keys/{}", made.succeeds(201)["id"]))
        }
        ("GET", "/media/{name}", 304) => nobody.call(method, image).header("if-none-match", "*"),
        ("GET", "/media/{name}", 206) => nobody.call(method, image).header("range", "bytes=0-9"),
        ("GET", "/media/{name}", 416) => nobody.call(method, image).header("range", "bytes=-0"),
        ("POST", "/api/users/{id}/follow", 422) => ann.call(method, &own),
        ("POST", _, 200) if template.contains("{id}") => {
            bob.call(method, &usual).send().await;
            bob.call(method, &usual)
        }
        ("POST", _, 201) if template.contains("{id}") => {
            bob.delete(&usual).await;
            bob.call(method, &usual)
        }
        (_, _, 422) if template.contains("{id}") => ann.call(method, &template.replace("{id}", "0")),
        (_, _, 422) => ann.call(method, &format!("{usual}?limit=0&people=-1")),
        (_, _, 200) => ann.call(method, &usual),
        _ => return None,
    };
    Some(answer.send().await.status)
}

async fn publish(ann: &Person, status: u16) -> Option<u16> {
    let call = ann.call("POST", "/api/tweets");
    let call = match status {
        201 => call.json(&json!({"tweet_data": "x"})),
        400 => call.body("application/json", "{"),
        409 => {
            let first = ann.call("POST", "/api/tweets").header("Idempotency-Key", "publish");
            first.json(&json!({"tweet_data": "one"})).send().await.has(201);
            call.header("Idempotency-Key", "publish").json(&json!({"tweet_data": "two"}))
        }
        413 => call.json(&json!({"tweet_data": "x".repeat(200_000)})),
        415 => call.body("text/plain", "x"),
        422 => call.json(&json!({"tweet_data": ""})),
        _ => return None,
    };
    Some(call.send().await.status)
}

async fn try_to_announce(com: &Person, ann: &Person, status: u16) -> Option<u16> {
    let call = com.call("POST", "/api/announcements");
    let call = match status {
        201 => call.json(&wish(com.publish("x").await)),
        400 => call.body("application/json", "{"),
        403 => ann.call("POST", "/api/announcements").json(&wish(ann.publish("x").await)),
        404 => call.json(&wish(999_999)),
        409 => {
            let tweet = com.publish("x").await;
            announce(com, tweet).await;
            call.json(&wish(tweet))
        }
        413 => call.json(&json!({"until": "x".repeat(200_000)})),
        415 => call.body("text/plain", "x"),
        422 => call.json(&json!({})),
        _ => return None,
    };
    Some(call.send().await.status)
}

async fn make_key(ann: &Person, status: u16) -> Option<u16> {
    let call = ann.call("POST", "/api/keys");
    let call = match status {
        201 => call.json(&json!({"label": "x"})),
        400 => call.body("application/json", "{"),
        409 => {
            for _ in 0..20 {
                ann.call("POST", "/api/keys").json(&json!({"label": "one of many"})).send().await;
            }
            call.json(&json!({"label": "one too many"}))
        }
        413 => call.json(&json!({"label": "x".repeat(200_000)})),
        415 => call.body("text/plain", "x"),
        422 => call.json(&json!({"label": ""})),
        _ => return None,
    };
    Some(call.send().await.status)
}

async fn upload(ann: &Person, path: &str, status: u16) -> Option<u16> {
    let call = ann.call("POST", path);
    let file = |call: crate::client::Call, bytes| call.file("file", bytes, "a.png", "image/png");
    let call = match status {
        201 => file(call, pictures::png()),
        400 => call.file("other", pictures::png(), "a.png", "image/png"),
        409 => {
            let first = ann.call("POST", "/api/medias").header("Idempotency-Key", "upload");
            file(first, pictures::png()).send().await.has(201);
            file(call.header("Idempotency-Key", "upload"), pictures::gif_of(1, 1, 1))
        }
        413 => file(call, vec![0; 3_000_000]),
        415 => file(call, b"words".to_vec()),
        422 => file(call, vec![]),
        _ => return None,
    };
    Some(call.send().await.status)
}

async fn every_documented_status_can_be_provoked(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_UPLOAD_SIZE", "2MiB"), ("TWEETTY_ANNOUNCEMENTS", "20")]).await;
    let scene = scene(&blog).await;
    let document = &blog.nobody.document;
    let mut objections = vec![];
    for ((method, template), operation) in document.operations() {
        for status in operation["responses"].as_object().unwrap().keys() {
            let status = status.parse().expect("a status is a number");
            let came = match status {
                status if ELSEWHERE.contains(&status) => continue,
                // Where images are for users alone: see media_sign_in.rs.
                401 if template == "/media/{name}" => continue,
                status => provoke(&scene, &blog.nobody, &method, &template, status).await,
            };
            if came != Some(status) {
                objections.push(format!("{method} {template} should answer {status}, came {came:?}"));
            }
        }
    }
    assert!(objections.is_empty(), "{objections:#?}");
}

async fn every_operation_tells_what_a_client_must_know(store: Store) {
    let blog = Blog::open(store).await;
    let document = &blog.nobody.document;
    let mut ids = BTreeSet::new();
    for ((method, template), operation) in document.operations() {
        let place = format!("{method} {template}");
        for field in ["summary", "operationId"] {
            assert!(operation[field].as_str().is_some_and(|text| !text.is_empty()), "{place}: {field}");
        }
        assert!(ids.insert(operation["operationId"].to_string()), "{place}: two operations have one id");
        assert!(operation["tags"].as_array().is_some_and(|tags| !tags.is_empty()), "{place}: tags");
        let secured = operation["security"].as_array().is_some_and(|schemes| !schemes.is_empty());
        assert_eq!(secured, template.starts_with("/api/") && template != "/api/limits", "{place}: security");
        let mut examples = 0;
        for (status, response) in operation["responses"].as_object().unwrap() {
            let response = match response["$ref"].as_str() {
                Some(reference) => document.0.pointer(&reference[1..]).unwrap(),
                None => response,
            };
            assert!(response["description"].is_string(), "{place} {status}: description");
            for (media_type, content) in response["content"].as_object().into_iter().flatten() {
                assert!(content["schema"].is_object(), "{place} {status}: schema");
                examples += usize::from(exemplified(document, media_type, content, &place));
            }
        }
        assert!(examples > 0, "{place}: no example");
    }
    assert_codes(&document.0);
    let schemes = document.0["components"]["securitySchemes"].as_object().unwrap();
    let key = schemes.values().next().unwrap();
    assert_eq!(
        (&key["type"], &key["in"], &key["name"]),
        (&json!("apiKey"), &json!("header"), &json!("api-key"))
    );
}

/// Whether there is an example, which must follow its schema.
fn exemplified(document: &crate::document::Document, media_type: &str, content: &Value, place: &str) -> bool {
    let Some(example) = content.get("example") else { return false };
    if media_type == "application/json" {
        let schema = Schema { document: &document.0, value: &content["schema"] };
        let objections = schema.objections(example, "example");
        assert!(objections.is_empty(), "{place}: {objections:#?}");
    }
    true
}

/// The closed list of codes stands in the document, wherever a failure is described.
fn assert_codes(document: &Value) {
    let mut lists = vec![];
    collect(document, &mut lists);
    assert!(!lists.is_empty(), "the document does not list the codes");
    let expected = CODES.map(|(code, _)| code).into_iter().collect::<BTreeSet<_>>();
    for list in lists {
        let listed = list["enum"].as_array().unwrap().iter().map(|code| code.as_str().unwrap());
        assert_eq!(listed.collect::<BTreeSet<_>>(), expected);
    }
}

fn collect<'a>(value: &'a Value, lists: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            lists.extend(fields.get("properties").and_then(|properties| properties.get("error_type")));
            fields.values().for_each(|value| collect(value, lists));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, lists)),
        _ => {}
    }
}

async fn the_command_line_prints_the_document_that_is_served(store: Store) {
    let blog = Blog::open(store).await;
    let served = blog.nobody.get("/openapi.json").await.has(200);
    let printed = blog.tweetty(&["openapi"]);
    assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), served.json());
    assert!(served.json()["openapi"].as_str().unwrap().starts_with("3.0."));
}
