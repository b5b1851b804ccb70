//! What can be known of an image without decoding it.
//!
//! Each format has its walker over the blocks of the file. It finds the format by content, the size, the number of
//! frames and the true end, and refuses a file that ends before its last pixel: the decoders would fill the rest
//! with grey. A missing end mark alone is no reason. Every size that a decoder takes room for is checked here, also those inside frames.

mod compressed;
mod copies;
mod foreign;
mod frame;
mod gif;
mod jpeg;
mod lossless;
pub(crate) mod png;
mod prefix;
mod quantization;
mod scans;
pub(crate) mod vp8;
mod walk;
mod webp;

use std::time::Duration;

use tweetty_domain::{Error, IMAGE_SIDE, Invalid, Result};

pub(crate) use compressed::{Compressed, append, header};
pub(crate) use frame::{Frame, frames};
pub(crate) use quantization::{Quantization, QuantizationTable};
pub(crate) use webp::metadata;

/// The largest colour profile in bytes: those of print shops have some 3 MB. Larger ones are ignored.
const LARGEST_PROFILE: usize = 4 * 1024 * 1024;
/// The most pixels that all frames of an animation, or all scans of a JPEG, pass over together.
const MOST_WORK: u64 = 1_000_000_000;

/// What an image may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// The size of an upload in bytes.
    pub(crate) bytes: u64,
    /// The pixels of one frame.
    pub(crate) pixels: u64,
    /// The frames.
    pub(crate) frames: u32,
    /// The memory of decoding in bytes.
    pub(crate) memory: u64,
    /// The processor time of encoding anew.
    pub(crate) processor_time: Duration,
    /// The time of all of it, waiting included.
    pub(crate) patience: Duration,
}

/// What an image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Jpeg(Colors),
    /// A sequential JPEG with a scan of only some components, or whose first component is not the finest.
    UnusualJpeg(Colors),
    Png,
    Gif,
    /// A still WebP without loss, or one with transparency.
    ExactWebP,
    /// A still, opaque WebP with loss.
    LossyWebP,
    AnimatedWebP,
}

/// What the components of a JPEG mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colors {
    /// Light and two differences of colour, or light alone.
    YCbCr,
    Rgb,
    /// Four inks.
    Inks,
}

/// An image as its blocks describe it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outline {
    pub(crate) kind: Kind,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The pixels of the largest frame.
    pixels: u64,
    frames: u32,
    /// The pixels that decoding passes over.
    work: u64,
    /// The memory that the file, decoding and encoding take, in bytes.
    pub(crate) memory: u64,
    /// Where the image ends; what follows is not part of it.
    pub(crate) length: usize,
    /// The most bytes that its colour profile may have, 0 where it says nothing of its colours.
    pub(crate) profile: usize,
    /// The quantisation of a JPEG, where it says so.
    pub(crate) quantization: Option<Quantization>,
    /// What has to follow there, where the file does not bring it: an end mark. For a JPEG that is to say that its last
    /// bits may be missing.
    pub(crate) lacks: &'static [u8],
}

impl Outline {
    /// Reads the outline of an image within the bounds.
    ///
    /// # Errors
    /// [`Error::UnsupportedImage`], [`Error::ForeignImage`], [`Invalid::UndecodableImage`], [`Invalid::CutOffImage`],
    /// [`Invalid::UncommonJpeg`], [`Invalid::TooLongSide`], [`Invalid::TooManyPixels`], [`Invalid::TooManyFrames`],
    /// [`Invalid::TooCostlyImage`].
    pub(crate) fn read(bytes: &[u8], bounds: &Bounds) -> Result<Self> {
        let mut outline = match bytes {
            [0xFF, 0xD8, 0xFF, ..] => jpeg::outline(bytes)?,
            // Decoders skip what lies before a segment; before the first one it takes a whole picture to know it by.
            [0xFF, 0xD8, ..] => jpeg::outline(bytes).map_err(|_| Error::UnsupportedImage)?,
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => png::outline(bytes)?,
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => gif::outline(bytes)?,
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => webp::outline(bytes, bounds)?,
            _ => return Err(foreign::format(bytes).map_or(Error::UnsupportedImage, Error::ForeignImage)),
        };
        // The file lies in memory, too.
        outline.memory =
            outline.memory.saturating_add(bytes.len() as u64 + memory_of_profile(outline.profile));
        outline.within(bounds)?;
        outline.memory = outline.memory.max(outline.memory_of_copies(bounds.memory));
        Ok(outline)
    }

    fn within(&self, bounds: &Bounds) -> Result<(), Invalid> {
        if self.width == 0 || self.height == 0 {
            return Err(Invalid::UndecodableImage);
        }
        if self.width.max(self.height) > IMAGE_SIDE {
            return Err(Invalid::TooLongSide { limit: IMAGE_SIDE });
        }
        if self.pixels > bounds.pixels {
            return Err(Invalid::TooManyPixels { limit: bounds.pixels });
        }
        if self.frames > bounds.frames {
            return Err(Invalid::TooManyFrames { limit: bounds.frames });
        }
        if self.work > MOST_WORK || self.memory > bounds.memory {
            return Err(Invalid::TooCostlyImage);
        }
        Ok(())
    }
}

/// What a colour profile takes at its peak: the tables in it, each as often as it is named, and those that are made of it.
fn memory_of_profile(bytes: usize) -> u64 {
    if bytes == 0 { 0 } else { 4 * 1024 * 1024 + 12 * bytes as u64 }
}

fn area(width: u32, height: u32) -> u64 {
    u64::from(width) * u64::from(height)
}
