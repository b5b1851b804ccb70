//! The clients have a processor of their own where there are several: where they share the service's, each request that it
//! refuses costs it what sending it costs them, and the figure has both.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use tweetty_trial::Result;

/// Which there are.
pub(super) struct Processors {
    clients: CpuSet,
    service: CpuSet,
}

impl Processors {
    /// The first one for the clients, the others for the service.
    pub(super) fn divided() -> Result<Self> {
        let all = sched_getaffinity(None)?;
        let (mut clients, mut service) = (all, all);
        let first = (0..CpuSet::MAX_CPU).find(|number| all.is_set(*number));
        if let Some(first) = first.filter(|_| all.count() > 1) {
            service.unset(first);
            clients.clear();
            clients.set(first);
        }
        Ok(Self { clients, service })
    }

    /// Whether the clients share none with the service.
    pub(super) fn are_divided(&self) -> bool {
        self.clients != self.service
    }

    /// Whatever this thread starts from here on has the processors of the service.
    pub(super) fn of_the_service(&self) -> Result<()> {
        Ok(sched_setaffinity(None, &self.service)?)
    }

    /// Whatever this thread starts from here on has the processor of the clients.
    pub(super) fn of_the_clients(&self) -> Result<()> {
        Ok(sched_setaffinity(None, &self.clients)?)
    }
}

/// Keeps the clients' processor from falling asleep: to wake it with each answer would cost the service as much as the
/// answer, and where clients have a machine of their own it doesn't.
pub(super) async fn awake() {
    loop {
        tokio::task::yield_now().await;
    }
}
