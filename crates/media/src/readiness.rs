//! Whether images can be kept, without writing a file each time somebody asks.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tweetty_domain::{Error, Result};

use crate::shelf::Shelf;

/// What the file system says of itself is believed for so long without a write that proves it.
const BELIEVED: Duration = Duration::from_secs(10);

/// When a write was seen to succeed last. One looks at a time: where the file system hangs, the others wait here and
/// not on a thread each.
#[derive(Clone, Default)]
pub(crate) struct Readiness(Arc<Mutex<Option<Instant>>>);

impl Readiness {
    /// Whether images can be kept now.
    pub(crate) async fn check(&self, shelf: Arc<Shelf>) -> Result<()> {
        let mut proven = Arc::clone(&self.0).lock_owned().await;
        let looking = tokio::task::spawn_blocking(move || {
            shelf.look()?;
            if proven.is_none_or(|proven| proven.elapsed() >= BELIEVED) {
                *proven = None;
                probe(&shelf)?;
                *proven = Some(Instant::now());
            }
            Ok(())
        });
        looking.await.map_err(Error::internal)?.map_err(|error: io::Error| Error::unavailable(error))
    }
}

/// Writes a byte and forgets it.
pub(crate) fn probe(shelf: &Shelf) -> io::Result<()> {
    shelf.temporary()?.write_all(&[0])
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[tokio::test]
    async fn a_folder_is_proven_by_a_write_now_and_then_and_looked_at_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("media");
        let shelf = Arc::new(Shelf::open(&root).unwrap());
        let readiness = Readiness::default();
        let changed = || fs::metadata(root.join("incoming")).unwrap().modified().unwrap();
        readiness.check(Arc::clone(&shelf)).await.unwrap();
        let before = changed();
        std::thread::sleep(Duration::from_millis(20));
        for _ in 0..100 {
            readiness.check(Arc::clone(&shelf)).await.unwrap();
        }
        assert_eq!(changed(), before, "nothing was written");
        *readiness.0.lock().await = Instant::now().checked_sub(BELIEVED);
        readiness.check(Arc::clone(&shelf)).await.unwrap();
        assert_ne!(changed(), before, "a write proved it");
        fs::rename(&root, folder.path().join("away")).unwrap();
        assert!(matches!(readiness.check(Arc::clone(&shelf)).await, Err(Error::Unavailable(_))));
        fs::rename(folder.path().join("away"), &root).unwrap();
        readiness.check(shelf).await.unwrap();
    }
}
