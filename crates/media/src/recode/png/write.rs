//! Writing PNG: without loss, and no larger than it came.

use std::cell::Cell;
use std::io::Write;

use image::DynamicImage;
use png::{DeflateCompression, Encoder, EncodingError, Filter};
use tweetty_domain::Result;

use super::packed::{PARTS, Packed};
use super::raster::Raster;
use super::{Change, Decoded};
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

/// Writes the picture. Where it takes more room than in the file, what is packed there is kept, with what it says of its
/// colours.
pub(in super::super) fn write(
    Decoded { picture, change, had_palette }: &Decoded,
    file: &[u8],
    allowance: &Allowance,
    sink: &mut Sink<'_, impl Write>,
) -> Result<()> {
    let raster = Raster::new(picture, *had_palette);
    let size = (picture.width(), picture.height());
    let first = if raster.has_few_bits() { USUAL } else { QUICK };
    let is_large = raster.samples.len() > LARGE && matches!(change, Change::Nothing);
    let large = is_large.then(|| Packed::whole(file, allowance)).flatten();
    let begin_part = |part, most: &Cell<usize>| {
        if let Some(bytes) = large.as_ref().and_then(|packed| packed.taken(part)) {
            most.set(bytes / 8 * 7);
        }
    };
    if let Some(bytes) = smaller(&raster, size, first, file.len(), allowance, begin_part)? {
        return sink.write_all(&bytes).map_err(failure::encoding);
    }
    let colors = match change {
        Change::Nothing => Some(&[][..]),
        Change::Described(chunks) => Some(&chunks[..]),
        Change::Total => None,
    };
    let packed = large.or_else(|| colors.and_then(|_| Packed::whole(file, allowance)));
    let last = if raster.samples.len() <= SMALL { THOROUGH } else { first };
    let Some((packed, colors)) = packed.zip(colors) else {
        return encode(&raster, size, last, sink, |_| ()).map_err(failure::encoding);
    };
    // What needs no description is better, if it takes no more and there is a way left to try.
    if !colors.is_empty() && last != first {
        let most = packed.size(colors);
        if let Some(converted) = smaller(&raster, size, last, most, allowance, |_, _| ())? {
            return sink.write_all(&converted).map_err(failure::encoding);
        }
    }
    packed.write(colors, sink).map_err(failure::encoding)
}

/// The picture, unless it takes more than so many bytes. Each of the [`PARTS`] may set another bound.
fn smaller(
    raster: &Raster<'_>,
    size: (u32, u32),
    level: u8,
    most: usize,
    allowance: &Allowance,
    begin_part: impl Fn(usize, &Cell<usize>),
) -> Result<Option<Vec<u8>>> {
    let most = Cell::new(most);
    let mut buffer = Buffer::new(&most, allowance);
    match encode(raster, size, level, &mut buffer, |part| begin_part(part, &most)) {
        Ok(()) => Ok(Some(buffer.into_bytes())),
        Err(EncodingError::IoError(_)) => Ok(None),
        Err(other) => Err(failure::encoding(other)),
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
