//! JPEGs that the usual decoder gets wrong without noticing: the outline knows them, another decoder takes them.
//!
//! This one, alone of all, has threads of its own: one for each of the four components at most, which turn coefficients
//! into samples while it goes on reading. Their processor time is not counted; the outline bounds it with the scans.

use std::io::ErrorKind;

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, RgbImage};
use jpeg_decoder::{ColorTransform, Decoder, PixelFormat};
use tweetty_domain::{Error, Invalid, Result};

use super::colors::{Model, Source};
use super::{Timed, turn};
use crate::outline::{Colors, Outline};

/// The picture in sRGB, and how it is to be turned.
pub(super) fn decoded(
    bytes: Timed<'_>,
    colors: Colors,
    outline: &Outline,
) -> Result<(DynamicImage, Orientation)> {
    let mut decoder = Decoder::new(bytes);
    decoder.set_max_decoding_buffer_size(usize::try_from(outline.memory).unwrap_or(usize::MAX));
    match colors {
        // It would go by the names of the components first, which others do last.
        Colors::YCbCr => decoder.set_color_transform(ColorTransform::YCbCr),
        Colors::Rgb => decoder.set_color_transform(ColorTransform::RGB),
        Colors::Inks => (),
    }
    let mut pixels = decoder.decode().map_err(undecodable)?;
    let profile = decoder.icc_profile();
    let source = |model| Source::profile(profile.as_deref()?, model, outline.profile);
    let format = decoder.info().ok_or(Invalid::UndecodableImage)?.pixel_format;
    let source = match format {
        PixelFormat::L8 => source(Model::Grey),
        PixelFormat::RGB24 => source(Model::Rgb),
        PixelFormat::CMYK32 => {
            let mixed = source(Model::Inks).and_then(|inks| inks.mix(&mut pixels, outline.width as usize));
            if mixed.is_none() {
                pixels = rgb(&pixels);
            }
            None
        }
        PixelFormat::L16 => return Err(Invalid::UndecodableImage.into()),
    };
    let (width, height) = (outline.width, outline.height);
    let picture = match format {
        PixelFormat::L8 => GrayImage::from_raw(width, height, pixels).map(DynamicImage::from),
        _ => RgbImage::from_raw(width, height, pixels).map(DynamicImage::from),
    };
    let mut picture = picture.ok_or(Invalid::UndecodableImage)?;
    if let Some(source) = source {
        source.convert(&mut picture);
    }
    let turn = decoder.exif_data().and_then(turn::by_exif);
    Ok((picture, turn.unwrap_or(Orientation::NoTransforms)))
}

/// Four inks as light, the way the usual decoder converts them.
fn rgb(inks: &[u8]) -> Vec<u8> {
    let (pixels, _) = inks.as_chunks::<4>();
    pixels
        .iter()
        .flat_map(|[cyan, magenta, yellow, black]| [cyan, magenta, yellow].map(|ink| light(*ink, *black)))
        .collect()
}

fn light(ink: u8, black: u8) -> u8 {
    let light = u16::from(255 - ink) * u16::from(255 - black) / 255;
    u8::try_from(light).unwrap_or(u8::MAX)
}

fn undecodable(error: jpeg_decoder::Error) -> Error {
    match error {
        // It reads from memory: what can fail beside the end of it is to get a thread.
        jpeg_decoder::Error::Io(failure) if failure.kind() != ErrorKind::UnexpectedEof => {
            Error::unavailable(failure)
        }
        _ => Invalid::UndecodableImage.into(),
    }
}
