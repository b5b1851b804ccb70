//! Pictures to upload.

use std::io::Cursor;

use image::ImageFormat;
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

use crate::Result;

/// A JPEG of that size that compresses like a photograph: slopes with edges, and the noise of a sensor.
pub fn photograph(width: u32, height: u32) -> Result<Vec<u8>> {
    let mut noise = 1_u32;
    let picture = RgbImage::from_fn(width, height, |x, y| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = noise >> 28;
        let edge = if (x / 96 + y / 72) % 2 == 0 { 60 } else { 0 };
        let shade = |value: u32| u8::try_from((value + edge + grain).min(255)).unwrap_or(u8::MAX);
        Rgb([shade(x * 180 / width), shade(y * 180 / height), shade((x + y) * 180 / (width + height))])
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 85).encode_image(&picture)?;
    Ok(bytes)
}

/// A square PNG of noise, which does not pack: with a side of 1,500 pixels it takes some 6.8 MB.
pub fn noise(side: u32) -> Result<Vec<u8>> {
    let mut noise = 1_u32;
    let picture = RgbImage::from_fn(side, side, |_, _| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [red, green, blue, _] = noise.to_be_bytes();
        Rgb([red, green, blue])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}
