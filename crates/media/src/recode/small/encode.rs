//! The format of a copy: sharp where that takes little, small otherwise.

use tweetty_domain::{Error, ImageFormat, Result};

use super::pixels::Pixels;
use crate::recode::sink::bounded;
use crate::recode::{Allowance, jpeg, png};

/// Whether a copy may lose details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// The picture came with loss.
    Accepted,
    /// It came without: an exact copy may take up to 3 times as much.
    IfMuchSmaller,
}

pub(super) type Encoded = (ImageFormat, Vec<u8>);

/// The picture in the format that suits it; none where it takes more than so many bytes.
pub(super) fn encoded(
    picture: &Pixels,
    loss: Loss,
    most: u64,
    allowance: &Allowance,
) -> Result<Option<Encoded>> {
    let picture = picture.shown()?;
    let exact = |most| {
        let bytes = bounded(most, allowance, |sink| png::write_anew(&picture, sink))?;
        Ok(bytes.map(|bytes| (ImageFormat::Png, bytes)))
    };
    if picture.color().has_alpha() {
        return exact(most);
    }
    let quantization = jpeg::of_copies();
    let bytes = bounded(most, allowance, |sink| jpeg::write(&picture, &quantization, allowance, sink))?;
    let lossy = bytes.map(|bytes| (ImageFormat::Jpeg, bytes));
    if loss == Loss::Accepted {
        return Ok(lossy);
    }
    // Photographs take five times as much and more, drawings often less.
    let little_more = lossy.as_ref().map_or(most, |(_, bytes)| bytes.len() as u64 * 3);
    Ok(exact(little_more.min(most))?.or(lossy))
}

/// The picture in the format that suits it, however many bytes it takes.
pub(super) fn smallest(picture: &Pixels, loss: Loss, allowance: &Allowance) -> Result<Encoded> {
    encoded(picture, loss, u64::MAX, allowance)?.ok_or_else(|| Error::internal("a picture beyond all bounds"))
}

/// The picture in that format: JPEG, which has no transparency, or PNG.
pub(super) fn in_format(picture: &Pixels, format: ImageFormat, allowance: &Allowance) -> Result<Vec<u8>> {
    let picture = picture.shown()?;
    let bytes = bounded(u64::MAX, allowance, |sink| match format {
        ImageFormat::Jpeg => jpeg::write(&picture, &jpeg::of_copies(), allowance, sink),
        _ => png::write_anew(&picture, sink),
    })?;
    bytes.ok_or_else(|| Error::internal("a picture beyond all bounds"))
}
