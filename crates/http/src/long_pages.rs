//! Pages of so many tweets that their memory has to be bounded.

use std::time::Duration;

use tweetty_adapter::Sharing;
use tweetty_domain::PageSize;

use crate::error::ApiError;
use crate::places::{Place, Places};

/// Pages of more tweets than these go out in pieces.
pub(crate) const LONG: usize = 100;
/// How many such pages are found or sent at the same time: each may take some MiB until its client has read it.
const LONG_PAGES: usize = 64;
/// How many requests for such a page wait, and how long.
const WAITING: usize = 256;
const PATIENCE: Duration = Duration::from_secs(2);

/// How many of them are one user's: each click in the existing page asks for one.
const SHARE: usize = 4;
/// How many more of one user's wait.
const PATIENT: usize = 16;

/// Bounds the memory of long pages.
pub(crate) struct LongPages(Places);

impl LongPages {
    pub(crate) fn new() -> Self {
        let sharing = Sharing { places: LONG_PAGES, share: SHARE, room: WAITING, patient: PATIENT };
        Self(Places::new("long pages", sharing, PATIENCE))
    }

    /// A place where the page may become a long one.
    pub(crate) async fn place(&self, size: PageSize) -> Result<Option<Place>, ApiError> {
        if size.get() as usize > LONG { self.0.wait().await.map(Some) } else { Ok(None) }
    }
}
