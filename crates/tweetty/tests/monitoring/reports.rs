//! Errors are reported to the service that the environment names, without anything personal.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::collector::{Collector, Manner};
use crate::exchange::{ask, get, upload};
use crate::support::{Data, Service, Store};

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A service whose folder of images has become useless, and a user of it.
fn broken(dsn: &str) -> (Service, String) {
    let service = Service::with(Store::Sqlite, &[("SENTRY_DSN", dsn), ("SENTRY_ENVIRONMENT", "trial")]);
    let key = service.add_user("ann");
    std::fs::remove_dir(service.file("media/incoming")).unwrap();
    std::fs::write(service.file("media/incoming"), "no folder").unwrap();
    (service, key)
}

fn fail(service: &Service, key: &str, id: &str) {
    let (head, body) = upload(key);
    let answer = ask(service.address(), &format!("{head}\r\nX-Request-Id: {id}"), &body).unwrap();
    assert_eq!(answer.status, 500);
}

#[test]
fn a_failure_is_reported_with_its_request_and_nothing_personal() {
    let collector = Collector::start(Manner::Answers(200));
    let (mut service, key) = broken(&format!("http://{KEY}@{}/42", collector.address));
    fail(&service, &key, "failed-request");
    assert_eq!(get(&service, "/api/tweets/77", &key).status, 404, "which is no error of ours");
    assert!(service.stop().success());
    let received = collector.wait_for(|received| !received.is_empty());
    assert_eq!(received.len(), 1, "{received:?}");
    let head = &received[0].head;
    assert!(head.starts_with("post /api/42/envelope/ http/1.1"), "{head}");
    assert!(head.contains("x-sentry-auth: sentry ") && head.contains(&format!("sentry_key={KEY}")), "{head}");
    let text = received[0].text();
    let event = text.lines().find_map(|line| {
        serde_json::from_str::<Value>(line).ok().filter(|value| value["exception"].is_object())
    });
    let event = event.unwrap_or_else(|| panic!("no event in {text}"));
    assert_eq!(event["tags"]["request_id"], "failed-request", "{event}");
    assert_eq!((&event["tags"]["route"], &event["tags"]["method"]), (&"/api/medias".into(), &"POST".into()));
    // A level that is not given is `error`.
    assert_eq!((&event["level"], &event["environment"]), (&Value::Null, &Value::from("trial")), "{event}");
    assert_eq!(event["exception"]["values"][0]["type"], "POST /api/medias");
    assert!(event["release"].as_str().unwrap().starts_with("tweetty@"));
    assert!(
        event["exception"]["values"][0]["value"].as_str().unwrap().contains("Not a directory"),
        "{event}"
    );
    for personal in [key.as_str(), "user_id", "127.0.0.1", "api-key", "ann"] {
        assert!(!text.contains(personal), "{personal} is in {text}");
    }
    assert!(
        event["user"].is_null() && event["request"].is_null() && event["server_name"].is_null(),
        "{event}"
    );
    assert!(!service.logged().contains(KEY), "the DSN's key is in the log");
}

#[test]
fn a_report_that_can_not_be_sent_slows_nothing() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent = Collector::start(Manner::Silent);
    for address in [closed, silent.address] {
        let (mut service, key) = broken(&format!("http://{KEY}@{address}/42"));
        let begun = Instant::now();
        for number in 0..100 {
            fail(&service, &key, &format!("number-{number}"));
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        let stopping = Instant::now();
        assert!(service.stop().success());
        assert!(stopping.elapsed() < Duration::from_secs(6), "{:?}", stopping.elapsed());
        assert!(!service.logged().contains(KEY), "the DSN's key is in the log");
    }
}

#[test]
fn a_service_that_has_had_enough_is_left_alone() {
    let collector = Collector::start(Manner::Answers(429));
    let (mut service, key) = broken(&format!("http://{KEY}@{}/42", collector.address));
    fail(&service, &key, "first");
    assert_eq!(collector.wait_for(|received| !received.is_empty()).len(), 1);
    std::thread::sleep(Duration::from_millis(200));
    for _ in 0..20 {
        fail(&service, &key, "more");
    }
    assert!(service.stop().success());
    assert_eq!(collector.wait_for(|_| true).len(), 1);
}

#[test]
fn what_is_no_dsn_is_refused_without_repeating_it() {
    let mut data = Data::fresh(Store::Sqlite);
    data.set("SENTRY_DSN", &format!("{KEY}@sentry"));
    let ran = data.cli(&["serve"]);
    ran.refused(2, &["SENTRY_DSN", "https://KEY@"]);
    assert!(!ran.err.contains(KEY), "{ran:?}");
}
