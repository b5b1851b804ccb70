//! What a kept picture shows, where its file says what its numbers mean.

use std::io::Cursor;

use image::RgbImage;
use moxcms::{ColorProfile, Layout, ToneReprCurve, TransformOptions};
use png::{ScaledFloat, SourceChromaticities};

use super::kit::frames;
use super::kit::light::{self, SRGB, Space};

/// The picture in sRGB.
pub(crate) fn picture(file: &[u8]) -> RgbImage {
    let numbers = image::load_from_memory(file).unwrap().to_rgb8();
    match (profile(file), measures(file)) {
        (Some(profile), _) => by_profile(&profile, &numbers),
        (None, Some(space)) => light::picture(&space, &numbers),
        (None, None) => numbers,
    }
}

/// The colour profile of a PNG or WebP.
pub(crate) fn profile(file: &[u8]) -> Option<Vec<u8>> {
    match file {
        [0x89, b'P', ..] => Some(info(file).icc_profile?.into_owned()),
        [b'R', b'I', ..] => {
            frames::chunks(&file[12..]).into_iter().find(|(kind, _)| kind == b"ICCP").map(|(_, data)| data)
        }
        _ => None,
    }
}

/// The numbers of that profile in sRGB.
pub(crate) fn by_profile(profile: &[u8], numbers: &RgbImage) -> RgbImage {
    let from = ColorProfile::new_from_slice(profile).unwrap();
    let (to, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    let transform = from.create_transform_8bit(Layout::Rgb, &to, Layout::Rgb, options).unwrap();
    let mut picture = numbers.clone();
    transform.transform(numbers, &mut picture).unwrap();
    picture
}

/// What gamma and chromaticities of a PNG say.
fn measures(file: &[u8]) -> Option<Space> {
    if !file.starts_with(b"\x89P") {
        return None;
    }
    let info = info(file);
    let curve: fn(f64) -> f64 = match info.gama_chunk?.into_scaled() {
        100_000 => |number| number,
        55_556 => |number| number.powf(1.8),
        45_455 => light::srgb,
        other => unreachable!("gamma {other}"),
    };
    let place = |(x, y): (ScaledFloat, ScaledFloat)| (f64::from(x.into_value()), f64::from(y.into_value()));
    let places = |SourceChromaticities { white, red, green, blue }| Space {
        primaries: [red, green, blue].map(place),
        white: place(white),
        curve,
    };
    Some(info.chrm_chunk.map_or(Space { curve, ..SRGB }, places))
}

fn info(file: &[u8]) -> png::Info<'static> {
    png::Decoder::new(Cursor::new(file.to_vec())).read_info().unwrap().info().clone()
}

/// Display P3, with curves of tables whose length makes all that is said of it convert.
pub(crate) fn in_tables() -> Vec<u8> {
    let mut profile = ColorProfile::new_display_p3();
    profile.cicp = None;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 65,535")]
    let entry = |number: u16| (light::srgb(f64::from(number) / 1024.0) * 65_535.0).round() as u16;
    let curve = ToneReprCurve::Lut((0..=1024).map(entry).collect());
    for channel in [&mut profile.red_trc, &mut profile.green_trc, &mut profile.blue_trc] {
        *channel = Some(curve.clone());
    }
    profile.encode().unwrap()
}
