//! How many reads run at the same time. More than the database has processors for finish no sooner, they only wait inside of
//! it, where nobody takes turns.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tweetty_adapter::{Shares, Sharing};

/// How long each number is tried: long enough that what else the machines do hides no difference that matters.
const PERIOD: Duration = Duration::from_secs(2);
/// Fewer reads at once are better where they answer so much of what more do, in hundredths. What is lost by a step down is
/// less than what periods differ by themselves, and a queue within the database costs more.
const AS_GOOD: u64 = 96;
/// More are better only where they answer so much more: a longer queue within the database is a price.
const BETTER: u64 = 105;
/// The most periods between two trials where nothing has got better for a while.
const LONGEST_REST: u32 = 32;
/// Fewer leave the database idle while an answer is on its way.
const LEAST: usize = 2;

/// The reads of a store, and how many of them may run.
#[derive(Clone)]
pub(crate) struct Reads {
    /// Who may read.
    pub(crate) turns: Shares,
    /// How many have ended since the last period.
    ended: Arc<AtomicU64>,
}

impl Reads {
    /// So many at once, for good.
    pub(crate) fn fixed(at_once: usize) -> Self {
        Self { turns: Shares::new(Sharing::halves(at_once)), ended: Arc::default() }
    }

    /// So many at most; while reads wait, the number follows what the database answers. Ends with the last of the clones.
    pub(crate) fn adapting(most: usize, runtime: &tokio::runtime::Handle) -> Self {
        let reads = Self::fixed(most);
        let (turns, ended) = (reads.turns.clone(), Arc::downgrade(&reads.ended));
        runtime.spawn(async move {
            let (mut limit, mut period) = (Limit::new(most), interval(PERIOD));
            period.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                period.tick().await;
                let Some(ended) = ended.upgrade() else { return };
                let before = limit.at_once();
                let now = limit.after_period(ended.swap(0, Ordering::Relaxed), turns.waiting() > 0);
                if now != before {
                    turns.share_by(Sharing::halves(now));
                    tracing::debug!(reads = now, "other reads at once");
                }
            }
        });
        reads
    }

    /// One more has ended.
    pub(crate) fn end(&self) {
        self.ended.fetch_add(1, Ordering::Relaxed);
    }
}

/// Looks for the smallest number of reads at once with which as many are answered as with any: tries its neighbours, each
/// between two periods of the number as it is, so that what changes meanwhile speaks for neither.
struct Limit {
    most: usize,
    settled: usize,
    trial: Trial,
    upwards: bool,
    rest: u32,
}

/// Where a trial is.
enum Trial {
    /// So many periods before the next one.
    None(u32),
    /// The neighbour is tried; before it so many were answered.
    Of { neighbour: usize, before: u64 },
    /// With the neighbour it was so many; what comes after it is counted.
    After { neighbour: usize, before: u64, beside: u64 },
}

impl Limit {
    fn new(most: usize) -> Self {
        Self { most, settled: most, trial: Trial::None(0), upwards: false, rest: 0 }
    }

    /// How many at once, at present.
    fn at_once(&self) -> usize {
        match self.trial {
            Trial::Of { neighbour, .. } => neighbour,
            Trial::None(_) | Trial::After { .. } => self.settled,
        }
    }

    /// A period has passed in which so many reads ended. Nothing is learnt of one at whose end none waits.
    fn after_period(&mut self, ended: u64, is_busy: bool) -> usize {
        self.trial = match self.trial {
            _ if !is_busy => Trial::None(1),
            Trial::None(0) => Trial::Of { neighbour: self.neighbour(), before: ended },
            Trial::None(rest) => Trial::None(rest - 1),
            Trial::Of { neighbour, before } => Trial::After { neighbour, before, beside: ended },
            Trial::After { neighbour, before, beside } => {
                let usual = u64::midpoint(before, ended);
                let needed = if neighbour < self.settled { AS_GOOD } else { BETTER };
                if beside * 100 >= usual * needed {
                    (self.settled, self.rest) = (neighbour, 0);
                } else {
                    self.rest = (2 * self.rest).clamp(1, LONGEST_REST);
                    self.upwards = !self.upwards;
                }
                Trial::None(self.rest)
            }
        };
        self.at_once()
    }

    fn neighbour(&mut self) -> usize {
        let step = (self.settled / 4).max(1);
        let least = LEAST.min(self.most);
        if self.settled <= least {
            self.upwards = true;
        } else if self.settled >= self.most {
            self.upwards = false;
        }
        if self.upwards { (self.settled + step).min(self.most) } else { (self.settled - step).max(least) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Where it stands after so many busy periods, with a database that answers so many reads by how many run at once.
    fn found(limit: &mut Limit, periods: u32, answered: impl Fn(usize) -> u64) -> usize {
        for _ in 0..periods {
            let ended = answered(limit.at_once());
            limit.after_period(ended, true);
        }
        limit.settled
    }

    /// Two processors that are shared with the server: as it was measured with 2, 4, 8 and 16 at once.
    fn small(at_once: usize) -> u64 {
        match at_once {
            0..=2 => 3_673,
            3 => 4_800,
            4..=5 => 5_609,
            6..=8 => 5_063,
            _ => 4_322,
        }
    }

    #[test]
    fn a_database_with_two_processors_gets_few_reads_at_once() {
        let mut limit = Limit::new(12);
        assert_eq!(found(&mut limit, 60, small), 4);
        assert_eq!(found(&mut limit, 600, small), 4, "and keeps them");
    }

    #[test]
    fn a_database_far_away_gets_as_many_as_it_answers() {
        let far = |at_once| 150 * at_once as u64;
        let mut limit = Limit::new(12);
        assert_eq!(found(&mut limit, 60, far), 12);
        // It was near before.
        assert_eq!(found(&mut limit, 60, small), 4);
        assert_eq!(found(&mut limit, 300, far), 12);
    }

    #[test]
    fn where_nothing_waits_nothing_is_tried() {
        let mut limit = Limit::new(12);
        for _ in 0..100 {
            assert_eq!(limit.after_period(5, false), 12);
        }
    }

    proptest! {
        #[test]
        fn the_number_stays_within_its_bounds(
            most in 1_usize..40,
            periods in proptest::collection::vec((0_u64..10_000, any::<bool>()), 0..300),
        ) {
            let mut limit = Limit::new(most);
            for (ended, is_busy) in periods {
                let now = limit.after_period(ended, is_busy);
                prop_assert!((LEAST.min(most)..=most).contains(&now), "{now} of {most}");
            }
        }
    }
}
