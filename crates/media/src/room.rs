//! Room that stays free on the disk: images must not take what the database needs to go on.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::fs::statvfs;
use tweetty_domain::{Error, Result};

/// What was seen is believed for so long.
const BELIEVED: Duration = Duration::from_secs(1);
/// Of a small disk a twentieth stays free, of a large one so many bytes: the uploads that come in at the same time, and hours
/// of a database's growth.
const LARGEST_SHARE: u64 = 1024 * 1024 * 1024;

/// How much of a file system stays free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserve {
    /// A twentieth, 1 GiB at most.
    Share,
    /// So many bytes; 0 for nothing.
    Bytes(u64),
}

impl Reserve {
    fn of(self, size: u64) -> u64 {
        match self {
            Self::Share => (size / 20).min(LARGEST_SHARE),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// The file systems on which room stays free. Cheap to clone.
#[derive(Clone)]
pub struct Room(Arc<Watched>);

struct Watched {
    reserve: Reserve,
    disks: Vec<(&'static str, PathBuf)>,
    seen: Mutex<Seen>,
    /// One looks at a time: a file system that hangs holds one thread.
    is_looked_at: AtomicBool,
}

struct Seen {
    at: Instant,
    disks: Vec<Space>,
}

/// What is free on a disk, and how much of it has to stay so, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Space {
    /// What lies there.
    pub(crate) of: &'static str,
    pub(crate) free: u64,
    pub(crate) reserve: u64,
}

impl Room {
    /// Room beside the images in that folder, and beside the file of the database, where it is one.
    pub fn new(reserve: Reserve, media: &Path, database: Option<&Path>) -> Self {
        let folder = |file: &Path| match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let images = ("images", media.to_owned());
        let disks = [Some(images), database.map(|file| ("database", folder(file)))];
        let disks = disks.into_iter().flatten().collect::<Vec<_>>();
        let seen = Mutex::new(Seen { at: Instant::now(), disks: look(reserve, &disks) });
        Self(Arc::new(Watched { reserve, disks, seen, is_looked_at: AtomicBool::new(false) }))
    }

    /// Whether there is room for another image, as it was seen a second ago at most.
    ///
    /// # Errors
    /// [`Error::NoRoom`].
    pub(crate) async fn check(&self) -> Result<()> {
        if let Some(looking) = self.look_again() {
            looking.await.map_err(Error::internal)?;
        }
        let full = self.seen().disks.iter().find(|space| space.free < space.reserve).map(|space| space.of);
        full.map_or(Ok(()), |of| Err(Error::NoRoom(of)))
    }

    /// What was seen last; it is looked at again for the next time.
    pub(crate) fn spaces(&self) -> Vec<Space> {
        drop(self.look_again());
        self.seen().disks.clone()
    }

    /// Looks again on a thread of its own, unless somebody does, or did a moment ago.
    fn look_again(&self) -> Option<tokio::task::JoinHandle<()>> {
        let is_due = self.seen().at.elapsed() >= BELIEVED;
        if !is_due || self.0.is_looked_at.swap(true, Ordering::Relaxed) {
            return None;
        }
        let room = self.clone();
        Some(tokio::task::spawn_blocking(move || {
            let disks = look(room.0.reserve, &room.0.disks);
            *room.seen() = Seen { at: Instant::now(), disks };
            room.0.is_looked_at.store(false, Ordering::Relaxed);
        }))
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A disk that does not answer is another check's matter.
fn look(reserve: Reserve, disks: &[(&'static str, PathBuf)]) -> Vec<Space> {
    let space = |(of, path): &(&'static str, PathBuf)| {
        let system = statvfs(path).ok()?;
        let bytes = |blocks: u64| blocks.saturating_mul(system.f_frsize);
        Some(Space { of, free: bytes(system.f_bavail), reserve: reserve.of(bytes(system.f_blocks)) })
    };
    disks.iter().filter_map(space).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twentieth_of_a_small_disk_and_a_gibibyte_of_a_large_one_stay_free() {
        let gibibyte = 1 << 30;
        assert_eq!(Reserve::Share.of(10 * gibibyte), gibibyte / 2);
        assert_eq!(Reserve::Share.of(1000 * gibibyte), gibibyte);
        assert_eq!(Reserve::Bytes(7).of(1000 * gibibyte), 7);
    }

    #[tokio::test]
    async fn no_room_is_said_of_the_disk_that_has_none_and_looked_for_once_a_second() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("tweetty.db");
        let room = Room::new(Reserve::Bytes(0), folder.path(), Some(&database));
        room.check().await.unwrap();
        assert_eq!(
            room.seen().disks.iter().map(|space| space.of).collect::<Vec<_>>(),
            ["images", "database"]
        );
        let full = Room::new(Reserve::Bytes(u64::MAX), folder.path(), None);
        assert!(matches!(full.check().await, Err(Error::NoRoom("images"))));
        // What was seen is believed for a while, then looked at again.
        full.seen().disks.clear();
        full.check().await.unwrap();
        full.seen().at = Instant::now().checked_sub(BELIEVED).unwrap();
        assert!(matches!(full.check().await, Err(Error::NoRoom("images"))));
    }
}
