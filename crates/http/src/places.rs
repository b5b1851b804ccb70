//! So many at a time, so many of one user's, so many waiting, so long: who comes besides is refused at once, which costs
//! less than a wait in vain.

use std::time::Duration;

use tweetty_adapter::{Full, Held, Shares, Sharing};

use crate::error::ApiError;

/// A place, given back when it is dropped.
pub(crate) type Place = Held;

/// Seconds after which those may try again who have their share.
const RETRY_AFTER: u64 = 2;

/// The places of one kind of work.
pub(crate) struct Places {
    work: &'static str,
    shares: Shares,
    patience: Duration,
}

impl Places {
    /// `work` names in the log what there was too much of.
    pub(crate) fn new(work: &'static str, sharing: Sharing, patience: Duration) -> Self {
        Self { work, shares: Shares::new(sharing), patience }
    }

    /// A place at once, or a refusal.
    pub(crate) fn take(&self) -> Result<Place, ApiError> {
        self.shares.try_take().map_err(|full| self.refusal(full))
    }

    /// A refusal where none is free now.
    pub(crate) fn any(&self) -> Result<(), ApiError> {
        if self.shares.any() { Ok(()) } else { Err(self.refusal(Full::All)) }
    }

    /// A place, waited for in turn, as long as patience and the room for those who wait allow.
    pub(crate) async fn wait(&self) -> Result<Place, ApiError> {
        self.shares.take(1, self.patience).await.map_err(|full| self.refusal(full))
    }

    fn refusal(&self, full: Full) -> ApiError {
        match full {
            Full::All => ApiError::unavailable(format!("too many {} at the same time", self.work)),
            Full::Share => ApiError::rate_limited(RETRY_AFTER),
        }
    }
}

#[cfg(test)]
mod tests {
    use tweetty_adapter::Party;

    use super::*;

    #[actix_web::test]
    async fn what_is_full_is_503_and_a_share_that_is_full_429() {
        let sharing = Sharing { places: 2, share: 1, room: 0, patient: 0 };
        let places = Places::new("tests", sharing, Duration::from_mins(1));
        let status = |outcome: Result<Place, ApiError>| {
            outcome.err().map(|error| error.respond(None).status().as_u16())
        };
        let ann = Party::User(1).on_behalf(places.wait()).await.unwrap();
        assert_eq!(status(Party::User(1).on_behalf(places.wait()).await), Some(429));
        assert_eq!(status(Party::User(1).on_behalf(async { places.take() }).await), Some(429));
        let bob = Party::User(2).on_behalf(places.wait()).await.unwrap();
        assert_eq!(status(Party::User(3).on_behalf(places.wait()).await), Some(503));
        assert!(places.any().is_err());
        drop((ann, bob));
        assert!(places.any().is_ok());
    }
}
