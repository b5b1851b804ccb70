//! Stopping: first readiness fails, then the listener closes, what runs is finished, and the store is closed.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::exchange::{ask, call, get, receive, request, upload};
use crate::support::{Service, Store};

on_both_stores!(who_asks_learns_of_the_stop_before_anybody_is_turned_away);

fn who_asks_learns_of_the_stop_before_anybody_is_turned_away(store: Store) {
    let mut service = Service::with(store, &[("TWEETTY_DRAIN_DELAY", "1500ms")]);
    let key = service.add_user("ann");
    let address = service.address().to_owned();
    assert_eq!(get(&service, "/health/ready", "").status, 200);
    // Begun before the signal, with the rest of its body to come after the listener is closed.
    let (head, body) = upload(&key);
    let whole = request(&address, &head, &body);
    let (first, rest) = whole.split_at(whole.len() / 2);
    let mut running = TcpStream::connect(&address).unwrap();
    running.write_all(first).unwrap();
    // Open since before, and kept by its client.
    let mut kept = TcpStream::connect(&address).unwrap();
    kept.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = [0; 4096];
    let length = kept.read(&mut answer).unwrap();
    assert!(!String::from_utf8_lossy(&answer[..length]).to_lowercase().contains("connection: close"));

    service.signal("TERM");
    let stopped = Instant::now();
    std::thread::sleep(Duration::from_millis(300));
    let ready = get(&service, "/health/ready", "");
    assert_eq!(ready.status, 503);
    assert!(ready.text().contains("\"not_ready\":[\"stopping\"]"), "{}", ready.text());
    assert_eq!(get(&service, "/health/live", "").status, 200, "it lives");
    let tweet = r#"{"tweet_data": "while it drains"}"#;
    assert_eq!(call(&service, "POST", "/api/tweets", &key, tweet).status, 201, "it serves");
    kept.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let last = receive(kept).expect("the connection is closed after the answer");
    assert_eq!((last.status, last.header("connection")), (200, Some("close")));

    while ask(&address, "GET /health/live HTTP/1.1", b"").is_some() {
        assert!(stopped.elapsed() < Duration::from_secs(10), "the listener stays open");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(stopped.elapsed() > Duration::from_millis(1400), "{:?}", stopped.elapsed());
    running.write_all(rest).unwrap();
    assert_eq!(receive(running).expect("an answer").status, 201, "what runs is finished");
    assert!(service.wait().success());
}

#[test]
fn an_operator_at_a_terminal_or_one_who_insists_does_not_wait() {
    let mut service = Service::with(Store::Sqlite, &[("TWEETTY_DRAIN_DELAY", "60s")]);
    for insists in [false, true] {
        let begun = Instant::now();
        if insists {
            service.signal("TERM");
            // Two signals that come at once are one.
            while get(&service, "/health/ready", "").status == 200 {
                std::thread::sleep(Duration::from_millis(20));
            }
            service.signal("TERM");
        } else {
            service.signal("INT");
        }
        assert!(service.wait().success(), "{}", service.logged());
        assert!(begun.elapsed() < Duration::from_secs(20), "insists: {insists}, {:?}", begun.elapsed());
        service.start_again();
    }
}

#[test]
fn a_clean_stop_leaves_one_file_of_the_database() {
    let mut service = Service::start(Store::Sqlite);
    let key = service.add_user("ann");
    for number in 0..50 {
        let tweet = format!(r#"{{"tweet_data": "{number}"}}"#);
        assert_eq!(call(&service, "POST", "/api/tweets", &key, &tweet).status, 201);
        assert_eq!(get(&service, "/api/tweets", &key).status, 200);
    }
    let log = service.file("tweetty.db-wal");
    assert!(log.metadata().unwrap().len() > 0, "writes stand in the log while it runs");
    assert!(service.stop().success());
    assert!(!log.exists() && !service.file("tweetty.db-shm").exists(), "the store was not closed");
    service.cli(&["users", "list"]).quietly();
    assert!(!log.exists(), "nor does a command leave it behind");
    service.start_again();
    let feed = get(&service, "/api/tweets", &key).text();
    assert_eq!(feed.matches("\"tweet").count() + feed.matches("\"content\"").count(), 51, "{feed}");
}
