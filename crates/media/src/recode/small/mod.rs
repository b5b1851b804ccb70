//! Smaller copies of a picture, for those who see it in a small place: from the widest to the narrowest, each made of
//! the one before.
//!
//! | the picture | its copies |
//! |---|---|
//! | came with loss, and is opaque | JPEG |
//! | came without loss, and is opaque | PNG where that takes little more than a JPEG, as with drawings; else JPEG |
//! | has transparency | PNG |
//! | moves | one of its first frame, likewise |
//!
//! An avatar is two copies of the square in its middle, both in the format of the large one, whatever size it has.

mod encode;
mod first_frame;
mod pixels;

use image::DynamicImage;
use tweetty_domain::{Avatar, Error, ImageFormat, Result, Variant};

use super::{Allowance, still, webp};
use crate::outline::{Kind, Outline};
use encode::Loss;
use pixels::Pixels;

/// A smaller copy, encoded.
pub(crate) struct SmallCopy {
    pub(crate) variant: Variant,
    pub(crate) bytes: Vec<u8>,
}

/// The copies of an avatar, encoded.
pub(crate) struct Squares {
    pub(crate) format: ImageFormat,
    pub(crate) large: Vec<u8>,
    pub(crate) small: Vec<u8>,
}

/// The copies of an avatar that is made of the image of that outline.
pub(crate) fn squares(bytes: &[u8], outline: &Outline, allowance: &Allowance) -> Result<Squares> {
    allowance.check().map_err(Error::unavailable)?;
    let pixels = Pixels::of(picture(bytes, outline, allowance)?)?.square(Avatar::LARGE)?;
    let (format, large) = encode::smallest(&pixels, loss_of(outline), allowance)?;
    let small = encode::in_format(&pixels.square(Avatar::SMALL)?, format, allowance)?;
    Ok(Squares { format, large, small })
}

/// The picture as it is shown; the first one of an animation.
fn picture(bytes: &[u8], outline: &Outline, allowance: &Allowance) -> Result<DynamicImage> {
    match outline.kind {
        Kind::Gif => first_frame::gif(bytes, allowance, outline),
        Kind::AnimatedWebP => webp::first_frame(bytes, allowance, outline),
        Kind::ExactWebP | Kind::LossyWebP => Ok(webp::decoded(bytes, allowance, outline)?.0),
        Kind::Jpeg(_) | Kind::UnusualJpeg(_) | Kind::Png => still::decoded(bytes, allowance, outline),
    }
}

fn loss_of(outline: &Outline) -> Loss {
    match outline.kind {
        Kind::Jpeg(_) | Kind::UnusualJpeg(_) | Kind::LossyWebP => Loss::Accepted,
        _ => Loss::IfMuchSmaller,
    }
}

/// The copies of the image of that outline, from narrow to wide. It has so many bytes where it is kept: a copy that
/// has as many is of no use.
pub(crate) fn copies(
    bytes: &[u8],
    outline: &Outline,
    allowance: &Allowance,
    kept: u64,
) -> Result<Vec<SmallCopy>> {
    copies_of(picture(bytes, outline, allowance)?, outline, allowance, kept)
}

/// The same of the picture as it is shown.
pub(super) fn copies_of(
    picture: DynamicImage,
    outline: &Outline,
    allowance: &Allowance,
    kept: u64,
) -> Result<Vec<SmallCopy>> {
    let sizes = outline.copies(picture.width(), picture.height());
    if sizes.is_empty() {
        return Ok(Vec::new());
    }
    let is_still = outline.is_animated();
    // The picture of an animation is worth its bytes: it stands still.
    let most = if is_still { u64::MAX } else { kept.saturating_sub(1) };
    let loss = loss_of(outline);
    let mut pixels = Pixels::of(picture)?;
    let mut copies = Vec::new();
    for (width, height) in sizes {
        pixels = pixels.resized(width, height)?;
        if let Some((format, bytes)) = encode::encoded(&pixels, loss, most, allowance)? {
            copies.push(SmallCopy { variant: Variant { width, height, format, is_still }, bytes });
        }
    }
    copies.reverse();
    Ok(copies)
}
