//! Work that is done several pieces at a time.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Does all of the work, so many pieces at a time, each on a thread of its own; the outcomes are in the order of the work.
pub(crate) fn run<W: Send, O: Send>(work: Vec<W>, at_a_time: usize, piece: impl Fn(W) -> O + Sync) -> Vec<O> {
    let waiting = Mutex::new(work.into_iter().enumerate());
    let done = Mutex::new(BTreeMap::new());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..at_a_time {
            scope.spawn(|| {
                while let Some((place, work)) = next() {
                    let outcome = piece(work);
                    done.lock().unwrap_or_else(PoisonError::into_inner).insert(place, outcome);
                }
            });
        }
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::time::Duration;

    use super::*;

    #[test]
    fn outcomes_are_in_the_order_of_the_work() {
        let slow_first = |number: u64| {
            thread::sleep(Duration::from_millis(20 - number));
            number
        };
        assert_eq!(run((0..20).collect(), 3, slow_first), (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn so_many_pieces_are_done_at_a_time() {
        let both = Barrier::new(2);
        let meet = |()| both.wait().is_leader();
        assert_eq!(run(vec![(), ()], 2, meet).len(), 2);
    }
}
