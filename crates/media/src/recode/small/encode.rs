//! The format of a copy: sharp where that takes little, small otherwise.

use tweetty_domain::{ImageFormat, Result};

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

type Encoded = (ImageFormat, Vec<u8>);

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
