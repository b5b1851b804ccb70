//! JPEG and PNG.

use std::io::Write;

use image::codecs::jpeg::JpegDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, Limits};
use tweetty_domain::{ImageFormat, Invalid, Result};

use super::colors::{Model, Source};
use super::{Allowance, Recoded, Sink, Timed, jpeg, png, turn, twice, unusual};
use crate::failure;
use crate::outline::{Kind, Outline};

/// What a decoder leaves in the samples to which it did not come.
const GREY: u8 = 128;

pub(super) fn jpeg(
    bytes: &[u8],
    allowance: &Allowance,
    outline: &Outline,
    sink: &mut Sink<'_, impl Write>,
) -> Result<Recoded> {
    let (picture, turn) = decoded_jpeg(bytes, allowance, outline)?;
    let source = outline.quantization.as_ref().map(|source| jpeg::turned(source, turn));
    jpeg::write(&picture, &jpeg::no_finer_than(source.as_ref()), allowance, sink)?;
    Ok(Recoded::of(ImageFormat::Jpeg, picture))
}

pub(super) fn png(
    bytes: &[u8],
    allowance: &Allowance,
    outline: &Outline,
    sink: &mut Sink<'_, impl Write>,
) -> Result<Recoded> {
    let decoded = png::decoded(Timed::new(bytes, allowance), outline)?;
    png::write(&decoded, bytes, allowance, sink)?;
    Ok(Recoded::of(ImageFormat::Png, decoded.picture))
}

/// The picture of a JPEG or PNG as it is to be shown.
pub(super) fn decoded(bytes: &[u8], allowance: &Allowance, outline: &Outline) -> Result<DynamicImage> {
    match outline.kind {
        Kind::Png => Ok(png::decoded(Timed::new(bytes, allowance), outline)?.picture),
        _ => Ok(decoded_jpeg(bytes, allowance, outline)?.0),
    }
}

/// The picture in sRGB, turned as its metadata demands, and how it was turned.
fn decoded_jpeg(
    bytes: &[u8],
    allowance: &Allowance,
    outline: &Outline,
) -> Result<(DynamicImage, Orientation)> {
    let decode = |bytes: &[u8]| {
        let thorough = |colors| unusual::decoded(Timed::new(bytes, allowance), colors, outline);
        let colors = match outline.kind {
            Kind::UnusualJpeg(colors) => return thorough(colors),
            Kind::Jpeg(colors) => colors,
            _ => return Err(Invalid::UndecodableImage.into()),
        };
        let decoder = JpegDecoder::new(Timed::new(bytes, allowance));
        match read(decoder.map_err(|error| failure::decoding(&error))?, outline)? {
            Some(decoded) => Ok(decoded),
            None => thorough(colors),
        }
    };
    let (mut picture, turn) =
        if outline.lacks.is_empty() { decode(bytes)? } else { twice::decoded(bytes, outline, decode)? };
    picture.apply_orientation(turn);
    Ok((picture, turn))
}

/// The picture in sRGB, and how it is to be turned; `None` where it may be grey from somewhere on because the decoder gave
/// up there, which it does without an error.
fn read(mut decoder: impl ImageDecoder, outline: &Outline) -> Result<Option<(DynamicImage, Orientation)>> {
    if decoder.dimensions() != (outline.width, outline.height) {
        return Err(Invalid::UndecodableImage.into());
    }
    decoder.set_limits(limits(outline)).map_err(|error| failure::decoding(&error))?;
    let exif = decoder.exif_metadata().unwrap_or_default();
    let turn = exif.and_then(|exif| turn::by_exif(&exif)).unwrap_or(Orientation::NoTransforms);
    let profile = if outline.profile > 0 { decoder.icc_profile().unwrap_or_default() } else { None };
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| failure::decoding(&error))?;
    let last = [GREY; 3];
    if picture.as_bytes().ends_with(&last[..usize::from(picture.color().channel_count()).min(last.len())]) {
        return Ok(None);
    }
    let model = if picture.color().has_color() { Model::Rgb } else { Model::Grey };
    if let Some(source) = profile.and_then(|profile| Source::profile(&profile, model, outline.profile)) {
        source.convert(&mut picture);
    }
    Ok(Some((picture, turn)))
}

/// A second line of defence behind the outline, which is within the bounds.
fn limits(outline: &Outline) -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(outline.width);
    limits.max_image_height = Some(outline.height);
    limits.max_alloc = Some(outline.memory.saturating_mul(2).max(1024 * 1024));
    limits
}
