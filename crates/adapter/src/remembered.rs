//! What was answered a moment ago, where asking again would cost more than it is worth.

use std::hash::Hash;
use std::time::{Duration, Instant};

use quick_cache::sync::Cache;

/// Facts by key, each trusted for a while; of too many, those that are used least go first.
pub struct Remembered<Key, Fact> {
    cache: Cache<Key, (Instant, Fact)>,
    trusted: Duration,
}

impl<Key: Eq + Hash, Fact: Clone> Remembered<Key, Fact> {
    /// Room for about so many facts, each trusted so long.
    pub fn new(most: usize, trusted: Duration) -> Self {
        Self { cache: Cache::new(most), trusted }
    }

    /// The fact, where it can be trusted at this moment.
    pub fn get(&self, key: &Key, now: Instant) -> Option<Fact> {
        let (asked, fact) = self.cache.get(key)?;
        (now.duration_since(asked) < self.trusted).then_some(fact)
    }

    /// Remembers the answer to a question of that moment: an answer may be late.
    pub fn put(&self, key: Key, fact: Fact, asked: Instant) {
        self.cache.insert(key, (asked, fact));
    }

    /// Forgets what has just changed.
    pub fn forget(&self, key: &Key) {
        self.cache.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_trusted_for_a_while_and_no_longer() {
        let facts = Remembered::new(10, Duration::from_secs(5));
        let asked = Instant::now();
        facts.put(1, "ann", asked);
        assert_eq!(facts.get(&1, asked + Duration::from_millis(4_999)), Some("ann"));
        assert_eq!(facts.get(&1, asked + Duration::from_secs(5)), None);
        assert_eq!(facts.get(&2, asked), None);
        facts.forget(&1);
        assert_eq!(facts.get(&1, asked), None);
    }

    #[test]
    fn no_more_is_remembered_than_there_is_room_for() {
        let facts = Remembered::new(1_000, Duration::from_secs(5));
        (0..5_000).for_each(|key| facts.put(key, key, Instant::now()));
        // Rounded up in each of the cache's parts.
        assert!(facts.cache.len() <= 1_100, "{}", facts.cache.len());
    }
}
