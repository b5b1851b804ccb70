//! Where the bytes of kept images lie, below the re-encoder.

use std::path::PathBuf;

use async_trait::async_trait;
use tempfile::NamedTempFile;
use tweetty_domain::{Claim, Excerpt, ImageName, OpenImage, Result, StoredFile, Timestamp};

/// As long as it lives no image is removed; see [`Storage::hold`].
pub type Hold = Box<dyn Send + Sync>;

/// A place for kept images: today's is [`crate::Folder`]. What they are, it doesn't know; a name never gets other bytes.
///
/// All of it fails with [`tweetty_domain::Error::Unavailable`] where the storage can't be reached or is full, and with
/// [`tweetty_domain::Error::Internal`] where somebody has to look.
#[async_trait]
pub trait Storage: Send + Sync {
    /// A new file on this machine for bytes that may be placed later; gone when it is dropped.
    async fn temporary(&self) -> Result<NamedTempFile>;

    /// Makes the finished files of an image durable and visible under their names. A failure leaves none of them
    /// behind.
    async fn place(&self, files: Vec<(NamedTempFile, ImageName)>) -> Result<()>;

    /// The image of that name, to read the wanted bytes of it and no others.
    ///
    /// Errors: [`tweetty_domain::Error::OutsideImage`].
    async fn open(&self, name: ImageName, excerpt: Excerpt) -> Result<Option<OpenImage>>;

    /// Whether there is an image of that name.
    async fn contains(&self, name: ImageName) -> Result<bool>;

    /// Whether there is no image at all.
    async fn is_empty(&self) -> Result<bool>;

    /// So many images at most behind `after`, in the order of their names.
    async fn list(&self, after: Option<ImageName>, limit: usize) -> Result<Vec<StoredFile>>;

    /// Removes images for ever; those that are not there count as removed. While they are held, none is.
    async fn remove(&self, names: Vec<ImageName>) -> Result<()>;

    /// Puts images where they can be taken back until [`Storage::empty_trash`] erases them. While they are held, none is.
    async fn discard(&self, names: Vec<ImageName>, at: Timestamp) -> Result<()>;

    /// Erases what was discarded before that day; answers how many images.
    async fn empty_trash(&self, before: Timestamp) -> Result<u64>;

    /// Keeps images from being removed while they are copied elsewhere, by whatever process; what was to be removed
    /// meanwhile is left to the sweeper.
    async fn hold(&self) -> Result<Hold>;

    /// Takes an image in that was kept in such a place before, from a file whose bytes have that SHA-256; answers whether
    /// they have. It is durable after [`Storage::sync`], which costs no more for a thousand than for one.
    async fn adopt(&self, name: ImageName, from: PathBuf, sum: [u8; 32]) -> Result<bool>;

    /// Makes durable what was adopted.
    async fn sync(&self) -> Result<()>;

    /// To which store the images belong, where that is written down.
    async fn claimed_by(&self) -> Result<Option<Claim>>;

    /// Writes down durably to which store the images belong.
    async fn claim(&self, claim: Claim) -> Result<()>;

    /// Forgets to which store the images belong, before others take their place.
    async fn unclaim(&self) -> Result<()>;

    /// Whether images can be kept now.
    async fn ready(&self) -> Result<()>;
}
