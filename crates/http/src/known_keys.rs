//! Keys that were good a moment ago, so that a client's next request needs no question to the database.

use std::time::{Duration, Instant};

use quick_cache::sync::Cache;
use tweetty_domain::{KeyHash, UserId};

/// How long a key is trusted after it was looked up: one that is removed or replaced stops working so soon at the
/// latest, on every instance.
const TRUSTED: Duration = Duration::from_secs(3);
/// How many keys are remembered; those that are used least are forgotten first.
const MOST: usize = 20_000;

/// Only good keys are remembered: a new one works at once.
pub(crate) struct KnownKeys(Cache<KeyHash, Known>);

#[derive(Clone, Copy)]
struct Known {
    user: UserId,
    /// When the database was asked, not when it answered: an answer may be late.
    asked: Instant,
}

impl KnownKeys {
    pub(crate) fn new() -> Self {
        Self(Cache::new(MOST))
    }

    /// Whose key it is, where that was found out a moment ago.
    pub(crate) fn user(&self, key: &KeyHash) -> Option<UserId> {
        let Known { user, asked } = self.0.get(key)?;
        (asked.elapsed() < TRUSTED).then_some(user)
    }

    /// Remembers what the database, asked at that moment, said.
    pub(crate) fn remember(&self, key: KeyHash, user: UserId, asked: Instant) {
        self.0.insert(key, Known { user, asked });
    }
}

#[cfg(test)]
mod tests {
    use tweetty_domain::ApiKey;

    use super::*;

    fn key(text: &str) -> KeyHash {
        ApiKey::parse(text).unwrap().hash()
    }

    #[test]
    fn a_key_is_trusted_for_three_seconds_after_it_was_asked_for() {
        let keys = KnownKeys::new();
        let ann = UserId::stored(1);
        assert_eq!(keys.user(&key("ann")), None);
        let now = Instant::now();
        keys.remember(key("ann"), ann, now);
        assert_eq!((keys.user(&key("ann")), keys.user(&key("bob"))), (Some(ann), None));
        keys.remember(key("ann"), ann, now.checked_sub(TRUSTED).unwrap());
        assert_eq!(keys.user(&key("ann")), None);
    }

    #[test]
    fn no_more_keys_are_remembered_than_there_is_room_for() {
        let keys = KnownKeys::new();
        for number in 0..3 * i64::try_from(MOST).unwrap() {
            keys.remember(key(&format!("key-{number}")), UserId::stored(number + 1), Instant::now());
        }
        // Rounded up in each of the cache's parts.
        assert!(keys.0.len() <= MOST + MOST / 100, "{}", keys.0.len());
    }
}
