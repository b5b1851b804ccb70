//! Keys that were good a short while ago: a client's next request needs no question to the database, and nobody who
//! guesses behind the same address shuts the client out.

use std::time::{Duration, Instant};

use quick_cache::sync::Cache;
use tweetty_domain::{Holder, KeyHash};

/// How long a key is trusted after it was looked up: one that is removed or replaced stops working so soon at the
/// latest, on every instance.
const TRUSTED: Duration = Duration::from_secs(3);
/// How long a key that was good is looked up again, whatever else its address tries.
const REMEMBERED: Duration = Duration::from_mins(15);
/// How many keys are remembered, some 12 MB of them; those that are used least are forgotten first.
const MOST: usize = 100_000;

/// Only good keys are remembered: a new one works at once.
pub(crate) struct KnownKeys(Cache<KeyHash, Known>);

/// A key that was good.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    holder: Holder,
    /// When the database was asked, not when it answered: an answer may be late.
    asked: Instant,
}

impl Known {
    /// Whose key it is, where that was looked up a moment ago.
    pub(crate) fn holder(self) -> Option<Holder> {
        (self.asked.elapsed() < TRUSTED).then_some(self.holder)
    }
}

impl KnownKeys {
    pub(crate) fn new() -> Self {
        Self(Cache::new(MOST))
    }

    /// What is known of a key, where it was good a short while ago.
    pub(crate) fn get(&self, key: KeyHash) -> Option<Known> {
        self.0.get(&key).filter(|known| known.asked.elapsed() < REMEMBERED)
    }

    /// Remembers what the database, asked at that moment, said.
    pub(crate) fn remember(&self, key: KeyHash, holder: Holder, asked: Instant) {
        self.0.insert(key, Known { holder, asked });
    }
}

#[cfg(test)]
mod tests {
    use tweetty_domain::{KeyId, UserId};

    use super::*;

    fn holder(user: i64) -> Holder {
        Holder { user: UserId::stored(user), key: KeyId::stored(1), last_used_on: None, ends_at: None }
    }

    fn key(number: i64) -> KeyHash {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&number.to_be_bytes());
        KeyHash::stored(hash)
    }

    #[test]
    fn a_key_is_trusted_for_three_seconds_after_it_was_asked_for() {
        let keys = KnownKeys::new();
        let ann = holder(1);
        let user = |number| keys.get(key(number)).and_then(Known::holder);
        assert_eq!(user(1), None);
        let now = Instant::now();
        keys.remember(key(1), ann, now);
        assert_eq!((user(1), user(2)), (Some(ann), None));
        keys.remember(key(1), ann, now.checked_sub(TRUSTED).unwrap());
        assert_eq!(user(1), None);
    }

    #[test]
    fn a_key_is_remembered_for_a_quarter_of_an_hour() {
        let keys = KnownKeys::new();
        let is_known = |minutes| {
            let asked = Instant::now().checked_sub(Duration::from_mins(minutes)).unwrap();
            keys.remember(key(1), holder(1), asked);
            keys.get(key(1)).is_some()
        };
        assert!(is_known(14) && !is_known(15));
    }

    #[test]
    fn no_more_keys_are_remembered_than_there_is_room_for() {
        let keys = KnownKeys::new();
        for number in 1..2 * i64::try_from(MOST).unwrap() {
            keys.remember(key(number), holder(number), Instant::now());
        }
        // Rounded up in each of the cache's parts.
        assert!(keys.0.len() <= MOST + MOST / 100, "{}", keys.0.len());
    }
}
