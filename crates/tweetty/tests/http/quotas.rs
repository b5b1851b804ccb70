//! What a user may add within a day, and what is taken while the disk is nearly full.

use serde_json::Value;

use crate::answer::Answer;
use crate::blog::Blog;
use crate::pictures;
use crate::support::Store;

on_both_stores!(
    a_user_who_has_added_enough_for_a_day_learns_when_the_next_one_fits_and_others_go_on,
    quotas_are_named_in_the_limits_and_none_is_null,
    no_image_is_taken_while_the_disk_is_nearly_full_and_words_go_on,
);

/// The hours until the next one fits, as the header says.
#[track_caller]
fn hours(answer: Answer, words: &str) -> u64 {
    let seconds = answer.header("retry-after").unwrap().parse::<u64>().unwrap();
    let message = answer.fails(429);
    assert!(message.contains(words) && message.contains("the next one fits in"), "{message}");
    seconds.div_ceil(3600)
}

async fn a_user_who_has_added_enough_for_a_day_learns_when_the_next_one_fits_and_others_go_on(store: Store) {
    let settings = [
        ("TWEETTY_TWEETS_PER_DAY", "2"),
        ("TWEETTY_UPLOADS_PER_DAY", "3"),
        ("TWEETTY_UPLOADS_UNATTACHED", "2"),
    ];
    let blog = Blog::with(store, &settings).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let first = ann.picture(pictures::png()).await;
    ann.picture(pictures::png()).await;
    let upload = || ann.upload(pictures::png());
    assert_eq!(hours(upload().await, "2 images that no tweet shows are the most; publish one of them"), 24);
    ann.publish_with("look", &[first]).await;
    ann.picture(pictures::png()).await;
    assert_eq!(hours(upload().await, "images"), 24);
    let second = ann.publish("again").await;
    let third = || ann.tweet(serde_json::json!({"tweet_data": "once more"}));
    assert_eq!(hours(third().await, "2 tweets within 24 hours are the most"), 24);
    bob.publish_with("and I", &[bob.picture(pictures::png()).await]).await;
    ann.delete(&format!("/api/tweets/{second}")).await.succeeds(200);
    third().await.succeeds(201);
    let files = std::fs::read_dir(blog.media().join("incoming")).unwrap().count();
    assert_eq!(files, 0, "nothing is left of a refused upload");
}

async fn quotas_are_named_in_the_limits_and_none_is_null(store: Store) {
    let settings = [("TWEETTY_TWEETS_PER_DAY", "0"), ("TWEETTY_UPLOAD_BYTES_PER_DAY", "5MiB")];
    let blog = Blog::with(store, &settings).await;
    let limits = blog.nobody.get("/api/limits").await.succeeds(200);
    assert_eq!(limits["tweets_per_day"], Value::Null);
    assert_eq!(limits["upload_bytes_per_day"], 5 << 20);
    assert_eq!((&limits["uploads_per_day"], &limits["uploads_unattached"]), (&1000.into(), &200.into()));
}

async fn no_image_is_taken_while_the_disk_is_nearly_full_and_words_go_on(store: Store) {
    let blog = Blog::with(store, &[("TWEETTY_DISK_RESERVE", "1000000GiB")]).await;
    let ann = blog.person("ann").await;
    let refused = ann.upload(pictures::png()).await;
    assert!(refused.header("retry-after").is_some());
    let message = refused.fails(503);
    assert_eq!(message, "no images are taken until there is room on the disk of the images");
    ann.publish("words go on").await;
    blog.nobody.get("/health/ready").await.succeeds(200);
}
