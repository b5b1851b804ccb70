//! What is known of whether the server takes writes.
//!
//! After a failover the connections that are open may lead to a server that only reads, a standby now. It answers
//! everything but writes, so that nothing but a write, or the question, shows it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a connection to a read-only server is used: reads go on there, while each new connection is another
/// chance to reach a server that takes writes.
const READ_ONLY_LIFE: Duration = Duration::from_secs(1);

/// Shared by all connections of a store, at no cost for those that work.
#[derive(Debug)]
pub(crate) struct Primacy(Mutex<Known>);

#[derive(Debug)]
struct Known {
    read_only: bool,
    /// The last change from one to the other: connections from before are not used again.
    since: Instant,
}

impl Primacy {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Known { read_only: false, since: Instant::now() }))
    }

    /// The server at the other end of a connection that was made at that time is read-only. Answers whether a new
    /// connection may lead elsewhere: not where this one was made when that was known already.
    pub(crate) fn saw_read_only(&self, connected: Instant) -> bool {
        let mut known = self.known();
        if connected < known.since || known.read_only {
            return connected < known.since;
        }
        // No warning: a command that only reads a standby has nothing to complain of, and refused requests are warned of.
        tracing::info!(
            "the database is read-only, as a standby is: writes are refused, connections are replaced until one reaches \
             a server that takes writes"
        );
        *known = Known { read_only: true, since: Instant::now() };
        true
    }

    /// The server at the other end of a connection that was made at that time takes writes.
    pub(crate) fn saw_writable(&self, connected: Instant) {
        let mut known = self.known();
        // What was known later than that connection is more likely true.
        if known.read_only && connected >= known.since {
            tracing::info!("the database takes writes again");
            *known = Known { read_only: false, since: connected };
        }
    }

    /// Whether a connection that was made at that time is to be used on.
    pub(crate) fn keeps(&self, connected: Instant) -> bool {
        let known = self.known();
        connected >= known.since && !(known.read_only && connected.elapsed() > READ_ONLY_LIFE)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_has_the_connections_from_before_replaced_and_late_news_of_them_change_nothing() {
        let primacy = Primacy::new();
        let first = Instant::now();
        assert!(primacy.keeps(first));
        assert!(primacy.saw_read_only(first) && !primacy.keeps(first));
        let second = Instant::now();
        assert!(primacy.keeps(second), "to read on");
        assert!(!primacy.saw_read_only(second), "a third one would lead to the same server now");
        assert!(primacy.saw_read_only(first), "but the second has led elsewhere than this one");
        let third = Instant::now();
        primacy.saw_writable(first);
        assert!(primacy.saw_read_only(first), "an old connection proves nothing");
        primacy.saw_writable(third);
        assert!(!primacy.keeps(second) && primacy.keeps(third));
        assert!(primacy.saw_read_only(second) && primacy.keeps(third), "a late answer of the old server");
    }
}
