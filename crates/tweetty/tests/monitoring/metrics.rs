//! What is counted, at an address that only the operator knows.

use std::collections::BTreeMap;
use std::net::TcpListener;

use crate::exchange::{ask, call, get, send_picture};
use crate::support::{Data, Service, Store};

on_both_stores!(
    what_happens_is_counted,
    what_clients_make_up_makes_no_series,
    a_page_is_counted_by_the_way_on_which_it_was_found,
);

/// One number that is served.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) value: f64,
}

/// All numbers that are served now.
pub(crate) struct Exposed(pub(crate) Vec<Sample>);

impl Exposed {
    /// What the service serves now.
    pub(crate) fn of(service: &Service) -> Self {
        let url = service.welcome()["metrics"].as_str().expect("it serves metrics");
        let address = url.strip_prefix("http://").unwrap().strip_suffix("/metrics").unwrap();
        let answer = ask(address, "GET /metrics HTTP/1.1", b"").unwrap();
        assert_eq!(answer.status, 200);
        assert!(answer.header("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
        Self(
            answer
                .text()
                .lines()
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .map(sample)
                .collect(),
        )
    }

    /// The sum of the numbers of that name with those labels.
    pub(crate) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let fits = |sample: &&Sample| {
            let has =
                |(label, value): &(&str, &str)| sample.labels.get(*label).is_some_and(|given| given == value);
            sample.name == name && labels.iter().all(has)
        };
        let fitting = self.0.iter().filter(fits).collect::<Vec<_>>();
        assert!(!fitting.is_empty(), "{name} {labels:?} is not served");
        fitting.iter().map(|sample| sample.value).sum()
    }
}

/// `name{label="value",…} number`; no value of ours contains a quote.
fn sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let (name, labels) =
        series.split_once('{').map_or((series, ""), |(name, rest)| (name, &rest[..rest.len() - 1]));
    let label = |text: &str| {
        let (name, value) = text.split_once("=\"").unwrap();
        (name.trim_start_matches(',').to_owned(), value.to_owned())
    };
    let labels = labels.split_inclusive('"').collect::<Vec<_>>();
    let labels = labels.chunks(2).map(|pair| label(pair.concat().strip_suffix('"').unwrap())).collect();
    Sample { name: name.to_owned(), labels, value: value.parse().unwrap() }
}

/// Exact sums of small whole numbers.
#[track_caller]
fn is(value: f64, expected: u32) {
    assert!((value - f64::from(expected)).abs() < 0.01, "{value}, expected {expected}");
}

/// A service that serves metrics.
pub(crate) fn measured(store: Store) -> Service {
    Service::with(store, &[("TWEETTY_METRICS_BIND", "127.0.0.1:0")])
}

fn what_happens_is_counted(store: Store) {
    let service = measured(store);
    let key = service.add_user("ann");
    let before = Exposed::of(&service);
    is(before.sum("tweetty_uploads_total", &[("outcome", "kept")]), 0);
    is(before.sum("tweetty_sweeps_total", &[("outcome", "done")]), 0);
    for _ in 0..3 {
        assert_eq!(get(&service, "/api/tweets", &key).status, 200);
    }
    assert_eq!(call(&service, "POST", "/api/tweets", &key, r#"{"tweet_data": "x"}"#).status, 201);
    assert_eq!(call(&service, "POST", "/api/tweets/1/likes", &key, "").status, 201);
    assert_eq!(get(&service, "/api/tweets", "wrong").status, 401);
    assert_eq!(send_picture(&service, &key).status, 201);
    let form = "Content-Type: multipart/form-data; boundary=b";
    let part = b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nno picture\r\n--b--\r\n";
    let head = format!("POST /api/medias HTTP/1.1\r\napi-key: {key}\r\n{form}");
    assert_eq!(ask(service.address(), &head, part).unwrap().status, 415);
    let after = Exposed::of(&service);
    let feed = |status| [("method", "GET"), ("route", "/api/tweets"), ("status", status)];
    is(after.sum("tweetty_http_requests_total", &feed("200")), 3);
    is(after.sum("tweetty_http_requests_total", &feed("401")), 1);
    let likes = [("method", "POST"), ("route", "/api/tweets/{id}/likes")];
    is(after.sum("tweetty_http_request_duration_seconds_count", &likes), 1);
    is(after.sum("tweetty_http_request_duration_seconds_bucket", &[likes[0], likes[1], ("le", "+Inf")]), 1);
    assert!(after.sum("tweetty_http_response_bytes_total", &feed("200")[..2]) > 100.0);
    is(after.sum("tweetty_http_requests_in_flight", &[]), 0);
    is(after.sum("tweetty_uploads_total", &[("outcome", "kept")]), 1);
    is(after.sum("tweetty_uploads_total", &[("outcome", "refused")]), 1);
    is(after.sum("tweetty_upload_duration_seconds_count", &[]), 2);
    let picture = u32::try_from(include_bytes!("../../../../docs/example.png").len()).unwrap();
    is(after.sum("tweetty_upload_received_bytes_total", &[]), picture + 10);
    is(after.sum("tweetty_images_kept_total", &[("format", "png")]), 1);
    assert!(after.sum("tweetty_image_kept_bytes_total", &[]) > 100.0);
    assert!(after.sum("tweetty_known_keys_total", &[("result", "hit")]) >= 4.0);
    assert!(after.sum("tweetty_known_keys_total", &[("result", "miss")]) >= 2.0);
    assert!(after.sum("tweetty_database_connections_limit", &[]) >= 1.0);
    assert!(after.sum("tweetty_database_connections", &[]) >= 1.0);
    assert!(after.sum("tweetty_database_reads_limit", &[]) >= 1.0);
    is(after.sum("tweetty_database_waiting", &[]), 0);
    is(after.sum("tweetty_write_queue_length", &[]), 0);
    let lane = if store == Store::Sqlite { "writer" } else { "like" };
    assert!(after.sum("tweetty_write_group_size_count", &[("lane", lane)]) >= 1.0);
    assert!(after.sum("tweetty_write_group_duration_seconds_sum", &[("lane", lane)]) > 0.0);
    let kind = if store == Store::Sqlite { "sqlite" } else { "postgres" };
    is(after.sum("tweetty_build_info", &[("store", kind), ("version", env!("CARGO_PKG_VERSION"))]), 1);
    assert!(after.sum("process_resident_memory_bytes", &[]) > 1e6);
    assert!(after.sum("process_cpu_seconds_total", &[]) > 0.0);
}

fn what_clients_make_up_makes_no_series(store: Store) {
    let service = measured(store);
    let key = service.add_user("ann");
    let count = |exposed: &Exposed| exposed.0.len();
    let round = |number: usize| {
        for (method, path) in [
            ("GET", format!("/nowhere-{number}")),
            ("GET", format!("/api/tweets/{}", number + 1000)),
            ("GET", format!("/media/{number}.png")),
            ("GET", format!("/api/users?query=x{number}")),
            ("GET", format!("/users/{}", number + 1)),
        ] {
            call(&service, method, &path, &key, "");
        }
        call(&service, &format!("BREW{number}"), "/api/limits", "", "");
        call(&service, "GET", "/api/tweets", &format!("guess-{number}"), "");
    };
    round(0);
    let before = Exposed::of(&service);
    (1..40).for_each(round);
    let after = Exposed::of(&service);
    assert_eq!(count(&before), count(&after), "series grow with what clients send");
    is(after.sum("tweetty_http_requests_total", &[("route", "unknown"), ("status", "404")]), 40);
    is(after.sum("tweetty_http_requests_total", &[("method", "other")]), 40);
}

fn a_page_is_counted_by_the_way_on_which_it_was_found(store: Store) {
    let service = measured(store);
    let key = service.add_user("ann");
    call(&service, "POST", "/api/tweets", &key, r#"{"tweet_data": "x"}"#);
    get(&service, "/api/tweets?scope=all", &key);
    get(&service, "/api/users/1/tweets", &key);
    get(&service, "/api/tweets", &key);
    let pages = Exposed::of(&service);
    let few = if store == Store::Sqlite { "indexes" } else { "heads" };
    for strategy in ["all", "author", few] {
        is(pages.sum("tweetty_feed_pages_total", &[("strategy", strategy)]), 1);
    }
    is(pages.sum("tweetty_feed_pages_total", &[]), 3);
}

#[test]
fn metrics_are_served_only_where_that_is_asked_for_and_never_beside_the_api() {
    let quiet = Service::start(Store::Sqlite);
    assert!(quiet.welcome()["metrics"].is_null());
    assert_eq!(get(&quiet, "/metrics", "").status, 404);
    let service = measured(Store::Sqlite);
    assert_eq!(get(&service, "/metrics", "").status, 404);
    let address =
        service.welcome()["metrics"].as_str().unwrap().replace("http://", "").replace("/metrics", "");
    assert_eq!(ask(&address, "GET /api/limits HTTP/1.1", b"").unwrap().status, 404);
}

#[test]
fn an_address_of_metrics_that_is_taken_ends_the_start() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut data = Data::fresh(Store::Sqlite);
    data.set("TWEETTY_METRICS_BIND", &taken.local_addr().unwrap().to_string());
    data.cli(&["serve"]).refused(1, &["TWEETTY_METRICS_BIND", "in use", "choose another port"]);
    data.set("TWEETTY_METRICS_BIND", "9100");
    data.cli(&["serve"]).refused(2, &["TWEETTY_METRICS_BIND", "an address and a port"]);
}
