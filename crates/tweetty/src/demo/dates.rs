//! When the demo's tweets were written: over some weeks, more of them lately, the last one a few minutes ago.

use std::sync::Arc;
use std::time::Duration;

use tweetty_demo::TWEETS;
use tweetty_domain::{Clock, Microblog, SystemClock, Timestamp};

/// About how long ago the first was written.
const LONGEST: Duration = Duration::from_hours(45 * 24);
/// How long ago the last was written.
const SHORTEST: Duration = Duration::from_mins(4);

/// A clock that stands.
struct Stopped(Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// The microblog at the time when the tweet of that number was written.
pub(super) fn at_the_time_of(number: usize, microblog: &Microblog) -> Microblog {
    microblog.with_clock(Arc::new(Stopped(SystemClock.now() - age(number))))
}

/// Grows with the square of how many tweets came after it.
fn age(number: usize) -> Duration {
    let count = |tweets: usize| u32::try_from(tweets).unwrap_or(u32::MAX);
    let (after, all) = (count(TWEETS.len().saturating_sub(number + 1)), count(TWEETS.len()));
    SHORTEST + LONGEST * after / all * after / all
}
