//! Traces go to the collector that the environment names, and nothing waits for it.

use std::time::{Duration, Instant};

use crate::collector::{Collector, Manner};
use crate::exchange::{ask, call, get, log, send_picture};
use crate::support::{Data, Service, Store};

on_both_stores!(a_request_is_a_trace_from_its_head_to_the_database);

fn traced(store: Store, endpoint: &str) -> Service {
    let settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_BSP_SCHEDULE_DELAY", "100")];
    Service::with(store, &settings)
}

fn a_request_is_a_trace_from_its_head_to_the_database(store: Store) {
    let collector = Collector::start(Manner::Answers(200));
    let mut service = traced(store, &format!("http://{}", collector.address));
    let key = service.add_user("ann");
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let head = format!(
        "GET /api/tweets?limit=3 HTTP/1.1\r\napi-key: {key}\r\nX-Request-Id: my-request\r\n\
         traceparent: 00-{trace}-00f067aa0ba902b7-01"
    );
    assert_eq!(ask(service.address(), &head, b"").unwrap().status, 200);
    assert_eq!(call(&service, "POST", "/api/tweets", &key, r#"{"tweet_data": "private words"}"#).status, 201);
    assert_eq!(call(&service, "POST", "/api/tweets/1/likes", &key, "").status, 201);
    assert_eq!(send_picture(&service, &key).status, 201);
    // What was not sent yet is sent when the service stops.
    assert!(service.stop().success());
    let writes: &[&str] = match store {
        Store::Sqlite => &["sqlite read", "sqlite write"],
        Store::Postgres => &["postgres read", "postgres transaction", "postgres change"],
    };
    let names =
        ["GET /api/tweets", "POST /api/tweets", "POST /api/tweets/{id}/likes", "image recode", "my-request"];
    let names = [&names, writes].concat();
    let text_of = |received: &[crate::collector::Received]| {
        received.iter().map(crate::collector::Received::text).collect::<String>()
    };
    let received = collector.wait_for(|received| names.iter().all(|name| text_of(received).contains(name)));
    let text = text_of(&received);
    for name in &names {
        assert!(text.contains(name), "{name} is in no trace");
    }
    assert!(
        received.iter().all(|request| request.head.starts_with("post /v1/traces http/1.1")),
        "{received:?}"
    );
    assert!(received.iter().all(|request| request.head.contains("application/x-protobuf")));
    assert!(text.contains("service.name") && text.contains("tweetty"));
    // The caller's trace goes on: its id is in what was sent, as 16 bytes.
    let id =
        (0..16).map(|at| u8::from_str_radix(&trace[2 * at..2 * at + 2], 16).unwrap()).collect::<Vec<_>>();
    let holds = |body: &[u8]| body.windows(16).filter(|window| *window == id).count();
    assert!(
        received.iter().map(|request| holds(&request.body)).sum::<usize>() >= 2,
        "the request and its reading"
    );
    assert!(!text.contains(&key) && !text.contains("private words"), "a secret in a trace");
}

#[test]
fn a_collector_that_is_down_or_silent_or_refuses_slows_nothing_and_is_told_once() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent = Collector::start(Manner::Silent);
    let refusing = Collector::start(Manner::Answers(500));
    for (address, warned) in [(closed, true), (silent.address, false), (refusing.address, true)] {
        let mut service = traced(Store::Sqlite, &format!("http://{address}"));
        let key = service.add_user("ann");
        let begun = Instant::now();
        for _ in 0..200 {
            assert_eq!(get(&service, "/api/users/me", &key).status, 200);
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        let warnings = |service: &Service| {
            let lines = log(service).into_iter();
            lines.filter(|line| line["setting"] == "OTEL_EXPORTER_OTLP_ENDPOINT").collect::<Vec<_>>()
        };
        std::thread::sleep(Duration::from_millis(500));
        let begun = Instant::now();
        while warned && warnings(&service).is_empty() && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(50));
        }
        let stopping = Instant::now();
        assert!(service.stop().success());
        assert!(stopping.elapsed() < Duration::from_secs(8), "{:?}", stopping.elapsed());
        let warnings = warnings(&service);
        assert!(warnings.len() == 1 || !warned && warnings.is_empty(), "{warnings:?}");
    }
}

#[test]
fn an_endpoint_that_is_none_is_refused() {
    let mut data = Data::fresh(Store::Sqlite);
    data.set("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317");
    data.cli(&["serve"]).refused(2, &["OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318"]);
    data.set("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317");
    data.set("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    data.cli(&["serve"]).refused(2, &["OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"]);
}
