//! The folder as the port of the images' bytes.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tweetty_domain::{
    Claim, Clock, Error, ImageName, ImageReader, Images, Incoming, Limits, OpenImage, Result, StoredFile,
    Timestamp,
};

use crate::budget::Budget;
use crate::incoming::Received;
use crate::measures;
use crate::outline::Bounds;
use crate::readiness::{Readiness, probe};
use crate::shelf::Shelf;
use crate::turns::Turns;

/// The largest piece in which an image is read.
const PIECE: usize = 64 * 1024;
/// What lies in `incoming/` longer than this was left there by a crash.
const LEFT_BEHIND: Duration = Duration::from_hours(24);

/// How much images may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many images are decoded at the same time.
    pub decoders: usize,
    /// How long an image waits for its turn before it is refused as [`Error::Unavailable`].
    pub wait: Duration,
    /// How long one image may take to be encoded anew.
    pub time: Duration,
}

impl Default for Options {
    /// A decoder per processor, at most 4; 10 s of waiting and 10 s of work.
    fn default() -> Self {
        Self {
            decoders: std::thread::available_parallelism().map_or(2, usize::from).min(4),
            wait: Duration::from_secs(10),
            time: Duration::from_secs(10),
        }
    }
}

/// As long as it lives no image is removed; see [`Folder::hold`].
#[derive(Debug)]
pub struct Hold {
    /// None where there is no folder, and so nothing to remove.
    _file: Option<File>,
}

/// Images in a folder of the file system. Cheap to clone.
#[derive(Clone)]
pub struct Folder {
    shelf: Arc<Shelf>,
    turns: Turns,
    bounds: Bounds,
    budget: Budget,
    readiness: Readiness,
}

impl Folder {
    /// Opens the folder, makes it where it is missing, and removes what crashes left in it more than a day ago.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the path and the cure where the folder can't be made or written.
    pub fn open(path: &Path, limits: &Limits, clock: &dyn Clock, options: &Options) -> Result<Self> {
        let open = || {
            let shelf = Shelf::open(path)?;
            probe(&shelf)?;
            shelf.clear_incoming(clock.now() - LEFT_BEHIND)?;
            Ok(shelf)
        };
        let shelf = open().map_err(|error: io::Error| {
            Error::unavailable(format!(
                "{}: {error}; let the user who runs tweetty write there, or name another folder",
                path.display()
            ))
        })?;
        Ok(Self::on(shelf, limits, options))
    }

    /// The folder as it is, to read what it holds and to take images away; makes nothing where it is missing.
    pub fn existing(path: &Path, limits: &Limits, options: &Options) -> Self {
        Self::on(Shelf::existing(path), limits, options)
    }

    fn on(shelf: Shelf, limits: &Limits, options: &Options) -> Self {
        let budget = Budget::new(options.decoders, limits.image_memory, options.wait);
        let bounds = Bounds {
            bytes: limits.upload_bytes,
            pixels: limits.image_pixels,
            frames: limits.image_frames,
            memory: budget.most_memory(),
            time: options.time,
        };
        Self {
            shelf: Arc::new(shelf),
            turns: Turns::default(),
            bounds,
            budget,
            readiness: Readiness::default(),
        }
    }

    /// Sets the gauges of what decoding takes.
    pub fn measure(&self) {
        measures::set(&self.budget.load());
    }

    /// Keeps images from being removed while they are copied elsewhere, by whatever process; what was to be removed
    /// meanwhile is left to the sweeper.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the folder can't be written.
    pub async fn hold(&self) -> Result<Hold> {
        Ok(Hold { _file: self.blocking(Shelf::hold).await? })
    }

    /// Takes an image in that was kept in such a folder before, where its bytes have that SHA-256; answers whether they
    /// have. It is not durable until the file system is synced, which costs no more for a thousand than for one.
    ///
    /// # Errors
    /// [`Error::Unavailable`] and [`Error::Internal`] where it can't be read or written.
    pub async fn adopt(&self, name: ImageName, from: PathBuf, sum: [u8; 32]) -> Result<bool> {
        self.blocking(move |shelf| shelf.adopt(name, &from, sum)).await
    }

    /// Forgets to which store the images belong, before others take their place.
    ///
    /// # Errors
    /// [`Error::Unavailable`] and [`Error::Internal`] where the folder can't be written.
    pub async fn unclaim(&self) -> Result<()> {
        self.blocking(Shelf::unclaim).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shelf) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let shelf = Arc::clone(&self.shelf);
        self.turns.work(move || work(&shelf)).await
    }
}

#[async_trait]
impl Images for Folder {
    async fn receive(&self) -> Result<Box<dyn Incoming>> {
        let file = self.blocking(Shelf::temporary).await?;
        let (shelf, turns) = (Arc::clone(&self.shelf), self.turns.clone());
        Ok(Box::new(Received::new(file, shelf, turns, self.bounds, self.budget.clone())))
    }

    async fn open(&self, name: ImageName) -> Result<Option<OpenImage>> {
        let found = self.blocking(move |shelf| shelf.read(name)).await?;
        Ok(found.map(|(file, bytes)| OpenImage {
            bytes,
            content: Box::new(Pieces { file: Arc::new(file), turns: self.turns.clone() }),
        }))
    }

    async fn remove(&self, names: Vec<ImageName>) -> Result<()> {
        self.blocking(move |shelf| shelf.remove(&names)).await
    }

    async fn list(&self, after: Option<ImageName>, limit: usize) -> Result<Vec<StoredFile>> {
        self.blocking(move |shelf| shelf.list(after, limit)).await
    }

    async fn discard(&self, names: Vec<ImageName>, at: Timestamp) -> Result<()> {
        self.blocking(move |shelf| shelf.discard(&names, at)).await
    }

    async fn empty_trash(&self, before: Timestamp) -> Result<u64> {
        self.blocking(move |shelf| shelf.empty_trash(before)).await
    }

    async fn claimed_by(&self) -> Result<Option<Claim>> {
        self.blocking(Shelf::claimed_by).await
    }

    async fn claim(&self, claim: Claim) -> Result<()> {
        self.blocking(move |shelf| shelf.claim(claim)).await
    }

    async fn is_empty(&self) -> Result<bool> {
        self.blocking(Shelf::is_empty).await
    }

    async fn contains(&self, name: ImageName) -> Result<bool> {
        self.blocking(move |shelf| shelf.contains(name)).await
    }

    async fn ready(&self) -> Result<()> {
        self.readiness.check(Arc::clone(&self.shelf)).await
    }
}

struct Pieces {
    file: Arc<File>,
    turns: Turns,
}

#[async_trait]
impl ImageReader for Pieces {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let file = Arc::clone(&self.file);
        let reading = self.turns.work(move || {
            let mut piece = Vec::with_capacity(PIECE);
            (&*file).take(PIECE as u64).read_to_end(&mut piece)?;
            Ok(piece)
        });
        Ok(Some(reading.await?).filter(|piece| !piece.is_empty()))
    }
}
