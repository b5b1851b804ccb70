//! The port of the images where a command has no business with them, so that it needs no folder either.

use async_trait::async_trait;
use tweetty_domain::{
    Claim, Error, Excerpt, ImageName, Images, Incoming, OpenImage, Result, StoredFile, Timestamp, Variants,
};

pub(super) struct NoImages;

fn refused<T>() -> Result<T> {
    Err(Error::internal("this command was not wired to the images"))
}

#[async_trait]
impl Images for NoImages {
    async fn receive(&self) -> Result<Box<dyn Incoming>> {
        refused()
    }

    async fn open(&self, _name: ImageName, _excerpt: Excerpt) -> Result<Option<OpenImage>> {
        refused()
    }

    async fn make_variants(&self, _name: ImageName) -> Result<Option<Variants>> {
        refused()
    }

    async fn remove(&self, _names: Vec<ImageName>) -> Result<()> {
        refused()
    }

    async fn list(&self, _after: Option<ImageName>, _limit: usize) -> Result<Vec<StoredFile>> {
        refused()
    }

    async fn discard(&self, _names: Vec<ImageName>, _at: Timestamp) -> Result<()> {
        refused()
    }

    async fn empty_trash(&self, _before: Timestamp) -> Result<u64> {
        refused()
    }

    async fn claimed_by(&self) -> Result<Option<Claim>> {
        refused()
    }

    async fn claim(&self, _claim: Claim) -> Result<()> {
        refused()
    }

    async fn is_empty(&self) -> Result<bool> {
        refused()
    }

    async fn contains(&self, _name: ImageName) -> Result<bool> {
        refused()
    }

    async fn ready(&self) -> Result<()> {
        refused()
    }
}
