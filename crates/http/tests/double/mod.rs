//! What stands in for the stores: everything in memory, images as they came.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tweetty_contract::Memory;
use tweetty_domain::{
    Actor, ApiKey, Avatar, Claim, Error, Excerpt, ImageFormat, ImageName, ImageReader, Images, Incoming,
    Invalid, Limits, Microblog, Newcomer, Nickname, OpenImage, Operations, Particulars, Result, StoredFile,
    StoredImage, Stores, SystemClock, Timestamp, Variants,
};

/// Stores in memory.
pub(crate) fn stores() -> Stores {
    Stores::of(Memory::default(), Arc::new(Pictures::default()), Arc::new(SystemClock))
}

/// A microblog on those stores; its users are `ann` and `bob`, and their keys are their names.
pub(crate) async fn microblog(stores: Stores) -> Result<Microblog> {
    let person = |name| {
        let (nickname, key) = (Nickname::parse(name)?, Some(ApiKey::parse(name)?));
        let particulars = Particulars::default();
        Ok::<_, Invalid>(Newcomer { nickname, first_name: None, last_name: None, particulars, key })
    };
    let operations = Operations::new(stores.clone(), Actor::Service);
    operations.add_users(vec![person("ann")?, person("bob")?], &[]).await?;
    Ok(Microblog::new(stores, Limits::default()))
}

/// Images as they came, recognised by their first bytes; a broken one is not noticed. Keeping one that contains "panics"
/// panics, and one that contains "takes N ms" takes so long.
#[derive(Clone, Default)]
pub(crate) struct Pictures {
    pub(crate) kept: Arc<Mutex<BTreeMap<ImageName, Vec<u8>>>>,
    /// How long each piece was that an upload wrote.
    pub(crate) written: Arc<Mutex<Vec<usize>>>,
}

impl Pictures {
    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<ImageName, Vec<u8>>) -> T) -> T {
        act(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Images for Pictures {
    async fn receive(&self) -> Result<Box<dyn Incoming>> {
        Ok(Box::new(Bytes { kept: self.clone(), content: Vec::new() }))
    }

    async fn open(&self, name: ImageName, excerpt: Excerpt) -> Result<Option<OpenImage>> {
        let Some(mut content) = self.with(|kept| kept.get(&name).cloned()) else { return Ok(None) };
        let bytes = content.len() as u64;
        let range = excerpt.within(bytes)?;
        let place = |byte| usize::try_from(byte).map_err(Error::internal);
        content.truncate(place(range.end)?);
        let content = Box::new(Pieces(content.split_off(place(range.start)?)));
        Ok(Some(OpenImage { bytes, range, content }))
    }

    async fn make_variants(&self, name: ImageName) -> Result<Option<Variants>> {
        Ok(self.with(|kept| kept.contains_key(&name)).then_some(Variants::NONE))
    }

    async fn remove(&self, names: Vec<ImageName>) -> Result<()> {
        self.with(|kept| kept.retain(|name, _| !names.contains(name)));
        Ok(())
    }

    async fn list(&self, _: Option<ImageName>, _: usize) -> Result<Vec<StoredFile>> {
        Ok(Vec::new())
    }

    async fn discard(&self, names: Vec<ImageName>, _: Timestamp) -> Result<()> {
        self.remove(names).await
    }

    async fn empty_trash(&self, _: Timestamp) -> Result<u64> {
        Ok(0)
    }

    async fn claimed_by(&self) -> Result<Option<Claim>> {
        Ok(None)
    }

    async fn claim(&self, _: Claim) -> Result<()> {
        Ok(())
    }

    async fn is_empty(&self) -> Result<bool> {
        Ok(self.with(|kept| kept.is_empty()))
    }

    async fn contains(&self, name: ImageName) -> Result<bool> {
        Ok(self.with(|kept| kept.contains_key(&name)))
    }

    async fn ready(&self) -> Result<()> {
        Ok(())
    }
}

struct Bytes {
    kept: Pictures,
    content: Vec<u8>,
}

#[async_trait]
impl Incoming for Bytes {
    async fn write(&mut self, piece: &[u8]) -> Result<()> {
        self.kept.written.lock().unwrap_or_else(PoisonError::into_inner).push(piece.len());
        self.content.extend_from_slice(piece);
        Ok(())
    }

    async fn keep(self: Box<Self>) -> Result<StoredImage> {
        let format = match self.content.as_slice() {
            [0x89, b'P', b'N', b'G', ..] => ImageFormat::Png,
            [0xff, 0xd8, ..] => ImageFormat::Jpeg,
            [b'G', b'I', b'F', b'8', ..] => ImageFormat::Gif,
            _ => return Err(Error::UnsupportedImage),
        };
        let Self { kept, content } = *self;
        let words = String::from_utf8_lossy(&content);
        assert!(!words.contains("panics"), "the secret of the house");
        let asked = words.split_once("takes ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
        if let Some(milliseconds) = asked {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        }
        let (name, bytes) = (ImageName::random(format)?, content.len() as u64);
        kept.with(|kept| kept.insert(name, content));
        Ok(StoredImage { name, width: 1, height: 1, bytes, variants: Variants::NONE })
    }

    async fn keep_as_avatar(self: Box<Self>) -> Result<Avatar> {
        Avatar::random(self.keep().await?.name.format())
    }
}

struct Pieces(Vec<u8>);

#[async_trait]
impl ImageReader for Pieces {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let rest = self.0.split_off(self.0.len().min(64 * 1024));
        let piece = std::mem::replace(&mut self.0, rest);
        Ok(if piece.is_empty() { None } else { Some(piece) })
    }
}
