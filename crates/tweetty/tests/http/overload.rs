//! More than the service takes, and a database that is away.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::time::Instant;
use tweetty_cluster::Cluster;

use crate::blog::Blog;
use crate::support::Store;
use crate::{pictures, raw};
use tweetty_domain::{Clock as _, SystemClock};

on_both_stores!(
    who_asks_too_often_is_told_when_to_come_back,
    who_guesses_keys_is_stopped_and_others_are_not,
    nothing_is_limited_on_a_loopback_address_by_default,
);

/// Callers on this machine count too.
const COUNTED: (&str, &str) = ("TWEETTY_RATE_LIMIT_LOOPBACK", "true");

async fn who_asks_too_often_is_told_when_to_come_back(store: Store) {
    let blog = Blog::with(store, &[COUNTED, ("TWEETTY_REQUESTS_PER_MINUTE", "10")]).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let mut refused = None;
    for _ in 0..20 {
        let answer = ann.get("/api/users/me").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("ten a minute are allowed");
    let seconds = refused.header("retry-after").unwrap().parse::<u32>().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    bob.get("/api/users/me").await.succeeds(200);
    let mut operations = 0;
    for ((method, template), operation) in ann.document.operations() {
        // Images count in no quota; 429 is for those who guess keys there.
        if operation["responses"]["429"].is_object() && !template.starts_with("/media/") {
            let path = template.replace("{id}", "1").replace("{name}", "x.png");
            ann.call(&method, &path).send().await.fails(429);
            operations += 1;
        }
    }
    assert!(operations >= 14, "{operations}");
    blog.nobody.get("/health/live").await.succeeds(200);
}

async fn who_guesses_keys_is_stopped_and_others_are_not(store: Store) {
    let blog = Blog::with(store, &[COUNTED, ("TWEETTY_FAILED_KEYS_PER_MINUTE", "5")]).await;
    let ann = blog.person("ann").await;
    let mut statuses = vec![];
    for number in 0..10 {
        let guesser = blog.nobody.with_key(&format!("guess-{number}"));
        statuses.push(guesser.get("/api/users/me").await.status);
    }
    assert_eq!(statuses, [[401; 5], [429; 5]].concat());
    ann.get("/api/users/me").await.succeeds(200);
}

async fn nothing_is_limited_on_a_loopback_address_by_default(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let guesser = blog.nobody.with_key("guess");
    for _ in 0..100 {
        guesser.get("/api/users/me").await.fails(401);
        ann.get("/api/users/me").await.succeeds(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_no_place_is_free_whoever_comes_is_refused_at_once_and_keeps_her_connection() {
    let cluster = Cluster::start();
    let database = cluster.database();
    let url = database.url();
    let settings = [
        ("TWEETTY_DATABASE_URL", url.as_str()),
        ("TWEETTY_DATABASE_WAIT", "20s"),
        ("TWEETTY_STATEMENT_TIMEOUT", "20s"),
        ("TWEETTY_REQUESTS_IN_FLIGHT", "1"),
    ];
    let blog = Blog::with(Store::Sqlite, &settings).await;
    let [ann, bob] = blog.people(["ann", "bob"]).await;
    let tweet = ann.publish("hot").await;
    let mut locking = database.psql();
    locking.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut locking = locking.spawn().unwrap();
    writeln!(locking.stdin.as_mut().unwrap(), "BEGIN; LOCK TABLE tweets; SELECT 'locked';").unwrap();
    let mut lines = BufReader::new(locking.stdout.as_mut().unwrap()).lines();
    while lines.next().expect("it is locked").unwrap() != "locked" {}
    let liking = tokio::spawn({
        let ann = ann.client.clone();
        async move { ann.like(tweet).await.status }
    });
    let begun = Instant::now();
    while database.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").trim() != "1" {
        assert!(begun.elapsed() < Duration::from_secs(10), "the like doesn't wait for the table");
    }
    bob.get("/api/users/me").await.fails(503);
    let mut stream = bob.connect().await;
    let body = json!({"tweet_data": "x"}).to_string();
    let key = bob.key();
    for _ in 0..2 {
        let head = format!(
            "POST /api/tweets HTTP/1.1\r\nHost: x\r\napi-key: {key}\r\nContent-Type: application/json\r\n"
        );
        let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
        stream.write_all(request.as_bytes()).await.unwrap();
        let refused = raw::receive(&mut stream).await.expect("an answer on the same connection");
        assert_eq!((refused.status, refused.header("connection")), (503, None));
        assert_eq!(refused.header("retry-after"), Some("2"));
    }
    blog.nobody.get("/api/users/me").await.fails(401);
    blog.nobody.get("/api/limits").await.succeeds(200);
    locking.kill().unwrap();
    locking.wait().unwrap();
    assert_eq!(liking.await.unwrap(), 201);
    bob.get("/api/users/me").await.succeeds(200);
    drop(blog);
    drop(database);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_media_folder_that_is_away_is_answered_with_503_until_it_is_back() {
    let blog = Blog::open(Store::Sqlite).await;
    let ann = blog.person("ann").await;
    let kept = ann.publish_with("kept", &[ann.picture(pictures::png()).await]).await;
    let image = ann.see(kept).await["attachments"][0].as_str().unwrap().to_owned();
    let (media, elsewhere) = (blog.media(), blog.media().with_extension("away"));
    std::fs::rename(&media, &elsewhere).unwrap();
    ann.upload(pictures::png()).await.fails(503);
    let unready = blog.nobody.get("/health/ready").await;
    assert_eq!((unready.status, &unready.json()["not_ready"]), (503, &json!(["media"])));
    assert!(!media.exists(), "images must not land where a volume belongs");
    ann.publish("words go on").await;
    std::fs::rename(&elsewhere, &media).unwrap();
    std::fs::remove_dir(media.join("incoming")).unwrap();
    ann.picture(pictures::png()).await;
    blog.nobody.get(&image).await.has(200);
    blog.nobody.get("/health/ready").await.succeeds(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_answered_with_503_within_a_bounded_time_until_it_is_back() {
    let cluster = Cluster::start();
    let database = cluster.database();
    let url = database.url();
    let settings = [("TWEETTY_DATABASE_URL", url.as_str()), ("TWEETTY_DATABASE_WAIT", "1s")];
    // The store that is named here gives way to the URL: no shared cluster is needed.
    let blog = Blog::with(Store::Sqlite, &settings).await;
    let ann = blog.person("ann").await;
    let tweet = ann.publish("before").await;
    cluster.stop();
    let mut operations = 0;
    for ((method, template), operation) in ann.document.operations() {
        let knows_503 = operation["responses"]["503"].is_object();
        let path = template.replace("{id}", &tweet.to_string()).replace("{name}", "x.png");
        let call = match (method.as_str(), template.as_str()) {
            ("POST", "/api/tweets") => ann.call(&method, &path).json(&json!({"tweet_data": "x"})),
            ("POST", "/api/keys") => ann.call(&method, &path).json(&json!({"label": "x"})),
            ("POST", "/api/announcements") => {
                let until = SystemClock.now() + chrono::TimeDelta::days(1);
                ann.call(&method, &path).json(&json!({"tweet_id": tweet, "until": until}))
            }
            ("POST", "/api/medias" | "/api/users/me/avatar") => {
                ann.call(&method, &path).file("file", pictures::png(), "a", "image/png")
            }
            ("POST" | "DELETE", "/api/users/{id}/follow") => ann.call(&method, "/api/users/999999/follow"),
            _ => ann.call(&method, &path),
        };
        let begun = Instant::now();
        let answer = call.send().await;
        assert!(begun.elapsed() < Duration::from_secs(4), "{method} {path}: {:?}", begun.elapsed());
        if template.starts_with("/api/") && template != "/api/limits" || template == "/health/ready" {
            assert!(knows_503, "{method} {template} does not document 503");
            assert_eq!(answer.status, 503, "{method} {path}: {answer}");
            operations += 1;
        }
        if template == "/health/ready" {
            assert_eq!(answer.json()["not_ready"], json!(["database"]));
        }
    }
    assert!(operations >= 15, "{operations}");
    blog.nobody.get("/health/live").await.succeeds(200);
    cluster.start_again();
    let begun = Instant::now();
    while blog.nobody.get("/health/ready").await.status != 200 {
        assert!(begun.elapsed() < Duration::from_secs(10), "it does not come back by itself");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(ann.see(tweet).await["content"], "before");
    ann.publish("after").await;
    drop(blog);
    drop(database);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_users_quota_depends_on_no_address() {
    let settings = [("TWEETTY_TRUSTED_HOPS", "2"), ("TWEETTY_REQUESTS_PER_MINUTE", "10")];
    let blog = Blog::with(Store::Sqlite, &settings).await;
    let ann = blog.person("ann").await;
    let mut statuses = vec![];
    for number in 0..20 {
        let forms = [
            format!("203.0.113.{number}, 10.0.0.1"),
            format!("\"[2001:db8:{number}::1]:443\", 10.0.0.1"),
            "unknown".to_owned(),
        ];
        let call = ann.call("GET", "/api/users/me").header("x-forwarded-for", &forms[number % 3]);
        statuses.push(call.send().await.status);
    }
    let allowed = statuses.iter().filter(|status| **status == 200).count();
    assert!((9..=13).contains(&allowed), "{statuses:?}");
    assert_eq!(
        blog.logged().matches("TWEETTY_TRUSTED_HOPS").count(),
        1,
        "what can't be read is warned of once"
    );
}
