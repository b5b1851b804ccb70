//! Encoding an image anew: what is kept are pixels, nothing else of the file that came. Their colours become sRGB, so that
//! no profile has to be kept.
//!
//! | comes | is kept as |
//! |---|---|
//! | JPEG | JPEG |
//! | PNG | PNG; of an animated one the first picture |
//! | GIF | GIF with its frames, palettes, delays and loops |
//! | still WebP, lossy and opaque | JPEG |
//! | still WebP, lossless or with transparency | lossless WebP |
//! | animated WebP | GIF: its colours become 256 a frame, half transparency becomes none |

mod allowance;
mod animation;
mod canvas;
mod colors;
mod palette;
mod png;
mod sink;
mod still;
mod timed;
mod twice;
mod unusual;

use std::io::Write;

use tweetty_domain::{Error, ImageFormat, Result};

use crate::outline::{Kind, Outline};

pub(crate) use allowance::Allowance;
pub(crate) use sink::Sink;
use timed::Timed;

/// What was written.
pub(crate) struct Recoded {
    pub(crate) format: ImageFormat,
    /// As it is to be shown, hence turned as the original's orientation demands.
    pub(crate) width: u32,
    pub(crate) height: u32,
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
        Kind::Gif => animation::gif(Timed::new(bytes, allowance), outline, sink),
        Kind::AnimatedWebP => animation::webp(bytes, allowance, outline, sink),
        _ => still::recode(bytes, allowance, outline, sink),
    }
}
