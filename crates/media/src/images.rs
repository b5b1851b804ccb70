//! The port of the images' bytes: what comes in is written anew before it is kept.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tweetty_domain::{
    Claim, Excerpt, ImageName, Images, Incoming, Limits, OpenImage, Result, StoredFile, Timestamp, Variants,
};

use crate::budget::Budget;
use crate::incoming::Received;
use crate::measures;
use crate::outline::Bounds;
use crate::room::Room;
use crate::storage::Storage;
use crate::turns::Turns;

/// How much images may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many images are decoded at the same time.
    pub decoders: usize,
    /// How long an image waits for its turn before it is refused as [`tweetty_domain::Error::Unavailable`].
    pub wait: Duration,
    /// How much processor time one image may take to be encoded anew before it is refused as
    /// [`tweetty_domain::Invalid::TooSlowImage`]: whatever else the machine does, the same file has the same fate.
    pub processor_time: Duration,
    /// How long an image may take from its last byte until it is encoded anew, waiting included, before it is given up as
    /// [`tweetty_domain::Error::Unavailable`].
    pub patience: Duration,
}

impl Default for Options {
    /// A decoder per processor, at most 4; 20 s of waiting for one, and as long for memory, so that the pictures of a tweet
    /// can be sent at once; 10 s of processor time. After 25 s it is given up, before the request times out: so the answer says that nothing was kept.
    fn default() -> Self {
        Self {
            decoders: std::thread::available_parallelism().map_or(2, usize::from).min(4),
            wait: Duration::from_secs(20),
            processor_time: Duration::from_secs(10),
            patience: Duration::from_secs(25),
        }
    }
}

/// Images, encoded anew and kept in a storage. Cheap to clone.
#[derive(Clone)]
pub struct KeptImages {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) turns: Turns,
    pub(crate) bounds: Bounds,
    pub(crate) budget: Budget,
    room: Option<Room>,
}

impl KeptImages {
    /// Images in that storage, each within those limits.
    pub fn new(storage: Arc<dyn Storage>, limits: &Limits, options: &Options) -> Self {
        let budget = Budget::new(options.decoders, limits.image_memory, options.wait);
        let bounds = Bounds {
            bytes: limits.upload_bytes,
            pixels: limits.image_pixels,
            frames: limits.image_frames,
            memory: budget.most_memory(),
            processor_time: options.processor_time,
            patience: options.patience,
        };
        Self { storage, turns: Turns::default(), bounds, budget, room: None }
    }

    /// The same, where no upload begins unless there is room.
    #[must_use]
    pub fn beside(self, room: Room) -> Self {
        Self { room: Some(room), ..self }
    }

    /// Sets the gauges of what decoding takes and of the room that there is.
    pub fn measure(&self) {
        measures::set(&self.budget.load());
        if let Some(room) = &self.room {
            measures::set_room(&room.spaces());
        }
    }
}

#[async_trait]
impl Images for KeptImages {
    async fn receive(&self) -> Result<Box<dyn Incoming>> {
        if let Some(room) = &self.room {
            room.check().await?;
        }
        let file = self.storage.temporary().await?;
        let (storage, turns) = (Arc::clone(&self.storage), self.turns.clone());
        Ok(Box::new(Received::new(file, storage, turns, self.bounds, self.budget.clone())))
    }

    async fn open(&self, name: ImageName, excerpt: Excerpt) -> Result<Option<OpenImage>> {
        self.storage.open(name, excerpt).await
    }

    async fn make_variants(&self, name: ImageName) -> Result<Option<Variants>> {
        self.make_variants_of(name).await
    }

    async fn remove(&self, names: Vec<ImageName>) -> Result<()> {
        self.storage.remove(names).await
    }

    async fn list(&self, after: Option<ImageName>, limit: usize) -> Result<Vec<StoredFile>> {
        self.storage.list(after, limit).await
    }

    async fn discard(&self, names: Vec<ImageName>, at: Timestamp) -> Result<()> {
        self.storage.discard(names, at).await
    }

    async fn empty_trash(&self, before: Timestamp) -> Result<u64> {
        self.storage.empty_trash(before).await
    }

    async fn claimed_by(&self) -> Result<Option<Claim>> {
        self.storage.claimed_by().await
    }

    async fn claim(&self, claim: Claim) -> Result<()> {
        self.storage.claim(claim).await
    }

    async fn is_empty(&self) -> Result<bool> {
        self.storage.is_empty().await
    }

    async fn contains(&self, name: ImageName) -> Result<bool> {
        self.storage.contains(name).await
    }

    async fn ready(&self) -> Result<()> {
        self.storage.ready().await
    }
}
