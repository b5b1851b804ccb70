//! An upload on its way: a temporary file until it is kept.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use tempfile::{NamedTempFile, TempPath};
use tokio::runtime::Handle;
use tracing::Instrument as _;
use tweetty_domain::{Avatar, Error, ImageName, Incoming, Invalid, Result, StoredImage, crash_point};

use crate::budget::{Budget, Share};
use crate::copies;
use crate::failure;
use crate::measures;
use crate::outline::{Bounds, Outline};
use crate::recode::{self, Allowance, Recoded, Sink, SmallCopy, Squares};
use crate::storage::Storage;
use crate::turns::Turns;

/// An encoded image may be this many times as large as an upload: re-encoding must not fill the disk.
pub(crate) const GROWTH: u64 = 4;

pub(crate) struct Received {
    scratch: Scratch,
    storage: Arc<dyn Storage>,
    turns: Turns,
    bounds: Bounds,
    budget: Budget,
}

impl Received {
    pub(crate) fn new(
        file: NamedTempFile,
        storage: Arc<dyn Storage>,
        turns: Turns,
        bounds: Bounds,
        budget: Budget,
    ) -> Self {
        let (file, path) = file.into_parts();
        Self { scratch: Scratch(Some((Arc::new(file), path))), storage, turns, bounds, budget }
    }
}

/// The temporary file. It is closed and removed off the async threads, which a folder that hangs must not hold up.
struct Scratch(Option<(Arc<File>, TempPath)>);

impl Scratch {
    fn file(&self) -> Result<Arc<File>> {
        self.0.as_ref().map(|(file, _)| Arc::clone(file)).ok_or_else(gone)
    }

    fn into_parts(mut self) -> Result<(Arc<File>, TempPath)> {
        self.0.take().ok_or_else(gone)
    }
}

fn gone() -> Error {
    Error::internal("the temporary file is gone")
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let parts = self.0.take();
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(move || drop(parts))),
            Err(_) => drop(parts),
        }
    }
}

#[async_trait]
impl Incoming for Received {
    async fn write(&mut self, piece: &[u8]) -> Result<()> {
        let (file, piece) = (self.scratch.file()?, piece.to_vec());
        self.turns.work(move || (&*file).write_all(&piece)).await
    }

    async fn keep(self: Box<Self>) -> Result<StoredImage> {
        let Self { scratch, storage, turns, bounds, budget } = *self;
        let keeping = async {
            let memory = |outline: &Outline| outline.memory;
            let Admitted { picture, shares, gives_up } = admitted(scratch, bounds, &budget, memory).await?;
            let started = Instant::now();
            let file = storage.temporary().await?;
            let recoding = move || Ok((picture.recode(file, bounds, gives_up)?, shares));
            let (kept, _shares) = decoding(recoding).await?;
            let name = ImageName::random(kept.recoded.format)?;
            let copied = kept.copies.iter().map(|copy| copy.bytes.len() as u64).sum();
            let (variants, mut files) = copies::files(kept.copies, name, &*storage, &turns).await?;
            files.push((kept.file, name));
            storage.place(files).await?;
            let Recoded { width, height, .. } = kept.recoded;
            let image = StoredImage { name, width, height, bytes: kept.bytes, variants };
            measures::kept(&image, copied, started.elapsed());
            Ok(image)
        };
        keeping.instrument(span()).await
    }

    async fn keep_as_avatar(self: Box<Self>) -> Result<Avatar> {
        let Self { scratch, storage, turns, bounds, budget } = *self;
        let keeping = async {
            let memory = Outline::memory_of_avatar;
            let Admitted { picture, shares, gives_up } = admitted(scratch, bounds, &budget, memory).await?;
            let cutting = move || Ok((picture.squares(bounds, gives_up)?, shares));
            let (Squares { format, large, small }, _shares) = decoding(cutting).await?;
            let avatar = Avatar::random(format)?;
            let mut files = Vec::new();
            for (name, bytes) in [(avatar.large(), large), (avatar.small(), small)] {
                files.push((copies::file(bytes, &*storage, &turns).await?, name));
            }
            storage.place(files).await?;
            Ok(avatar)
        };
        keeping.instrument(span()).await
    }
}

fn span() -> tracing::Span {
    tracing::info_span!(target: "tweetty::trace", "image recode")
}

/// A picture that may be encoded anew, with its shares of the budget, and until when somebody waits for it.
struct Admitted {
    picture: Picture,
    shares: (Share, Share),
    gives_up: Option<Instant>,
}

/// `memory` says how much of it the picture of an outline takes.
async fn admitted(
    scratch: Scratch,
    bounds: Bounds,
    budget: &Budget,
    memory: impl Fn(&Outline) -> u64,
) -> Result<Admitted> {
    let gives_up = Instant::now().checked_add(bounds.patience);
    let decoder = budget.decoder().await?;
    let reading = move || {
        // It ends with the work.
        let (_file, path) = scratch.into_parts()?;
        Ok((Picture::read(&path, bounds)?, decoder))
    };
    let (picture, decoder) = decoding(reading).await?;
    let memory = budget.memory(memory(&picture.outline)).await?;
    Ok(Admitted { picture, shares: (decoder, memory), gives_up })
}

/// Works off the async threads. A decoder that panics met a picture that it can't decode.
pub(crate) async fn decoding<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(failure) if failure.is_panic() => Err(Invalid::UndecodableImage.into()),
        Err(stopped) => Err(Error::unavailable(stopped)),
    }
}

/// What is to be kept of an upload.
struct Kept {
    file: NamedTempFile,
    recoded: Recoded,
    /// The size of the file.
    bytes: u64,
    copies: Vec<SmallCopy>,
}

/// What was uploaded, once its outline is known and within the bounds.
struct Picture {
    bytes: Vec<u8>,
    outline: Outline,
}

impl Picture {
    fn read(path: &TempPath, bounds: Bounds) -> Result<Self> {
        if fs::metadata(path).map_err(failure::storage)?.len() > bounds.bytes {
            return Err(Error::UploadTooLarge { limit: bounds.bytes });
        }
        let mut bytes = fs::read(path).map_err(failure::storage)?;
        let outline = Outline::read(&bytes, &bounds)?;
        // What trails the image is no part of it.
        bytes.truncate(outline.length);
        bytes.extend(outline.lacks);
        Ok(Self { bytes, outline })
    }

    /// Encodes the square in the middle of the picture, where it can be done until that moment.
    fn squares(self, bounds: Bounds, gives_up: Option<Instant>) -> Result<Squares> {
        let allowance = Allowance::begin(bounds.processor_time, gives_up);
        let squares = recode::squares(&self.bytes, &self.outline, &allowance);
        // Codecs make various things of an allowance that is used up.
        let squares = squares.map_err(|error| allowance.exceeded().unwrap_or(error))?;
        crash_point("the avatar is encoded");
        Ok(squares)
    }

    /// Encodes the picture anew into the file, and smaller copies of it, where it can be done until that moment.
    fn recode(self, mut file: NamedTempFile, bounds: Bounds, gives_up: Option<Instant>) -> Result<Kept> {
        let writer = BufWriter::new(file.as_file_mut());
        let allowance = Allowance::begin(bounds.processor_time, gives_up);
        let mut sink = Sink::new(writer, bounds.bytes.saturating_mul(GROWTH), &allowance);
        let recoded = recode::recode(&self.bytes, &self.outline, &allowance, &mut sink);
        let copied = recoded.and_then(|mut recoded| {
            let copies =
                recode::copies_of_recoded(&mut recoded, &self.bytes, &self.outline, &allowance, &sink)?;
            Ok((recoded, copies))
        });
        let (recoded, copies) = match copied {
            Ok(done) => done,
            Err(error) => return Err(sink.stopped().unwrap_or(error)),
        };
        let bytes = sink.finish()?;
        crash_point("the picture is encoded anew");
        Ok(Kept { file, recoded, bytes, copies })
    }
}
