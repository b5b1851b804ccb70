//! Decoding the streams of a picture, and finding out which of their bytes it takes.

use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder as _};
use tweetty_domain::{Invalid, Result};

use crate::failure;
use crate::outline::{Compressed, vp8};
use crate::recode::{Allowance, Timed};

/// So many bytes at the end of a partition may mean nothing: encoders fill up with some.
const SLACK: usize = 8;
/// The most pixels that are decoded again to see whether the ends of the partitions mean something.
const MOST_TRIED: usize = 80_000_000;
/// The headers before the data of a chunk: those of the file and the chunk, and what an extended file has between them.
const BEFORE_CHUNK: usize = 20;
const EXTENDED: usize = 18;

/// The picture, and its streams where they may be kept: without what lies behind their last byte that was read.
pub(super) fn decode<'a>(
    compressed: &Compressed<'a>,
    allowance: &Allowance,
) -> Result<(DynamicImage, Option<Compressed<'a>>)> {
    let file = compressed.file(None)?;
    let (picture, end) = decode_file(&file, compressed, allowance)?;
    drop(file);
    let mut kept = *compressed;
    match compressed.alpha {
        // An alpha channel is what is read last.
        Some(alpha) => kept.alpha = alpha.get(..end.saturating_sub(BEFORE_CHUNK + EXTENDED)).or(Some(alpha)),
        None if compressed.is_lossy => (),
        None => {
            let read = end.saturating_sub(BEFORE_CHUNK);
            kept.picture = compressed.picture.get(..read).unwrap_or(compressed.picture);
        }
    }
    let may_stay =
        compressed.is_plain() && (!compressed.is_lossy || takes_all(compressed, &picture, allowance)?);
    Ok((picture, may_stay.then_some(kept)))
}

/// The picture alone.
pub(super) fn picture(compressed: &Compressed<'_>, allowance: &Allowance) -> Result<DynamicImage> {
    Ok(decode_file(&compressed.file(None)?, compressed, allowance)?.0)
}

/// The picture, and where the decoder had come when it was done.
fn decode_file(
    file: &[u8],
    compressed: &Compressed<'_>,
    allowance: &Allowance,
) -> Result<(DynamicImage, usize)> {
    let mut reader = Timed::new(file, allowance);
    let decoder = WebPDecoder::new(&mut reader).map_err(|error| failure::decoding(&error))?;
    if decoder.dimensions() != (compressed.width, compressed.height) {
        return Err(Invalid::UndecodableImage.into());
    }
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| failure::decoding(&error))?;
    Ok((picture, reader.position()))
}

/// Whether a lossy picture takes all of its partitions but some bytes: without the last of them it is another one, or can't
/// be decoded. The decoder has no other way to say how far it read.
fn takes_all(compressed: &Compressed<'_>, picture: &DynamicImage, allowance: &Allowance) -> Result<bool> {
    let Some(partitions) = vp8::partitions(compressed.picture) else { return Ok(false) };
    let pixels = compressed.width as usize * compressed.height as usize;
    if pixels.saturating_mul(partitions) > MOST_TRIED {
        return Ok(false);
    }
    for partition in 0..partitions {
        let Some(shorter) = vp8::shortened(compressed.picture, partition, SLACK) else { continue };
        let shorter = Compressed { alpha: None, picture: &shorter, ..*compressed };
        let decoded = decode_file(&shorter.file(None)?, &shorter, allowance);
        // It fails, too, when the time is up.
        allowance.check().map_err(tweetty_domain::Error::unavailable)?;
        if decoded.is_ok_and(|(shorter, _)| are_alike(&shorter, picture)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the colours of an opaque picture are those of one that may have an alpha channel.
fn are_alike(opaque: &DynamicImage, picture: &DynamicImage) -> bool {
    let [each, other] = [opaque, picture].map(|picture| usize::from(picture.color().channel_count()));
    let colors = picture.as_bytes().chunks_exact(other).map(|pixel| &pixel[..3.min(other)]);
    opaque.as_bytes().chunks_exact(each).eq(colors)
}
