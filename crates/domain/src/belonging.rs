//! Whether the images belong to the database: what one of them lacks must never be taken for something to clean up.

use crate::{Claim, Found, Mismatch, Result, StoreId, Stores};

/// Images that are looked at to find out whose they are. Their names are random, so the first ones are a fair sample.
const LOOKED_AT: u64 = 10_000;
const BATCH: usize = 500;

impl Stores {
    /// The claim that the images of that store carry, if any.
    ///
    /// # Errors
    /// [`crate::Error::Mismatch`] where images and database don't belong together.
    pub(crate) async fn verified(&self, id: StoreId) -> Result<Option<Claim>> {
        let claim = self.images.claimed_by().await?;
        let empty = self.images.is_empty().await?;
        let has_images = empty && self.upkeep.names_images().await?;
        Found::Store { id: Some(id), has_images }.fits(claim, empty)?;
        if claim.is_none() {
            self.know_most_images().await?;
        }
        Ok(claim)
    }

    async fn know_most_images(&self) -> Result<()> {
        let (mut after, mut files, mut known) = (None, 0, 0);
        while files < LOOKED_AT {
            let page = self.images.list(after, BATCH).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.name);
            files += page.len() as u64;
            let names = page.into_iter().map(|file| file.name).collect::<Vec<_>>();
            known += self.known_files(&names).await?.len() as u64;
        }
        if files > 2 * known { Err(Mismatch::Unknown { known, files }.into()) } else { Ok(()) }
    }
}
