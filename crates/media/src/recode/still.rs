//! Pictures that don't move.

use std::io::Write;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::codecs::webp::{WebPDecoder, WebPEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, Limits};
use tweetty_domain::{ImageFormat, Invalid, Result};

use super::{Recoded, Sink, Timed, unusual};
use crate::failure;
use crate::outline::{Kind, Outline, png};

/// Hardly to be told from the original, at half the size of 95.
const JPEG_QUALITY: u8 = 88;
/// Within a tenth of the smallest size at a quarter of its time; the default level takes 12 s for 40 megapixels.
const PNG_COMPRESSION: CompressionType = CompressionType::Level(3);

pub(super) fn recode(
    bytes: Timed<'_>,
    kind: Kind,
    outline: &Outline,
    sink: &mut Sink<'_, impl Write>,
) -> Result<Recoded> {
    let picture = match kind {
        Kind::Jpeg => decoded(JpegDecoder::new(bytes).map_err(|error| failure::decoding(&error))?, outline)?,
        Kind::UnusualJpeg(colors) => unusual::decoded(bytes, colors, outline)?,
        Kind::Png => {
            let decoder = PngDecoder::with_limits(bytes, aside(outline));
            decoded(decoder.map_err(|error| failure::decoding(&error))?, outline)?
        }
        _ => decoded(WebPDecoder::new(bytes).map_err(|error| failure::decoding(&error))?, outline)?,
    };
    let format = match kind {
        // Only lossless WebP can be written: a photograph would grow tenfold by it.
        Kind::Jpeg | Kind::UnusualJpeg(_) | Kind::LossyWebP => ImageFormat::Jpeg,
        Kind::Png => ImageFormat::Png,
        _ => ImageFormat::WebP,
    };
    let written = match format {
        ImageFormat::Jpeg => {
            picture.write_with_encoder(JpegEncoder::new_with_quality(&mut *sink, JPEG_QUALITY))
        }
        ImageFormat::WebP => picture.write_with_encoder(WebPEncoder::new_lossless(&mut *sink)),
        _ => picture.write_with_encoder(PngEncoder::new_with_quality(
            &mut *sink,
            PNG_COMPRESSION,
            FilterType::Adaptive,
        )),
    };
    written.map_err(failure::encoding)?;
    Ok(Recoded { format, width: picture.width(), height: picture.height() })
}

/// The picture, turned as its metadata demands.
fn decoded(mut decoder: impl ImageDecoder, outline: &Outline) -> Result<DynamicImage> {
    if decoder.dimensions() != (outline.width, outline.height) {
        return Err(Invalid::UndecodableImage.into());
    }
    decoder.set_limits(limits(outline)).map_err(|error| failure::decoding(&error))?;
    // Broken metadata is no reason to refuse a picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| failure::decoding(&error))?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// What a PNG may bring beside its pixels. The decoder counts chunks as they come and as they unpack.
fn aside(outline: &Outline) -> Limits {
    let mut limits = limits(outline);
    limits.max_alloc = Some(png::ASIDE + 2 * outline.length as u64);
    limits
}

/// A second line of defence behind the outline, which is within the bounds.
fn limits(outline: &Outline) -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(outline.width);
    limits.max_image_height = Some(outline.height);
    limits.max_alloc = Some(outline.memory.saturating_mul(2).max(1024 * 1024));
    limits
}
