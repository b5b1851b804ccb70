//! What the database said a moment ago, where asking again would cost more than it tells.

use std::time::{Duration, Instant};

use quick_cache::sync::Cache;
use tweetty_domain::UserId;

/// Facts about users, each trusted for a while; of too many, those that are used least go first.
pub(crate) struct Remembered<Fact> {
    cache: Cache<i64, (Instant, Fact)>,
    trusted: Duration,
}

impl<Fact: Clone> Remembered<Fact> {
    /// Room for so many facts, each trusted so long.
    pub(crate) fn new(most: usize, trusted: Duration) -> Self {
        Self { cache: Cache::new(most), trusted }
    }

    /// What is known of a user at this moment.
    pub(crate) fn get(&self, user: i64, now: Instant) -> Option<Fact> {
        let (asked, fact) = self.cache.get(&user)?;
        (now.duration_since(asked) < self.trusted).then_some(fact)
    }

    /// Remembers what the database, asked at that moment, said.
    pub(crate) fn put(&self, user: i64, fact: Fact, asked: Instant) {
        self.cache.insert(user, (asked, fact));
    }

    /// Forgets a user, who has just changed.
    pub(crate) fn forget(&self, user: UserId) {
        self.cache.remove(&user.get());
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
        assert_eq!(facts.get(1, asked + Duration::from_millis(4_999)), Some("ann"));
        assert_eq!(facts.get(1, asked + Duration::from_secs(5)), None);
        assert_eq!(facts.get(2, asked), None);
        facts.forget(UserId::stored(1));
        assert_eq!(facts.get(1, asked), None);
    }

    #[test]
    fn no_more_is_remembered_than_there_is_room_for() {
        let facts = Remembered::new(1_000, Duration::from_secs(5));
        (0..5_000).for_each(|user| facts.put(user, user, Instant::now()));
        // Rounded up in each of the cache's parts.
        assert!(facts.cache.len() <= 1_100, "{}", facts.cache.len());
    }
}
