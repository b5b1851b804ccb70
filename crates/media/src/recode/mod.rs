//! Encoding an image anew: what is kept are pixels, nothing else of the file that came. Their colours become sRGB, or are
//! described by us where they stay what they are.
//!
//! | comes | is kept as |
//! |---|---|
//! | JPEG | JPEG, no finer than it came |
//! | PNG | PNG, with a palette where that holds its colours; of an animated one the first picture |
//! | PNG that would grow | PNG with the same stream and what it says of its colours |
//! | GIF | GIF with its frames, palettes, delays and loops |
//! | WebP | WebP with the same streams, see [`webp`] |
//! | WebP that has to be turned, or converted from what no profile of ours says, lossy and opaque | JPEG |
//! | such a WebP, else | lossless WebP |
//! | animated WebP | WebP with the streams of its frames; those that have to be converted become lossless |

mod allowance;
mod buffer;
mod colors;
mod gif;
mod jpeg;
mod png;
mod sink;
mod small;
mod still;
mod timed;
mod turn;
mod twice;
mod unusual;
mod webp;

use std::io::Write;

use image::DynamicImage;
use tweetty_domain::{Error, ImageFormat, Result};

use crate::outline::{Kind, Outline};

pub(crate) use allowance::Allowance;
pub(crate) use sink::Sink;
pub(crate) use small::{SmallCopy, Squares, copies, squares};
use timed::Timed;

/// What was written.
pub(crate) struct Recoded {
    pub(crate) format: ImageFormat,
    /// As it is to be shown, hence turned as the original's orientation demands.
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// What was encoded, unless it moves.
    picture: Option<DynamicImage>,
}

impl Recoded {
    /// A picture that does not move.
    fn of(format: ImageFormat, picture: DynamicImage) -> Self {
        Self { format, width: picture.width(), height: picture.height(), picture: Some(picture) }
    }

    fn of_animation(format: ImageFormat, outline: &Outline) -> Self {
        Self { format, width: outline.width, height: outline.height, picture: None }
    }
}

/// Decodes the image of that outline and writes it anew. It fails anyhow when the allowance is used up;
/// [`Sink::stopped`] knows that better.
pub(crate) fn recode(
    bytes: &[u8],
    outline: &Outline,
    allowance: &Allowance,
    sink: &mut Sink<'_, impl Write>,
) -> Result<Recoded> {
    // The time may be over before anything is done.
    allowance.check().map_err(Error::unavailable)?;
    match outline.kind {
        Kind::Gif => gif::recode(bytes, allowance, outline, sink),
        Kind::AnimatedWebP => webp::animation(bytes, allowance, outline, sink),
        Kind::ExactWebP | Kind::LossyWebP => webp::still(bytes, allowance, outline, sink),
        Kind::Jpeg(_) | Kind::UnusualJpeg(_) => still::jpeg(bytes, allowance, outline, sink),
        Kind::Png => still::png(bytes, allowance, outline, sink),
    }
}

/// The smaller copies of an image that was just encoded anew into that sink.
pub(crate) fn copies_of_recoded(
    recoded: &mut Recoded,
    bytes: &[u8],
    outline: &Outline,
    allowance: &Allowance,
    sink: &Sink<'_, impl Write>,
) -> Result<Vec<SmallCopy>> {
    match recoded.picture.take() {
        Some(picture) => small::copies_of(picture, outline, allowance, sink.written()),
        None => small::copies(bytes, outline, allowance, sink.written()),
    }
}
