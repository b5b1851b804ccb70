//! `Idempotency-Key`: the same request again does nothing twice.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::answer::Answer;
use crate::blog::Blog;
use crate::client::Person;
use crate::pictures;
use crate::support::Store;

on_both_stores!(
    a_repeated_publication_answers_the_first_tweet,
    a_repeated_upload_answers_the_first_image,
    an_idempotency_key_with_another_body_is_a_conflict,
    an_idempotency_key_with_other_descriptions_is_a_conflict,
    idempotency_keys_of_two_users_have_nothing_to_do_with_each_other,
    a_refused_request_does_not_use_up_its_idempotency_key,
    malformed_idempotency_keys_are_not_acceptable,
    equal_publications_at_the_same_time_make_one_tweet,
    equal_uploads_at_the_same_time_make_one_image,
);

async fn publish(person: &Person, key: &str, draft: &Value) -> Answer {
    person.call("POST", "/api/tweets").header("Idempotency-Key", key).json(draft).send().await
}

async fn upload(person: &Person, key: &str, bytes: Vec<u8>) -> Answer {
    let call = person.call("POST", "/api/medias").header("idempotency-key", key);
    call.file("file", bytes, "a.png", "image/png").send().await
}

async fn a_repeated_publication_answers_the_first_tweet(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let media = ann.picture(pictures::png()).await;
    let draft = json!({"tweet_data": "once", "tweet_media_ids": [media]});
    let longest = "k".repeat(128);
    let first = publish(&ann, &longest, &draft).await.succeeds(201);
    assert_eq!(publish(&ann, &longest, &draft).await.succeeds(201), first);
    assert_eq!(ann.ids("/api/tweets", "tweets").await, [first["tweet_id"].as_i64().unwrap()]);
    ann.delete(&format!("/api/tweets/{}", first["tweet_id"])).await.succeeds(200);
    assert_eq!(publish(&ann, &longest, &draft).await.succeeds(201), first, "also where it was deleted since");
    assert_eq!(ann.ids("/api/tweets", "tweets").await, [] as [i64; 0]);
}

async fn a_repeated_upload_answers_the_first_image(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let first = upload(&ann, "u-1", pictures::png()).await.succeeds(201);
    assert_eq!(upload(&ann, "u-1", pictures::png()).await.succeeds(201), first);
    assert_ne!(upload(&ann, "u-2", pictures::png()).await.succeeds(201), first);
}

async fn an_idempotency_key_with_another_body_is_a_conflict(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let media = ann.picture(pictures::png()).await;
    publish(&ann, "k", &json!({"tweet_data": "one"})).await.succeeds(201);
    publish(&ann, "k", &json!({"tweet_data": "two"})).await.fails(409);
    publish(&ann, "k", &json!({"tweet_data": "one", "tweet_media_ids": [media]})).await.fails(409);
    upload(&ann, "u", pictures::png()).await.succeeds(201);
    upload(&ann, "u", pictures::plain_image_of(image::ImageFormat::Png, 5, 5)).await.fails(409);
    assert_eq!(ann.ids("/api/tweets", "tweets").await.len(), 1);
    ann.publish_with("the image is free still", &[media]).await;
}

async fn an_idempotency_key_with_other_descriptions_is_a_conflict(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let media = ann.picture(pictures::png()).await;
    let draft = |text: Option<&str>| json!({"tweet_data": "one", "tweet_media_ids": [media], "tweet_media_descriptions": [text]});
    let first = publish(&ann, "k", &draft(Some("a cat"))).await.succeeds(201);
    assert_eq!(
        publish(&ann, "k", &draft(Some(" a cat\n"))).await.succeeds(201),
        first,
        "trimmed it is the same"
    );
    for other in [Some("a dog"), Some(""), None] {
        publish(&ann, "k", &draft(other)).await.fails(409);
    }
    let media = ann.picture(pictures::png()).await;
    let plain = json!({"tweet_data": "one", "tweet_media_ids": [media]});
    let first = publish(&ann, "plain", &plain).await.succeeds(201);
    let draft = json!({"tweet_data": "one", "tweet_media_ids": [media], "tweet_media_descriptions": [" "]});
    assert_eq!(
        publish(&ann, "plain", &draft).await.succeeds(201),
        first,
        "nothing said is the same as no word"
    );
}

async fn idempotency_keys_of_two_users_have_nothing_to_do_with_each_other(store: Store) {
    let blog = Blog::open(store).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let hers = publish(&ann, "k", &json!({"tweet_data": "hers"})).await.succeeds(201);
    let his = publish(&bob, "k", &json!({"tweet_data": "his"})).await.succeeds(201);
    assert_ne!(hers["tweet_id"], his["tweet_id"]);
}

async fn a_refused_request_does_not_use_up_its_idempotency_key(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    publish(&ann, "k", &json!({"tweet_data": " "})).await.fails(422);
    publish(&ann, "k", &json!({"tweet_data": "x", "tweet_media_ids": [999_999]})).await.fails(422);
    publish(&ann, "k", &json!({"tweet_data": "better"})).await.succeeds(201);
    upload(&ann, "u", b"words".to_vec()).await.fails(415);
    upload(&ann, "u", pictures::png()).await.succeeds(201);
}

async fn malformed_idempotency_keys_are_not_acceptable(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let draft = json!({"tweet_data": "x"});
    for key in ["", "two words", "ключ", &"k".repeat(129)] {
        publish(&ann, key, &draft).await.fails(422);
        upload(&ann, key, pictures::png()).await.fails(422);
    }
    let call = ann.call("POST", "/api/tweets").header("Idempotency-Key", "a").header("Idempotency-Key", "a");
    call.json(&draft).send().await.fails(422);
    assert_eq!(ann.ids("/api/tweets", "tweets").await, [] as [i64; 0]);
}

/// The different values of a field of the answers, which must all be successes.
fn outcomes(answers: Vec<Answer>, field: &str) -> Vec<i64> {
    let mut outcomes = vec![];
    for answer in answers {
        outcomes.push(answer.succeeds(201)[field].as_i64().unwrap());
    }
    outcomes.dedup();
    outcomes
}

async fn equal_publications_at_the_same_time_make_one_tweet(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let mut requests = JoinSet::new();
    for _ in 0..20 {
        let ann = ann.clone();
        requests.spawn(async move { publish(&ann, "k", &json!({"tweet_data": "once"})).await });
    }
    let made = outcomes(requests.join_all().await, "tweet_id");
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(ann.ids("/api/tweets", "tweets").await, made);
}

async fn equal_uploads_at_the_same_time_make_one_image(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let mut requests = JoinSet::new();
    for _ in 0..8 {
        let ann = ann.clone();
        requests.spawn(async move { upload(&ann, "k", pictures::png()).await });
    }
    let made = outcomes(requests.join_all().await, "media_id");
    assert_eq!(made.len(), 1, "{made:?}");
    ann.publish_with("look", &made).await;
}
