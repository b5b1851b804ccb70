//! A folder as the storage of kept images.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tempfile::NamedTempFile;
use tweetty_adapter::Party;
use tweetty_domain::{
    Claim, Clock, Error, Excerpt, ImageName, ImageReader, OpenImage, Result, StoredFile, Timestamp,
};

use crate::readiness::{Readiness, probe};
use crate::shelf::Shelf;
use crate::storage::{Hold, Storage};
use crate::turns::Turns;

/// The largest piece in which an image is read.
const PIECE: u64 = 64 * 1024;
/// What lies in `incoming/` longer than this was left there by a crash.
const LEFT_BEHIND: Duration = Duration::from_hours(24);

/// Images in a folder of the file system. Cheap to clone.
#[derive(Clone)]
pub struct Folder {
    shelf: Arc<Shelf>,
    turns: Turns,
    readiness: Readiness,
}

impl Folder {
    /// Opens the folder, makes it where it is missing, and removes what crashes left in it more than a day ago.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the path and the cure where the folder can't be made or written.
    pub fn open(path: &Path, clock: &dyn Clock) -> Result<Self> {
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
        Ok(Self::on(shelf))
    }

    /// The folder as it is, to read what it holds and to take images away; makes nothing where it is missing.
    pub fn existing(path: &Path) -> Self {
        Self::on(Shelf::existing(path))
    }

    fn on(shelf: Shelf) -> Self {
        Self { shelf: Arc::new(shelf), turns: Turns::default(), readiness: Readiness::default() }
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
impl Storage for Folder {
    async fn temporary(&self) -> Result<NamedTempFile> {
        self.blocking(Shelf::temporary).await
    }

    async fn place(&self, files: Vec<(NamedTempFile, ImageName)>) -> Result<()> {
        self.blocking(move |shelf| shelf.place(files)).await
    }

    async fn open(&self, name: ImageName, excerpt: Excerpt) -> Result<Option<OpenImage>> {
        let Some((file, bytes)) = self.blocking(move |shelf| shelf.read(name)).await? else {
            return Ok(None);
        };
        let range = excerpt.within(bytes)?;
        let (turns, party) = (self.turns.clone(), Party::current());
        let content = Pieces { file: Arc::new(file), left: range.clone(), turns, party };
        Ok(Some(OpenImage { bytes, range, content: Box::new(content) }))
    }

    async fn contains(&self, name: ImageName) -> Result<bool> {
        self.blocking(move |shelf| shelf.contains(name)).await
    }

    async fn is_empty(&self) -> Result<bool> {
        self.blocking(Shelf::is_empty).await
    }

    async fn list(&self, after: Option<ImageName>, limit: usize) -> Result<Vec<StoredFile>> {
        self.blocking(move |shelf| shelf.list(after, limit)).await
    }

    async fn remove(&self, names: Vec<ImageName>) -> Result<()> {
        self.blocking(move |shelf| shelf.remove(&names)).await
    }

    async fn discard(&self, names: Vec<ImageName>, at: Timestamp) -> Result<()> {
        self.blocking(move |shelf| shelf.discard(&names, at)).await
    }

    async fn empty_trash(&self, before: Timestamp) -> Result<u64> {
        self.blocking(move |shelf| shelf.empty_trash(before)).await
    }

    async fn hold(&self) -> Result<Hold> {
        Ok(Box::new(self.blocking(Shelf::hold).await?))
    }

    async fn adopt(&self, name: ImageName, from: PathBuf, sum: [u8; 32]) -> Result<bool> {
        self.blocking(move |shelf| shelf.adopt(name, &from, sum)).await
    }

    async fn sync(&self) -> Result<()> {
        self.blocking(Shelf::sync).await
    }

    async fn claimed_by(&self) -> Result<Option<Claim>> {
        self.blocking(Shelf::claimed_by).await
    }

    async fn claim(&self, claim: Claim) -> Result<()> {
        self.blocking(move |shelf| shelf.claim(claim)).await
    }

    async fn unclaim(&self) -> Result<()> {
        self.blocking(Shelf::unclaim).await
    }

    async fn ready(&self) -> Result<()> {
        self.readiness.check(Arc::clone(&self.shelf)).await
    }
}

struct Pieces {
    file: Arc<File>,
    /// The bytes that are still to be read.
    left: Range<u64>,
    turns: Turns,
    /// Who asked for it: the rest is read while it is sent, by a task of nobody's.
    party: Party,
}

#[async_trait]
impl ImageReader for Pieces {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let (file, start) = (Arc::clone(&self.file), self.left.start);
        let length = PIECE.min(self.left.end.saturating_sub(start));
        if length == 0 {
            return Ok(None);
        }
        let reading = self.turns.work(move || {
            let mut piece = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
            (&*file).seek(SeekFrom::Start(start))?;
            (&*file).take(length).read_to_end(&mut piece)?;
            Ok(piece)
        });
        let piece = self.party.on_behalf(reading).await?;
        self.left.start += piece.len() as u64;
        Ok(Some(piece).filter(|piece| !piece.is_empty()))
    }
}
