//! So many at a time, so many waiting, so long: whoever comes besides is refused at once, which costs less than
//! letting her wait in vain.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::error::ApiError;

/// A place, given back when it is dropped.
pub(crate) type Place = OwnedSemaphorePermit;

/// The places of one kind of work.
pub(crate) struct Places {
    work: &'static str,
    free: Arc<Semaphore>,
    waiting: Semaphore,
    patience: Duration,
}

impl Places {
    /// `work` names in the log what there was too much of.
    pub(crate) fn new(work: &'static str, places: usize, waiting: usize, patience: Duration) -> Self {
        let bounded = |number: usize| Semaphore::new(number.min(Semaphore::MAX_PERMITS));
        Self { work, free: Arc::new(bounded(places)), waiting: bounded(waiting), patience }
    }

    /// A place at once, or a refusal.
    pub(crate) fn take(&self) -> Result<Place, ApiError> {
        Arc::clone(&self.free).try_acquire_owned().map_err(|_| self.refusal())
    }

    /// A refusal where none is free now.
    pub(crate) fn any(&self) -> Result<(), ApiError> {
        if self.free.available_permits() > 0 { Ok(()) } else { Err(self.refusal()) }
    }

    /// A place, waited for as long as patience and the room for those who wait allow.
    pub(crate) async fn wait(&self) -> Result<Place, ApiError> {
        if let Ok(place) = self.take() {
            return Ok(place);
        }
        let _waiting = self.waiting.try_acquire().map_err(|_| self.refusal())?;
        match timeout(self.patience, Arc::clone(&self.free).acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(self.refusal()),
        }
    }

    fn refusal(&self) -> ApiError {
        ApiError::unavailable(format!("too many {} at the same time", self.work))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(50);

    #[actix_web::test]
    async fn who_finds_no_place_waits_as_long_as_patience_lasts() {
        let places = Places::new("tests", 1, 1, PATIENCE);
        assert!(places.any().is_ok());
        let held = places.wait().await.unwrap();
        assert!(places.any().is_err());
        let begun = Instant::now();
        assert!(places.wait().await.is_err());
        assert!(begun.elapsed() >= PATIENCE);
        drop(held);
        assert!(places.wait().await.is_ok());
    }

    #[actix_web::test]
    async fn who_finds_no_room_to_wait_is_refused_at_once() {
        let places = Arc::new(Places::new("tests", 1, 1, Duration::from_mins(1)));
        let held = places.wait().await.unwrap();
        let waiting = tokio::spawn({
            let places = Arc::clone(&places);
            async move { places.wait().await.is_ok() }
        });
        tokio::task::yield_now().await;
        let refused = timeout(PATIENCE, places.wait()).await.expect("no wait");
        assert_eq!(refused.unwrap_err().respond(None).status(), 503);
        drop(held);
        assert!(waiting.await.unwrap(), "who waits gets the place that comes free");
    }
}
