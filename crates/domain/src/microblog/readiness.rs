//! Whether the service can work now.

use super::Microblog;
use crate::{Error, Result, StoreId};

impl Microblog {
    /// Whether the database can be asked now.
    pub async fn database_ready(&self) -> Result<()> {
        self.stores.upkeep.ready().await
    }

    /// Whether images can be kept now, in the place where this database's images are.
    pub async fn images_ready(&self) -> Result<()> {
        self.stores.images.ready().await?;
        // A database that can't be asked is another part's matter.
        let Ok(id) = self.store_id().await else { return Ok(()) };
        match self.stores.verified(id).await {
            Err(Error::Mismatch(mismatch)) => Err(mismatch.into()),
            _ => Ok(()),
        }
    }

    async fn store_id(&self) -> Result<StoreId> {
        if let Some(id) = self.store_id.get() {
            return Ok(*id);
        }
        let id = self.stores.upkeep.store_id().await?;
        Ok(*self.store_id.get_or_init(|| id))
    }
}
