//! The port of time.

use chrono::{DateTime, SubsecRound as _, Utc};

/// A moment in UTC; the microblog keeps milliseconds, which both databases and JavaScript hold.
pub type Timestamp = DateTime<Utc>;

/// Gives the time, so that tests can set it.
#[cfg_attr(test, mockall::automock)]
pub trait Clock: Send + Sync {
    /// The present moment, cut to whole milliseconds.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn now(&self) -> Timestamp {
        Utc::now().trunc_subsecs(3)
    }
}
