//! What an operator sees of the running service besides its log: metrics, traces, reports of errors.

mod courier;
mod metrics;
mod report;
mod reports;
mod traces;

use crate::config::{Environment, Refusal};
use crate::log::Listener;

pub(crate) use metrics::Metrics;
pub(crate) use traces::continued;

/// Where events are sent besides the log.
#[derive(Default)]
pub(crate) struct Monitoring {
    traces: Option<traces::Traces>,
    reports: Option<reports::Reports>,
}

impl Monitoring {
    /// What the environment asks for. To be called on the main runtime, which sends what there is to send.
    pub(crate) fn start(environment: &Environment) -> Result<Self, Refusal> {
        let traces = traces::Traces::start(environment)?;
        Ok(Self { traces, reports: reports::Reports::start(environment)? })
    }

    /// Those who listen to the program's events.
    pub(crate) fn listeners(&self) -> Vec<Listener> {
        let traces = self.traces.as_ref().map(traces::Traces::listener);
        traces.into_iter().chain(self.reports.as_ref().map(reports::Reports::listener)).collect()
    }

    /// Sends what has not been sent yet, within a short time.
    pub(crate) async fn finish(self) {
        if let Some(traces) = self.traces {
            traces.finish().await;
        }
        if let Some(reports) = self.reports {
            reports.finish().await;
        }
    }
}
