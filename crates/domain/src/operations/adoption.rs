//! Pictures of a company that comes from another program: they are kept before there are rows of them.

use super::Operations;
use crate::{ImageFiles, Result, StoredImage, Upload};

/// In which pieces a picture is kept, in bytes.
const PIECE: usize = 64 * 1024;

impl Operations {
    /// Keeps a picture of at most so many bytes, as an upload is kept.
    ///
    /// # Errors
    /// [`crate::Error::UploadTooLarge`], and those of [`crate::Incoming::keep`].
    pub async fn keep_picture(&self, content: &[u8], limit: u64) -> Result<StoredImage> {
        let mut upload = Upload::new(self.stores.images.receive().await?, limit);
        for piece in content.chunks(PIECE) {
            upload.write(piece).await?;
        }
        upload.keep().await
    }

    /// Removes pictures for which no rows came.
    pub async fn remove_pictures(&self, files: Vec<ImageFiles>) {
        self.stores.remove_files(files).await;
    }
}
