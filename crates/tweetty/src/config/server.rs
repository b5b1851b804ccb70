//! Where and how the service answers.
#![expect(clippy::doc_markdown, reason = "the comments of settings are help texts, which are no Markdown")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use clap::Args;
use clap::builder::BoolishValueParser;
use tweetty_http::Options;
use tweetty_media::Reserve;

use super::{CorsOrigin, Environment, PublicUrl, Refusal, Size, Span, between};

const BIND: &str = "TWEETTY_BIND";
/// The name of the setting of the metrics' address.
pub(crate) const METRICS_BIND: &str = "TWEETTY_METRICS_BIND";
const DEFAULT_BIND: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// The address of the service.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct BindSettings {
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:8080, or 0.0.0.0:$PORT where
    /// the environment has PORT]
    #[arg(long, env = BIND, value_name = "ADDRESS:PORT", value_parser = address)]
    bind: Option<SocketAddr>,
}

impl BindSettings {
    /// The address that is meant, and the name of the setting that it came from.
    pub(crate) fn address(&self, environment: &Environment) -> Result<(SocketAddr, &'static str), Refusal> {
        if let Some(address) = self.bind {
            return Ok((address, BIND));
        }
        let Some(port) = environment.get("PORT") else { return Ok((DEFAULT_BIND, BIND)) };
        let port = port.parse().map_err(|_| {
            Refusal::usage("PORT", format!("{port:?} is no port; a port is a number from 0 to 65535"))
        })?;
        Ok((SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port), "PORT"))
    }
}

/// Where the operator finds what only they may see.
#[derive(Debug, Args)]
#[command(next_help_heading = "Monitoring")]
pub(crate) struct MetricsSettings {
    /// Address and port at which /metrics is served for Prometheus; port 0 takes a free one. Traces go to where the
    /// environment's OTEL_EXPORTER_OTLP_ENDPOINT says, reports of errors to its SENTRY_DSN [default: none]
    #[arg(long, env = METRICS_BIND, value_name = "ADDRESS:PORT", value_parser = address)]
    pub(crate) metrics_bind: Option<SocketAddr>,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let written = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    written
        .parse()
        .map_err(|_| "an address and a port are needed, such as 127.0.0.1:8080 or [::]:8080".to_owned())
}

/// The address at which this machine reaches who listens there: on every address means on the loopback one too.
pub(crate) fn reachable(bind: SocketAddr) -> SocketAddr {
    let ip = match bind.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        named => named,
    };
    SocketAddr::new(ip, bind.port())
}

/// What the service shows the world, and how long and how often it listens to it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct ServerSettings {
    /// Prefix that makes attachment URLs absolute, such as https://tweetty.example.com [default: none]
    #[arg(long, env = "TWEETTY_PUBLIC_URL", value_name = "URL")]
    public_url: Option<PublicUrl>,

    /// Origin of a web page on another host that may call the API; repeatable, in the environment separated by
    /// commas [default: none]
    #[arg(long = "cors-origin", env = "TWEETTY_CORS_ORIGINS", value_name = "ORIGIN", value_delimiter = ',')]
    cors_origins: Vec<CorsOrigin>,

    /// Requests that a user may send in a minute; 0 for any number
    #[arg(long, env = "TWEETTY_REQUESTS_PER_MINUTE", value_name = "NUMBER", default_value_t = Options::default().requests_per_minute.unwrap_or(0))]
    requests_per_minute: u32,

    /// Unknown keys that an address may try in a minute; 0 for any number
    #[arg(long, env = "TWEETTY_FAILED_KEYS_PER_MINUTE", value_name = "NUMBER", default_value_t = Options::default().failed_keys_per_minute.unwrap_or(0))]
    failed_keys_per_minute: u32,

    /// Let both rates count for callers on this machine too
    #[arg(long, env = "TWEETTY_RATE_LIMIT_LOOPBACK", value_parser = BoolishValueParser::new())]
    rate_limit_loopback: bool,

    /// Take the last entry of X-Forwarded-For, or of Forwarded, for the caller's address, and let both rates count for everybody: only behind a proxy that sets it
    #[arg(long, env = "TWEETTY_TRUST_FORWARDED_FOR", value_parser = BoolishValueParser::new())]
    trust_forwarded_for: bool,

    /// Proxies in a row that are trusted so, where there are several, as a balancer in front of a proxy: the entry of the first one counts [default: 1 where --trust-forwarded-for is given, else 0]
    #[arg(long, env = "TWEETTY_TRUSTED_HOPS", value_name = "NUMBER", value_parser = between(0_usize, 16))]
    trusted_hops: Option<usize>,

    /// The longest wait for the stores when something is read, then 503
    #[arg(long, env = "TWEETTY_REQUEST_TIMEOUT", value_name = "DURATION", default_value_t = Span(Options::default().request_timeout))]
    request_timeout: Span,

    /// The longest wait for the stores when something is written, then 503; the write itself goes on
    #[arg(long, env = "TWEETTY_WRITE_TIMEOUT", value_name = "DURATION", default_value_t = Span(Options::default().write_timeout))]
    write_timeout: Span,

    /// Requests that the stores work on or that wait for them; one more is 503 at once
    #[arg(long, env = "TWEETTY_REQUESTS_IN_FLIGHT", value_name = "NUMBER", default_value_t = Options::default().requests_in_flight,
          value_parser = between(1_usize, 100_000))]
    requests_in_flight: usize,

    /// The longest wait for a JSON body, and between two pieces of an upload, then 408
    #[arg(long, env = "TWEETTY_BODY_TIMEOUT", value_name = "DURATION", default_value_t = Span(Options::default().body_timeout))]
    body_timeout: Span,

    /// The longest time that a whole upload may take to come in, then 408
    #[arg(long, env = "TWEETTY_UPLOAD_TIMEOUT", value_name = "DURATION", default_value_t = Span(Options::default().upload_timeout))]
    upload_timeout: Span,

    /// Uploads that come in at the same time; as many wait, one more is 503 at once
    #[arg(long, env = "TWEETTY_UPLOADS", value_name = "NUMBER", default_value_t = Options::default().uploads,
          value_parser = between(1_usize, 10_000))]
    uploads: usize,

    /// The longest wait of an upload for its turn, then 503
    #[arg(long, env = "TWEETTY_UPLOAD_WAIT", value_name = "DURATION", default_value_t = Span(Options::default().upload_wait))]
    upload_wait: Span,

    /// What stays free on the disk of the images, and of SQLite's database: with less no images are taken, but all the rest goes on; 0 for nothing [default: a twentieth of the disk, 1GiB at most]
    #[arg(long, env = "TWEETTY_DISK_RESERVE", value_name = "SIZE", value_parser = Size::or_none)]
    disk_reserve: Option<Size>,

    /// Threads that answer requests [default: one a processor]
    #[arg(long, env = "TWEETTY_WORKERS", value_name = "NUMBER", value_parser = between(1_usize, 1024))]
    workers: Option<usize>,

    /// Open connections of each of those threads; more wait for one to close
    #[arg(long, env = "TWEETTY_CONNECTIONS_PER_WORKER", value_name = "NUMBER", default_value_t = Options::default().connections_per_worker,
          value_parser = between(1_usize, 1_000_000))]
    connections_per_worker: usize,

    /// How long an idle connection stays open
    #[arg(long, env = "TWEETTY_KEEP_ALIVE", value_name = "DURATION", default_value_t = Span(Options::default().keep_alive))]
    keep_alive: Span,

    /// How long a client may take nothing of its answer; then its connection is cut. Linux only
    #[arg(long, env = "TWEETTY_UNREAD_TIMEOUT", value_name = "DURATION", default_value = "60s")]
    pub(crate) unread_timeout: Span,

    /// How long SIGTERM leaves the server serving while /health/ready says that it stops; SIGINT does not wait
    #[arg(long, env = "TWEETTY_DRAIN_DELAY", value_name = "DURATION", default_value_t = Span(Options::default().drain_delay))]
    drain_delay: Span,

    /// How long a stopping server waits for the requests that run
    #[arg(long, env = "TWEETTY_SHUTDOWN_TIMEOUT", value_name = "DURATION", default_value_t = Span(Options::default().shutdown_timeout))]
    shutdown_timeout: Span,
}

impl ServerSettings {
    /// How much room stays free on the disk.
    pub(crate) fn reserve(&self) -> Reserve {
        self.disk_reserve.map_or(Reserve::Share, |Size(bytes)| Reserve::Bytes(bytes))
    }

    /// The options of the HTTP side.
    pub(crate) fn options(self) -> Options {
        Options {
            public_url: self.public_url.map(|PublicUrl(url)| url),
            cors_origins: self.cors_origins.into_iter().map(|CorsOrigin(origin)| origin).collect(),
            requests_per_minute: Some(self.requests_per_minute).filter(|rate| *rate > 0),
            failed_keys_per_minute: Some(self.failed_keys_per_minute).filter(|rate| *rate > 0),
            rate_limit_loopback: self.rate_limit_loopback,
            trusted_hops: self.trusted_hops.unwrap_or_else(|| self.trust_forwarded_for.into()),
            request_timeout: self.request_timeout.0,
            write_timeout: self.write_timeout.0,
            requests_in_flight: self.requests_in_flight,
            body_timeout: self.body_timeout.0,
            upload_timeout: self.upload_timeout.0,
            uploads: self.uploads,
            upload_wait: self.upload_wait.0,
            workers: self.workers.unwrap_or_else(|| Options::default().workers),
            connections_per_worker: self.connections_per_worker,
            keep_alive: self.keep_alive.0,
            drain_delay: self.drain_delay.0,
            shutdown_timeout: self.shutdown_timeout.0,
            continued_trace: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bind_address_wins_over_port_and_port_over_the_default() {
        let port = Environment::of(&[("PORT", "9000")]);
        let given = BindSettings { bind: Some("127.0.0.1:7000".parse().unwrap()) };
        assert_eq!(given.address(&port).unwrap().0.to_string(), "127.0.0.1:7000");
        let absent = BindSettings { bind: None };
        assert_eq!(absent.address(&port).unwrap(), ("0.0.0.0:9000".parse().unwrap(), "PORT"));
        assert_eq!(absent.address(&Environment::of(&[])).unwrap().0.to_string(), "127.0.0.1:8080");
        assert_eq!(
            absent.address(&Environment::of(&[("PORT", "")])).unwrap().0.to_string(),
            "127.0.0.1:8080"
        );
        assert!(absent.address(&Environment::of(&[("PORT", "http")])).is_err());
    }

    #[test]
    fn an_address_needs_a_port() {
        assert_eq!(address("localhost:80").unwrap().to_string(), "127.0.0.1:80");
        assert_eq!(address("[::]:80").unwrap().to_string(), "[::]:80");
        for text in ["", "8080", ":8080", "127.0.0.1", "example.com:80", "127.0.0.1:99999"] {
            assert!(address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_server_on_every_address_is_asked_on_loopback() {
        for (bind, asked) in
            [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80"), ("10.1.2.3:80", "10.1.2.3:80")]
        {
            assert_eq!(reachable(bind.parse().unwrap()).to_string(), asked);
        }
    }
}
