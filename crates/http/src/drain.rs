//! Stopping in good order: first nobody is sent here any more, then nobody is let in, then what runs is finished.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::signal::unix::Signal;

/// Whether the server is about to stop.
#[derive(Clone, Default)]
pub(crate) struct Drain(Arc<AtomicBool>);

impl Drain {
    /// From now on the server is not ready, though it serves every request.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Waits until the listener is to be closed: SIGTERM leaves the load balancer some time to notice;
    /// a person at a terminal, who sends SIGINT, or anybody who signals again, doesn't want to wait.
    pub(crate) async fn ended(self, delay: Duration, mut terminate: Signal, mut interrupt: Signal) {
        let by_a_person = tokio::select! {
            _ = terminate.recv() => false,
            _ = interrupt.recv() => true,
        };
        self.0.store(true, Ordering::Relaxed);
        if by_a_person || delay.is_zero() {
            return;
        }
        tracing::info!(milliseconds = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX), "draining");
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}
