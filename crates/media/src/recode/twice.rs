//! Whether all pixels of a JPEG without an end mark are there.
//!
//! No decoder says so: where bits are missing, each makes some up. So the picture is decoded twice, with different bits
//! behind the last one that came. If it needs any of them, the two pictures differ.

use image::DynamicImage;
use image::metadata::Orientation;
use sha2::{Digest as _, Sha256};
use tweetty_domain::{Error, Invalid, Result};

use crate::outline::Outline;

/// From the first bit on, the two go different ways in any code.
const ENDINGS: [[u8; 64]; 2] = [[0x00; 64], [0xFE; 64]];

/// The picture and how it is to be turned, where it is the same whatever stands behind its last byte.
pub(super) fn decoded(
    bytes: &[u8],
    outline: &Outline,
    decode: impl Fn(&[u8]) -> Result<(DynamicImage, Orientation)>,
) -> Result<(DynamicImage, Orientation)> {
    let mut file = Vec::with_capacity(bytes.len() + ENDINGS[0].len());
    file.extend(bytes.iter().take(outline.length));
    let mut seen = None;
    for ending in ENDINGS {
        file.truncate(outline.length);
        file.extend(ending.iter().chain(outline.lacks));
        let (picture, turn) = decode(&file).map_err(|error| match error {
            Error::Invalid(Invalid::UndecodableImage) => Invalid::CutOffImage.into(),
            other => other,
        })?;
        let print = Sha256::digest(picture.as_bytes());
        match seen.replace(print) {
            None => (),
            Some(before) if before == print => return Ok((picture, turn)),
            Some(_) => break,
        }
    }
    Err(Invalid::CutOffImage.into())
}
