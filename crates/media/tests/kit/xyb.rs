//! XYB: how JPEGs of libjxl name colours, by the answer of the eye's cones. Only their profile says so.

use image::RgbImage;

use super::light;
use super::profiles;

type Triple = [f64; 3];

/// How much each cone answers to red, green and blue light, and in the dark.
const CONES: [Triple; 3] = [
    [0.3, 0.622, 0.078],
    [0.23, 0.692, 0.078],
    [0.243_422_689_245_478_2, 0.204_767_444_244_968_2, 0.551_809_866_509_553_6],
];
const DARK: f64 = 0.003_793_073_255_275_449;
/// What brings the three differences between 0 and 1: they are moved, then spread.
const MOVED: Triple = [0.015_386_134, 0.0, 0.277_704_59];
const SPREAD: Triple = [22.995_788_804, 1.183_000_077, 1.502_141_333];

/// Numbers of XYB for numbers of sRGB, both from 0 to 1.
pub fn numbers(srgb: Triple) -> Triple {
    let light = srgb.map(light::srgb);
    let [long, middle, short] = CONES.map(|answers| {
        let sum = answers.iter().zip(light).map(|(answer, light)| answer * light).sum::<f64>();
        (sum + DARK).cbrt() - DARK.cbrt()
    });
    let (x, y) = ((long - middle) / 2.0, long.midpoint(middle));
    let differences = [x, y, short - y];
    [0, 1, 2].map(|part| (differences[part] + MOVED[part]) * SPREAD[part])
}

/// The picture with the numbers of XYB in the place of red, green and blue.
pub fn picture(srgb: &RgbImage) -> RgbImage {
    light::mapped(srgb, numbers)
}

/// The roots of the cones' answers, less those in the dark, for numbers of XYB.
fn roots(numbers: Triple) -> Triple {
    let [x, y, b] = [0, 1, 2].map(|part| numbers[part] / SPREAD[part] - MOVED[part]);
    [y + x, y - x, b + y]
}

/// The profile: a cube of the eight corners, which takes the differences apart, the cubes of the roots, and a matrix.
pub fn profile() -> Vec<u8> {
    let corners =
        (0..8).map(|corner| roots([2, 1, 0].map(|bit| f64::from(corner >> bit & 1)))).collect::<Vec<_>>();
    // The cube can only hold numbers from 0 to 1.
    let least = [0, 1, 2].map(|part| corners.iter().map(|corner| corner[part]).fold(f64::MAX, f64::min));
    let most = [0, 1, 2].map(|part| corners.iter().map(|corner| corner[part]).fold(f64::MIN, f64::max));
    let entry = |part: usize, root: f64| (root - least[part]) / (most[part] - least[part]);
    let entries = corners.iter().flat_map(|corner| [0, 1, 2].map(|part| word(entry(part, corner[part]))));
    let curves = [0, 1, 2].map(|part| {
        let (slope, start) = (most[part] - least[part], least[part] + DARK.cbrt());
        curve(3, &[3.0, slope, start, 0.0, (-start / slope).max(0.0)])
    });
    let straight = curve(0, &[1.0]).repeat(3);
    let cube = [&[2, 2, 2][..], &[0; 13], &[2, 0, 0, 0], &entries.flatten().collect::<Vec<_>>()].concat();
    let places = [32, 32 + straight.len(), 32 + straight.len() + cube.len()];
    let places = [places[0], places[2] + 96, places[2], places[1], places[0]];
    let head = [
        b"mAB \0\0\0\0\x03\x03\0\0".to_vec(),
        places.map(|place| u32::try_from(place).unwrap().to_be_bytes()).concat(),
    ];
    let table =
        [head.concat(), straight, cube, curves.concat(), matrix().into_iter().flat_map(fixed).collect()]
            .concat();
    let mut profile = profiles::profile(*b"mntr", *b"RGB ", *b"XYZ ", &[(*b"A2B0", table)]);
    profile[8] = 4;
    profile
}

/// From the cones' answers to tristimulus values, of which 1 is written as a half, and what the dark is taken off.
fn matrix() -> Vec<f64> {
    let to_light = light::inverse(&CONES);
    let seen = light::products(&light::from_light(), &to_light)
        .map(|row| row.map(|part| part * 32_768.0 / 65_535.0));
    let dark = seen.map(|row| -row.iter().sum::<f64>() * DARK);
    [seen.concat(), dark.to_vec()].concat()
}

fn curve(kind: u8, parameters: &[f64]) -> Vec<u8> {
    [
        &b"para\0\0\0\0\0"[..],
        &[kind, 0, 0],
        &parameters.iter().flat_map(|number| fixed(*number)).collect::<Vec<_>>(),
    ]
    .concat()
}

#[expect(clippy::cast_possible_truncation, reason = "a few ones")]
fn fixed(number: f64) -> [u8; 4] {
    ((number * 65_536.0).round() as i32).to_be_bytes()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 65,535")]
fn word(number: f64) -> [u8; 2] {
    ((number * 65_535.0).round() as u16).to_be_bytes()
}
