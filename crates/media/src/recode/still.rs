//! Pictures that don't move.

use std::io::Write;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::{WebPDecoder, WebPEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, Limits};
use tweetty_domain::{ImageFormat, Invalid, Result};

use super::colors::{Model, Source};
use super::{Allowance, Recoded, Sink, Timed, png, twice, unusual};
use crate::failure;
use crate::outline::{Kind, Outline};

/// Hardly to be told from the original, at half the size of 95.
const JPEG_QUALITY: u8 = 88;
/// Within a tenth of the smallest size at a quarter of its time; the default level takes 12 s for 40 megapixels.
const PNG_COMPRESSION: CompressionType = CompressionType::Level(3);

pub(super) fn recode(
    bytes: &[u8],
    allowance: &Allowance,
    outline: &Outline,
    sink: &mut Sink<'_, impl Write>,
) -> Result<Recoded> {
    let jpeg = |bytes: &[u8]| {
        let bytes = Timed::new(bytes, allowance);
        match outline.kind {
            Kind::UnusualJpeg(colors) => unusual::decoded(bytes, colors, outline),
            _ => decoded(JpegDecoder::new(bytes).map_err(|error| failure::decoding(&error))?, outline),
        }
    };
    let picture = match outline.kind {
        Kind::Jpeg | Kind::UnusualJpeg(_) if outline.lacks.is_empty() => jpeg(bytes)?,
        Kind::Jpeg | Kind::UnusualJpeg(_) => twice::decoded(bytes, outline, jpeg)?,
        Kind::Png => png::decoded(Timed::new(bytes, allowance), outline)?,
        _ => {
            let decoder = WebPDecoder::new(Timed::new(bytes, allowance));
            decoded(decoder.map_err(|error| failure::decoding(&error))?, outline)?
        }
    };
    let format = match outline.kind {
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

/// The picture in sRGB, turned as its metadata demands.
fn decoded(mut decoder: impl ImageDecoder, outline: &Outline) -> Result<DynamicImage> {
    if decoder.dimensions() != (outline.width, outline.height) {
        return Err(Invalid::UndecodableImage.into());
    }
    decoder.set_limits(limits(outline)).map_err(|error| failure::decoding(&error))?;
    // Broken metadata is no reason to refuse a picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = if outline.profile > 0 { decoder.icc_profile().unwrap_or_default() } else { None };
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| failure::decoding(&error))?;
    let model = if picture.color().has_color() { Model::Rgb } else { Model::Grey };
    if let Some(source) = profile.and_then(|profile| Source::profile(&profile, model, outline.profile)) {
        source.convert(&mut picture);
    }
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// A second line of defence behind the outline, which is within the bounds.
fn limits(outline: &Outline) -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(outline.width);
    limits.max_image_height = Some(outline.height);
    limits.max_alloc = Some(outline.memory.saturating_mul(2).max(1024 * 1024));
    limits
}
