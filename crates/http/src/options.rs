use std::time::Duration;

use tweetty_domain::ImageName;

/// How the HTTP side behaves; what the microblog itself accepts stands in [`tweetty_domain::Limits`].
#[derive(Debug, Clone)]
pub struct Options {
    /// The prefix that makes attachment and `Link` URLs absolute, e.g. `https://blog.example`; relative ones without it.
    pub public_url: Option<String>,
    /// The origins whose pages may call the API from a browser, e.g. `https://intranet.example`.
    pub cors_origins: Vec<String>,
    /// How many requests a user may send in a minute; `None` for any number.
    pub requests_per_minute: Option<u32>,
    /// How many unknown keys an address may try in a minute; `None` for any number.
    pub failed_keys_per_minute: Option<u32>,
    /// Whether the two rates count for callers on this machine too.
    pub rate_limit_loopback: bool,
    /// How many proxies in front are trusted, each of which adds the address of its client to `X-Forwarded-For` or
    /// `Forwarded`: the caller's address is the entry of the first of them, and the two rates count for everybody. 0: none.
    pub trusted_hops: usize,
    /// The longest wait for the stores when something is read; then 503.
    pub request_timeout: Duration,
    /// The longest wait for the stores when something is written; then 503, and the write goes on.
    pub write_timeout: Duration,
    /// Requests that the stores work on or that wait for them; one more is 503 at once.
    pub requests_in_flight: usize,
    /// The longest wait for a JSON body, and between two pieces of an upload; then 408.
    pub body_timeout: Duration,
    /// The longest time that a whole upload may take to come in; then 408.
    pub upload_timeout: Duration,
    /// How many uploads come in at the same time; as many wait, and one more is 503 at once.
    pub uploads: usize,
    /// The longest wait of an upload for its turn; then 503.
    pub upload_wait: Duration,
    /// Threads that serve requests.
    pub workers: usize,
    /// Open connections of each of those threads; more wait in the listener's queue.
    pub connections_per_worker: usize,
    /// How long an idle connection stays open.
    pub keep_alive: Duration,
    /// How long a server that SIGTERM stops goes on serving while it says that it is not ready.
    pub drain_delay: Duration,
    /// How long a stopping server waits for the requests that run.
    pub shutdown_timeout: Duration,
    /// Makes a request's span go on with the trace of a `traceparent` header, where traces are collected.
    pub continued_trace: Option<fn(&tracing::Span, &str)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            public_url: None,
            cors_origins: Vec::new(),
            requests_per_minute: Some(600),
            failed_keys_per_minute: Some(30),
            rate_limit_loopback: false,
            trusted_hops: 0,
            request_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(30),
            requests_in_flight: 1024,
            body_timeout: Duration::from_secs(15),
            upload_timeout: Duration::from_mins(5),
            uploads: 64,
            upload_wait: Duration::from_secs(2),
            workers: std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
            connections_per_worker: 12_500,
            keep_alive: Duration::from_secs(75),
            drain_delay: Duration::from_secs(3),
            shutdown_timeout: Duration::from_secs(30),
            continued_trace: None,
        }
    }
}

impl Options {
    /// The URL of something on this server, as a client can use it.
    pub(crate) fn url(&self, path: &str) -> String {
        let prefix = self.public_url.as_deref().unwrap_or_default();
        format!("{}{path}", prefix.trim_end_matches('/'))
    }

    /// The URL of an image.
    pub(crate) fn media_url(&self, name: ImageName) -> String {
        self.url(&format!("/media/{name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_absolute_only_where_a_public_url_is_configured() {
        assert_eq!(Options::default().url("/media/x.png"), "/media/x.png");
        let public = Options { public_url: Some("https://blog.example/".to_owned()), ..Options::default() };
        assert_eq!(public.url("/media/x.png"), "https://blog.example/media/x.png");
    }
}
