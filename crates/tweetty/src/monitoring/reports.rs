//! Reports of errors to a service that speaks Sentry's protocol, where the environment names one.
//!
//! A report says what failed, where and why, and under which request id the log knows more: no user, no address, no
//! header, no key, nothing that somebody wrote.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use opentelemetry_http::{Bytes, Request};
use sentry_types::Dsn;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tracing::{Level, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::{Layer, filter::LevelFilter};

use super::courier::Courier;
use super::report;
use crate::config::{Environment, Refusal};
use crate::log::Listener;

const DSN: &str = "SENTRY_DSN";
/// Reports that wait to be sent; what is more than that is only in the log.
const QUEUE: usize = 64;
/// How long the last reports may take to be sent when the process ends.
const LAST: Duration = Duration::from_secs(2);
/// How long nothing is sent where the service says that it has had enough, and no time.
const PAUSE: u64 = 60;

type Queue = Arc<Mutex<Option<mpsc::Sender<Bytes>>>>;

/// The reports of this process.
pub(crate) struct Reports {
    queue: Queue,
    environment: Option<String>,
    sending: JoinHandle<()>,
}

impl Reports {
    /// Reports, where the environment says to whom.
    pub(crate) fn start(environment: &Environment) -> Result<Option<Self>, Refusal> {
        let Some(dsn) = environment.get(DSN) else { return Ok(None) };
        // It contains a key, and is not repeated.
        let dsn = dsn.parse::<Dsn>().map_err(|_| {
            Refusal::usage(
                DSN,
                "not a DSN such as https://KEY@sentry.example.com/1; copy it from the project's page",
            )
        })?;
        let courier = Courier::to(DSN)?;
        let (queue, waiting) = mpsc::channel(QUEUE);
        let sending = tokio::spawn(send(dsn, courier, waiting));
        let environment = environment.get("SENTRY_ENVIRONMENT");
        Ok(Some(Self { queue: Arc::new(Mutex::new(Some(queue))), environment, sending }))
    }

    /// Listens to errors.
    pub(crate) fn listener(&self) -> Listener {
        let reporter = Reporter { queue: Arc::clone(&self.queue), environment: self.environment.clone() };
        reporter.with_filter(LevelFilter::ERROR).boxed()
    }

    /// Sends the last reports.
    pub(crate) async fn finish(self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        tokio::time::timeout(LAST, self.sending).await.ok();
    }
}

struct Reporter {
    queue: Queue,
    environment: Option<String>,
}

impl<S: Subscriber> Layer<S> for Reporter {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() != Level::ERROR {
            return;
        }
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // A full queue is no reason to wait: the log has it all.
        if let Some(Ok(place)) = queue.as_ref().map(mpsc::Sender::try_reserve) {
            place.send(report::of(event, self.environment.as_deref()));
        }
    }
}

async fn send(dsn: Dsn, courier: Courier, mut waiting: mpsc::Receiver<Bytes>) {
    let auth = dsn.to_auth(Some(concat!("tweetty/", env!("CARGO_PKG_VERSION")))).to_string();
    let url = dsn.envelope_api_url().to_string();
    let mut silent_until = Instant::now();
    while let Some(envelope) = waiting.recv().await {
        if Instant::now() < silent_until {
            continue;
        }
        let request = Request::post(&url)
            .header("content-type", "application/x-sentry-envelope")
            .header("x-sentry-auth", &auth)
            .body(envelope);
        let Ok(request) = request else { continue };
        if let Ok(answer) = courier.deliver(request).await
            && answer.status().as_u16() == 429
        {
            let seconds =
                answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
            silent_until = Instant::now() + Duration::from_secs(seconds.unwrap_or(PAUSE).min(3600));
        }
    }
}
