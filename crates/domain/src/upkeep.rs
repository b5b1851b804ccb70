//! Keeping a store in order: sweeping, checking, mending.

use async_trait::async_trait;

use crate::{Avatar, ImageFiles, ImageName, MediaId, Result, StoreId, Timestamp, UserId, Variants};

/// Something in a store that contradicts something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Discrepancy {
    /// A stored counter differs from the rows that it counts.
    Counter {
        /// Which: `tweet 7: likes_count`, `user 3: followers_count`, …
        what: String,
        /// What is stored.
        stored: i64,
        /// What the rows say.
        counted: i64,
    },
    /// Rows that break a rule which the schema should hold.
    Rows {
        /// What is wrong with them.
        what: String,
        /// How many there are.
        count: u64,
    },
}

/// The port of operators and the sweeper, who keep a store in order.
#[cfg_attr(test, mockall::automock)]
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Whether the store answers now, within a bounded time.
    async fn ready(&self) -> Result<()>;

    /// Whether nobody is in the store yet.
    async fn is_empty(&self) -> Result<bool>;

    /// The id that the store got when it was made.
    async fn store_id(&self) -> Result<StoreId>;

    /// Whether a row names an image or an avatar. Answers as [`Upkeep::ready`] does: however busy the store is.
    async fn names_images(&self) -> Result<bool>;

    /// Forgets at most `limit` uploads from before `before` that no tweet has; answers their files.
    async fn forget_unattached(&self, before: Timestamp, limit: u32) -> Result<Vec<ImageFiles>>;

    /// Forgets idempotency guards from before `guards_before` and keys that ended before `keys_before`, at most `limit`
    /// of each; answers how many.
    async fn forget_expired(
        &self,
        guards_before: Timestamp,
        keys_before: Timestamp,
        limit: u32,
    ) -> Result<u64>;

    /// Forgets at most `limit` removals of tweets from before `before`; answers how many.
    async fn forget_removals(&self, before: Timestamp, limit: u32) -> Result<u64>;

    /// Those of the images and avatars of these names that the store knows; the name of a variant is that of no image.
    async fn known_images(&self, names: Vec<ImageName>) -> Result<Vec<ImageFiles>>;

    /// The images that the store knows, behind `after`, by ascending id.
    async fn images(&self, after: Option<MediaId>, limit: u32) -> Result<Vec<(MediaId, ImageFiles)>>;

    /// The avatars of users behind `after`, by ascending id.
    async fn avatars(&self, after: Option<UserId>, limit: u32) -> Result<Vec<(UserId, Avatar)>>;

    /// Takes an avatar from a user; false where the user doesn't have it any more.
    async fn forget_avatar(&self, user: UserId, avatar: Avatar) -> Result<bool>;

    /// How many images have no variants yet.
    async fn count_without_variants(&self) -> Result<u64>;

    /// The images without variants behind `after`, by ascending id.
    async fn without_variants(&self, after: Option<MediaId>, limit: u32)
    -> Result<Vec<(MediaId, ImageName)>>;

    /// Records the variants of an image that has none yet; answers whether there is such an image.
    async fn record_variants(&self, image: MediaId, variants: Variants) -> Result<bool>;

    /// Forgets the variants of an image, so that they can be made anew; answers whether there is such an image and had
    /// some.
    async fn forget_variants(&self, image: MediaId) -> Result<bool>;

    /// Compares every counter with its rows and looks for rows that should not be; at most `limit` findings.
    /// Reads the whole store: for an operator, never for a request.
    async fn discrepancies(&self, limit: u32) -> Result<Vec<Discrepancy>>;

    /// Sets every counter to what its rows say; answers how many were wrong.
    async fn repair_counters(&self) -> Result<u64>;
}
