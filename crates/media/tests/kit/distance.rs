//! How far two pictures lie apart.

use image::{Rgb, RgbImage};

/// The root of the mean of the squares, of pixels and of the means of 8 × 8 blocks.
pub fn distances(one: &RgbImage, other: &RgbImage) -> (f64, f64) {
    assert_eq!(one.dimensions(), other.dimensions());
    let (width, height) = one.dimensions();
    let mut sums = vec![[0.0; 3]; (width.div_ceil(8) * height.div_ceil(8)) as usize];
    let mut squares = 0.0;
    for ((x, y, Rgb(one)), Rgb(other)) in one.enumerate_pixels().zip(other.pixels()) {
        for (part, (one, other)) in one.iter().zip(other).enumerate() {
            let off = f64::from(*one) - f64::from(*other);
            squares += off * off;
            sums[(y / 8 * width.div_ceil(8) + x / 8) as usize][part] += off / 64.0;
        }
    }
    let count = |length: usize| f64::from(u32::try_from(length).unwrap());
    let blocks = sums.iter().flatten().map(|mean| mean * mean).sum::<f64>();
    ((squares / count(one.len())).sqrt(), (blocks / count(sums.len() * 3)).sqrt())
}
