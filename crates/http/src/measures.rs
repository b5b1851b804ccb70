//! What the HTTP side counts. Where nobody collects it, all of this does nothing.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use actix_web::http::Method;
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use crate::error::ApiError;

static IN_FLIGHT: LazyLock<Gauge> = LazyLock::new(
    || gauge!(description: "Requests that are being answered now", "tweetty_http_requests_in_flight"),
);
static UPLOADING: LazyLock<Gauge> = LazyLock::new(
    || gauge!(description: "Uploads that come in or are being decoded now", "tweetty_uploads_in_progress"),
);
static RECEIVED: LazyLock<Counter> = LazyLock::new(
    || counter!(description: "Bytes of uploaded files, kept or not", "tweetty_upload_received_bytes_total"),
);
static UPLOAD_TIME: LazyLock<Histogram> = LazyLock::new(|| {
    let name = "tweetty_upload_duration_seconds";
    histogram!(description: "From the first byte of an upload to its answer", name)
});
static KEYS: LazyLock<[Counter; 2]> = LazyLock::new(|| {
    ["hit", "miss"].map(|result| {
        let name = "tweetty_known_keys_total";
        counter!(description: "Keys that were known from a moment ago, or had to be looked up", name, "result" => result)
    })
});

/// Makes what is counted visible before it happens for the first time. A recorder is installed before.
pub fn announce_metrics() {
    LazyLock::force(&IN_FLIGHT);
    LazyLock::force(&UPLOADING);
    LazyLock::force(&UPLOAD_TIME);
    LazyLock::force(&RECEIVED);
    LazyLock::force(&KEYS);
    for outcome in ["kept", "refused", "failed", "aborted"] {
        uploads(outcome).increment(0);
    }
}

fn uploads(outcome: &'static str) -> Counter {
    let name = "tweetty_uploads_total";
    counter!(description: "Uploads by how they ended", name, "outcome" => outcome)
}

/// A key was known from a moment ago, or had to be looked up.
pub(crate) fn key_looked_up(known: bool) {
    KEYS[usize::from(!known)].increment(1);
}

/// A piece of an uploaded file came in.
pub(crate) fn received(bytes: usize) {
    RECEIVED.increment(bytes as u64);
}

/// An upload; dropped before its end it counts as aborted.
pub(crate) struct Upload {
    started: Instant,
    outcome: &'static str,
}

impl Upload {
    /// An upload comes in.
    pub(crate) fn begin() -> Self {
        UPLOADING.increment(1);
        Self { started: Instant::now(), outcome: "aborted" }
    }

    /// So it ended.
    pub(crate) fn end<T>(mut self, result: &Result<T, ApiError>) {
        self.outcome = match result {
            Ok(_) => "kept",
            Err(error) if error.is_ours() => "failed",
            Err(_) => "refused",
        };
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        UPLOADING.decrement(1);
        uploads(self.outcome).increment(1);
        UPLOAD_TIME.record(self.started.elapsed());
    }
}

/// What a request is counted under: few methods, and the routes that there are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) route: Rc<str>,
}

impl Request {
    /// A request that comes in now, and is counted once by [`count`].
    pub(crate) fn begin(method: &Method, pattern: Option<&str>) -> Self {
        IN_FLIGHT.increment(1);
        Self { method: known(method), route: pattern.map_or("unknown".into(), label) }
    }
}

/// The method, unless the client made it up.
fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| method == known).unwrap_or("other")
}

/// `/users/{id}` of `/users/{id:[1-9][0-9]{0,15}}`.
fn label(pattern: &str) -> Rc<str> {
    if !pattern.contains(':') {
        return pattern.into();
    }
    let (mut label, mut depth, mut in_expression) = (String::new(), 0, false);
    for character in pattern.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ':' if depth == 1 => in_expression = true,
            _ => (),
        }
        in_expression &= depth > 0;
        if !in_expression {
            label.push(character);
        }
    }
    label.into()
}

struct Handles {
    count: Counter,
    time: Histogram,
    bytes: Counter,
}

thread_local! {
    /// Looking a metric up by its labels takes longer than counting: each worker keeps what it has found.
    static HANDLES: RefCell<HashMap<(Request, u16), Handles>> = RefCell::default();
}

/// That request was answered so, as far as anybody waited for it.
pub(crate) fn count(request: &Request, status: u16, latency: Duration, bytes: u64) {
    IN_FLIGHT.decrement(1);
    HANDLES.with_borrow_mut(|handles| {
        let handles = handles.entry((request.clone(), status)).or_insert_with(|| find(request, status));
        handles.count.increment(1);
        handles.time.record(latency);
        handles.bytes.increment(bytes);
    });
}

fn find(Request { method, route }: &Request, status: u16) -> Handles {
    let labels = [("method", (*method).to_owned()), ("route", route.to_string())];
    let counted = [&labels[..], &[("status", status.to_string())]].concat();
    Handles {
        count: counter!(
            description: "Requests by route and status; 499: the client went away before the answer",
            "tweetty_http_requests_total",
            &counted
        ),
        time: histogram!(
            description: "From the head of a request to the head of its answer",
            "tweetty_http_request_duration_seconds",
            &labels
        ),
        bytes: counter!(
            description: "Bytes of answers' bodies",
            "tweetty_http_response_bytes_total",
            &labels
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_told_without_its_expressions_and_a_method_only_if_it_is_one() {
        for (pattern, expected) in [
            ("/api/tweets/{id}/likes", "/api/tweets/{id}/likes"),
            ("/users/{id:[1-9][0-9]{0,15}}/followers", "/users/{id}/followers"),
            ("/a/{x:y}/{z}/b", "/a/{x}/{z}/b"),
        ] {
            assert_eq!(&*label(pattern), expected);
        }
        assert_eq!(known(&Method::DELETE), "DELETE");
        assert_eq!(known(&Method::from_bytes(b"EVIL").unwrap()), "other");
    }
}
