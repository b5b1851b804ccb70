//! One line a request, with what it was; and nobody writes lines of their own.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::exchange::{ask, call, get, log, request, requests, send_picture, upload};
use crate::support::{Service, Store};

on_both_stores!(every_request_has_one_line_that_tells_what_it_was);

fn every_request_has_one_line_that_tells_what_it_was(store: Store) {
    let mut service = Service::start(store);
    let key = service.add_user("ann");
    let mut expected = vec![];
    for (number, (method, path, key, body, route, status)) in [
        ("GET", "/api/tweets?limit=5", key.as_str(), "", "/api/tweets", 200),
        ("POST", "/api/tweets", &key, r#"{"tweet_data": "hello"}"#, "/api/tweets", 201),
        ("GET", "/api/tweets/1", &key, "", "/api/tweets/{id}", 200),
        ("GET", "/api/tweets/999999", &key, "", "/api/tweets/{id}", 404),
        ("HEAD", "/api/tweets", &key, "", "/api/tweets", 200),
        ("GET", "/api/tweets", "nobody's", "", "/api/tweets", 401),
        ("POST", "/api/tweets/1/likes", &key, "", "/api/tweets/{id}/likes", 201),
        ("GET", "/secret-plans?of=ann", "", "", "unknown", 404),
        ("GET", "/users/17/followers", "", "", "/users/{id}/followers", 200),
        ("BREW", "/api/limits", "", "", "/api/limits", 405),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("request-{number}");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nX-Request-Id: {id}\r\napi-key: {key}\r\nContent-Type: application/json"
        );
        let answer = ask(service.address(), &head, body.as_bytes()).unwrap();
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(answer.header("x-request-id"), Some(id.as_str()));
        let user = (status != 401 && path.starts_with("/api/tweets")).then_some(1);
        expected.push((id, method, route, status, answer.body.len(), user));
    }
    assert!(service.stop().success());
    let lines = requests(&service);
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (id, method, route, status, bytes, user) in expected {
        let mut hers = lines.iter().filter(|line| line["request_id"] == *id);
        let line = hers.next().unwrap_or_else(|| panic!("{id} is missing"));
        assert!(hers.next().is_none(), "{id} has two lines");
        let method = if method == "BREW" { "other" } else { method };
        assert_eq!(line["method"], method);
        assert_eq!((&line["route"], line["status"].as_u64()), (&Value::from(route), Some(status.into())));
        assert_eq!(line["bytes"].as_u64(), Some(bytes as u64), "{line}");
        assert_eq!(line["user_id"].as_u64(), user, "{line}");
        assert!(line["microseconds"].as_u64().is_some_and(|time| time > 0 && time < 20_000_000), "{line}");
        let strange = status == 401;
        assert_eq!(line["address"].as_str(), strange.then_some("127.0.0.1"), "{line}");
        assert_eq!(line["key_fingerprint"].as_str().map(str::len), strange.then_some(8), "{line}");
        assert!(line["aborted"].is_null() && line["cause"].is_null() && line["level"] == "INFO", "{line}");
    }
    let log = service.logged();
    assert!(!log.contains(&key) && !log.contains("nobody's") && !log.contains("secret-plans"), "{log}");
}

#[test]
fn a_failed_key_leaves_its_counted_address_and_a_fingerprint_in_the_log() {
    let settings = [("TWEETTY_TRUST_FORWARDED_FOR", "true"), ("TWEETTY_FAILED_KEYS_PER_MINUTE", "3")];
    let mut service = Service::with(Store::Sqlite, &settings);
    let mistyped = format!("tweetty_{}", "0".repeat(72));
    let keys = ["a-guess", "a-guess", "another", "a-guess", "a-guess", &mistyped, "", "schl\u{fc}ssel"];
    for (number, key) in keys.iter().enumerate() {
        let head = format!(
            "GET /api/tweets HTTP/1.1\r\nX-Request-Id: r{number}\r\nX-Forwarded-For: 2001:db8::7\r\napi-key: {key}"
        );
        let status = ask(service.address(), &head, b"").unwrap().status;
        assert!([401, 429].contains(&status), "{status}");
    }
    assert!(service.stop().success());
    let lines = requests(&service);
    let of = |number: usize| lines.iter().find(|line| line["request_id"] == format!("r{number}")).unwrap();
    let fingerprints =
        (0..keys.len()).map(|number| of(number)["key_fingerprint"].as_str()).collect::<Vec<_>>();
    for number in 0..keys.len() {
        assert!(of(number)["address"].as_str().unwrap().starts_with("2001:db8::"), "{}", of(number));
    }
    assert_eq!(of(4)["status"], 429, "the address tries no more");
    for same in [1, 3, 4] {
        assert_eq!(fingerprints[same], fingerprints[0]);
    }
    let different = [0, 2, 5, 7].map(|number| fingerprints[number].unwrap()).into_iter();
    assert_eq!(different.collect::<std::collections::BTreeSet<_>>().len(), 4, "{fingerprints:?}");
    assert_eq!(fingerprints[6], None, "there was no key");
    let log = service.logged();
    assert!(keys.iter().all(|key| key.is_empty() || !log.contains(key)), "{log}");
}

#[test]
fn an_id_that_is_none_is_replaced_by_one_that_the_log_has() {
    let mut service = Service::start(Store::Sqlite);
    let mut made = vec![];
    for given in [
        "X-Request-Id: ",
        "X-Request-Id: a b",
        "X-Request-Id: {\"a\":1}",
        "X-Request-Id: a\r\nX-Request-Id: b",
        "X-A: b",
    ] {
        let answer = ask(service.address(), &format!("GET /api/limits HTTP/1.1\r\n{given}"), b"").unwrap();
        let id = answer.header("x-request-id").unwrap().to_owned();
        assert!(
            id.len() > 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'),
            "{given}: {id}"
        );
        made.push(id);
    }
    service.stop();
    for (at, id) in made.iter().enumerate() {
        assert!(!made[..at].contains(id), "{id} twice");
        assert_eq!(requests(&service).iter().filter(|line| line["request_id"] == **id).count(), 1);
    }
}

#[test]
fn nobody_writes_lines_of_her_own_into_the_log() {
    const FORGED: &str = "2026-01-01T00:00:00Z INFO forged";
    for format in ["json", "text"] {
        let mut service = Service::with(Store::Sqlite, &[("TWEETTY_LOG_FORMAT", format)]);
        let key = service.add_user("ann");
        let encoded = "x%0d%0a2026-01-01T00:00:00Z%20INFO%20forged";
        for (path, line) in [
            (format!("/{encoded}"), String::new()),
            (format!("/media/{encoded}"), String::new()),
            (format!("/api/tweets?cursor={encoded}"), String::new()),
            ("/api/tweets".to_owned(), format!("\r\nX-Request-Id: a\u{85}{FORGED}")),
            ("/api/tweets".to_owned(), format!("\r\nUser-Agent: \u{1b}[2J{FORGED}")),
            ("/api/tweets".to_owned(), format!("\r\ntraceparent: {FORGED}")),
        ] {
            ask(service.address(), &format!("GET {path} HTTP/1.1\r\napi-key: {key}{line}"), b"");
        }
        let text = format!(r#"{{"tweet_data": "a\n{FORGED}"}}"#);
        assert_eq!(call(&service, "POST", "/api/tweets", &key, &text).status, 201);
        service.stop();
        let log = service.logged();
        assert!(!log.contains("forged"), "{log}");
        for line in log.lines() {
            // Each begins as our own lines do.
            assert!(line.starts_with('{') || line.starts_with("20"), "{line:?}");
        }
    }
}

#[test]
fn a_failure_is_told_once_with_its_cause_and_only_to_the_log() {
    let mut service = Service::start(Store::Sqlite);
    let key = service.add_user("ann");
    std::fs::rename(service.file("media"), service.file("away")).unwrap();
    let refused = send_picture(&service, &key);
    assert_eq!(refused.status, 503);
    std::fs::rename(service.file("away"), service.file("media")).unwrap();
    std::fs::remove_dir(service.file("media/incoming")).unwrap();
    std::fs::write(service.file("media/incoming"), "no folder").unwrap();
    let failed = send_picture(&service, &key);
    assert_eq!(failed.status, 500);
    service.stop();
    for (answer, level, cause) in [(refused, "WARN", "No such file"), (failed, "ERROR", "Not a directory")] {
        let id = answer.header("x-request-id").unwrap();
        let lines =
            log(&service).into_iter().filter(|line| line.to_string().contains(id)).collect::<Vec<_>>();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(
            (&lines[0]["level"], &lines[0]["message"]),
            (&Value::from(level), &Value::from("request"))
        );
        assert!(lines[0]["cause"].as_str().is_some_and(|logged| logged.contains(cause)), "{}", lines[0]);
        assert!(!answer.text().contains(cause), "{}", answer.text());
    }
}

#[test]
fn a_probe_that_succeeds_is_told_at_debug_and_one_that_fails_is_a_warning() {
    for (level, logged) in [("info", None), ("debug", Some("DEBUG"))] {
        let mut service = Service::with(Store::Sqlite, &[("TWEETTY_LOG_LEVEL", level)]);
        for path in ["/health/live", "/health/ready"] {
            assert_eq!(get(&service, path, "").status, 200);
        }
        std::fs::rename(service.file("media"), service.file("away")).unwrap();
        assert_eq!(get(&service, "/health/ready", "").status, 503);
        assert!(service.stop().success());
        let lines = requests(&service);
        let levels = |route: &str, status: u16| {
            let hers = lines.iter().filter(|line| line["route"] == route && line["status"] == status);
            hers.map(|line| line["level"].as_str().unwrap()).collect::<Vec<_>>()
        };
        for path in ["/health/live", "/health/ready"] {
            assert_eq!(
                levels(path, 200),
                logged.into_iter().collect::<Vec<_>>(),
                "{path} at {level}: {lines:#?}"
            );
        }
        assert_eq!(levels("/health/ready", 503), ["WARN"], "at {level}: {lines:#?}");
    }
}

#[test]
fn a_head_that_cannot_be_read_is_no_error_of_ours() {
    let mut service = Service::start(Store::Sqlite);
    let mut stream = TcpStream::connect(service.address()).unwrap();
    stream.write_all(b"GET /api/limits HTTP/1.1\r\nno header\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(service.stop().success());
    assert!(!service.logged().contains("ERROR"), "{}", service.logged());
}

#[test]
fn a_client_that_goes_away_has_her_line_too() {
    let service = Service::start(Store::Sqlite);
    let key = service.add_user("ann");
    let (head, body) = upload(&key);
    let head = format!("{head}\r\nX-Request-Id: gone");
    let whole = request(service.address(), &head, &body);
    let mut stream = TcpStream::connect(service.address()).unwrap();
    stream.write_all(&whole[..whole.len() - 100]).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    drop(stream);
    let begun = Instant::now();
    let line = loop {
        if let Some(line) = requests(&service).into_iter().find(|line| line["request_id"] == "gone") {
            break line;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{}", service.logged());
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!((&line["route"], &line["user_id"]), (&Value::from("/api/medias"), &Value::from(1)), "{line}");
    // Either the end of the connection is noticed first or the end of the body.
    assert!(line["status"] == 499 && line["aborted"] == true || line["status"] == 400, "{line}");
    assert_eq!(get(&service, "/health/live", "").status, 200);
}
