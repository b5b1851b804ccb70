//! Who may do what: every operation with every role.

use serde_json::json;

use crate::blog::Blog;
use crate::client::Client;
use crate::pictures;
use crate::support::Store;

on_both_stores!(
    without_a_known_key_every_operation_of_the_api_but_the_limits_is_unauthorized,
    only_one_key_of_one_known_user_is_accepted,
    a_key_that_was_replaced_or_whose_owner_is_gone_ends,
    what_belongs_to_another_cannot_be_changed,
);

async fn without_a_known_key_every_operation_of_the_api_but_the_limits_is_unauthorized(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let tweet = ann.publish("x").await;
    let roles = [("nobody", blog.nobody.clone()), ("a guesser", blog.nobody.with_key("tweetty_guess"))];
    let mut tried = 0;
    for (method, template) in blog.nobody.document.operations().into_keys() {
        let path = template.replace("{id}", &tweet.to_string()).replace("{name}", "x.png");
        for (role, client) in &roles {
            let answer = client.call(&method, &path).send().await;
            let open = !path.starts_with("/api/") || path == "/api/limits";
            assert_eq!(answer.status == 401, !open, "{role}: {method} {path}: {answer}");
        }
        tried += 1;
    }
    assert!(tried >= 19, "{tried}");
    assert_eq!(ann.see(tweet).await["likes_count"], 0);
}

async fn only_one_key_of_one_known_user_is_accepted(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let (key, path) = (ann.key().as_bytes(), "/api/users/me");
    assert_eq!(blog.nobody.send_head("GET", path, &[("API-Key", key)]).await.status, 200, "any letter case");
    let wrong: [&[(&str, &[u8])]; 12] = [
        &[],
        &[("api-key", b"")],
        &[("api-key", b"   ")],
        &[("api-key", key), ("api-key", key)],
        &[("api-key", key), ("api-key", b"")],
        &[("api-key", b"unknown")],
        &[("api-key", &key[1..])],
        &[("api-key", &key.to_ascii_uppercase())],
        &[("api-key", "ключ".as_bytes())],
        &[("api-key", b"\xff\xfe")],
        &[("api-key", &[key, b", ", key].concat())],
        &[("api-key", &[b'x'; 3000])],
    ];
    for headers in wrong {
        let answer = blog.nobody.send_head("GET", path, headers).await;
        assert_eq!(answer.status, 401, "{headers:?}: {answer}");
    }
    for place in ["?api-key=", "?api_key=", "?key="] {
        blog.nobody.get(&format!("{path}{place}{}", ann.key())).await.fails(401);
    }
    let bearer = format!("Bearer {}", ann.key());
    blog.nobody.call("GET", path).header("authorization", bearer).send().await.fails(401);
    blog.nobody.call("GET", path).header("api_key", ann.key()).send().await.fails(401);
    // The library's parser may refuse a head of such a size before anybody sees a key; it answers in its own form.
    let huge = [
        b"GET /api/users/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\napi-key: ".as_slice(),
        &vec![b'x'; 1 << 20],
    ]
    .concat();
    let answer = blog.nobody.send_bytes(&[&huge, b"\r\n\r\n".as_slice()].concat()).await;
    assert!(answer.is_none_or(|answer| [400, 401, 431].contains(&answer.status)));
    ann.get(path).await.succeeds(200);
}

async fn a_key_that_was_replaced_or_whose_owner_is_gone_ends(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let tweet = bob.publish("x").await;
    ann.like(tweet).await.succeeds(201);
    blog.tweetty(&["users", "new-api-key", "ann"]);
    blog.tweetty(&["users", "remove", "bob", "--yes"]);
    for person in [&ann, &bob] {
        ends(person).await;
    }
    let [eve] = blog.people(["eve"]).await;
    eve.get(&format!("/api/tweets/{tweet}")).await.fails(404);
    eve.get(&format!("/api/users/{}", bob.id)).await.fails(404);
}

/// Waits until the key is unknown: another process changed the store, and five seconds are promised.
pub(crate) async fn ends(person: &Client) {
    let begun = tokio::time::Instant::now();
    while person.get("/api/users/me").await.status != 401 {
        assert!(begun.elapsed().as_secs() < 5, "the key still works");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

async fn what_belongs_to_another_cannot_be_changed(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob, eve] = blog.people(["ann", "bob", "eve"]).await;
    let (media, shown) = (ann.picture(pictures::png()).await, ann.picture(pictures::png()).await);
    let tweet = ann.publish_with("hers", &[shown]).await;
    bob.like(tweet).await.succeeds(201);
    bob.follow(ann.id).await.succeeds(201);
    let before = ann.see(tweet).await;
    for stranger in [&bob, &eve] {
        stranger.delete(&format!("/api/tweets/{tweet}")).await.fails(403);
        for taken in [media, shown] {
            stranger.tweet(json!({"tweet_data": "mine", "tweet_media_ids": [taken]})).await.fails(422);
        }
    }
    // What one takes back is only one's own.
    eve.delete(&format!("/api/tweets/{tweet}/likes")).await.succeeds(200);
    eve.delete(&format!("/api/users/{}/follow", ann.id)).await.succeeds(200);
    ann.delete(&format!("/api/tweets/{tweet}/likes")).await.succeeds(200);
    assert_eq!(ann.see(tweet).await, before);
    let profile = ann.get("/api/users/me").await.succeeds(200);
    assert_eq!(
        profile["user"]["followers"],
        json!([{"id": bob.id, "name": "bob", "first_name": null, "last_name": null, "avatar": null}])
    );
    assert_eq!(
        ann.ids("/api/tweets?scope=all", "tweets").await,
        [tweet],
        "nobody published with another's image"
    );
    ann.publish_with("the other", &[media]).await;
}
