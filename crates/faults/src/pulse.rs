//! What the clients of a service see of it, all together.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tweetty_trial::Result;

/// How finely a recovery is measured.
const GLANCE: Duration = Duration::from_millis(1);

/// Counts answers and notices how long there was none that a client could use.
pub(crate) struct Pulse(Mutex<Seen>);

/// What was seen.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Answers that acknowledged a write.
    pub(crate) acknowledged: u64,
    /// How often each other answer, or none, was seen.
    pub(crate) errors: BTreeMap<String, u64>,
    /// The longest that an answer of whatever kind took.
    pub(crate) slowest: Duration,
    /// The longest that nothing was acknowledged.
    pub(crate) longest_gap: Duration,
    last: Instant,
}

impl Pulse {
    pub(crate) fn new() -> Self {
        let (last, longest_gap, slowest) = (Instant::now(), Duration::ZERO, Duration::ZERO);
        Self(Mutex::new(Seen { acknowledged: 0, errors: BTreeMap::new(), slowest, longest_gap, last }))
    }

    /// A write was acknowledged after that time.
    pub(crate) fn acknowledged(&self, took: Duration) {
        let mut seen = self.lock();
        seen.acknowledged += 1;
        seen.slowest = seen.slowest.max(took);
        seen.longest_gap = seen.longest_gap.max(seen.last.elapsed());
        seen.last = Instant::now();
    }

    /// A request ended in that way after that time.
    pub(crate) fn failed(&self, how: &str, took: Duration) {
        let mut seen = self.lock();
        *seen.errors.entry(how.to_owned()).or_default() += 1;
        seen.slowest = seen.slowest.max(took);
    }

    /// What was seen so far.
    pub(crate) fn seen(&self) -> Seen {
        self.lock().clone()
    }

    /// Waits until so many writes more are acknowledged.
    pub(crate) async fn more(&self, writes: u64, patience: Duration) -> Result<()> {
        let (begun, goal) = (Instant::now(), self.lock().acknowledged + writes);
        while self.lock().acknowledged < goal {
            if begun.elapsed() > patience {
                let Seen { acknowledged: done, errors, .. } = self.seen();
                return Err(format!(
                    "{} s passed and {} of {writes} writes were not acknowledged; errors so far: {errors:?}",
                    patience.as_secs(),
                    goal - done
                )
                .into());
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Waits until so many requests more have failed.
    pub(crate) async fn more_failures(&self, failures: u64, patience: Duration) -> Result<()> {
        let failed = |seen: &Seen| seen.errors.values().sum::<u64>();
        let (begun, goal) = (Instant::now(), failed(&self.lock()) + failures);
        while failed(&self.lock()) < goal {
            if begun.elapsed() > patience {
                return Err("nothing failed: the fault is not there".into());
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// How long it takes until a write is acknowledged again.
    pub(crate) async fn recovery(&self, patience: Duration) -> Result<Duration> {
        let begun = Instant::now();
        self.more(1, patience).await?;
        Ok(begun.elapsed())
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_longest_time_without_an_acknowledgement_is_kept() {
        let pulse = Pulse::new();
        tokio::time::sleep(Duration::from_millis(30)).await;
        pulse.failed("503", Duration::from_secs(2));
        pulse.acknowledged(Duration::ZERO);
        pulse.acknowledged(Duration::ZERO);
        let seen = pulse.seen();
        assert!(seen.longest_gap >= Duration::from_millis(30), "{seen:?}");
        assert_eq!((seen.acknowledged, seen.errors["503"], seen.slowest), (2, 1, Duration::from_secs(2)));
    }

    #[tokio::test]
    async fn a_service_that_stays_away_is_told() {
        let problem = Pulse::new().recovery(Duration::from_millis(20)).await.unwrap_err();
        assert!(problem.to_string().contains("not acknowledged"), "{problem}");
    }
}
