//! What users may surely add before it has to be counted again, so that counting costs next to nothing.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::remembered::Remembered;

/// How many may be added between two counts.
pub const GRANTED: u32 = 16;

/// How many more each user may add, as far as it was counted a moment ago.
pub struct Headroom<Key>(Remembered<Key, Arc<AtomicU32>>);

impl<Key: Eq + Hash> Headroom<Key> {
    /// Room for about so many users; what was counted is believed so long.
    pub fn new(most: usize, trusted: Duration) -> Self {
        Self(Remembered::new(most, trusted))
    }

    /// Takes one of those that were granted; without one it has to be counted.
    pub fn take(&self, key: &Key) -> bool {
        let Some(left) = self.0.get(key, Instant::now()) else { return false };
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }

    /// It was counted at that moment, and [`GRANTED`] more would still fit.
    pub fn grant(&self, key: Key, counted: Instant) {
        self.0.put(key, Arc::new(AtomicU32::new(GRANTED)), counted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_granted_is_taken_once_by_one_user_and_only_for_a_while() {
        let headroom = Headroom::new(10, Duration::from_mins(1));
        assert!(!headroom.take(&1), "nothing was counted yet");
        headroom.grant(1, Instant::now());
        assert!(!headroom.take(&2));
        let taken = (0..2 * GRANTED).filter(|_| headroom.take(&1)).count();
        assert_eq!(taken, GRANTED as usize);
        headroom.grant(1, Instant::now().checked_sub(Duration::from_mins(1)).unwrap());
        assert!(!headroom.take(&1), "it was counted too long ago");
    }
}
