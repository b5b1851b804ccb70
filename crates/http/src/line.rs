//! The one line that the log gets of each request, and what is counted and traced by the way.

use std::cell::Cell;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::http::{Method, StatusCode};
use tracing::Span;
use tweetty_domain::{KeyFingerprint, UserId};

use crate::measures::{self, Request};
use crate::places::Place;
use crate::request_id::RequestId;

/// What is logged of a request whose client went away before the answer began; nobody received it.
const CLIENT_GONE: u16 = 499;

/// The user who sent a request, once that is known, and the place that it takes until its answer is out.
#[derive(Clone, Default)]
pub(crate) struct Sender {
    user: Rc<Cell<Option<UserId>>>,
    stranger: Rc<Cell<Option<Stranger>>>,
    place: Rc<Cell<Option<Place>>>,
}

/// The address under which a request without a good key counts, and by what the log knows the key that it had.
#[derive(Clone, Copy)]
struct Stranger {
    address: IpAddr,
    key: Option<KeyFingerprint>,
}

impl Sender {
    /// That is who it was.
    pub(crate) fn is(&self, user: UserId) {
        self.user.set(Some(user));
    }

    /// Nobody is known by that key.
    pub(crate) fn is_a_stranger(&self, address: IpAddr, key: Option<KeyFingerprint>) {
        self.stranger.set(Some(Stranger { address, key }));
    }

    /// That place is given back with the line.
    pub(crate) fn holds(&self, place: Place) {
        self.place.set(Some(place));
    }
}

/// A request on its way: dropped with its answer's last byte, or when nobody waits for it any more, it is logged.
/// Nothing in it is free text of the client.
pub(crate) struct Line {
    pub(crate) id: RequestId,
    pub(crate) sender: Sender,
    pub(crate) span: Span,
    request: Request,
    /// As actix matched it; [`Request::route`] is the label.
    pattern: Option<String>,
    started: Instant,
    answered: Option<(StatusCode, Duration)>,
    cause: Option<String>,
    bytes: u64,
    complete: bool,
}

impl Line {
    /// The line of a request that comes in now.
    pub(crate) fn begin(id: RequestId, method: &Method, pattern: Option<String>) -> Self {
        let request = Request::begin(method, pattern.as_deref());
        let span = tracing::info_span!(
            target: "tweetty::trace",
            "request",
            otel.name = %format_args!("{} {}", request.method, request.route),
            otel.kind = "server",
            otel.status_code = tracing::field::Empty,
            http.request.method = request.method,
            http.route = &*request.route,
            http.response.status_code = tracing::field::Empty,
            request_id = id.as_str(),
        );
        Self {
            id,
            sender: Sender::default(),
            span,
            request,
            pattern,
            started: Instant::now(),
            answered: None,
            cause: None,
            bytes: 0,
            complete: false,
        }
    }

    /// The route as it is registered.
    pub(crate) fn pattern(&self) -> Option<&str> {
        self.pattern.as_deref()
    }

    /// It failed for that reason, which the client doesn't learn.
    pub(crate) fn failed(&mut self, cause: impl Into<String>) {
        self.cause = Some(cause.into());
    }

    /// The head of the answer goes out now; the body follows.
    pub(crate) fn answer(&mut self, status: StatusCode) {
        self.answered = Some((status, self.started.elapsed()));
    }

    /// Whether bytes are to come: else the answer is complete without any. The protocol's encoder leaves the body of an
    /// answer to HEAD out by itself.
    pub(crate) fn has_body(&mut self, some: bool) {
        self.complete = !some || self.is_head();
    }

    /// So many bytes of the body go out.
    pub(crate) fn sent(&mut self, bytes: usize) {
        if !self.is_head() {
            self.bytes += bytes as u64;
        }
    }

    /// The whole body is out.
    pub(crate) fn ended(&mut self) {
        self.complete = true;
    }

    fn is_head(&self) -> bool {
        self.request.method == "HEAD"
    }

    fn log(&self, status: u16, latency: Duration) {
        let stranger = self.sender.stranger.get();
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    method = self.request.method,
                    route = &*self.request.route,
                    status,
                    microseconds = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX),
                    bytes = self.bytes,
                    request_id = self.id.as_str(),
                    user_id = self.sender.user.get().map(UserId::get),
                    address = stranger.map(|stranger| display(stranger.address)),
                    key_fingerprint = stranger.and_then(|stranger| stranger.key).map(display),
                    aborted = (!self.complete).then_some(true),
                    cause = self.cause.as_deref(),
                    "request"
                )
            };
        }
        match (status, &self.cause) {
            (503, _) => line!(warn),
            (500.., _) | (_, Some(_)) => line!(error),
            // Asked every few seconds, they would be most of the log.
            (..300, _) if self.request.route.starts_with("/health/") => line!(debug),
            _ => line!(info),
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let (status, latency) = match self.answered {
            Some((status, latency)) => (status.as_u16(), latency),
            None => (CLIENT_GONE, self.started.elapsed()),
        };
        self.span.record("http.response.status_code", status);
        if status >= 500 || self.cause.is_some() {
            self.span.record("otel.status_code", "ERROR");
        }
        measures::count(&self.request, status, latency, self.bytes);
        self.span.in_scope(|| self.log(status, latency));
        // The request may be kept for the next one of its connection, and the sender with it.
        self.sender.place.take();
    }
}
