//! Pictures that do not pack.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

/// A PNG of noise, the same for the same seed: of 1,500 by 1,500 pixels it takes some 6.8 MB.
pub(crate) fn noise(width: u32, height: u32, seed: u32) -> Vec<u8> {
    let mut noise = seed;
    let pixels = RgbImage::from_fn(width, height, |_, _| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [red, green, blue, _] = noise.to_be_bytes();
        Rgb([red, green, blue])
    });
    let mut bytes = Cursor::new(vec![]);
    pixels.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}
