//! The files of smaller copies, before they are placed.

use std::io::Write as _;

use tempfile::NamedTempFile;
use tweetty_domain::{Error, ImageName, Result, Variants};

use crate::recode::SmallCopy;
use crate::storage::Storage;
use crate::turns::Turns;

/// Files that are yet to get those names.
pub(crate) type Files = Vec<(NamedTempFile, ImageName)>;

/// The copies as variants of that image, and their files.
pub(crate) async fn files(
    copies: Vec<SmallCopy>,
    image: ImageName,
    storage: &dyn Storage,
    turns: &Turns,
) -> Result<(Variants, Files)> {
    let (mut variants, mut files) = (Vec::new(), Vec::new());
    for SmallCopy { variant, bytes } in copies {
        files.push((file(bytes, storage, turns).await?, variant.file_of(image)));
        variants.push(variant);
    }
    let variants = Variants::new(variants).ok_or_else(|| Error::internal("variants out of order"))?;
    Ok((variants, files))
}

/// A file of those bytes.
pub(crate) async fn file(bytes: Vec<u8>, storage: &dyn Storage, turns: &Turns) -> Result<NamedTempFile> {
    let mut file = storage.temporary().await?;
    turns.work(move || file.write_all(&bytes).map(|()| file)).await
}
