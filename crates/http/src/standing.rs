//! Which announcements stand, from a moment ago: the first page of every feed has them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tweetty_domain::Announcement;

/// How long they are trusted after they were asked for: so soon a new one is shown, and a withdrawn one no longer, on every
/// instance.
const TRUSTED: Duration = Duration::from_secs(2);

/// What stood when the database was asked last.
#[derive(Default)]
pub(crate) struct Standing(Mutex<Option<(Instant, Arc<[Announcement]>)>>);

impl Standing {
    /// What stands, where that was asked a moment ago.
    pub(crate) fn get(&self) -> Option<Arc<[Announcement]>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (asked, standing) = known.as_ref()?;
        (asked.elapsed() < TRUSTED).then(|| Arc::clone(standing))
    }

    /// Remembers what the database, asked at that moment, said.
    pub(crate) fn remember(&self, standing: Arc<[Announcement]>, asked: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((asked, standing));
    }

    /// Has the database asked again, since it was changed here.
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_is_trusted_for_two_seconds_and_until_it_changes_here() {
        let standing = Standing::default();
        assert!(standing.get().is_none());
        let now = Instant::now();
        standing.remember(Arc::from([]), now);
        assert!(standing.get().is_some());
        standing.forget();
        assert!(standing.get().is_none());
        standing.remember(Arc::from([]), now.checked_sub(TRUSTED).unwrap());
        assert!(standing.get().is_none());
    }
}
