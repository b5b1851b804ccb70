//! Sends to services outside, off the way of every request: bounded in time, and a failure is only logged.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry_http::{Bytes, Request, Response};
use tokio::runtime::Handle;
use tweetty_adapter::with_causes;

use crate::config::Refusal;

/// How long the other side may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends to one service. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Courier {
    /// The setting that names the service.
    setting: &'static str,
    client: reqwest::Client,
    runtime: Handle,
    failing: Arc<AtomicBool>,
}

impl fmt::Debug for Courier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Courier").field("setting", &self.setting).finish_non_exhaustive()
    }
}

impl Courier {
    /// A courier to the service that this setting names.
    pub(crate) fn to(setting: &'static str) -> Result<Self, Refusal> {
        // Somebody else may have installed it already.
        rustls::crypto::ring::default_provider().install_default().ok();
        let refused = |problem: &dyn fmt::Display| Refusal::world(setting, problem);
        let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        let client = client.build().map_err(|problem| refused(&problem))?;
        let runtime = Handle::try_current().map_err(|problem| refused(&problem))?;
        Ok(Self { setting, client, runtime, failing: Arc::default() })
    }

    /// Delivers the request from whatever thread and answers what the other side said. That it can't be delivered is
    /// logged once, until it works again.
    pub(crate) async fn deliver(&self, request: Request<Bytes>) -> Result<Response<Bytes>, String> {
        let courier = self.clone();
        let delivering = self.runtime.spawn(async move {
            let request = reqwest::Request::try_from(request).map_err(|problem| describe(&problem))?;
            let answer = courier.client.execute(request).await.map_err(|problem| describe(&problem))?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let body = answer.bytes().await.map_err(|problem| describe(&problem))?;
            let mut answer = Response::new(body);
            (*answer.status_mut(), *answer.headers_mut()) = (status, headers);
            Ok(answer)
        });
        let outcome = delivering.await.unwrap_or_else(|problem| Err(problem.to_string()));
        let problem = match &outcome {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answered {}", answer.status())),
            Err(problem) => Some(problem.clone()),
        };
        let failed_before = self.failing.swap(problem.is_some(), Ordering::Relaxed);
        match problem {
            Some(problem) if !failed_before => {
                tracing::warn!(
                    setting = self.setting,
                    problem,
                    "can't be delivered; the service goes on without"
                );
            }
            None if failed_before => tracing::info!(setting = self.setting, "is delivered again"),
            _ => (),
        }
        outcome
    }
}

/// What went wrong, without the URL, which may contain a key.
fn describe(problem: &reqwest::Error) -> String {
    let text = if problem.is_timeout() { "no answer in time" } else { "no delivery" };
    let causes = std::error::Error::source(problem).map(|cause| format!(": {}", with_causes(cause)));
    format!("{text}{}", causes.unwrap_or_default())
}
