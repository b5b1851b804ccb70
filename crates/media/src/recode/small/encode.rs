//! The format of a copy: sharp where that takes little, small otherwise.

use std::io::Write as _;

use jpeg_encoder::{ColorType as JpegColors, SamplingFactor};
use png::{BitDepth, ColorType as PngColors, DeflateCompression, Filter};
use tweetty_domain::{Error, ImageFormat, Invalid, Result};

use super::pixels::{Channels, Pixels, Shown};
use crate::failure;
use crate::recode::{Allowance, Sink};

/// Copies are looked at in passing.
const JPEG_QUALITY: u8 = 80;
/// Within a tenth of the smallest size at a quarter of its time.
const PNG_LEVEL: u8 = 3;

/// Whether a copy may lose details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// The picture came with loss.
    Accepted,
    /// It came without: an exact copy may take up to 2.5 times as much.
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
    let colors = match picture.channels {
        Channels::Grey => JpegColors::Luma,
        Channels::Rgb => JpegColors::Rgb,
        Channels::GreyAlpha | Channels::RgbAlpha => return png(&picture, most, allowance),
    };
    let lossy = jpeg(&picture, colors, most, allowance)?;
    if loss == Loss::Accepted {
        return Ok(lossy);
    }
    // Photographs take five times as much and more, drawings often less.
    let little_more = lossy.as_ref().map_or(most, |(_, bytes)| bytes.len() as u64 * 5 / 2);
    Ok(png(&picture, little_more.min(most), allowance)?.or(lossy))
}

fn jpeg(picture: &Shown, colors: JpegColors, most: u64, allowance: &Allowance) -> Result<Option<Encoded>> {
    let [width, height] = [picture.width, picture.height].map(u16::try_from);
    let (width, height) = (width.map_err(Error::internal)?, height.map_err(Error::internal)?);
    let bytes = bounded(most, allowance, |sink| {
        let mut encoder = jpeg_encoder::Encoder::new(sink, JPEG_QUALITY);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        // Without tables of its own: with them it writes a scan a component, which some decoders get wrong.
        encoder.encode(&picture.samples, width, height, colors).map_err(failure::encoding)
    })?;
    Ok(bytes.map(|bytes| (ImageFormat::Jpeg, bytes)))
}

fn png(picture: &Shown, most: u64, allowance: &Allowance) -> Result<Option<Encoded>> {
    let bytes = bounded(most, allowance, |sink| {
        let mut encoder = png::Encoder::new(sink, picture.width, picture.height);
        encoder.set_color(match picture.channels {
            Channels::Grey => PngColors::Grayscale,
            Channels::GreyAlpha => PngColors::GrayscaleAlpha,
            Channels::Rgb => PngColors::Rgb,
            Channels::RgbAlpha => PngColors::Rgba,
        });
        encoder.set_depth(BitDepth::Eight);
        encoder.set_deflate_compression(DeflateCompression::Level(PNG_LEVEL));
        encoder.set_filter(Filter::Adaptive);
        // Row by row, so that it ends early where it becomes too large.
        let mut writer = encoder.write_header().map_err(failure::encoding)?;
        let mut rows = writer.stream_writer().map_err(failure::encoding)?;
        rows.write_all(&picture.samples).map_err(failure::encoding)?;
        rows.finish().map_err(failure::encoding)
    })?;
    Ok(bytes.map(|bytes| (ImageFormat::Png, bytes)))
}

/// What is written, unless it is more than so many bytes.
fn bounded(
    most: u64,
    allowance: &Allowance,
    encode: impl FnOnce(&mut Sink<'_, &mut Vec<u8>>) -> Result<()>,
) -> Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let mut sink = Sink::new(&mut bytes, most, allowance);
    let encoded = encode(&mut sink);
    match sink.stopped() {
        None => encoded.map(|()| Some(bytes)),
        Some(Error::Invalid(Invalid::TooCostlyImage)) => Ok(None),
        Some(reason) => Err(reason),
    }
}
