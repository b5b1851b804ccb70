//! A picture keeps its colours, whatever its numbers meant: what is served is sRGB or says what it is, judged by the formulas
//! of the standards.

use crate::described;
use crate::kit::distance::distances;
use crate::kit::jpeg::{Arrangement, Meaning, Scan, arranged};
use crate::kit::light::{self, ADOBE_RGB, DISPLAY_P3, PROPHOTO, SRGB, Space};
use crate::kit::{Shelf, encoded, frames, profiles, raw};
use image::{DynamicImage, ImageFormat as Codec, Rgb, RgbImage};
use moxcms::ColorProfile;
use tweetty_domain::{Error, Invalid};

/// Bright and dark, dull and pure colours that run into each other.
fn drawing() -> RgbImage {
    RgbImage::from_fn(64, 48, |x, y| {
        Rgb([x * 4, y * 5, 250 - x * 2 - y * 2].map(|part| u8::try_from(part).unwrap()))
    })
}

/// What is wrong with the picture that is served for those bytes, which is to look like that.
async fn wrong(shelf: &Shelf, what: &str, bytes: &[u8], expected: &RgbImage, most: f64) -> Option<String> {
    let (_, served) = shelf.kept(bytes).await;
    let (pixels, blocks) = distances(&described::picture(&served), expected);
    (pixels > most || blocks > most / 2.0).then(|| format!("{what}: pixels {pixels:.2}, blocks {blocks:.2}"))
}

fn wide() -> [(&'static str, Vec<u8>, Space); 4] {
    [
        ("Display P3", ColorProfile::new_display_p3().encode().unwrap(), DISPLAY_P3),
        ("Display P3 in tables", described::in_tables(), DISPLAY_P3),
        ("Adobe RGB", ColorProfile::new_adobe_rgb().encode().unwrap(), ADOBE_RGB),
        ("ProPhoto", ColorProfile::new_pro_photo_rgb().encode().unwrap(), PROPHOTO),
    ]
}

#[tokio::test]
async fn a_picture_with_a_profile_keeps_its_colours_in_every_format() {
    let shelf = Shelf::new();
    let numbers = drawing();
    let picture = DynamicImage::from(numbers.clone());
    let mut failures = vec![];
    for (name, profile, space) in wide() {
        let expected = light::picture(&space, &numbers);
        assert!(distances(&numbers, &expected).0 > 12.0, "{name}: there is something to convert");
        let one_by_one = profiles::in_jpeg(&raw::one_by_one_jpeg(&numbers), &profile);
        let webp = encoded(picture.clone(), Codec::WebP)[12..].to_vec();
        let extended = raw::riff(&[raw::extended(0, 64, 48), webp]);
        // A JPEG's own losses, twice, stand against the others' none.
        for (what, bytes, most) in [
            ("PNG", profiles::png(&picture, &profile), 1.0),
            ("PNG of 16 bits", profiles::png(&picture.to_rgb16().into(), &profile), 1.0),
            ("PNG with transparency", profiles::png(&picture.to_rgba8().into(), &profile), 1.0),
            ("WebP", profiles::webp(&picture, &profile), 1.0),
            ("extended WebP", profiles::in_webp(&extended, &profile), 1.0),
            ("JPEG", profiles::jpeg(&picture, &profile), 5.0),
            ("JPEG of a scan a component", one_by_one, 5.0),
        ] {
            failures.extend(wrong(&shelf, &format!("{name}, {what}"), &bytes, &expected, most).await);
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[tokio::test]
async fn an_animation_with_a_profile_keeps_its_colours() {
    let shelf = Shelf::new();
    let few = RgbImage::from_fn(64, 48, |x, y| {
        Rgb([x / 16 * 80, y / 12 * 80, 40].map(|part| u8::try_from(part).unwrap()))
    });
    let frame = DynamicImage::from(few.clone()).to_rgba8();
    let animation = raw::animation(&[frame.clone(), frame]);
    for (name, profile, space) in wide() {
        let bytes = profiles::in_webp(&animation, &profile);
        let expected = light::picture(&space, &few);
        let (_, served) = shelf.kept(&bytes).await;
        let own = described::profile(&served);
        assert_eq!(own.is_some(), !name.contains("tables"), "{name}");
        for frame in frames::shown(&served) {
            let mut frame = DynamicImage::from(frame).to_rgb8();
            if let Some(own) = &own {
                frame = described::by_profile(own, &frame);
            }
            let (pixels, blocks) = distances(&frame, &expected);
            assert!(pixels < 1.0 && blocks < 0.5, "{name}: pixels {pixels:.2}, blocks {blocks:.2}");
        }
    }
}

#[tokio::test]
async fn greys_with_a_profile_keep_their_light() {
    let shelf = Shelf::new();
    let numbers =
        image::GrayImage::from_fn(64, 48, |x, y| image::Luma([u8::try_from(19 + x * 3 + y).unwrap()]));
    let picture = DynamicImage::from(numbers);
    let space = Space { curve: |number| number.powf(1.0), ..SRGB };
    let expected = light::picture(&space, &picture.to_rgb8());
    let mut linear = ColorProfile::new_srgb();
    linear.cicp = None;
    let curve = moxcms::ToneReprCurve::Parametric(vec![1.0]);
    linear.red_trc = Some(curve.clone());
    linear.green_trc = Some(curve.clone());
    linear.blue_trc = Some(curve);
    for profile in [ColorProfile::new_gray_with_gamma(1.0), linear] {
        let profile = profile.encode().unwrap();
        for (what, bytes, most) in [
            ("grey PNG", profiles::png(&picture, &profile), 1.0),
            ("grey PNG with transparency", profiles::png(&picture.to_luma_alpha8().into(), &profile), 1.0),
            ("grey PNG of 16 bits", profiles::png(&picture.to_luma16().into(), &profile), 1.0),
            ("grey JPEG", profiles::jpeg(&picture, &profile), 6.0),
        ] {
            assert_eq!(wrong(&shelf, what, &bytes, &expected, most).await, None);
            let (_, served) = shelf.kept(&bytes).await;
            assert!(!image::load_from_memory(&served).unwrap().color().has_color(), "{what} stays grey");
        }
    }
}

#[tokio::test]
async fn inks_with_a_profile_are_mixed_by_it() {
    let shelf = Shelf::new();
    let paper = drawing();
    // The drawing has what the inks leave: 255 for none.
    let expected = light::mapped(&paper, |[red, green, blue]| {
        profiles::printed([1.0 - red, 1.0 - green, 1.0 - blue, 0.0])
    });
    let all = [0, 1, 2, 3];
    let part = |band, before, low| all.map(|one| Scan::part(&[one], band, before, low));
    let first = [Scan::part(&all, (0, 0), 0, 0)];
    let progressive = first.into_iter().chain(part((1, 63), 0, 1)).chain(part((1, 63), 1, 0));
    for (what, is_progressive, scans) in [
        ("together", false, vec![Scan::whole(&all)]),
        ("one by one", false, all.map(|one| Scan::whole(&[one])).to_vec()),
        ("progressive", true, progressive.collect()),
    ] {
        let (meaning, sampling) = (Meaning::Inks, vec![(1, 1); 4]);
        let arrangement = Arrangement { meaning, sampling, is_progressive, scans, interval: 0 };
        let bytes = profiles::in_jpeg(&arranged(&paper, &arrangement), &profiles::inks());
        assert_eq!(wrong(&shelf, what, &bytes, &expected, 6.0).await, None);
    }
    let grey = profiles::in_jpeg(&raw::cmyk_jpeg(), &profiles::inks());
    let expected = light::mapped(&RgbImage::new(8, 8), |_| profiles::printed([127.0 / 255.0; 4]));
    assert_eq!(wrong(&shelf, "half of each ink", &grey, &expected, 5.0).await, None);
}

#[tokio::test]
async fn inks_keep_the_colours_of_single_pixels() {
    let shelf = Shelf::new();
    // What the inks leave, in stripes of one pixel.
    let stripes =
        RgbImage::from_fn(64, 64, |x, _| image::Rgb(if x % 2 == 0 { [224, 96, 96] } else { [96, 160, 224] }));
    let scans = vec![Scan::whole(&[0, 1, 2, 3])];
    let (meaning, sampling) = (Meaning::Inks, vec![(1, 1); 4]);
    let arrangement = Arrangement { meaning, sampling, is_progressive: false, scans, interval: 0 };
    assert_eq!(wrong(&shelf, "stripes", &arranged(&stripes, &arrangement), &stripes, 8.0).await, None);
}

/// Numbers without a fraction.
fn measures(white: (u32, u32), primaries: [(u32, u32); 3]) -> Vec<u8> {
    let places = [white].into_iter().chain(primaries);
    let numbers = places.flat_map(|(x, y)| [x.to_be_bytes(), y.to_be_bytes()]).flatten();
    raw::png_chunk(*b"cHRM", &numbers.collect::<Vec<_>>())
}

fn gamma(value: u32) -> Vec<u8> {
    raw::png_chunk(*b"gAMA", &value.to_be_bytes())
}

fn code_points(primaries: u8, transfer: u8) -> Vec<u8> {
    raw::png_chunk(*b"cICP", &[primaries, transfer, 0, 1])
}

fn packed(profile: &ColorProfile) -> Vec<u8> {
    profiles::chunk(&profile.encode().unwrap())
}

const SRGB_PLACES: [(u32, u32); 3] = [(64_000, 33_000), (30_000, 60_000), (15_000, 6_000)];
const P3_PLACES: [(u32, u32); 3] = [(68_000, 32_000), (26_500, 69_000), (15_000, 6_000)];
const WHITE: (u32, u32) = (31_270, 32_900);

#[tokio::test]
async fn the_best_that_a_png_says_of_its_colours_counts() {
    let shelf = Shelf::new();
    let numbers = drawing();
    let png = encoded(numbers.clone(), Codec::Png);
    let linear = Space { curve: |number| number, ..SRGB };
    let srgb = raw::png_chunk(*b"sRGB", &[0]);
    let adobe = packed(&ColorProfile::new_adobe_rgb());
    let wide = measures(WHITE, P3_PLACES);
    let mut failures = vec![];
    for (what, chunks, space) in [
        ("code points", vec![code_points(12, 13)], DISPLAY_P3),
        ("linear code points", vec![code_points(1, 8)], linear),
        ("code points above a profile", vec![code_points(12, 13), adobe.clone()], DISPLAY_P3),
        ("a profile above measures", vec![adobe.clone(), gamma(100_000), wide.clone()], ADOBE_RGB),
        ("sRGB above measures", vec![srgb, gamma(100_000), wide.clone()], SRGB),
        ("gamma 1", vec![gamma(100_000)], linear),
        ("gamma 1.8", vec![gamma(55_556)], Space { curve: |number| number.powf(1.8), ..SRGB }),
        ("gamma and chromaticities", vec![gamma(45_455), wide.clone()], DISPLAY_P3),
        ("chromaticities alone", vec![wide], DISPLAY_P3),
        (
            "code points that nobody knows",
            vec![raw::png_chunk(*b"cICP", &[2, 2, 0, 1]), adobe.clone()],
            ADOBE_RGB,
        ),
        ("code points of a part", vec![raw::png_chunk(*b"cICP", &[12, 13, 0, 0]), adobe], ADOBE_RGB),
    ] {
        let expected = light::picture(&space, &numbers);
        failures.extend(wrong(&shelf, what, &raw::png_with(&png, &chunks), &expected, 1.5).await);
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Browsers show nothing of such a file, either: a PNG has red, green and blue, never differences.
#[tokio::test]
async fn code_points_of_differences_are_refused() {
    let shelf = Shelf::new();
    let points = raw::png_chunk(*b"cICP", &[12, 13, 1, 1]);
    let png = raw::png_with(&encoded(drawing(), Codec::Png), &[points]);
    let outcome = shelf.keep(&png).await;
    assert!(matches!(outcome, Err(Error::Invalid(Invalid::UndecodableImage))), "{outcome:?}");
}

/// The signals of BT.2100 for 203 and for about 100 candela per square metre: paper, and half its light.
#[tokio::test]
async fn a_picture_brighter_than_paper_keeps_its_paper_white() {
    let shelf = Shelf::new();
    for (transfer, white, half) in [(16, 148, 130), (18, 191, 161)] {
        for (number, expected) in [(0, 0.0), (white, 1.0), (255, 1.0), (half, light::number(100.0 / 203.0))] {
            let numbers = RgbImage::from_pixel(8, 8, Rgb([number; 3]));
            let png = raw::png_with(&encoded(numbers, Codec::Png), &[code_points(9, transfer)]);
            let [seen, ..] = described::picture(&shelf.kept(&png).await.1).get_pixel(3, 3).0;
            let expected = light::byte(expected);
            assert!(seen.abs_diff(expected) < 5, "transfer {transfer}, {number}: {seen}, not {expected}");
        }
    }
}

#[tokio::test]
async fn a_picture_that_is_srgb_stays_as_it_is() {
    let shelf = Shelf::new();
    let picture = DynamicImage::from(drawing());
    let srgb = ColorProfile::new_srgb().encode().unwrap();
    let png = encoded(picture.clone(), Codec::Png);
    let plain = shelf.kept(&png).await.1;
    for chunks in [
        vec![raw::png_chunk(*b"sRGB", &[0]), gamma(45_455), measures(WHITE, SRGB_PLACES)],
        vec![gamma(45_455), measures(WHITE, SRGB_PLACES)],
        vec![gamma(45_455)],
        vec![code_points(1, 13)],
        vec![packed(&ColorProfile::new_srgb())],
    ] {
        assert!(shelf.kept(&raw::png_with(&png, &chunks)).await.1 == plain, "{:?}", &chunks[0][4..8]);
    }
    for (with, without) in [
        (profiles::jpeg(&picture, &srgb), profiles::jpeg(&picture, &[])),
        (profiles::webp(&picture, &srgb), encoded(picture.clone(), Codec::WebP)),
        (profiles::png(&picture.to_rgb16().into(), &srgb), encoded(picture.to_rgb16(), Codec::Png)),
        (profiles::png(&picture.to_luma8().into(), &srgb), encoded(picture.to_luma8(), Codec::Png)),
    ] {
        assert!(shelf.kept(&with).await.1 == shelf.kept(&without).await.1);
    }
}

#[tokio::test]
async fn a_broken_or_unfit_profile_is_ignored() {
    let shelf = Shelf::new();
    let picture = DynamicImage::from(drawing());
    let good = ColorProfile::new_adobe_rgb().encode().unwrap();
    let mut many = good.clone();
    many[128..132].copy_from_slice(&100_000_u32.to_be_bytes());
    let mut strange = good.clone();
    strange[16..20].copy_from_slice(b"3CLR");
    let large = [&good[..], &vec![0; 5 << 20]].concat();
    let plain = [
        encoded(picture.clone(), Codec::Png),
        profiles::jpeg(&picture, &[]),
        encoded(picture.clone(), Codec::WebP),
    ];
    let mut expected = vec![];
    for bytes in &plain {
        expected.push(shelf.kept(bytes).await.1);
    }
    for (what, profile) in [
        ("half", good[..good.len() / 2].to_vec()),
        ("nothing", vec![0]),
        ("noise", good.iter().map(|byte| byte ^ 0x5A).collect()),
        ("many tags", many),
        ("another space", strange),
        ("inks", profiles::inks()),
        ("greys", ColorProfile::new_gray_with_gamma(1.0).encode().unwrap()),
        ("no tags", profiles::profile(*b"mntr", *b"RGB ", *b"XYZ ", &[])),
        ("large", large),
    ] {
        let described = [
            profiles::png(&picture, &profile),
            profiles::jpeg(&picture, &profile),
            profiles::webp(&picture, &profile),
        ];
        for (bytes, expected) in described.iter().zip(&expected) {
            assert!(shelf.kept(bytes).await.1 == *expected, "{what}");
        }
    }
    let inks = raw::cmyk_jpeg();
    let expected = shelf.kept(&inks).await.1;
    assert!(shelf.kept(&profiles::in_jpeg(&inks, &good)).await.1 == expected, "light for inks");
}

#[tokio::test]
async fn a_gradient_of_16_bits_has_no_bands_and_opacity_stays() {
    let shelf = Shelf::new();
    let ramp = image::ImageBuffer::from_fn(4096, 2, |x, _| {
        let value = u16::try_from(x * 14).unwrap();
        image::Rgba([value, value / 2, value / 3, u16::MAX - value])
    });
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    let (_, served) = shelf.kept(&profiles::png(&DynamicImage::ImageRgba16(ramp), &profile)).await;
    let shown = image::load_from_memory(&served).unwrap();
    let shown = shown.as_rgba16().unwrap();
    let mut levels = shown.rows().next().unwrap().map(|pixel| pixel.0).collect::<Vec<_>>();
    assert!((0..).zip(&levels).all(|(x, [.., alpha])| *alpha == u16::MAX - x * 14), "opacity");
    assert!(levels.is_sorted_by_key(|[red, ..]| *red), "it rises");
    levels.dedup_by_key(|[red, ..]| *red);
    assert!(levels.len() > 4000, "{} of 4096 levels", levels.len());
}
