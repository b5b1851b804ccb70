//! Colour profiles, and files that bring one.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageEncoder};

use super::light;
use super::raw;

/// A PNG with that profile.
pub fn png(picture: &DynamicImage, profile: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(profile.to_vec()).unwrap();
    picture.write_with_encoder(encoder).unwrap();
    bytes
}

/// The chunk of a PNG with that profile.
pub fn chunk(profile: &[u8]) -> Vec<u8> {
    let png = png(&DynamicImage::new_rgb8(1, 1), profile);
    let start = png.windows(4).position(|four| four == b"iCCP").unwrap() - 4;
    let length = u32::from_be_bytes(png[start..start + 4].try_into().unwrap()) as usize;
    png[start..start + 12 + length].to_vec()
}

/// A JPEG of high quality with that profile.
pub fn jpeg(picture: &DynamicImage, profile: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 97);
    encoder.set_icc_profile(profile.to_vec()).unwrap();
    picture.write_with_encoder(encoder).unwrap();
    bytes
}

/// A lossless WebP with that profile.
pub fn webp(picture: &DynamicImage, profile: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = WebPEncoder::new_lossless(&mut bytes);
    encoder.set_icc_profile(profile.to_vec()).unwrap();
    picture.write_with_encoder(encoder).unwrap();
    bytes
}

/// The JPEG with that profile, in as many segments as it takes.
pub fn in_jpeg(jpeg: &[u8], profile: &[u8]) -> Vec<u8> {
    let parts = profile.chunks(65_000).collect::<Vec<_>>();
    let all = u8::try_from(parts.len()).unwrap();
    let segments = (1..).zip(&parts).flat_map(|(number, part)| {
        let length = u16::try_from(part.len() + 16).unwrap().to_be_bytes();
        [&[0xFF, 0xE2], &length[..], b"ICC_PROFILE\0", &[number, all], part].concat()
    });
    [&jpeg[..2], &segments.collect::<Vec<_>>(), &jpeg[2..]].concat()
}

/// The extended WebP with that profile.
pub fn in_webp(webp: &[u8], profile: &[u8]) -> Vec<u8> {
    let mut bytes = [&webp[..30], &raw::riff_chunk(*b"ICCP", profile), &webp[30..]].concat();
    bytes[20] |= 0x20;
    let size = u32::try_from(bytes.len() - 8).unwrap();
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    bytes
}

/// The colours of the inks of [`inks`], each alone on paper, as numbers of sRGB.
const INKS: [[f64; 3]; 4] = [[0.0, 0.55, 0.8], [0.85, 0.1, 0.5], [1.0, 0.85, 0.2], [0.12, 0.12, 0.12]];

/// The colour in 8 bits that the profile has for a corner of the cube of inks.
fn corner(number: usize) -> [u8; 3] {
    let printed = [3, 2, 1, 0].map(|bit| number >> bit & 1 == 1);
    let mut color = [1.0; 3];
    for (ink, _) in INKS.iter().zip(printed).filter(|(_, is_printed)| *is_printed) {
        color = [0, 1, 2].map(|part| color[part] * ink[part]);
    }
    let [x, y, z] = light::seen(color);
    let root = |value: f64| {
        if value > 216.0 / 24389.0 { value.cbrt() } else { (value * 24389.0 / 27.0 + 16.0) / 116.0 }
    };
    let white = light::seen([1.0; 3]);
    let [x, y, z] = [root(x / white[0]), root(y / white[1]), root(z / white[2])];
    let (lightness, red, yellow) = (116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z));
    [lightness / 100.0, (red + 128.0) / 255.0, (yellow + 128.0) / 255.0].map(light::byte)
}

/// A profile of four inks that knows the sixteen corners of their cube and nothing between.
pub fn inks() -> Vec<u8> {
    let ramp = (0..=255).collect::<Vec<u8>>();
    let one = [0_u8, 1, 0, 0];
    let unit =
        [[one, [0; 4], [0; 4]].concat(), [[0; 4], one, [0; 4]].concat(), [[0; 4], [0; 4], one].concat()];
    let table = [
        b"mft1\0\0\0\0\x04\x03\x02\0".to_vec(),
        unit.concat(),
        ramp.repeat(4),
        (0..16).flat_map(corner).collect(),
        ramp.repeat(3),
    ]
    .concat();
    profile(*b"prtr", *b"CMYK", *b"Lab ", &[(*b"A2B0", table)])
}

/// A profile of those tags.
pub fn profile(class: [u8; 4], space: [u8; 4], connection: [u8; 4], tags: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut listed = u32::try_from(tags.len()).unwrap().to_be_bytes().to_vec();
    let mut data: Vec<u8> = vec![];
    for (name, tag) in tags {
        let place = u32::try_from(132 + tags.len() * 12 + data.len()).unwrap();
        let length = u32::try_from(tag.len()).unwrap();
        listed.extend([&name[..], &place.to_be_bytes(), &length.to_be_bytes()].concat());
        data.extend(tag);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let size = u32::try_from(128 + listed.len() + data.len()).unwrap();
    let white = [0x0000_F6D6_u32, 0x0001_0000, 0x0000_D32D].map(u32::to_be_bytes).concat();
    let header = [
        &size.to_be_bytes()[..],
        &[0; 4],
        &[2, 0x40, 0, 0],
        &class,
        &space,
        &connection,
        &[7, 0xE0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0],
        b"acsp",
        &[0; 28],
        &white,
        &[0; 48],
    ];
    [&header.concat()[..], &listed, &data].concat()
}

/// What those amounts of ink, from 0 to 1, look like by [`inks`], as numbers of sRGB.
pub fn printed(amounts: [f64; 4]) -> [f64; 3] {
    let mut encoded = [0.0; 3];
    for number in 0..16 {
        let share = (0..4).map(|ink| {
            let amount = amounts[ink];
            if number >> (3 - ink) & 1 == 1 { amount } else { 1.0 - amount }
        });
        let share = share.product::<f64>();
        for (sum, part) in encoded.iter_mut().zip(corner(number)) {
            *sum += share * f64::from(part) / 255.0;
        }
    }
    let [lightness, red, yellow] =
        [encoded[0] * 100.0, encoded[1] * 255.0 - 128.0, encoded[2] * 255.0 - 128.0];
    let y = (lightness + 16.0) / 116.0;
    let cube = |root: f64| {
        if root > 6.0 / 29.0 { root.powi(3) } else { (116.0 * root - 16.0) * 27.0 / 24389.0 }
    };
    let white = light::seen([1.0; 3]);
    let [x, y, z] = [y + red / 500.0, y, y - yellow / 200.0].map(cube);
    light::shown([x * white[0], y * white[1], z * white[2]])
}
