//! The adapters themselves, for what no use case knows: how busy they are, and their end.

use std::sync::Arc;

use tweetty_media::KeptImages;

use super::database::Running;

/// What keeps rows and images. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Store {
    /// The word for the kind of its database.
    pub(crate) kind: &'static str,
    pub(super) database: Arc<dyn Running>,
    pub(super) images: Option<KeptImages>,
}

impl Store {
    /// Sets the gauges of what is in use and of what waits.
    pub(crate) fn measure(&self) {
        self.database.measure();
        if let Some(images) = &self.images {
            images.measure();
        }
    }

    /// Closes it in good order.
    pub(crate) async fn close(&self) {
        self.database.close().await;
    }
}
