//! Avatars: given and taken away by the user, shown wherever the user is, served as images are.

use image::{GenericImageView as _, ImageFormat};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::blog::Blog;
use crate::client::{Client, Person};
use crate::pictures;
use crate::support::Store;

on_both_stores!(
    an_avatar_is_a_square_in_two_sizes,
    an_avatar_is_shown_wherever_somebody_is,
    another_avatar_has_other_addresses_and_the_one_before_is_gone,
    an_avatar_that_is_taken_away_is_gone,
    an_avatar_carries_nothing_but_its_pixels,
    what_is_no_picture_changes_no_avatar,
    avatars_are_absolute_where_a_public_url_is_configured,
    avatars_that_come_at_the_same_time_leave_one,
    an_avatar_counts_in_no_quota,
);

async fn try_set(person: &Client, bytes: Vec<u8>) -> Answer {
    person.call("POST", "/api/users/me/avatar").file("file", bytes, "me.png", "image/png").send().await
}

/// The addresses of both sizes of a new avatar.
async fn set(person: &Client, bytes: Vec<u8>) -> [String; 2] {
    let set = try_set(person, bytes).await.succeeds(201);
    ["avatar", "avatar_large"].map(|size| set[size].as_str().unwrap().to_owned())
}

async fn an_avatar_is_a_square_in_two_sizes(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for bytes in [pictures::image_of(ImageFormat::Jpeg, 600, 400), pictures::gif_of(3, 8, 4), pictures::png()]
    {
        for (url, side) in set(&ann, bytes).await.iter().zip([96, 256]) {
            let answer = blog.nobody.get(url).await.has(200);
            assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
            assert_eq!(image::load_from_memory(&answer.body).unwrap().dimensions(), (side, side), "{url}");
        }
    }
}

/// What a viewer sees of somebody, wherever that is.
async fn seen(viewer: &Person, id: i64) -> Vec<Value> {
    let mut seen = Vec::new();
    for path in [
        "/api/tweets?scope=all".to_owned(),
        "/api/tweets?scope=all&sort=recent".to_owned(),
        "/api/tweets/1".to_owned(),
        "/api/tweets/1/likes".to_owned(),
        format!("/api/users/{id}"),
        "/api/users/me".to_owned(),
        "/api/users".to_owned(),
        "/api/users?query=ann".to_owned(),
        format!("/api/users/{}/followers", viewer.id),
        format!("/api/users/{}/following", viewer.id),
    ] {
        let before = seen.len();
        people(&viewer.get(&path).await.succeeds(200), id, &mut seen);
        assert!(seen.len() > before, "{path} shows nobody");
    }
    seen
}

/// Every object with that id and a name is a person.
fn people(value: &Value, id: i64, found: &mut Vec<Value>) {
    if value["id"] == id && value["name"].is_string() {
        found.push(value.clone());
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| people(value, id, found)),
        Value::Object(fields) => fields.values().for_each(|value| people(value, id, found)),
        _ => {}
    }
}

async fn an_avatar_is_shown_wherever_somebody_is(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    assert_eq!(ann.publish("hi").await, 1);
    ann.like(1).await.succeeds(201);
    ann.follow(bob.id).await.succeeds(201);
    bob.follow(ann.id).await.succeeds(201);
    assert!(seen(&bob, ann.id).await.iter().all(|person| person["avatar"] == Value::Null));
    for _ in 0..2 {
        let [small, large] = set(&ann, pictures::png()).await;
        for person in seen(&bob, ann.id).await {
            assert_eq!(person["avatar"], small, "{person}");
            if person.get("followers").is_some() {
                assert_eq!(person["avatar_large"], large);
            }
        }
    }
    let likes = bob.get("/api/tweets/1").await.succeeds(200)["tweet"]["likes"].take();
    assert_eq!(likes, json!([{"user_id": ann.id, "name": "ann"}]), "these stay as they were");
    let other = ann.get(&format!("/api/users/{}", bob.id)).await.succeeds(200);
    assert_eq!(other["user"]["avatar"], Value::Null, "another user's stays as it was");
}

async fn another_avatar_has_other_addresses_and_the_one_before_is_gone(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let before = set(&ann, pictures::png()).await;
    let bobs = set(&bob, pictures::png()).await;
    let after = set(&ann, pictures::png()).await;
    for url in &before {
        assert!(!after.contains(url) && !bobs.contains(url));
        blog.nobody.get(url).await.has(404);
    }
    for url in after.iter().chain(&bobs) {
        blog.nobody.get(url).await.has(200);
    }
}

async fn an_avatar_that_is_taken_away_is_gone(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let urls = set(&ann, pictures::png()).await;
    for _ in 0..2 {
        ann.delete("/api/users/me/avatar").await.succeeds(200);
        let me = ann.get("/api/users/me").await.succeeds(200);
        assert_eq!((&me["user"]["avatar"], &me["user"]["avatar_large"]), (&Value::Null, &Value::Null));
    }
    for url in &urls {
        blog.nobody.get(url).await.has(404);
    }
}

async fn an_avatar_carries_nothing_but_its_pixels(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for bytes in
        [pictures::jpeg_with_secrets(300, 200), pictures::png_with_secrets(), pictures::gif_with_secrets()]
    {
        for url in set(&ann, bytes).await {
            let served = blog.nobody.get(&url).await.has(200).body;
            let secret = pictures::SECRET.as_bytes();
            assert!(!served.windows(secret.len()).any(|part| part == secret), "{url}");
        }
    }
}

async fn what_is_no_picture_changes_no_avatar(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_UPLOAD_SIZE", "1MiB")]).await;
    let ann = blog.person("ann").await;
    let [small, _] = set(&ann, pictures::png()).await;
    for (bytes, status) in [(vec![], 422), (b"<svg/>".to_vec(), 415), (vec![0; 2_000_000], 413)] {
        try_set(&ann, bytes).await.fails(status);
    }
    for (what, bytes) in pictures::broken() {
        let status = try_set(&ann, bytes).await.status;
        assert!([415, 422].contains(&status), "{what}: {status}");
    }
    for (what, bytes) in pictures::bombs() {
        assert!([413, 422].contains(&try_set(&ann, bytes).await.status), "{what}");
    }
    let form = ann.call("POST", "/api/users/me/avatar").file("other", pictures::png(), "a", "image/png");
    form.send().await.fails(400);
    assert_eq!(ann.get("/api/users/me").await.succeeds(200)["user"]["avatar"], small);
    blog.nobody.get(&small).await.has(200);
}

async fn avatars_are_absolute_where_a_public_url_is_configured(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_PUBLIC_URL", "https://blog.example/tweetty")]).await;
    let ann = blog.person("ann").await;
    let urls = set(&ann, pictures::png()).await;
    assert!(urls.iter().all(|url| url.starts_with("https://blog.example/tweetty/media/")), "{urls:?}");
    assert_eq!(ann.get("/api/users/me").await.succeeds(200)["user"]["avatar"], urls[0]);
}

async fn avatars_that_come_at_the_same_time_leave_one(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let setting = (0..6).map(|_| {
        let ann = ann.clone();
        tokio::spawn(async move { set(&ann, pictures::png()).await })
    });
    let mut urls = Vec::new();
    for setting in setting.collect::<Vec<_>>() {
        urls.push(setting.await.unwrap());
    }
    let me = ann.get("/api/users/me").await.succeeds(200);
    for [small, large] in &urls {
        let is_there = me["user"]["avatar"] == *small;
        for url in [small, large] {
            blog.nobody.get(url).await.has(if is_there { 200 } else { 404 });
        }
    }
    assert_eq!(blog.tweetty(&["check"]), "all is as it should be\n");
}

async fn an_avatar_counts_in_no_quota(store: Store) {
    let blog =
        Blog::with(store, &[("TWEETTY_UPLOADS_PER_DAY", "1"), ("TWEETTY_UPLOADS_UNATTACHED", "1")]).await;
    let ann = blog.person("ann").await;
    for _ in 0..3 {
        set(&ann, pictures::png()).await;
    }
    ann.picture(pictures::png()).await;
    ann.upload(pictures::png()).await.fails(429);
    set(&ann, pictures::png()).await;
}
