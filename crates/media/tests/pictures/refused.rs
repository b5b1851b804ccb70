//! What is refused: as what, cheaply, and without a trace.
#![expect(clippy::panic, reason = "a test's failure")]

use std::time::Duration;

use crate::kit::{Shelf, bombs, encoded, files_of, gif, jpeg, png, raw, samples, webp};
use image::{ImageFormat as Codec, Rgb, RgbImage};
use proptest::prelude::*;
use tweetty_domain::{Error, ForeignFormat, Invalid, Limits, Result, StoredImage};
use tweetty_media::Options;

fn reason(outcome: Result<StoredImage>) -> Invalid {
    match outcome {
        Err(Error::Invalid(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_no_image_by_its_content_is_unsupported() {
    let shelf = Shelf::new();
    for content in [
        &b""[..],
        b"hello",
        b"\xFF\xD8",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        b"<!DOCTYPE html><title>hi</title>",
        b"%PDF-1.7\n",
        b"II*\0\x08\0\0\0",
        b"MM\0*\0\0\0\x08",
        b"BM\x3a\0\0\0\0\0\0\0",
        b"PK\x03\x04",
        b"\0\0\x01\0\x01\0",
        b"RIFF\x04\0\0\0WAVE",
        b"\0\0\0\x18ftypisom\0\0\0\0isommp42",
        b"GIF90a",
    ] {
        let outcome = shelf.keep(content).await;
        assert!(matches!(outcome, Err(Error::UnsupportedImage)), "{outcome:?}");
    }
    assert_eq!(shelf.files().len(), 0);
}

#[tokio::test]
async fn a_picture_of_a_phones_own_format_is_refused_by_its_name() {
    let shelf = Shelf::new();
    for (content, format) in [
        (&b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf"[..], ForeignFormat::Heic),
        (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B", ForeignFormat::Avif),
    ] {
        let outcome = shelf.keep(content).await;
        assert!(matches!(outcome, Err(Error::ForeignImage(found)) if found == format), "{outcome:?}");
    }
    assert_eq!(shelf.files().len(), 0);
}

#[tokio::test]
async fn a_jpeg_with_pixels_missing_before_its_end_mark_is_never_a_crash() {
    let shelf = Shelf::new();
    let whole = jpeg(64, 64);
    for length in (0..whole.len()).step_by(7) {
        let patched = [&whole[..length], &[0xFF, 0xD9]].concat();
        shelf.keep(&patched).await.ok();
    }
}

/// The usual decoder stops and leaves the rest grey, without a word.
#[tokio::test]
async fn a_jpeg_that_is_damaged_in_the_middle_is_refused_and_one_that_ends_in_grey_is_kept() {
    let shelf = Shelf::new();
    let grainy = RgbImage::from_fn(64, 64, |x, y| {
        Rgb([(x * 37) ^ (y * 91), y * 53, x * y].map(|part| part.to_le_bytes()[0]))
    });
    let whole = encoded(grainy, Codec::Jpeg);
    let scan = whole.windows(2).position(|two| two == [0xFF, 0xDA]).unwrap() + 14;
    let mut damaged = whole.clone();
    // A code that no table has.
    damaged[scan + 400..scan + 432].copy_from_slice(&[0xFF, 0].repeat(16));
    assert_eq!(reason(shelf.keep(&damaged).await), Invalid::UndecodableImage);
    let grey = RgbImage::from_fn(64, 64, |x, y| if x + y < 64 { Rgb([200, 90, 10]) } else { Rgb([128; 3]) });
    let (stored, _) = shelf.kept(&encoded(grey, Codec::Jpeg)).await;
    assert_eq!(stored.width, 64);
}

#[tokio::test]
async fn an_uncommon_jpeg_is_refused_with_what_to_do_about_it() {
    let shelf = Shelf::new();
    let usual = jpeg(16, 16);
    let frame = usual.windows(2).position(|two| two == [0xFF, 0xC0]).unwrap();
    // Arithmetic coding, lossless, and twelve bits a sample.
    for (place, byte) in [(1, 0xC9), (1, 0xCA), (1, 0xC3), (4, 12)] {
        let mut uncommon = usual.clone();
        uncommon[frame + place] = byte;
        let refused = reason(shelf.keep(&uncommon).await);
        assert_eq!(refused, Invalid::UncommonJpeg);
        assert!(refused.to_string().contains("save it as"), "{refused}");
    }
}

#[tokio::test]
async fn images_over_the_limits_are_refused_by_their_limit() {
    let limits = Limits { image_pixels: 200, image_frames: 3, ..Limits::default() };
    let shelf = Shelf::with(&limits, &Options::default());
    for (what, sample) in samples() {
        assert!(shelf.keep(&sample).await.is_ok(), "{what} of 153 pixels");
    }
    for sample in [jpeg(21, 10), png(21, 10), gif(21, 10, 1), webp(21, 10), raw::animated_webp(21, 10, 2)] {
        assert_eq!(reason(shelf.keep(&sample).await), Invalid::TooManyPixels { limit: 200 });
    }
    for sample in [gif(10, 10, 4), raw::animated_webp(10, 10, 4)] {
        assert_eq!(reason(shelf.keep(&sample).await), Invalid::TooManyFrames { limit: 3 });
    }
}

#[tokio::test]
async fn bombs_are_refused_by_what_they_claim() {
    let shelf = Shelf::new();
    let pixels = Invalid::TooManyPixels { limit: 40_000_000 };
    let side = Invalid::TooLongSide { limit: 65_535 };
    for (bomb, expected) in [
        (raw::claimed_gif(10_000, 10_000, 1), pixels.clone()),
        (raw::claimed_gif(1, 65_535, 1), pixels.clone()),
        (raw::claimed_gif(1, 1, 5_000), Invalid::TooManyFrames { limit: 500 }),
        (raw::claimed_gif(6_000, 6_000, 400), Invalid::TooCostlyImage),
        (raw::claimed_webp(), pixels.clone()),
        (raw::deceptive_webp(), Invalid::UndecodableImage),
        (raw::claimed_png(30_000, 30_000, 8, 6), pixels),
        (raw::claimed_png(u32::MAX, u32::MAX, 16, 6), side.clone()),
        (raw::claimed_png(1, 65_536, 8, 0), side.clone()),
        (raw::claimed_png(65_536, 1, 8, 0), side),
        (raw::claimed_png(6_000, 6_000, 16, 6), Invalid::TooCostlyImage),
        (raw::claimed_png(0, 10, 8, 6), Invalid::UndecodableImage),
        (raw::claimed_png(6_000, 6_000, 8, 6), Invalid::UndecodableImage),
        (raw::scanned_jpeg(6_000, 100), Invalid::TooCostlyImage),
        (raw::scanned_jpeg(8, 100_000), Invalid::TooCostlyImage),
        (bombs::webp_of_codes(65_536), Invalid::TooCostlyImage),
        (bombs::alpha_of_codes(65_536), Invalid::TooCostlyImage),
        (bombs::frame_of_codes(65_536), Invalid::TooCostlyImage),
        (bombs::misnamed_frame(), Invalid::UndecodableImage),
        (bombs::borrowed_alpha(), Invalid::UndecodableImage),
    ] {
        assert_eq!(reason(shelf.keep(&bomb).await), expected);
    }
    assert_eq!(shelf.files().len(), 0);
}

#[tokio::test]
async fn an_image_that_takes_too_much_processor_time_is_refused_without_a_trace() {
    let strict = Options { processor_time: Duration::ZERO, ..Options::default() };
    let shelf = Shelf::with(&Limits::default(), &strict);
    for (what, sample) in samples() {
        assert_eq!(reason(shelf.keep(&sample).await), Invalid::TooSlowImage { seconds: 0 }, "{what}");
    }
    assert_eq!(shelf.files().len(), 0);
}

#[tokio::test]
async fn an_image_that_is_not_ready_in_time_is_to_be_sent_again_and_leaves_nothing() {
    let impatient = Options { patience: Duration::ZERO, ..Options::default() };
    let shelf = Shelf::with(&Limits::default(), &impatient);
    for (what, sample) in samples() {
        let outcome = shelf.keep(&sample).await;
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{what}: {outcome:?}");
    }
    assert_eq!(shelf.files().len(), 0);
}

#[tokio::test]
async fn more_than_the_upload_limit_is_never_read() {
    let limits = Limits { upload_bytes: 100, ..Limits::default() };
    let shelf = Shelf::with(&limits, &Options::default());
    let outcome = shelf.keep(&png(50, 50)).await;
    assert!(matches!(outcome, Err(Error::UploadTooLarge { limit: 100 })), "{outcome:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn damaged_images_are_kept_or_refused_but_nothing_else_happens(
        which in 0..10_usize,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = samples().swap_remove(which).1;
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        kept_or_refused(&bytes)?;
    }

    #[test]
    fn noise_behind_the_first_bytes_of_an_image_is_refused(
        which in 0..4_usize,
        noise in proptest::collection::vec(any::<u8>(), 0..2_000),
    ) {
        let start = [&b"\xFF\xD8\xFF"[..], b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x40\0\0\0WEBP"][which];
        kept_or_refused(&[start, &noise].concat())?;
    }
}

fn kept_or_refused(bytes: &[u8]) -> Result<(), TestCaseError> {
    let shelf = Shelf::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match runtime.block_on(shelf.keep(bytes)) {
        Ok(stored) => {
            let served = runtime.block_on(shelf.read(stored.name));
            let shown = image::load_from_memory(&served).unwrap();
            prop_assert_eq!((shown.width(), shown.height()), (stored.width, stored.height));
            prop_assert_eq!(shelf.files().len(), files_of(&stored));
        }
        Err(Error::UnsupportedImage | Error::ForeignImage(_) | Error::Invalid(_)) => {
            prop_assert_eq!(shelf.files().len(), 0);
        }
        Err(other) => prop_assert!(false, "{other:?}"),
    }
    Ok(())
}
