//! Images for users alone, where the operator wants that.

use image::ImageFormat;
use serde_json::json;

use crate::authorisation::ends;
use crate::blog::Blog;
use crate::client::Person;
use crate::pictures;
use crate::served::image_url;
use crate::support::Store;

on_both_stores!(
    an_image_for_users_alone_needs_a_key,
    smaller_copies_and_avatars_are_for_users_alone_too,
    an_image_for_users_alone_is_kept_by_no_shared_cache,
    who_asks_for_images_without_a_key_has_tried_none,
    images_count_in_no_rate,
    a_key_that_has_ended_shows_no_image,
);

const SIGN_IN: (&str, &str) = ("TWEETTY_MEDIA_SIGN_IN", "true");

async fn an_image_for_users_alone_needs_a_key(store: Store) {
    let blog = Blog::with(store, &[SIGN_IN]).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let url = image_url(&ann).await;
    assert_eq!(blog.nobody.get("/api/limits").await.succeeds(200)["media_sign_in"], true);
    let guesser = blog.nobody.with_key(&format!("tweetty_{}", "0".repeat(64)));
    for stranger in [&blog.nobody, &guesser] {
        let refused = stranger.get(&url).await;
        assert_eq!(refused.header("cache-control"), Some("no-store"));
        assert_eq!(refused.json()["error_type"], "unauthorized");
        stranger.call("HEAD", &url).send().await.has(401);
        let part = stranger.call("GET", &url).header("range", "bytes=0-9").send().await;
        part.fails(401);
        // Whether there is such an image is nobody's business either.
        stranger.get("/media/0123456789abcdef0123456789abcdef.png").await.fails(401);
    }
    let whole = ann.get(&url).await.has(200);
    assert_eq!(bob.get(&url).await.has(200).body, whole.body, "it is shown to all colleagues");
    let part = bob.call("GET", &url).header("range", "bytes=0-9").send().await.has(206);
    assert_eq!(part.body, whole.body[..10]);
    let tag = whole.header("etag").unwrap();
    bob.call("GET", &url).header("if-none-match", tag).send().await.has(304);
    bob.get("/media/0123456789abcdef0123456789abcdef.png").await.fails(404);
}

async fn smaller_copies_and_avatars_are_for_users_alone_too(store: Store) {
    let blog = Blog::with(store, &[SIGN_IN]).await;
    let ann = blog.person("ann").await;
    let wide = ann.picture(pictures::image_of(ImageFormat::Jpeg, 900, 600)).await;
    let tweet = ann.publish_with("look", &[wide]).await;
    let media = ann.see(tweet).await["media"][0].take();
    let mut urls = vec![media["url"].clone(), media["variants"][0]["url"].clone()];
    let avatar = ann.call("POST", "/api/users/me/avatar").file("file", pictures::png(), "a", "image/png");
    let avatar = avatar.send().await.succeeds(201);
    urls.extend([avatar["avatar"].clone(), avatar["avatar_large"].clone()]);
    for url in urls {
        let url = url.as_str().unwrap();
        blog.nobody.get(url).await.fails(401);
        ann.get(url).await.has(200);
    }
}

async fn an_image_for_users_alone_is_kept_by_no_shared_cache(store: Store) {
    let blog = Blog::with(store, &[SIGN_IN]).await;
    let ann = blog.person("ann").await;
    let url = image_url(&ann).await;
    let whole = ann.get(&url).await.has(200);
    let tag = whole.header("etag").unwrap().to_owned();
    let again = ann.call("GET", &url).header("if-none-match", tag).send().await.has(304);
    for answer in [whole, again] {
        assert_eq!(answer.header("cache-control"), Some("private, max-age=31536000, immutable"));
        let vary = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap().to_lowercase());
        assert!(vary.collect::<Vec<_>>().join(",").contains("api-key"));
    }
}

/// A company in which rates count here, too.
async fn rated(store: Store) -> (Blog, Person) {
    let rates = [
        SIGN_IN,
        ("TWEETTY_RATE_LIMIT_LOOPBACK", "true"),
        ("TWEETTY_FAILED_KEYS_PER_MINUTE", "3"),
        ("TWEETTY_REQUESTS_PER_MINUTE", "40"),
    ];
    let blog = Blog::with(store, &rates).await;
    let ann = blog.person("ann").await;
    (blog, ann)
}

async fn who_asks_for_images_without_a_key_has_tried_none(store: Store) {
    let (blog, ann) = rated(store).await;
    let url = image_url(&ann).await;
    for _ in 0..20 {
        blog.nobody.get(&url).await.fails(401);
    }
    blog.nobody.with_key("not-yet-tried").get("/api/users/me").await.fails(401);
    for number in 0..20 {
        blog.nobody.with_key(&format!("guess-{number}")).get(&url).await;
    }
    blog.nobody.with_key("one-more").get(&url).await.fails(429);
    ann.get(&url).await.has(200);
}

async fn images_count_in_no_rate(store: Store) {
    let (_blog, ann) = rated(store).await;
    let url = image_url(&ann).await;
    for _ in 0..100 {
        ann.get(&url).await.has(200);
    }
    assert_eq!(ann.get("/api/users/me").await.succeeds(200)["user"]["id"], json!(ann.id));
}

async fn a_key_that_has_ended_shows_no_image(store: Store) {
    let blog = Blog::with(store, &[SIGN_IN]).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let url = image_url(&ann).await;
    bob.get(&url).await.has(200);
    blog.tweetty(&["users", "deactivate", "bob"]);
    ends(&bob).await;
    bob.get(&url).await.fails(401);
}
