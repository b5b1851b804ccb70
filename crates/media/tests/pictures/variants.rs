//! The smaller copies of images: which there are, in what format, and what they show.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test's failure, and colours that are computed"
)]

use std::borrow::Cow;

use crate::kit::{Shelf, encoded, raw};
use gif::{Encoder, Frame};
use image::imageops::{self, FilterType};
use image::{DynamicImage, GenericImageView as _, ImageFormat as Codec, Rgb, RgbImage, Rgba, RgbaImage};
use tweetty_domain::{Error, ImageFormat, ImageName, Images as _, Invalid, StoredImage, Variant};

/// Colours that flow into each other with some grain, as a camera takes them.
fn photo(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let wave = |by: f32, place: u32| 60.0 * (place as f32 * by / width as f32).sin();
        let grain = (x.wrapping_mul(7919) ^ y.wrapping_mul(104_729)).wrapping_mul(2_654_435_761) >> 29;
        let shade = |base: f32| (base + wave(9.0, x) + wave(7.0, y) + grain as f32).clamp(0.0, 255.0) as u8;
        Rgb([shade(120.0), shade(100.0), shade(140.0)])
    })
}

/// Black lines and boxes on white, as a program draws them.
fn drawing(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let is_line = x % 97 < 3 || y % 61 < 2 || (x + y) % 211 < 4 || (x / 400 + y / 300) % 2 == 1;
        Rgb(if is_line { [20, 20, 60] } else { [255; 3] })
    })
}

/// 40 by 30 pixels; its first frame covers 10 by 10 from (20, 5) with green, but for their first corner.
fn partial_gif() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 40, 30, &[0, 200, 0, 9, 9, 9]).unwrap();
    let mut numbers = vec![0; 100];
    numbers[0] = 1;
    let frame = Frame {
        left: 20,
        top: 5,
        width: 10,
        height: 10,
        transparent: Some(1),
        buffer: Cow::Owned(numbers),
        ..Frame::default()
    };
    encoder.write_frame(&frame).unwrap();
    encoder.write_frame(&frame).unwrap();
    drop(encoder);
    bytes
}

async fn kept(picture: impl Into<DynamicImage>, codec: Codec) -> (Shelf, StoredImage) {
    let shelf = Shelf::new();
    let stored = shelf.keep(&encoded(picture, codec)).await.unwrap();
    (shelf, stored)
}

/// Each variant with its picture, as it is served.
async fn shown(shelf: &Shelf, stored: &StoredImage) -> Vec<(Variant, DynamicImage)> {
    let mut shown = Vec::new();
    for variant in stored.variants.as_slice() {
        let bytes = shelf.read(variant.file_of(stored.name)).await;
        assert!(variant.is_still || bytes.len() < stored.bytes.try_into().unwrap());
        let format = image::guess_format(&bytes).unwrap();
        assert_eq!(format.to_mime_type(), variant.format.media_type());
        let picture = image::load_from_memory(&bytes).unwrap();
        assert_eq!(picture.dimensions(), (variant.width, variant.height));
        shown.push((*variant, picture));
    }
    shown
}

fn sizes(stored: &StoredImage) -> Vec<(u32, u32)> {
    stored.variants.as_slice().iter().map(|variant| (variant.width, variant.height)).collect()
}

fn formats(stored: &StoredImage) -> Vec<ImageFormat> {
    stored.variants.as_slice().iter().map(|variant| variant.format).collect()
}

/// How far the pixels are from each other, from 0 to 255: the root of the mean of the squares.
fn distance(one: &DynamicImage, other: &DynamicImage) -> f64 {
    let (one, other) = (one.to_rgba8(), other.to_rgba8());
    assert_eq!(one.dimensions(), other.dimensions());
    let squares = one.iter().zip(other.iter()).map(|(one, other)| f64::from(one.abs_diff(*other)).powi(2));
    (squares.sum::<f64>() / one.len() as f64).sqrt()
}

/// The copies are what an independent program makes of the picture.
async fn resemble(shelf: &Shelf, stored: &StoredImage, picture: &DynamicImage, most: f64) {
    for (variant, copy) in shown(shelf, stored).await {
        let reference = imageops::resize(picture, variant.width, variant.height, FilterType::Lanczos3);
        let distance = distance(&copy, &reference.into());
        assert!(distance < most, "{variant}: {distance}");
    }
}

#[tokio::test]
async fn a_photo_gets_jpegs_from_narrow_to_wide() {
    let picture = DynamicImage::from(photo(2000, 1500));
    for codec in [Codec::Jpeg, Codec::Png, Codec::WebP] {
        let (shelf, stored) = kept(picture.clone(), codec).await;
        assert_eq!(sizes(&stored), [(320, 240), (640, 480), (1280, 960)], "{codec:?}");
        assert_eq!(formats(&stored), [ImageFormat::Jpeg; 3], "{codec:?}");
        resemble(&shelf, &stored, &picture, 4.0).await;
        assert_eq!(shelf.files().len(), 4);
    }
}

#[tokio::test]
async fn a_drawing_stays_sharp() {
    let picture = DynamicImage::from(drawing(2600, 1600));
    let (shelf, stored) = kept(picture.clone(), Codec::Png).await;
    resemble(&shelf, &stored, &picture, 12.0).await;
    let copies = shown(&shelf, &stored).await;
    assert!(!copies.is_empty());
    // In the narrowest one lines of three pixels are a third of a pixel wide: nothing in it is sharp.
    for (variant, _) in copies.into_iter().skip(1) {
        assert_eq!(variant.format, ImageFormat::Png, "{variant}");
    }
}

#[tokio::test]
async fn what_is_transparent_stays_so_and_its_hidden_colour_is_never_seen() {
    // A red disc; where nothing is seen the colour is black, as many programs leave it.
    let disc = RgbaImage::from_fn(1000, 1000, |x, y| {
        let far = (f64::from(x) - 500.0).hypot(f64::from(y) - 500.0);
        if far < 400.0 { Rgba([250, 20, 30, 255]) } else { Rgba([0, 0, 0, 0]) }
    });
    for codec in [Codec::Png, Codec::WebP] {
        let (shelf, stored) = kept(disc.clone(), codec).await;
        for (variant, copy) in shown(&shelf, &stored).await {
            assert_eq!(variant.format, ImageFormat::Png);
            let copy = copy.to_rgba8();
            assert_eq!(copy.get_pixel(0, 0)[3], 0);
            assert_eq!(copy.get_pixel(variant.width / 2, variant.height / 2)[3], 255);
            assert!(copy.pixels().any(|pixel| (1..255).contains(&pixel[3])), "its edge is soft");
            for pixel in copy.pixels().filter(|pixel| pixel[3] > 16) {
                let far = [250, 20, 30].iter().zip(pixel.0).map(|(red, is)| i32::abs(red - i32::from(is)));
                assert!(far.max().unwrap() < 12, "{variant}: a halo of {pixel:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_alpha_channel_that_hides_nothing_is_no_transparency() {
    let (_, stored) = kept(DynamicImage::from(photo(900, 700)).to_rgba8(), Codec::Png).await;
    assert_eq!(formats(&stored), [ImageFormat::Jpeg; 2]);
}

#[tokio::test]
async fn an_animation_gets_one_still_of_its_first_frame() {
    for (bytes, size) in [
        (crate::kit::gif(1000, 500, 3), (640, 320)),
        (crate::kit::gif(20, 10, 2), (20, 10)),
        (raw::animated_webp(1000, 500, 2), (640, 320)),
        (partial_gif(), (40, 30)),
    ] {
        let shelf = Shelf::new();
        let stored = shelf.keep(&bytes).await.unwrap();
        let variants = stored.variants.as_slice();
        assert_eq!(variants.len(), 1);
        assert!(variants[0].is_still);
        assert_eq!((variants[0].width, variants[0].height), size);
        shown(&shelf, &stored).await;
    }
}

#[tokio::test]
async fn the_still_is_composed_on_the_canvas() {
    let shelf = Shelf::new();
    let stored = shelf.keep(&partial_gif()).await.unwrap();
    let (_, still) = shown(&shelf, &stored).await.remove(0);
    let still = still.to_rgba8();
    let seen = [(0, 0), (20, 5), (29, 14), (30, 14), (25, 10)].map(|(x, y)| still.get_pixel(x, y).0);
    let (clear, green) = ([0; 4], [0, 200, 0, 255]);
    assert_eq!(
        seen.map(|pixel| if pixel[3] == 0 { clear } else { pixel }),
        [clear, clear, green, clear, green]
    );
}

#[tokio::test]
async fn a_gif_of_one_frame_is_a_picture_like_others() {
    let shelf = Shelf::new();
    let stored = shelf.keep(&encoded(drawing(1000, 800), Codec::Gif)).await.unwrap();
    assert_eq!(stored.name.format(), ImageFormat::Gif);
    assert!(stored.variants.as_slice().iter().all(|variant| !variant.is_still));
}

#[tokio::test]
async fn a_turned_photo_has_turned_copies() {
    let shelf = Shelf::new();
    let bytes = raw::told_jpeg(&encoded(photo(1600, 800), Codec::Jpeg), 6);
    let stored = shelf.keep(&bytes).await.unwrap();
    assert_eq!((stored.width, stored.height), (800, 1600));
    assert_eq!(sizes(&stored), [(320, 640), (640, 1280)]);
    let turned = DynamicImage::from(photo(1600, 800)).rotate90();
    resemble(&shelf, &stored, &turned, 4.0).await;
}

#[tokio::test]
async fn small_and_narrow_pictures_need_no_copies() {
    for (width, height) in [(1, 1), (383, 300), (200, 5000), (1, 16_383)] {
        let (shelf, stored) = kept(photo(width, height), Codec::Png).await;
        assert_eq!(sizes(&stored), [], "{width}x{height}");
        assert_eq!(shelf.files().len(), 1);
    }
}

#[tokio::test]
async fn long_pictures_have_copies_of_at_least_a_pixel() {
    let (shelf, stored) = kept(photo(16_383, 1), Codec::Png).await;
    assert!(sizes(&stored).iter().all(|(_, height)| *height == 1));
    shown(&shelf, &stored).await;
    let (shelf, stored) = kept(photo(400, 8000), Codec::Jpeg).await;
    assert_eq!(sizes(&stored), [(320, 6400)]);
    shown(&shelf, &stored).await;
}

#[tokio::test]
async fn a_copy_that_would_not_save_a_byte_is_left_out() {
    // Two colours take a bit for a pixel, and what lies between them more.
    let dots = RgbImage::from_fn(1600, 400, |x, y| {
        let noise = (x.wrapping_mul(73_856_093) ^ y.wrapping_mul(19_349_663)).wrapping_mul(2_654_435_761);
        if noise >> 31 == 0 { Rgb([10, 10, 10]) } else { Rgb([240, 240, 240]) }
    });
    let (shelf, stored) = kept(dots, Codec::Png).await;
    assert!(!sizes(&stored).contains(&(1280, 320)), "{}", stored.variants);
    shown(&shelf, &stored).await;
}

#[tokio::test]
async fn grey_stays_grey_and_depth_becomes_8_bits() {
    let grey = DynamicImage::from(DynamicImage::from(photo(900, 900)).to_luma16());
    let (shelf, stored) = kept(grey.clone(), Codec::Png).await;
    let copies = shown(&shelf, &stored).await;
    assert_eq!(copies.len(), 2);
    for (_, copy) in copies {
        assert_eq!(copy.color(), image::ColorType::L8);
    }
    let deep = DynamicImage::from(photo(900, 900)).to_rgb16();
    let (shelf, stored) = kept(deep, Codec::Png).await;
    resemble(&shelf, &stored, &photo(900, 900).into(), 4.0).await;
}

#[tokio::test]
async fn the_variants_of_a_kept_image_are_made_again() {
    for (bytes, variants) in [
        (encoded(photo(1600, 1200), Codec::Jpeg), 3),
        (encoded(photo(800, 600), Codec::Png), 2),
        (crate::kit::gif(900, 300, 3), 1),
        (raw::animated_webp(900, 300, 2), 1),
        (encoded(photo(1000, 1000), Codec::WebP), 2),
        (crate::kit::jpeg(100, 100), 0),
    ] {
        let shelf = Shelf::new();
        let stored = shelf.keep(&bytes).await.unwrap();
        assert_eq!(stored.variants.as_slice().len(), variants);
        let files = shelf.files().len();
        for variant in stored.variants.as_slice() {
            shelf.images.remove(vec![variant.file_of(stored.name)]).await.unwrap();
        }
        for _ in 0..2 {
            let made = shelf.images.make_variants(stored.name).await.unwrap().unwrap();
            assert_eq!(made, stored.variants);
            assert_eq!(shelf.files().len(), files);
        }
        shown(&shelf, &StoredImage { bytes: u64::MAX, ..stored }).await;
    }
}

#[tokio::test]
async fn an_image_that_is_not_there_or_broken_gets_no_variants() {
    let shelf = Shelf::new();
    let missing = ImageName::random(ImageFormat::Png).unwrap();
    assert_eq!(shelf.images.make_variants(missing).await.unwrap(), None);
    let stored = shelf.keep(&encoded(photo(400, 300), Codec::Png)).await.unwrap();
    let file = shelf.path().join(&stored.name.to_string()[..2]).join(stored.name.to_string());
    std::fs::write(file, b"\x89PNG\r\n\x1a\nbroken").unwrap();
    let refused = shelf.images.make_variants(stored.name).await;
    assert!(matches!(refused, Err(Error::Invalid(Invalid::CutOffImage))), "{refused:?}");
}
