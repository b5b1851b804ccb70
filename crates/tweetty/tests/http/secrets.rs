//! Keys: what is wrong with one doesn't show in the time it takes, and none stands in a log, whatever is logged.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use crate::blog::Blog;
use crate::client::Client;
use crate::pictures;
use crate::support::Store;

on_both_stores!(
    how_wrong_a_key_is_does_not_show_in_the_time_of_the_answer,
    no_key_stands_in_the_log_of_a_whole_session_at_its_most_talkative,
);

/// How long an answer to that key takes in the middle of many, asked in turns with the others, so that whatever else this
/// machine does hits all alike.
async fn medians(nobody: &Client, keys: &[Vec<u8>]) -> Vec<Duration> {
    let mut times = vec![vec![]; keys.len()];
    for _ in 0..120 {
        for (key, times) in keys.iter().zip(&mut times) {
            let begun = Instant::now();
            nobody.send_head("GET", "/api/users/me", &[("api-key", key)]).await.fails(401);
            times.push(begun.elapsed());
        }
    }
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    times.into_iter().map(median).collect()
}

async fn how_wrong_a_key_is_does_not_show_in_the_time_of_the_answer(store: Store) {
    let blog = Blog::open(store).await;
    // Without a checksum, as keys of older versions, so that each is looked up.
    let good = format!("tweetty_{}", "5a".repeat(32));
    blog.tweetty(&["users", "add", "target", "--api-key", &good]);
    blog.nobody.with_key(&good).get("/api/users/me").await.succeeds(200);
    let with = |place: usize| {
        let mut key = good.clone().into_bytes();
        key[place] ^= 1;
        key
    };
    let keys = [
        with(8),
        with(40),
        with(71),
        vec![],
        "ключ".as_bytes().to_vec(),
        vec![b'x'; 256],
        vec![b'x'; 60_000],
        [good.as_bytes(), b", ", good.as_bytes()].concat(),
    ];
    let times = medians(&blog.nobody, &keys).await;
    println!("{store:?}: {times:?}");
    // A difference in one character more or less is of nanoseconds; what this would see is a search that stops early.
    let (near, far) = (times[2], times[0]);
    let apart = near.abs_diff(far);
    assert!(apart < near.max(far) / 2, "a key that is nearly right takes {near:?}, another {far:?}");
    // Those that aren't looked up may be a look-up quicker, and nothing may be slower: but what is longer than a key may be,
    // since it has to be sent.
    let of_keys = keys.iter().zip(&times).filter(|(key, _)| key.len() <= 256);
    let slowest = *of_keys.map(|(_, time)| time).max().unwrap();
    assert!(slowest < near.max(far) * 3 + Duration::from_millis(3), "{times:?}");
}

async fn no_key_stands_in_the_log_of_a_whole_session_at_its_most_talkative(store: Store) {
    let mut blog =
        Blog::with(store, &[("TWEETTY_LOG_LEVEL", "trace"), ("TWEETTY_BODY_TIMEOUT", "500ms")]).await;
    // The key of the number that is tried below is none of those.
    let [_, ann, bob] = blog.people(["first", "ann", "bob"]).await;
    let added = serde_json::from_str::<serde_json::Value>(&blog.tweetty(&["users", "add", "made", "--json"]));
    let made = added.unwrap()["api_key"].as_str().unwrap().to_owned();
    let replaced =
        serde_json::from_str::<serde_json::Value>(&blog.tweetty(&["users", "new-api-key", "bob", "--json"]));
    let replaced = replaced.unwrap()["api_key"].as_str().unwrap().to_owned();
    let mistyped = format!("{}0", &made[..made.len() - 1]);
    let secrets =
        [ann.key(), bob.key(), &made, &replaced, &mistyped, "hunter2-in-a-guess"].map(str::to_owned);
    for key in &secrets {
        let client = blog.nobody.with_key(key);
        for (method, template) in blog.nobody.document.operations().into_keys() {
            let path = template.replace("{id}", "1").replace("{name}", "x.png");
            client.call(&method, &path).send().await;
        }
        // Where keys don't belong: in addresses, bodies, other headers, file names, methods.
        client.get(&format!("/api/tweets?api-key={key}&cursor={key}")).await;
        client.get(&format!("/{key}")).await.fails(404);
        client.get(&format!("/media/{key}")).await.fails(404);
        client.tweet(json!({"tweet_data": "x".repeat(281), key.as_str(): key})).await;
        client.call("POST", "/api/tweets").body("application/json", format!("{{{key}")).send().await;
        client.call("POST", "/api/medias").file("file", b"words".to_vec(), key, "image/png").send().await;
        if key.len() > 64 {
            // Too long for the id of a request, as every made key is; a shorter one would be taken for one.
            client.call("GET", "/api/users/me").header("x-request-id", key).send().await;
        }
        client.call("GET", "/api/users/me").header("authorization", format!("Bearer {key}")).send().await;
        let twice = [("api-key", key.as_bytes()), ("api-key", key.as_bytes())];
        blog.nobody.send_head("GET", "/api/users/me", &twice).await.fails(401);
        blog.nobody.send_bytes(format!("{key} / HTTP/1.1\r\n{key}\r\n\r\n").as_bytes()).await;
        blog.nobody
            .send_bytes(
                format!("POST /api/tweets HTTP/1.1\r\napi-key: {key}\r\nContent-Length: 9\r\n\r\n{{")
                    .as_bytes(),
            )
            .await;
    }
    // What comes in answers is not secret; what a failure of the stores says must not be either.
    let media = blog.media();
    std::fs::rename(&media, media.with_extension("away")).unwrap();
    blog.nobody.with_key(&made).upload(pictures::png()).await.fails(503);
    std::fs::rename(media.with_extension("away"), &media).unwrap();
    blog.stop();
    let log = blog.logged();
    assert!(log.lines().count() > 500 && log.contains("TRACE"), "the log says little: {}", log.len());
    for secret in &secrets {
        // Also not in parts: a key without its prefix is the key.
        let part = &secret[secret.len().saturating_sub(24)..];
        let line = log.lines().find(|line| line.contains(part));
        assert!(line.is_none(), "{line:?}");
    }
    blog.start_again().await;
}
