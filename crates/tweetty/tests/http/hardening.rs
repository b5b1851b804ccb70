//! What every answer carries, also those that nobody wrote by hand; and how long a slow client is waited for.

use std::time::Duration;

use reqwest::multipart::Form;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout};

use crate::answer::Answer;
use crate::blog::Blog;
use crate::raw;
use crate::support::Store;

on_both_stores!(
    every_answer_of_every_route_says_what_a_browser_may_do_with_it,
    a_chunked_request_is_the_last_one_of_its_connection_on_every_route,
    no_line_of_the_log_can_be_forged,
    a_slow_client_is_answered_or_cut_off_within_fifteen_seconds,
    text_that_deceives_the_eye_is_stored_as_it_is,
);

fn is_hardened(what: &str, answer: &Answer) {
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{what}: {answer}");
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{what}");
    assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{what}");
    assert!(answer.header("x-request-id").is_some(), "{what}");
    assert!(answer.header("server").is_none(), "{what} shows what serves it");
    let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("{what}: {answer}"));
    assert!(policy.starts_with("default-src 'none'"), "{what}: {policy}");
    assert!(policy.contains("frame-ancestors 'none'") || policy.contains("sandbox"), "{what}: {policy}");
    let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src")).unwrap_or_default();
    assert!(!scripts.contains("unsafe") && !scripts.contains('*'), "{what}: {policy}");
}

async fn every_answer_of_every_route_says_what_a_browser_may_do_with_it(store: Store) {
    let settings = [
        ("TWEETTY_RATE_LIMIT_LOOPBACK", "true"),
        ("TWEETTY_REQUESTS_PER_MINUTE", "60000"),
        ("TWEETTY_FAILED_KEYS_PER_MINUTE", "100"),
        ("TWEETTY_BODY_TIMEOUT", "500ms"),
    ];
    let blog = Blog::with(store, &settings).await;
    // The key of that number, which each user tries to end, is neither Ann's nor Bob's.
    let [_, ann, bob] = blog.people(["first", "ann", "bob"]).await;
    let tweet = ann.publish_with("x", &[ann.picture(crate::pictures::png()).await]).await;
    let image = ann.see(tweet).await["attachments"][0].as_str().unwrap().to_owned();
    let mut paths = vec![image, "/api/nothing".to_owned(), "/nothing".to_owned(), "/media/x.png".to_owned()];
    paths.extend(
        ["/", "/people", "/docs", "/docs/init.js", "/docs/swagger-ui.js", "/openapi.json", "/favicon.ico"]
            .map(str::to_owned),
    );
    let page = blog.nobody.get("/").await.text();
    paths.extend(page.split('"').filter(|text| text.starts_with("/assets/")).map(str::to_owned));
    for (_, template) in ann.document.operations().into_keys() {
        for id in [tweet.to_string(), "999999".to_owned(), "0".to_owned()] {
            paths.push(template.replace("{id}", &id).replace("{name}", "x.png"));
        }
    }
    let mut statuses = std::collections::BTreeSet::new();
    for path in paths {
        for method in ["GET", "HEAD", "POST", "DELETE", "PUT", "OPTIONS"] {
            for client in [&ann.client, &blog.nobody] {
                let Some(answer) = client.call(method, &path).try_send().await else {
                    panic!("{method} {path}")
                };
                is_hardened(&format!("{method} {path}"), &answer);
                statuses.insert(answer.status);
            }
        }
    }
    // Provoked one by one, what the loop does not: 400, 403, 408, 409, 413, 415, 422.
    let form = Form::new().text("note", "no file");
    let more = [
        ann.call("POST", "/api/medias").form(form).send().await.has(400),
        bob.delete(&format!("/api/tweets/{}", ann.publish("hers").await)).await.has(403),
        ann.tweet(json!({"tweet_data": "x".repeat(200_000)})).await.has(413),
        ann.call("POST", "/api/tweets").body("text/plain", "x").send().await.has(415),
        ann.tweet(json!({"tweet_data": ""})).await.has(422),
    ];
    for answer in more {
        is_hardened(&answer.status.to_string(), &answer);
    }
    let mut stream = ann.connect().await;
    let head = "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    stream
        .write_all(
            format!("POST /api/tweets HTTP/1.1\r\nHost: x\r\napi-key: {}\r\n{head}", ann.key()).as_bytes(),
        )
        .await
        .unwrap();
    is_hardened("408", &raw::receive(&mut stream).await.unwrap().has(408));
    assert!(statuses.is_superset(&[200, 401, 404, 405, 422, 429].into()), "{statuses:?}");
}

async fn a_chunked_request_is_the_last_one_of_its_connection_on_every_route(store: Store) {
    let blog = Blog::open(store).await;
    // The key of that number, which is to be ended, is not Ann's.
    let [_, ann] = blog.people(["first", "ann"]).await;
    let mut routes = ["/", "/people", "/docs", "/docs/init.js", "/openapi.json", "/favicon.ico", "/nothing"]
        .map(|path| ("GET".to_owned(), path.to_owned()))
        .to_vec();
    let page = blog.nobody.get("/").await.text();
    let assets = page.split('"').filter(|text| text.starts_with("/assets/"));
    routes.extend(assets.map(|path| ("GET".to_owned(), path.to_owned())));
    let operations = ann.document.operations().into_keys();
    routes.extend(
        operations.map(|(method, path)| (method, path.replace("{id}", "1").replace("{name}", "x.png"))),
    );
    for (method, path) in routes {
        let mut stream = ann.connect().await;
        let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\napi-key: {}\r\n", ann.key());
        let behind =
            "0\r\n\nGET /swallowed HTTP/1.1\r\nHost: x\r\n\r\nGET /behind HTTP/1.1\r\nHost: x\r\n\r\n";
        let request = format!("{head}Transfer-Encoding: chunked\r\n\r\n{behind}");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answers = vec![];
        let reading = stream.read_to_end(&mut answers);
        timeout(Duration::from_secs(10), reading).await.expect("the connection is closed").ok();
        let answers = String::from_utf8_lossy(&answers);
        assert!(answers.contains("\r\nconnection: close"), "{method} {path}: {answers}");
        // What is behind gets no answer of its route, which would be 404.
        let behind = answers.split("HTTP/1.1 ").skip(2).all(|answer| answer.starts_with("400"));
        assert!(behind, "{method} {path}: {answers}");
    }
}

async fn no_line_of_the_log_can_be_forged(store: Store) {
    let mut blog = Blog::with(store, &[("TWEETTY_LOG_LEVEL", "debug"), ("TWEETTY_LOG_FORMAT", "text")]).await;
    let ann = blog.person("ann").await;
    let lie = "forged\n2026-01-01T00:00:00Z ERROR everything is lost\r\x1b[31m\u{2028}";
    ann.publish("forged").await;
    ann.tweet(json!({"tweet_data": lie})).await;
    ann.call("POST", "/api/tweets").body("application/json", format!("{{\"{lie}\": 1}}")).send().await;
    let escaped = lie.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02x}"));
    for path in [
        format!("/{escaped}"),
        format!("/api/users?query={escaped}"),
        format!("/media/{escaped}"),
        format!("/api/tweets/{escaped}"),
    ] {
        ann.get(&path).await;
    }
    ann.call("GET", "/").header("x-request-id", "a\tb").send().await;
    blog.nobody.send_head("GET", "/", &[("user-agent", b"\xff ERROR everything is lost")]).await.has(200);
    ann.call("POST", "/api/medias").file("file", b"x".to_vec(), lie, "image/png").send().await;
    blog.nobody.send_bytes(b"GET / HTTP/1.1\r\nx: a\x0b\x1b[31mERROR everything is lost\r\n\r\n").await;
    blog.stop();
    let log = blog.logged();
    assert!(log.lines().count() > 10);
    assert!(!log.contains('\u{1b}') && !log.contains("everything is lost"), "{log}");
    for line in log.lines() {
        assert!(line.starts_with("20") && line.contains('Z'), "{line:?} has no time: it is not ours");
    }
    blog.start_again().await;
}

async fn a_slow_client_is_answered_or_cut_off_within_fifteen_seconds(store: Store) {
    // With the settings as they are by default.
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    let head = format!(
        "POST /api/tweets HTTP/1.1\r\nHost: x\r\napi-key: {}\r\nContent-Type: application/json\r\n",
        ann.key()
    );
    let form =
        head.replace("tweets", "medias").replace("application/json", "multipart/form-data; boundary=b");
    let slow = [
        ("a head that never ends", format!("GET / HTTP/1.1\r\nHost: x\r\nx: {}", "y".repeat(10)), "y"),
        ("no request at all", String::new(), ""),
        ("a body that trickles in", format!("{head}Content-Length: 5000\r\n\r\n{{"), " "),
        ("a body that stops", format!("{head}Content-Length: 5000\r\n\r\n{{"), ""),
        ("a chunked body that stops", format!("{head}Transfer-Encoding: chunked\r\n\r\n5\r\n{{"), ""),
        ("a form that stops", format!("{form}Content-Length: 5000\r\n\r\n--b\r\n"), ""),
    ];
    let mut clients = tokio::task::JoinSet::new();
    for (what, begun, drop) in slow {
        let mut stream = ann.connect().await;
        clients.spawn(async move {
            let started = Instant::now();
            stream.write_all(begun.as_bytes()).await.unwrap();
            let mut ended = None;
            while ended.is_none() && started.elapsed() < Duration::from_secs(30) {
                // A drop a second, as somebody does who wants to hold the connection.
                if let Ok(answer) = timeout(Duration::from_secs(1), raw::receive(&mut stream)).await {
                    ended = Some(answer.map(|answer| answer.status));
                }
                stream.write_all(drop.as_bytes()).await.ok();
            }
            (what, ended, started.elapsed())
        });
    }
    ann.publish("others are served meanwhile").await;
    for (what, ended, took) in clients.join_all().await {
        println!("{what}: {ended:?} after {took:.1?}");
        assert!(took < Duration::from_secs(17), "{what}: {took:?}");
        assert!(matches!(ended, Some(None | Some(408))), "{what}: {ended:?}");
    }
}

async fn text_that_deceives_the_eye_is_stored_as_it_is(store: Store) {
    let blog = Blog::open(store).await;
    let ann = blog.person("ann").await;
    for text in [
        "\u{202e}txt.exe\u{202c}",
        "\u{2066}a\u{2069}\u{200f}\u{200e}",
        "раураl.com is not paypal.com",
        "ⓟaypal 𝐩aypal ｐaypal",
        "z\u{335}a\u{321}\u{489}\u{489}\u{489}lgo",
        "\u{fff9}a\u{fffa}b\u{fffb} \u{e0041}\u{e007f}",
        "null\u{ad}\u{200d}\u{2060}byte",
    ] {
        let id = ann.publish(text).await;
        let answer = ann.get(&format!("/api/tweets/{id}")).await;
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.succeeds(200)["tweet"]["content"], text);
    }
}
