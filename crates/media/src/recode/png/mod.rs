//! Decoding a PNG row by row: what follows its last pixel is not needed, and may be missing.

mod packed;
mod palette;
mod raster;
mod write;

use std::io::ErrorKind;

use image::metadata::Orientation;
use image::{DynamicImage, ImageBuffer};
use png::{BitDepth, ColorType, Decoder, DecodingError, InterlaceInfo, Limits, Reader, Transformations};
use tweetty_domain::{Error, Invalid, Result};

use super::colors::{Model, Source};
use super::{Timed, turn};
use crate::outline::{Outline, png::ASIDE};

pub(super) use write::{write, write_anew};

/// A picture in sRGB, turned as its metadata demands.
pub(super) struct Decoded {
    pub(super) picture: DynamicImage,
    change: Change,
    had_palette: bool,
}

/// Kind and data of a chunk.
type Chunk = ([u8; 4], Vec<u8>);

/// What was done to the pixels of the file.
enum Change {
    Nothing,
    /// They were converted; with those chunks the file would show the same.
    Described(Vec<Chunk>),
    /// They were turned, or converted from what no chunk of ours says.
    Total,
}

pub(super) fn decoded(bytes: Timed<'_>, outline: &Outline) -> Result<Decoded> {
    // The decoder counts chunks as they come and as they unpack.
    let aside = usize::try_from(ASIDE).unwrap_or(usize::MAX).saturating_add(2 * outline.length);
    let mut decoder = Decoder::new_with_limits(bytes, Limits { bytes: aside });
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    let mut reader = decoder.read_info().map_err(undecodable)?;
    if reader.info().size() != (outline.width, outline.height) {
        return Err(Invalid::UndecodableImage.into());
    }
    let pixels = pixels(&mut reader)?;
    let (color, depth) = reader.output_color_type();
    let mut picture = picture((outline.width, outline.height), color, depth, pixels)?;
    let info = reader.info();
    let model = if picture.color().has_color() { Model::Rgb } else { Model::Grey };
    let source = Source::png(info, model, outline.profile);
    let mut change = Change::Nothing;
    if let Some(source) = source.filter(|source| source.convert(&mut picture)) {
        picture = greys_of_eight_bits(picture);
        change = source.png_chunks(info).map_or(Change::Total, Change::Described);
    }
    if let Some(turn) = info.exif_metadata.as_deref().and_then(turn::by_exif) {
        picture.apply_orientation(turn);
        if turn != Orientation::NoTransforms {
            change = Change::Total;
        }
    }
    let had_palette = info.color_type == ColorType::Indexed;
    Ok(Decoded { picture, change, had_palette })
}

/// All samples; those of 16 bits are in the order of bytes that the file has.
fn pixels(reader: &mut Reader<Timed<'_>>) -> Result<Vec<u8>> {
    let (color, depth) = reader.output_color_type();
    let size = reader.output_buffer_size().ok_or(Invalid::TooCostlyImage)?;
    let across = reader.output_line_size(reader.info().width).ok_or(Invalid::TooCostlyImage)?;
    let mut pixels = vec![0; size];
    if reader.info().interlaced {
        let bits = u8::try_from(color.samples()).unwrap_or(u8::MAX).saturating_mul(depth as u8);
        let mut left = pixels.len();
        // The rows of all passes together are as long as the picture; asking for one more would read on to the end mark.
        while left > 0 {
            let row = reader.next_interlaced_row().map_err(undecodable)?.ok_or(Invalid::UndecodableImage)?;
            left = left.saturating_sub(row.data().len().max(1));
            if let InterlaceInfo::Adam7(place) = row.interlace() {
                png::expand_interlaced_row(&mut pixels, across, row.data(), place, bits);
            }
        }
    } else {
        for row in pixels.chunks_exact_mut(across.max(1)) {
            reader.read_row(row).map_err(undecodable)?.ok_or(Invalid::UndecodableImage)?;
        }
    }
    Ok(pixels)
}

fn picture(
    (width, height): (u32, u32),
    color: ColorType,
    depth: BitDepth,
    pixels: Vec<u8>,
) -> Result<DynamicImage> {
    let deep = |pixels: Vec<u8>| {
        let (samples, _) = pixels.as_chunks::<2>();
        samples.iter().map(|sample| u16::from_be_bytes(*sample)).collect::<Vec<_>>()
    };
    let picture = match (color, depth) {
        (ColorType::Grayscale, BitDepth::Eight) => {
            ImageBuffer::from_raw(width, height, pixels).map(DynamicImage::ImageLuma8)
        }
        (ColorType::GrayscaleAlpha, BitDepth::Eight) => {
            ImageBuffer::from_raw(width, height, pixels).map(DynamicImage::ImageLumaA8)
        }
        (ColorType::Rgb, BitDepth::Eight) => {
            ImageBuffer::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8)
        }
        (ColorType::Rgba, BitDepth::Eight) => {
            ImageBuffer::from_raw(width, height, pixels).map(DynamicImage::ImageRgba8)
        }
        (ColorType::Grayscale, BitDepth::Sixteen) => {
            ImageBuffer::from_raw(width, height, deep(pixels)).map(DynamicImage::ImageLuma16)
        }
        (ColorType::GrayscaleAlpha, BitDepth::Sixteen) => {
            ImageBuffer::from_raw(width, height, deep(pixels)).map(DynamicImage::ImageLumaA16)
        }
        (ColorType::Rgb, BitDepth::Sixteen) => {
            ImageBuffer::from_raw(width, height, deep(pixels)).map(DynamicImage::ImageRgb16)
        }
        (ColorType::Rgba, BitDepth::Sixteen) => {
            ImageBuffer::from_raw(width, height, deep(pixels)).map(DynamicImage::ImageRgba16)
        }
        // The decoder has expanded what has fewer bits, or a palette.
        _ => None,
    };
    picture.ok_or_else(|| Invalid::UndecodableImage.into())
}

/// Greys that were converted are rounded anyway, screens show no more than eight bits of them, and uneven steps of sixteen
/// hardly pack. Colours would change their hue where each part is rounded by itself.
fn greys_of_eight_bits(picture: DynamicImage) -> DynamicImage {
    match picture {
        DynamicImage::ImageLuma16(_) => picture.into_luma8().into(),
        DynamicImage::ImageLumaA16(_) => picture.into_luma_alpha8().into(),
        other => other,
    }
}

fn undecodable(error: DecodingError) -> Error {
    match error {
        DecodingError::LimitsExceeded => Invalid::TooCostlyImage.into(),
        DecodingError::IoError(end) if end.kind() == ErrorKind::UnexpectedEof => Invalid::CutOffImage.into(),
        _ => Invalid::UndecodableImage.into(),
    }
}
