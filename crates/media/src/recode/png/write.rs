//! Writing PNG: without loss, and no larger than it came.

use std::cell::Cell;
use std::io::Write;

use image::DynamicImage;
use png::{DeflateCompression, Encoder, EncodingError, Filter};
use tweetty_domain::Result;

use super::Decoded;
use super::packed::{PARTS, Packed};
use super::raster::Raster;
use crate::failure;
use crate::recode::buffer::Buffer;
use crate::recode::{Allowance, Sink};

/// Within a tenth of the smallest size at a quarter of its time; the default level takes 12 s for 40 megapixels.
const QUICK: u8 = 3;
/// For numbers of colours, which take no longer so, and for small copies.
const USUAL: u8 = 6;
/// For what grows otherwise, as long as it is small.
const THOROUGH: u8 = 9;
const SMALL: usize = 8 * 1024 * 1024;

/// Of pixels that take more, the beginning shows whether they become clearly smaller than they came.
const LARGE: usize = 4 * 1024 * 1024;

/// Writes the picture. Where its pixels are those of the file, and take more room than there, what is packed in the file
/// is kept.
pub(in super::super) fn write(
    Decoded { picture, is_changed, had_palette }: &Decoded,
    file: &[u8],
    allowance: &Allowance,
    sink: &mut Sink<'_, impl Write>,
) -> Result<()> {
    let raster = Raster::new(picture, *had_palette);
    let size = (picture.width(), picture.height());
    let first = if raster.has_few_bits() { USUAL } else { QUICK };
    let last = if raster.samples.len() <= SMALL { THOROUGH } else { first };
    let large = (raster.samples.len() > LARGE && !is_changed).then(|| Packed::whole(file)).flatten();
    let most = Cell::new(file.len());
    let mut buffer = Buffer::new(&most, allowance);
    let begin_part = |part| {
        if let Some(bytes) = large.as_ref().and_then(|packed| packed.taken(part)) {
            most.set(bytes / 8 * 7);
        }
    };
    match encode(&raster, size, first, &mut buffer, begin_part) {
        Ok(()) => return sink.write_all(&buffer.into_bytes()).map_err(failure::encoding),
        Err(EncodingError::IoError(_)) => drop(buffer),
        Err(other) => return Err(failure::encoding(other)),
    }
    let packed = large.or_else(|| Packed::whole(file).filter(|_| !*is_changed));
    match packed {
        Some(packed) => packed.write(sink).map_err(failure::encoding),
        None => encode(&raster, size, last, sink, |_| ()).map_err(failure::encoding),
    }
}

/// Writes a picture that has no file of its own.
pub(in super::super) fn write_anew(picture: &DynamicImage, sink: &mut Sink<'_, impl Write>) -> Result<()> {
    let size = (picture.width(), picture.height());
    encode(&Raster::without_palette(picture), size, USUAL, sink, |_| ()).map_err(failure::encoding)
}

/// Says before each of the [`PARTS`] which one comes.
fn encode(
    raster: &Raster<'_>,
    (width, height): (u32, u32),
    level: u8,
    sink: impl Write,
    begin_part: impl Fn(usize),
) -> Result<(), EncodingError> {
    let mut encoder = Encoder::new(sink, width, height);
    encoder.set_color(raster.color);
    encoder.set_depth(raster.depth);
    if let Some((colors, opacities)) = &raster.palette {
        encoder.set_palette(colors);
        if !opacities.is_empty() {
            encoder.set_trns(opacities);
        }
    }
    encoder.set_deflate_compression(DeflateCompression::Level(level));
    // Numbers of colours that lie side by side have nothing to do with each other.
    encoder.set_filter(if raster.has_few_bits() { Filter::NoFilter } else { Filter::MinEntropy });
    let mut writer = encoder.write_header()?;
    let mut rows = writer.stream_writer()?;
    for (number, part) in raster.samples.chunks(raster.samples.len().div_ceil(PARTS).max(1)).enumerate() {
        begin_part(number);
        rows.write_all(part)?;
    }
    rows.finish()?;
    writer.finish()
}
