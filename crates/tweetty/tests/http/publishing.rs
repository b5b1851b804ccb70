//! Publishing and deleting tweets, and reading a single one.

use serde_json::{Value, json};
use tweetty_domain::{Clock as _, SystemClock};

use crate::blog::Blog;
use crate::pictures;
use crate::support::Store;

on_both_stores!(
    a_published_tweet_is_shown_to_everybody_in_the_shape_of_the_feed,
    a_text_is_trimmed_and_otherwise_returned_verbatim,
    a_text_has_1_to_280_characters_counted_as_unicode_scalar_values,
    the_longest_text_can_be_configured,
    control_characters_but_tab_and_line_breaks_are_refused,
    images_are_shown_in_the_order_given,
    images_are_shown_with_what_they_are_said_to_show,
    descriptions_that_are_too_long_or_do_not_match_the_images_refuse_the_tweet,
    the_longest_description_can_be_configured,
    ten_longest_descriptions_fit_a_request_however_they_are_written,
    images_that_cannot_be_attached_refuse_the_tweet_and_are_named,
    a_refused_tweet_leaves_its_images_free,
    only_the_author_deletes_a_tweet,
    a_deleted_tweet_takes_its_likes_and_images_along,
);

async fn a_published_tweet_is_shown_to_everybody_in_the_shape_of_the_feed(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let before = SystemClock.now();
    let id = ann.publish("Hello").await;
    let tweet = bob.see(id).await;
    assert_eq!(tweet["id"], id);
    assert_eq!(tweet["content"], "Hello");
    assert_eq!(
        tweet["author"],
        json!({"id": ann.id, "name": "ann", "first_name": null, "last_name": null, "avatar": null})
    );
    assert_eq!(tweet["attachments"], json!([]));
    assert_eq!(tweet["likes"], json!([]));
    assert_eq!((&tweet["likes_count"], &tweet["liked"]), (&json!(0), &json!(false)));
    let stamp = tweet["created_at"].as_str().unwrap();
    assert_eq!(tweet["stamp"], stamp);
    assert!(stamp.ends_with('Z') && stamp.len() == "2026-11-23T10:15:30.123Z".len(), "{stamp}");
    let created_at = chrono::DateTime::parse_from_rfc3339(stamp).unwrap();
    assert!((created_at.to_utc() - before).num_seconds() < 30 && created_at >= before, "{stamp}");
    let all = bob.get("/api/tweets?scope=all").await.succeeds(200);
    assert_eq!(all["tweets"], json!([tweet]), "a single tweet looks as in the feed");
    bob.get("/api/tweets/999999").await.fails(404);
}

async fn a_text_is_trimmed_and_otherwise_returned_verbatim(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for text in [
        "<script>alert('\"&amp;')</script>",
        "line one\r\nline two\n\n\tindented   with  spaces",
        "日本語 العربية עברית हिन्दी 👩‍🚀🇪🇺 e\u{301}",
        "\u{202e}turned\u{202c} \u{200b}\u{feff}invisible \u{7f}\u{85}.",
        "'; DROP TABLE tweets; -- $1 %s {} \\ \\u0041",
        "\u{10ffff}\u{e000}\u{fffd}",
    ] {
        let id = ann.publish(&format!(" \n\t\u{a0}\u{2003}{text}\u{3000}\r\n ")).await;
        assert_eq!(ann.see(id).await["content"], text);
    }
}

async fn a_text_has_1_to_280_characters_counted_as_unicode_scalar_values(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for text in ["x".to_owned(), "я".repeat(280), "👋".repeat(280), format!("  {}  ", "x".repeat(280))] {
        let id = ann.publish(&text).await;
        assert_eq!(ann.see(id).await["content"], text.trim());
    }
    let message = ann.tweet(json!({"tweet_data": "👋".repeat(281)})).await.fails(422);
    assert!(message.contains("281") && message.contains("280"), "{message}");
    for text in ["", " ", "\n\t \u{a0}", "\u{200b}", "\u{feff} \u{3164}", "\u{e0041}\u{200d}"] {
        ann.tweet(json!({"tweet_data": text})).await.fails(422);
    }
    assert_eq!(ann.ids("/api/tweets", "tweets").await.len(), 4, "nothing was published besides");
}

async fn the_longest_text_can_be_configured(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_TWEET_LENGTH", "5")]).await;
    let ann = blog.person("ann").await;
    ann.publish("12345").await;
    ann.tweet(json!({"tweet_data": "123456"})).await.fails(422);
}

async fn control_characters_but_tab_and_line_breaks_are_refused(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for code in (0..32_u8).filter(|code| !b"\t\n\r".contains(code)) {
        let message = ann.tweet(json!({"tweet_data": format!("a{}b", char::from(code))})).await.fails(422);
        assert!(message.contains(&format!("{code:04X}")), "{message}");
    }
}

async fn images_are_shown_in_the_order_given(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let mut media = vec![];
    for width in [11, 12, 13, 14, 15, 16, 17, 18, 19, 20] {
        media.push(ann.picture(pictures::image_of(image::ImageFormat::Png, width, 9)).await);
    }
    media.swap(0, 9);
    media.swap(3, 5);
    let tweet = ann.see(ann.publish_with("ten", &media).await).await;
    let mut widths = vec![];
    for url in tweet["attachments"].as_array().unwrap() {
        let bytes = blog.nobody.get(url.as_str().unwrap()).await.has(200).body;
        widths.push(image::load_from_memory(&bytes).unwrap().width());
    }
    assert_eq!(widths, [20, 12, 13, 16, 15, 14, 17, 18, 19, 11]);
    for draft in [json!({"tweet_data": "none"}), json!({"tweet_data": "none", "tweet_media_ids": null})] {
        let id = ann.tweet(draft).await.succeeds(201)["tweet_id"].as_i64().unwrap();
        assert_eq!(ann.see(id).await["attachments"], json!([]));
    }
}

/// A draft with images and what they are said to show.
fn described(media: &[i64], descriptions: &Value) -> Value {
    json!({"tweet_data": "look", "tweet_media_ids": media, "tweet_media_descriptions": descriptions})
}

async fn images_are_shown_with_what_they_are_said_to_show(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let cat = "A <b>cat</b>\r\n\ton \"the\" \\ map 👋🏽";
    for (given, shown) in [
        (json!([cat, null, "x"]), json!([cat, null, "x"])),
        (json!([" \n x \u{a0}", "", "\u{200b} \t"]), json!(["x", null, null])),
        (json!([null, null, null]), json!([null, null, null])),
        (json!(null), json!([null, null, null])),
    ] {
        let media = [
            ann.picture(pictures::png()).await,
            ann.picture(pictures::png()).await,
            ann.picture(pictures::png()).await,
        ];
        let id = ann.tweet(described(&media, &given)).await.succeeds(201)["tweet_id"].as_i64().unwrap();
        let tweet = bob.see(id).await;
        let of = |tweet: &Value| -> Value {
            tweet["media"].as_array().unwrap().iter().map(|picture| picture["description"].clone()).collect()
        };
        assert_eq!(of(&tweet), shown, "{given}");
        for list in
            ["/api/tweets?scope=all&limit=1&sort=recent".to_owned(), format!("/api/users/{}/tweets", ann.id)]
        {
            assert_eq!(of(&bob.get(&list).await.succeeds(200)["tweets"][0]), shown, "{list}: {given}");
        }
    }
    let empty = ann.tweet(described(&[], &json!([]))).await.succeeds(201)["tweet_id"].as_i64().unwrap();
    assert_eq!(ann.see(empty).await["media"], json!([]));
}

async fn descriptions_that_are_too_long_or_do_not_match_the_images_refuse_the_tweet(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let media = [ann.picture(pictures::png()).await, ann.picture(pictures::png()).await];
    for (descriptions, words) in [
        (json!(["x".repeat(1501), null]), &["1501", "1500"][..]),
        (json!(["x", "👋".repeat(1501)]), &["1501", "1500"]),
        (json!(["x", "a\u{0}b"]), &["U+0000"]),
        (json!(["x"]), &["1 descriptions", "2"]),
        (json!(["x", "y", null]), &["3 descriptions", "2"]),
        (json!([]), &["0 descriptions", "2"]),
        (json!(["x", 5]), &["array of strings"]),
        (json!("x"), &["array of strings"]),
        (json!({"0": "x"}), &["array of strings"]),
    ] {
        let message = ann.tweet(described(&media, &descriptions)).await.fails(422);
        for word in ["tweet_media_descriptions"].iter().chain(words) {
            assert!(message.contains(word), "{descriptions}: {message}");
        }
    }
    let none = json!({"tweet_data": "look", "tweet_media_descriptions": ["x"]});
    ann.tweet(none).await.fails(422);
    let longest = json!([format!("  {}\n", "я".repeat(1500)), "👋".repeat(1500)]);
    let id = ann.tweet(described(&media, &longest)).await.succeeds(201)["tweet_id"].as_i64().unwrap();
    assert_eq!(ann.see(id).await["media"][1]["description"], longest[1]);
}

async fn the_longest_description_can_be_configured(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_DESCRIPTION_LENGTH", "5")]).await;
    let ann = blog.person("ann").await;
    let media = [ann.picture(pictures::png()).await];
    ann.tweet(described(&media, &json!(["123456"]))).await.fails(422);
    ann.tweet(described(&media, &json!(["12345"]))).await.succeeds(201);
}

async fn ten_longest_descriptions_fit_a_request_however_they_are_written(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let mut media = vec![];
    for _ in 0..10 {
        media.push(ann.picture(pictures::png()).await);
    }
    let escaped = |count: usize| format!("\"{}\"", "\\ud83d\\udc4b".repeat(count));
    let body = format!(
        "{{\"tweet_data\": {}, \"tweet_media_ids\": {media:?}, \"tweet_media_descriptions\": [{}]}}",
        escaped(280),
        [escaped(1500).as_str(); 10].join(", ")
    );
    let answer = ann.call("POST", "/api/tweets").body("application/json", body).send().await;
    let tweet = ann.see(answer.succeeds(201)["tweet_id"].as_i64().unwrap()).await;
    assert_eq!(tweet["media"][9]["description"], "👋".repeat(1500));
}

async fn images_that_cannot_be_attached_refuse_the_tweet_and_are_named(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let (attached, free) = (ann.picture(pictures::png()).await, ann.picture(pictures::png()).await);
    let others = bob.picture(pictures::png()).await;
    ann.publish_with("first", &[attached]).await;
    for (media, named) in [
        (vec![free, 999_999], 999_999),
        (vec![free, others], others),
        (vec![free, attached], attached),
        (vec![free, free], free),
    ] {
        let answer = ann.tweet(json!({"tweet_data": "x", "tweet_media_ids": media})).await;
        let message = answer.fails(422);
        assert!(message.contains(&named.to_string()), "{message}");
    }
    for media in [json!([0]), json!([-1]), json!((1..=11).collect::<Vec<_>>())] {
        ann.tweet(json!({"tweet_data": "x", "tweet_media_ids": media})).await.fails(422);
    }
    assert_eq!(ann.ids("/api/tweets?scope=all", "tweets").await.len(), 1, "nothing was published");
}

async fn a_refused_tweet_leaves_its_images_free(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let media = ann.picture(pictures::png()).await;
    ann.tweet(json!({"tweet_data": " ", "tweet_media_ids": [media]})).await.fails(422);
    ann.tweet(json!({"tweet_data": "x", "tweet_media_ids": [media, 999_999]})).await.fails(422);
    ann.publish_with("now", &[media]).await;
}

async fn only_the_author_deletes_a_tweet(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let id = ann.publish("mine").await;
    let path = format!("/api/tweets/{id}");
    bob.delete(&path).await.fails(403);
    assert_eq!(bob.see(id).await["content"], "mine", "it stays");
    ann.delete("/api/tweets/999999").await.fails(404);
    assert_eq!(ann.delete(&path).await.succeeds(200), json!({"result": true}));
    ann.get(&path).await.fails(404);
    ann.delete(&path).await.fails(404);
    bob.delete(&path).await.fails(404);
    bob.like(id).await.fails(404);
}

async fn a_deleted_tweet_takes_its_likes_and_images_along(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let media = [ann.picture(pictures::png()).await, ann.picture(pictures::png()).await];
    let id = ann.publish_with("with two", &media).await;
    bob.like(id).await.succeeds(201);
    let urls = ann.see(id).await["attachments"].take();
    let urls = urls.as_array().unwrap().iter().map(|url| url.as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(urls.len(), 2);
    for url in &urls {
        blog.nobody.get(url).await.has(200);
    }
    ann.delete(&format!("/api/tweets/{id}")).await.succeeds(200);
    for url in &urls {
        blog.nobody.get(url).await.fails(404);
    }
    ann.tweet(json!({"tweet_data": "again", "tweet_media_ids": media})).await.fails(422);
    let next = ann.publish("another").await;
    assert!(next > id, "an id is never used twice");
    assert_eq!(ann.see(next).await["likes_count"], 0);
}
