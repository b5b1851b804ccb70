//! The colours of light by the formulas of the standards, in full precision: the judge of what a colour engine does.

use image::{Rgb, RgbImage};

type Triple = [f64; 3];
pub type Matrix = [Triple; 3];

/// A space of colours.
#[derive(Clone, Copy)]
pub struct Space {
    /// The chromaticities of red, green and blue.
    pub primaries: [(f64, f64); 3],
    pub white: (f64, f64),
    /// The light that a number from 0 to 1 stands for.
    pub curve: fn(f64) -> f64,
}

pub const D50: (f64, f64) = (0.3457, 0.3585);
const D65: (f64, f64) = (0.3127, 0.3290);
pub const SRGB: Space =
    Space { primaries: [(0.64, 0.33), (0.30, 0.60), (0.15, 0.06)], white: D65, curve: srgb };
pub const DISPLAY_P3: Space =
    Space { primaries: [(0.680, 0.320), (0.265, 0.690), (0.150, 0.060)], white: D65, curve: srgb };
pub const ADOBE_RGB: Space = Space {
    primaries: [(0.64, 0.33), (0.21, 0.71), (0.15, 0.06)],
    white: D65,
    curve: |number| number.powf(2.199_218_75),
};
pub const PROPHOTO: Space = Space {
    primaries: [(0.734_699, 0.265_301), (0.159_597, 0.840_403), (0.036_598, 0.000_105)],
    white: D50,
    curve: |number| number.powf(1.8),
};

/// The light that a number of sRGB stands for.
pub fn srgb(number: f64) -> f64 {
    if number <= 0.040_45 { number / 12.92 } else { ((number + 0.055) / 1.055).powf(2.4) }
}

/// The number of sRGB for that light.
pub fn number(light: f64) -> f64 {
    let light = light.clamp(0.0, 1.0);
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

fn product(matrix: &Matrix, [x, y, z]: Triple) -> Triple {
    matrix.map(|[a, b, c]| a * x + b * y + c * z)
}

pub fn products(one: &Matrix, other: &Matrix) -> Matrix {
    let columns = [0, 1, 2].map(|column| product(one, other.map(|row| row[column])));
    [0, 1, 2].map(|row| columns.map(|column| column[row]))
}

pub fn inverse(m: &Matrix) -> Matrix {
    let minor = |r: usize, c: usize| {
        let [r1, r2, c1, c2] = [(r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3];
        m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
    };
    let determinant = (0..3).map(|column| m[0][column] * minor(0, column)).sum::<f64>();
    [0, 1, 2].map(|row| [0, 1, 2].map(|column| minor(column, row) / determinant))
}

fn place((x, y): (f64, f64)) -> Triple {
    [x / y, 1.0, (1.0 - x - y) / y]
}

/// From red, green and blue to the tristimulus values.
fn matrix(space: &Space) -> Matrix {
    let columns = space.primaries.map(place);
    let rows = [0, 1, 2].map(|row| columns.map(|column| column[row]));
    let scales = product(&inverse(&rows), place(space.white));
    rows.map(|row| [0, 1, 2].map(|column| row[column] * scales[column]))
}

/// From the look under one white to that under another, by Bradford.
fn adaptation(from: (f64, f64), to: (f64, f64)) -> Matrix {
    let cones = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]];
    let (from, to) = (product(&cones, place(from)), product(&cones, place(to)));
    let scaled = [0, 1, 2].map(|row| cones[row].map(|part| part * to[row] / from[row]));
    products(&inverse(&cones), &scaled)
}

/// The numbers of sRGB, from 0 to 1, for tristimulus values under D50.
pub fn shown(tristimulus: Triple) -> Triple {
    let to_light = products(&inverse(&matrix(&SRGB)), &adaptation(D50, D65));
    product(&to_light, tristimulus).map(number)
}

/// From the light of sRGB to tristimulus values under D50.
pub fn from_light() -> Matrix {
    products(&adaptation(D65, D50), &matrix(&SRGB))
}

/// Tristimulus values under D50 for numbers of sRGB.
pub fn seen(numbers: Triple) -> Triple {
    product(&from_light(), numbers.map(srgb))
}

/// What the numbers of a pixel in that space are in sRGB, both from 0 to 1; what sRGB can't show is clipped.
pub fn converted(space: &Space, numbers: Triple) -> Triple {
    let to_srgb = products(&adaptation(space.white, D65), &matrix(space));
    product(&products(&inverse(&matrix(&SRGB)), &to_srgb), numbers.map(space.curve)).map(number)
}

/// The picture whose numbers are of that space, in sRGB.
pub fn picture(space: &Space, numbers: &RgbImage) -> RgbImage {
    mapped(numbers, |pixel| converted(space, pixel))
}

/// The picture with each pixel converted, numbers from 0 to 1.
pub fn mapped(numbers: &RgbImage, convert: impl Fn(Triple) -> Triple) -> RgbImage {
    let mut picture = numbers.clone();
    for Rgb(pixel) in picture.pixels_mut() {
        *pixel = convert(pixel.map(|number| f64::from(number) / 255.0)).map(byte);
    }
    picture
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
pub fn byte(number: f64) -> u8 {
    (number * 255.0).round().clamp(0.0, 255.0) as u8
}
