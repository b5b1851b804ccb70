//! What is kept takes no more room than what came, and is no finer.

use std::path::Path;

use crate::described;
use crate::kit::{Shelf, encoded, profiles, raw};
use image::{DynamicImage, ImageFormat as Codec, Rgb, RgbImage, Rgba, RgbaImage};
use moxcms::ColorProfile;
use png::{BitDepth, ColorType};

fn read(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images").join(name)).unwrap()
}

/// Soft waves with grain, as a photograph has them.
fn photo(width: u32, height: u32) -> RgbImage {
    let mut random = 1_u32;
    let mut grain = || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(random >> 24) / 32.0 - 4.0
    };
    RgbImage::from_fn(width, height, |x, y| {
        let [x, y] = [x, y].map(f64::from);
        let mut wave = |a: f64, b: f64, c: f64| 128.0 + 90.0 * (x / a + y / b + c).sin() + grain();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
        let byte = |value: f64| value.round() as u8;
        Rgb([wave(23.0, 41.0, 0.0), wave(37.0, -29.0, 1.0), wave(-31.0, 19.0, 2.0)].map(byte))
    })
}

/// Boxes and lines of so many colours on paper.
fn drawing(colors: u32) -> RgbImage {
    RgbImage::from_fn(240, 180, |x, y| {
        let color = if x % 24 < 2 || y % 18 < 2 { 0 } else { (x / 24 + y / 18 * 10) % colors };
        Rgb([color * 97, color * 53 + 40, color * 31 + 80].map(|part| u8::try_from(part % 256).unwrap()))
    })
}

/// A PNG of those samples, packed as tightly as the encoder can.
fn tight(color: ColorType, depth: BitDepth, palette: &[u8], across: u32, samples: &[u8]) -> Vec<u8> {
    let mut bytes = vec![];
    let row = (across as usize * color.samples() * depth as usize).div_ceil(8);
    let mut encoder = png::Encoder::new(&mut bytes, across, u32::try_from(samples.len() / row).unwrap());
    encoder.set_color(color);
    encoder.set_depth(depth);
    if !palette.is_empty() {
        encoder.set_palette(palette);
    }
    encoder.set_deflate_compression(png::DeflateCompression::Level(9));
    let is_smooth = color != ColorType::Indexed;
    encoder.set_filter(if is_smooth { png::Filter::MinEntropy } else { png::Filter::NoFilter });
    encoder.write_header().unwrap().write_image_data(samples).unwrap();
    bytes
}

/// Numbers of colours in a pattern, packed by so many bits.
fn numbers(across: u32, down: u32, bits: u32) -> Vec<u8> {
    let number = |x: u32, y: u32| (x / 5 + y / 3 + x * y / 97) % (1 << bits);
    let row = |y: u32| {
        (0..across * bits / 8).map(move |byte| {
            let parts =
                (0..8 / bits).map(|part| number(byte * 8 / bits + part, y) << (8 - bits * (part + 1)));
            u8::try_from(parts.sum::<u32>()).unwrap()
        })
    };
    (0..down).flat_map(row).collect()
}

fn palette(bits: u32) -> Vec<u8> {
    (0..1_u32 << bits)
        .flat_map(|color| [color * 37, color * 91 + 5, color * 11].map(|part| part.to_le_bytes()[0]))
        .collect()
}

/// Even steps of so many samples a pixel, which pack well, as long as they are even.
fn steps(samples: u32) -> Vec<u8> {
    (0..200 * samples * 150)
        .map(|place| (place % (200 * samples) + place / (200 * samples)).to_le_bytes()[0])
        .collect()
}

/// A thorough search for what comes again finds much in it.
fn squares() -> RgbImage {
    RgbImage::from_fn(200, 150, |x, y| {
        Rgb([x * x / 40, y * y / 30, x * y / 50].map(|part| part.to_le_bytes()[0]))
    })
}

fn even_steps() -> [Vec<u8>; 6] {
    [
        (ColorType::Grayscale, BitDepth::Eight, 1),
        (ColorType::Grayscale, BitDepth::Sixteen, 2),
        (ColorType::GrayscaleAlpha, BitDepth::Eight, 2),
        (ColorType::Rgb, BitDepth::Eight, 3),
        (ColorType::Rgb, BitDepth::Sixteen, 6),
        (ColorType::Rgba, BitDepth::Eight, 4),
    ]
    .map(|(color, depth, bytes)| tight(color, depth, &[], 200, &steps(bytes)))
}

fn display_p3() -> Vec<u8> {
    ColorProfile::new_display_p3().encode().unwrap()
}

/// The WebP as an extended one.
fn extended(webp: &[u8]) -> Vec<u8> {
    if webp[12..16] == *b"VP8X" {
        return webp.to_vec();
    }
    let picture = image::load_from_memory(webp).unwrap();
    raw::riff(&[raw::extended(0, picture.width(), picture.height()), webp[12..].to_vec()])
}

/// A photograph as a lossy WebP that has to be turned.
fn turned(orientation: u8) -> Vec<u8> {
    let webp = read("sizes/lossy.webp");
    let picture = image::load_from_memory(&webp).unwrap();
    let mut turned = raw::told_webp(&webp, picture.width(), picture.height(), orientation);
    // It is opaque, and says so.
    turned[20] &= !0x10;
    turned
}

/// Pictures of each kind.
fn classes() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let jpegs = ["420-q75", "422-q80-optimized", "420-q70-progressive", "444-q95", "grey-q75", "420-q50"];
    let palettes = [(1, BitDepth::One), (2, BitDepth::Two), (4, BitDepth::Four), (8, BitDepth::Eight)];
    let photo = photo(200, 150);
    let soft = RgbaImage::from_fn(200, 150, |x, y| {
        let Rgb([red, green, blue]) = *photo.get_pixel(x, y);
        Rgba([red, green, blue, u8::try_from(u32::midpoint(x, y)).unwrap()])
    });
    let grey = DynamicImage::from(photo.clone()).to_luma8();
    vec![
        ("JPEG", jpegs.map(|name| read(&format!("sizes/{name}.jpg"))).to_vec()),
        (
            "PNG with a palette",
            palettes
                .map(|(bits, depth)| {
                    tight(ColorType::Indexed, depth, &palette(bits), 240, &numbers(240, 180, bits))
                })
                .to_vec(),
        ),
        (
            "PNG of a photograph",
            vec![
                tight(ColorType::Rgb, BitDepth::Eight, &[], 200, &photo),
                tight(ColorType::Grayscale, BitDepth::Eight, &[], 200, &grey),
            ],
        ),
        (
            "PNG of another gamma",
            even_steps()
                .map(|png| raw::png_with(&png, &[raw::png_chunk(*b"gAMA", &100_000_u32.to_be_bytes())]))
                .to_vec(),
        ),
        (
            "PNG of other colours",
            [raw::png_chunk(*b"cICP", &[12, 13, 0, 1]), profiles::chunk(&display_p3())]
                .map(|chunk| {
                    raw::png_with(&tight(ColorType::Rgb, BitDepth::Eight, &[], 200, &squares()), &[chunk])
                })
                .to_vec(),
        ),
        ("PNG with transparency", vec![tight(ColorType::Rgba, BitDepth::Eight, &[], 200, &soft)]),
        ("PNG of few colours", [4, 60].map(|colors| encoded(drawing(colors), Codec::Png)).to_vec()),
        ("GIF", vec![crate::kit::gif(160, 120, 6), encoded(drawing(40), Codec::Gif)]),
        ("lossy WebP", vec![read("sizes/lossy.webp"), read("sizes/lossy-transparent.webp")]),
        ("turned lossy WebP", (2..=8).map(turned).collect()),
        (
            "WebP of other colours",
            ["sizes/lossy-transparent", "webp/lossy-transparent", "animated/lossy", "animated/lossless"]
                .map(|name| extended(&read(&format!("{name}.webp"))))
                .map(|webp| profiles::in_webp(&webp, &display_p3()))
                .to_vec(),
        ),
        (
            "lossless WebP",
            ["four-colours", "many-colours", "mixed", "transparent", "two-colours"]
                .map(|name| read(&format!("webp/{name}.webp")))
                .to_vec(),
        ),
        (
            "animated WebP",
            ["webp/animated", "webp/animated-lossy", "animated/lossy", "animated/lossy-transparent"]
                .map(|name| read(&format!("{name}.webp")))
                .to_vec(),
        ),
    ]
}

#[tokio::test]
async fn no_kind_of_picture_grows() {
    let shelf = Shelf::new();
    let mut grown = vec![];
    for (what, sources) in classes() {
        for (number, source) in sources.iter().enumerate() {
            let (_, served) = shelf.kept(source).await;
            let [kept, came] =
                [served.len(), source.len()].map(|bytes| f64::from(u32::try_from(bytes).unwrap()));
            println!("{what} {number}: {came} bytes, {:.2} times", kept / came);
            if kept > came * 1.15 {
                grown.push(format!("{what} {number}: {came} bytes, {:.2} times", kept / came));
            }
        }
    }
    assert!(grown.is_empty(), "{grown:#?}");
}

/// What a JPEG says in a segment of that kind.
fn segment(jpeg: &[u8], marker: u8) -> &[u8] {
    let start = jpeg.windows(2).position(|two| two == [0xFF, marker]).unwrap();
    let length = usize::from(u16::from_be_bytes([jpeg[start + 2], jpeg[start + 3]]));
    &jpeg[start + 4..start + 2 + length]
}

/// The root of the mean of the squares of how far the pixels lie apart.
fn distance(one: &[u8], other: &[u8]) -> f64 {
    let [one, other] = [one, other].map(|bytes| image::load_from_memory(bytes).unwrap().to_rgb8());
    assert_eq!(one.dimensions(), other.dimensions());
    let squares = one.iter().zip(other.iter()).map(|(one, other)| f64::from(one.abs_diff(*other)).powi(2));
    (squares.sum::<f64>() / f64::from(u32::try_from(one.len()).unwrap())).sqrt()
}

#[tokio::test]
async fn a_jpeg_is_kept_as_coarse_as_it_came_and_hardly_changes() {
    let shelf = Shelf::new();
    for (name, most_off) in [
        ("420-q75", 3.0),
        ("422-q80-optimized", 3.0),
        ("420-q70-progressive", 3.0),
        ("444-q95", 7.0),
        ("grey-q75", 1.0),
        ("420-q50", 3.0),
    ] {
        let source = read(&format!("sizes/{name}.jpg"));
        let (_, served) = shelf.kept(&source).await;
        let marker = if name.ends_with("progressive") { 0xC2 } else { 0xC0 };
        let (before, after) = (segment(&source, marker), segment(&served, 0xC0));
        let samplings = |frame: &[u8]| frame[6..].chunks(3).map(|one| one[1]).collect::<Vec<_>>();
        assert_eq!(samplings(after), samplings(before), "{name}");
        let steps = segment(&source, 0xDB)[1..65].iter().zip(&segment(&served, 0xDB)[1..65]);
        assert!(steps.clone().all(|(before, after)| after >= before), "{name}: {steps:?}");
        let off = distance(&source, &served);
        println!("{name}: {off:.2}");
        assert!(off < most_off, "{name}: {off:.2}");
    }
}

#[tokio::test]
async fn a_turned_jpeg_shares_its_colours_the_other_way() {
    let shelf = Shelf::new();
    let (_, served) = shelf.kept(&raw::told_jpeg(&read("sizes/422-q80-optimized.jpg"), 6)).await;
    assert_eq!(segment(&served, 0xC0)[7], 0x12);
}

#[tokio::test]
async fn a_png_keeps_its_palette_and_its_greys_of_few_bits() {
    let shelf = Shelf::new();
    for (bits, depth) in [(1, BitDepth::One), (2, BitDepth::Two), (4, BitDepth::Four), (8, BitDepth::Eight)] {
        for (color, palette) in [(ColorType::Indexed, palette(bits)), (ColorType::Grayscale, vec![])] {
            let source = tight(color, depth, &palette, 240, &numbers(240, 180, bits));
            let (_, served) = shelf.kept(&source).await;
            let kept = png::Decoder::new(std::io::Cursor::new(&served)).read_info().unwrap();
            assert_eq!((kept.info().color_type, kept.info().bit_depth), (color, depth));
            let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().to_rgba8();
            assert!(pixels(&served) == pixels(&source), "{color:?} {bits}");
        }
    }
}

/// The stream of a PNG: what lies in its chunks of pixels.
fn stream(png: &[u8]) -> Vec<u8> {
    let (mut rest, mut stream) = (&png[8..], vec![]);
    while let Some((head, tail)) = rest.split_at_checked(8) {
        let length = u32::from_be_bytes(head[..4].try_into().unwrap()) as usize;
        if &head[4..] == b"IDAT" {
            stream.extend_from_slice(&tail[..length]);
        }
        rest = &tail[(length + 4).min(tail.len())..];
    }
    stream
}

/// The PNG with that stream instead of its own.
fn with_stream(png: &[u8], stream: &[u8]) -> Vec<u8> {
    let parts = stream.chunks(1000).flat_map(|part| raw::png_chunk(*b"IDAT", part)).collect::<Vec<_>>();
    [&png[..33], &parts, &raw::png_chunk(*b"IEND", &[])].concat()
}

#[tokio::test]
async fn a_png_that_is_packed_more_tightly_than_ours_keeps_what_is_packed_and_nothing_behind_it() {
    let shelf = Shelf::new();
    let photo = squares();
    let source = tight(ColorType::Rgb, BitDepth::Eight, &[], 200, &photo);
    let packed = stream(&source);
    let secret = raw::SECRET.as_bytes();
    for behind in [vec![], secret.to_vec(), secret.repeat(1000)] {
        let png = with_stream(&source, &[&packed[..], &behind].concat());
        let (_, served) = shelf.kept(&raw::told_png(&png, 1)).await;
        // So much more room that ours goes into it is no reason to keep it.
        assert_eq!(stream(&served) == packed, behind.len() < 1000);
        assert!(image::load_from_memory(&served).unwrap().to_rgb8() == photo);
        assert!(!served.windows(secret.len()).any(|window| window == secret));
    }
}

#[tokio::test]
async fn a_png_with_more_rows_than_it_shows_is_packed_anew() {
    let shelf = Shelf::new();
    let photo = photo(200, 151);
    let taller = tight(ColorType::Rgb, BitDepth::Eight, &[], 200, &photo);
    let mut header = taller[16..29].to_vec();
    header[7] -= 1;
    let shorter = [&taller[..8], &raw::png_chunk(*b"IHDR", &header), &taller[33..]].concat();
    let (stored, served) = shelf.kept(&shorter).await;
    assert_eq!(stored.height, 150);
    assert!(stream(&served) != stream(&taller));
}

#[tokio::test]
async fn a_lossy_webp_that_has_to_be_turned_becomes_a_jpeg_of_its_own_quality() {
    let source = read("sizes/lossy.webp");
    let picture = image::load_from_memory(&source).unwrap();
    let (_, served) = Shelf::new().kept(&turned(6)).await;
    let expected = encoded(picture.rotate90(), Codec::Png);
    println!("{} bytes, then {}; {:.1}", source.len(), served.len(), distance(&served, &expected));
    assert!(distance(&served, &expected) < 6.0);
}

/// Even steps of sixteen bits become uneven ones, which hardly pack.
#[tokio::test]
async fn greys_of_sixteen_bits_are_kept_in_eight_where_they_have_to_be_converted() {
    let steps = (0..64_u16 * 64).flat_map(|place| ((place % 64) * 1040).to_be_bytes()).collect::<Vec<_>>();
    let plain = tight(ColorType::Grayscale, BitDepth::Sixteen, &[], 64, &steps);
    let profile = [profiles::chunk(&ColorProfile::new_gray_with_gamma(1.0).encode().unwrap())];
    let shelf = Shelf::new();
    for (source, depth) in [(plain.clone(), 16), (raw::png_with(&plain, &profile), 8)] {
        let (_, served) = shelf.kept(&source).await;
        assert_eq!(served[24], depth);
        assert!(served.len() < source.len() * 2, "{} bytes, then {}", source.len(), served.len());
    }
}

/// Decoders differ in the colour of a number that the palette has not.
#[tokio::test]
async fn a_png_with_a_palette_is_kept_as_it_is_packed_where_each_number_has_a_colour() {
    let shelf = Shelf::new();
    // A thorough search for what comes again finds much in it.
    let samples = (0..200_usize * 150).map(|place| ((place * place / 977) % 9).to_le_bytes()[0]);
    let source =
        tight(ColorType::Indexed, BitDepth::Eight, &palette(4)[..27], 200, &samples.collect::<Vec<_>>());
    let packed = stream(&source);
    let (_, served) = shelf.kept(&source).await;
    println!("{} bytes, then {}", source.len(), served.len());
    assert!(stream(&served) == packed);
    let start = source.windows(4).position(|four| four == b"PLTE").unwrap() - 4;
    let fewer =
        [&source[..start], &raw::png_chunk(*b"PLTE", &palette(4)[..24]), &source[start + 39..]].concat();
    let (_, served) = shelf.kept(&fewer).await;
    assert!(stream(&served) != packed);
}

#[tokio::test]
async fn a_profile_of_our_own_says_nothing_but_what_the_colours_are() {
    let shelf = Shelf::new();
    let mut profile = ColorProfile::new_display_p3();
    let name = moxcms::LocalizableString::new("en".into(), "US".into(), raw::SECRET.into());
    profile.description = Some(moxcms::ProfileText::Localizable(vec![name]));
    let profile = profile.encode().unwrap();
    let secret = raw::SECRET.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
    let has_secret = |bytes: &[u8]| bytes.windows(secret.len()).any(|window| window == secret);
    assert!(has_secret(&profile));
    let png = tight(ColorType::Rgb, BitDepth::Eight, &[], 200, &steps(3));
    for source in [
        raw::png_with(&png, &[profiles::chunk(&profile)]),
        profiles::in_webp(&extended(&read("sizes/lossy.webp")), &profile),
        profiles::in_webp(&read("animated/lossy.webp"), &profile),
    ] {
        let (_, served) = shelf.kept(&source).await;
        let own = described::profile(&served).unwrap();
        assert!(own.len() < profile.len() && !has_secret(&own));
        let shown = |profile: &[u8]| described::by_profile(profile, &photo(40, 30));
        assert!(shown(&own) == shown(&profile));
        // Nor does it change when it comes again.
        assert!(shelf.kept(&served).await.1 == served);
    }
}
