//! A stretch of load, and what came of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::client::Client;
use super::mix::Mix;
use crate::Result;

/// How long a client waits for an answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// Clients of an open phase: more than the server has places, so that requests come at their time however late the
/// answers are.
const CLIENTS: usize = 3_000;

/// How requests come.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Arrivals {
    /// So many clients, each asking when it has its answer.
    Closed(usize),
    /// So many a second, whatever becomes of them.
    Open(f64),
}

/// One answer, or its absence.
#[derive(Debug, Clone, Copy)]
struct Outcome {
    /// When the request was due, from the start of the phase.
    due: Duration,
    /// From then to the end of the answer.
    took: Duration,
    /// 0 where none came.
    status: u16,
}

/// What came of a phase.
pub(crate) struct Tally {
    outcomes: Vec<Outcome>,
    seconds: f64,
}

/// Sends the requests of the mix from that number on, for so long; answers what came and the next number.
pub(crate) async fn run(
    mix: &Arc<Mix>,
    arrivals: Arrivals,
    seconds: u32,
    first: u64,
) -> Result<(Tally, u64)> {
    let (clients, gap) = match arrivals {
        Arrivals::Closed(clients) => (clients, 0.0),
        Arrivals::Open(rate) => (CLIENTS, 1.0 / rate),
    };
    let next = Arc::new(AtomicU64::new(first));
    let begun = Instant::now();
    let length = Duration::from_secs(seconds.into());
    let mut asking = JoinSet::new();
    for _ in 0..clients {
        let (mix, next) = (Arc::clone(mix), Arc::clone(&next));
        asking.spawn(async move {
            let mut client = Client::new(mix.address());
            let mut outcomes = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let due = if gap > 0.0 { gap * count(number - first) } else { begun.elapsed().as_secs_f64() };
                let due = Duration::from_secs_f64(due);
                if due >= length {
                    return outcomes;
                }
                sleep_until(begun + due).await;
                let answer = timeout(PATIENCE, client.ask(&mix.request(number))).await;
                let status = answer.ok().and_then(Result::ok).unwrap_or_default();
                outcomes.push(Outcome { due, took: begun.elapsed().saturating_sub(due), status });
            }
        });
    }
    let outcomes = asking.join_all().await.into_iter().flatten().collect();
    Ok((Tally { outcomes, seconds: begun.elapsed().as_secs_f64() }, next.load(Ordering::Relaxed)))
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn count(number: u64) -> f64 {
    number as f64
}

impl Outcome {
    fn is_good(&self) -> bool {
        matches!(self.status, 200 | 201)
    }
}

impl Tally {
    /// Several stretches as one.
    pub(crate) fn of(stretches: Vec<Self>) -> Self {
        let seconds = stretches.iter().map(|stretch| stretch.seconds).sum();
        Self { outcomes: stretches.into_iter().flat_map(|stretch| stretch.outcomes).collect(), seconds }
    }

    /// Requests a second that got what they asked for.
    pub(crate) fn goodput(&self) -> f64 {
        count(self.outcomes.iter().filter(|outcome| outcome.is_good()).count() as u64) / self.seconds
    }

    /// All requests a second.
    pub(crate) fn sent(&self) -> f64 {
        count(self.outcomes.len() as u64) / self.seconds
    }

    /// How many of each other status; 0 where no answer came.
    pub(crate) fn refusals(&self) -> BTreeMap<u16, u64> {
        let mut refusals = BTreeMap::new();
        for outcome in self.outcomes.iter().filter(|outcome| !outcome.is_good()) {
            *refusals.entry(outcome.status).or_default() += 1;
        }
        refusals
    }

    /// The ms within which so many of a hundred good answers came.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        percentile(self.outcomes.iter().filter(|outcome| outcome.is_good()), percent)
    }

    /// The same of refusals.
    pub(crate) fn percentile_of_refusals(&self, percent: usize) -> f64 {
        percentile(self.outcomes.iter().filter(|outcome| !outcome.is_good()), percent)
    }

    /// Seconds from the start until requests are answered as quickly as that again: the end of the last half second
    /// whose median is longer.
    pub(crate) fn quick_after(&self, milliseconds: f64) -> f64 {
        const WINDOW: u128 = 500;
        let mut windows = BTreeMap::<u128, Vec<&Outcome>>::new();
        for outcome in &self.outcomes {
            windows.entry(outcome.due.as_millis() / WINDOW).or_default().push(outcome);
        }
        let slow = windows.iter().rev().find(|(_, outcomes)| {
            percentile(outcomes.iter().copied(), 50) > milliseconds
                || outcomes.iter().any(|outcome| !outcome.is_good())
        });
        let end = slow.map_or(0, |(window, _)| (window + 1) * WINDOW);
        count(u64::try_from(end).unwrap_or(u64::MAX)) / 1e3
    }
}

fn percentile<'a>(outcomes: impl Iterator<Item = &'a Outcome>, percent: usize) -> f64 {
    let mut times = outcomes.map(|outcome| outcome.took).collect::<Vec<_>>();
    times.sort_unstable();
    let place = times.len() * percent / 100;
    times.get(place.min(times.len().saturating_sub(1))).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(due: u64, took: u64, status: u16) -> Outcome {
        Outcome { due: Duration::from_millis(due), took: Duration::from_millis(took), status }
    }

    #[test]
    fn only_what_was_answered_counts_as_good() {
        let outcomes = vec![outcome(0, 10, 200), outcome(1, 30, 201), outcome(2, 1, 503), outcome(3, 1, 0)];
        let tally = Tally { outcomes, seconds: 2.0 };
        assert!((tally.goodput() - 1.0).abs() < 1e-9);
        assert_eq!(tally.refusals(), BTreeMap::from([(503, 1), (0, 1)]));
        assert!((tally.percentile(99) - 30.0).abs() < 1e-9);
        assert!((tally.percentile_of_refusals(50) - 1.0).abs() < 1e-9);
        let quiet = Tally { outcomes: vec![outcome(0, 10, 200)], seconds: 1.0 };
        assert!(
            (Tally::of(vec![tally, quiet]).goodput() - 1.0).abs() < 1e-9,
            "three good answers in three seconds"
        );
    }

    #[test]
    fn latency_is_back_after_the_last_slow_or_refused_half_second() {
        let back = |outcomes| Tally { outcomes, seconds: 3.0 }.quick_after(20.0);
        assert!(back(vec![outcome(100, 5, 200)]) < 1e-9);
        let outcomes = vec![outcome(100, 500, 200), outcome(700, 21, 200), outcome(1_100, 5, 200)];
        assert!((back(outcomes) - 1.0).abs() < 1e-9);
        assert!((back(vec![outcome(1_600, 5, 503), outcome(2_100, 5, 200)]) - 2.0).abs() < 1e-9);
    }
}
