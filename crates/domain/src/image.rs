//! Images: how they are received and recorded, and the port of their bytes.

use std::ops::Range;

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};

use crate::{
    Avatar, Claim, Error, Excerpt, Fingerprint, ImageDescription, ImageName, Invalid, MediaId, Result,
    Timestamp, TweetId, UserId, Variants,
};

/// An image that was decoded, re-encoded and durably written, with its variants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredImage {
    /// Its name.
    pub name: ImageName,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Size in bytes, without its variants.
    pub bytes: u64,
    /// Its smaller copies.
    pub variants: Variants,
}

/// A file that lies in [`Images`], whether a tweet needs it or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredFile {
    /// Its name.
    pub name: ImageName,
    /// When it was written.
    pub written_at: Timestamp,
}

/// An image that is being read.
pub struct OpenImage {
    /// The size of the whole image in bytes.
    pub bytes: u64,
    /// Which of them are read.
    pub range: Range<u64>,
    /// These bytes.
    pub content: Box<dyn ImageReader>,
}

/// Reads the bytes of an image piece by piece.
#[async_trait]
pub trait ImageReader: Send {
    /// The next piece (at most 64 KiB); `None` at the end.
    async fn next(&mut self) -> Result<Option<Vec<u8>>>;
}

/// Bytes on their way in. Dropped before it is kept, it leaves nothing behind.
#[async_trait]
pub trait Incoming: Send {
    /// Takes a piece.
    async fn write(&mut self, piece: &[u8]) -> Result<()>;

    /// Decodes what came under the limits, re-encodes it and makes it durable under a new name, with its variants. A
    /// failure leaves at most files that no row knows.
    ///
    /// Errors: [`Error::UnsupportedImage`], [`Error::ForeignImage`], [`Invalid::UndecodableImage`], [`Invalid::CutOffImage`],
    /// [`Invalid::UncommonJpeg`], [`Invalid::TooLongSide`], [`Invalid::TooManyPixels`], [`Invalid::TooManyFrames`],
    /// [`Invalid::TooCostlyImage`], [`Invalid::TooSlowImage`]; [`Error::Unavailable`] where other work took the time.
    async fn keep(self: Box<Self>) -> Result<StoredImage>;

    /// Does the same with the square in the middle of the first picture of what came, in the sizes of an avatar and no
    /// other.
    ///
    /// Errors: as above.
    async fn keep_as_avatar(self: Box<Self>) -> Result<Avatar>;
}

/// The port of the images' bytes.
#[cfg_attr(test, mockall::automock)]
#[async_trait]
pub trait Images: Send + Sync {
    /// Makes room for an upload. Error: [`Error::NoRoom`] where the disk has not enough of it.
    async fn receive(&self) -> Result<Box<dyn Incoming>>;

    /// The wanted bytes of the image of that name; others are not read.
    ///
    /// Errors: [`Error::OutsideImage`].
    async fn open(&self, name: ImageName, excerpt: Excerpt) -> Result<Option<OpenImage>>;

    /// Makes the variants of a kept image that has none yet, under the limits of an upload, and makes them durable;
    /// `None` where there is no such image. It writes the files of those that are there already anew.
    ///
    /// Errors: those of [`Incoming::keep`].
    async fn make_variants(&self, name: ImageName) -> Result<Option<Variants>>;

    /// Removes files of images; those that are not there count as removed.
    async fn remove(&self, names: Vec<ImageName>) -> Result<()>;

    /// The files behind `after` in the order of their names.
    async fn list(&self, after: Option<ImageName>, limit: usize) -> Result<Vec<StoredFile>>;

    /// Moves files of images to the trash of that day, from where an operator can take them back; those that are not
    /// there count as moved.
    async fn discard(&self, names: Vec<ImageName>, at: Timestamp) -> Result<()>;

    /// Erases what came to the trash before that day; answers how many images.
    async fn empty_trash(&self, before: Timestamp) -> Result<u64>;

    /// Which store the images belong to; `None` until it is recorded by [`Images::claim`].
    async fn claimed_by(&self) -> Result<Option<Claim>>;

    /// Records durably which store the images belong to.
    async fn claim(&self, claim: Claim) -> Result<()>;

    /// Whether there is no image at all.
    async fn is_empty(&self) -> Result<bool>;

    /// Whether there is a file of that name.
    async fn contains(&self, name: ImageName) -> Result<bool>;

    /// Whether images can be written now.
    async fn ready(&self) -> Result<()>;
}

/// An upload while it comes in: counted against the limit and summed up for [`Fingerprint`].
pub struct Upload {
    incoming: Box<dyn Incoming>,
    digest: Sha256,
    bytes: u64,
    limit: u64,
}

impl Upload {
    pub(crate) fn new(incoming: Box<dyn Incoming>, limit: u64) -> Self {
        Self { incoming, digest: Sha256::new(), bytes: 0, limit }
    }

    /// Takes a piece.
    ///
    /// # Errors
    /// [`Error::UploadTooLarge`] as soon as the limit is passed; nothing beyond it is kept.
    pub async fn write(&mut self, piece: &[u8]) -> Result<()> {
        self.bytes += piece.len() as u64;
        if self.bytes > self.limit {
            return Err(Error::UploadTooLarge { limit: self.limit });
        }
        self.digest.update(piece);
        self.incoming.write(piece).await
    }

    /// What was uploaded, to recognise a repetition.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of("upload", [self.digest.clone().finalize().as_slice()])
    }

    /// Keeps what came in.
    pub(crate) async fn keep(self) -> Result<StoredImage> {
        self.something()?.keep().await
    }

    /// Keeps what came in as an avatar.
    pub(crate) async fn keep_as_avatar(self) -> Result<Avatar> {
        self.something()?.keep_as_avatar().await
    }

    fn something(self) -> Result<Box<dyn Incoming>> {
        if self.bytes == 0 { Err(Invalid::EmptyUpload.into()) } else { Ok(self.incoming) }
    }
}

/// What is recorded of an image.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImageRecord {
    /// Which.
    pub id: MediaId,
    /// Who uploaded it.
    pub owner: UserId,
    /// The name of its file.
    pub name: ImageName,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Size in bytes.
    pub bytes: u64,
    /// The tweet that shows it, and its place there from 0.
    pub place: Option<(TweetId, u32)>,
    /// When.
    pub uploaded_at: Timestamp,
    /// What it shows, where the author of that tweet said so.
    pub description: Option<ImageDescription>,
    /// Its smaller copies; none until they are made.
    pub variants: Option<Variants>,
}
