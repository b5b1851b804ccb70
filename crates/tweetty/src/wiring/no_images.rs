//! The port of the images where a command has no business with them, so that it needs no folder either.

use async_trait::async_trait;
use tweetty_domain::{Error, ImageName, Images, Incoming, OpenImage, Result, StoredFile};

pub(super) struct NoImages;

fn refused<T>() -> Result<T> {
    Err(Error::internal("this command was not wired to the images"))
}

#[async_trait]
impl Images for NoImages {
    async fn receive(&self) -> Result<Box<dyn Incoming>> {
        refused()
    }

    async fn open(&self, _name: ImageName) -> Result<Option<OpenImage>> {
        refused()
    }

    async fn remove(&self, _names: Vec<ImageName>) -> Result<()> {
        refused()
    }

    async fn list(&self, _after: Option<ImageName>, _limit: usize) -> Result<Vec<StoredFile>> {
        refused()
    }

    async fn contains(&self, _name: ImageName) -> Result<bool> {
        refused()
    }

    async fn ready(&self) -> Result<()> {
        refused()
    }
}
