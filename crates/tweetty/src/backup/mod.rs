//! Backups: a folder with a copy of the database, the images, and what proves that neither has changed.
//!
//! ```text
//! backup.json      what it is of and when it was begun; the sum of SHA256SUMS
//! SHA256SUMS       the sum of every other file, as `sha256sum --check` reads it
//! database.sqlite  or database.dump, PostgreSQL's custom format
//! media/ab/ab….png
//! ```
//!
//! The rows are copied before the images, and no image is removed from before the first until after the last: so each
//! image that a row of the backup names is there. Images without a row, which came meanwhile, are left out when it is
//! restored.

mod earlier;
mod made;
mod restored;
mod sums;

use std::fs::File;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

pub(crate) use made::{Backup, Made};
pub(crate) use restored::Source;
pub(crate) use sums::hex;

const SUMMARY: &str = "backup.json";
const SUMS: &str = "SHA256SUMS";
const MEDIA: &str = "media";
const FORMAT: u32 = 1;

/// What a backup says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct Summary {
    format: u32,
    tweetty: String,
    begun_at: String,
    /// The kind of its database.
    database: String,
    images: u64,
    image_bytes: u64,
    /// SHA-256 of `SHA256SUMS`.
    sums: String,
    /// Which store it is of; none in backups from before there were ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    store: Option<String>,
    /// Whether an operator had confirmed that the images were lost.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    images_lost: bool,
}

/// Makes everything on the file system of a folder durable, at once.
fn sync_all(folder: &Path) -> io::Result<()> {
    let folder = File::open(folder)?;
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(&folder)?;
    folder.sync_all()
}
