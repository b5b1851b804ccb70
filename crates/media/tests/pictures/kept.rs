//! What is kept of an image: its pixels, and nothing else.

use std::collections::HashSet;
use std::io::Cursor;

use crate::kit::{Shelf, encoded, files_of, frames, gif, jpeg, opaque, picture, png, raw, samples, webp};
use image::codecs::gif::GifDecoder;
use image::metadata::LoopCount;
use image::{AnimationDecoder as _, DynamicImage, GenericImageView as _, ImageFormat as Codec};
use tweetty_domain::ImageFormat;

fn decoded(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).unwrap()
}

#[tokio::test]
async fn every_accepted_image_is_served_in_its_size_under_a_name_of_its_own() {
    let shelf = Shelf::new();
    let (mut names, mut files) = (HashSet::new(), 0);
    for (what, sample) in samples() {
        let (stored, served) = shelf.kept(&sample).await;
        assert_eq!(decoded(&served).dimensions(), (stored.width, stored.height), "{what}");
        assert_eq!(decoded(&served).dimensions(), decoded(&sample).dimensions(), "{what}");
        assert!(names.insert(stored.name), "{what}");
        let again = shelf.keep(&sample).await.unwrap();
        assert!(names.insert(again.name), "{what} again");
        files += files_of(&stored) + files_of(&again);
    }
    assert_eq!(shelf.files().len(), files, "nothing but what is kept stays");
}

/// Files of libwebp, which uses all that the format knows: transforms, palettes, caches, many groups of codes.
#[tokio::test]
async fn what_the_usual_encoder_of_webp_writes_is_kept() {
    let shelf = Shelf::new();
    let mut kept = 0;
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/images/webp")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let stored = shelf.keep(&bytes).await;
        let stored = stored.unwrap_or_else(|refusal| unreachable!("{}: {refusal}", path.display()));
        let (served, original) = (decoded(&shelf.read(stored.name).await), decoded(&bytes));
        assert_eq!(served.dimensions(), original.dimensions(), "{}", path.display());
        if stored.name.format() == ImageFormat::WebP {
            assert!(served.to_rgba8() == original.to_rgba8(), "{}: every pixel", path.display());
        }
        kept += 1;
    }
    assert_eq!(kept, 10);
}

#[tokio::test]
async fn each_kind_is_kept_in_the_format_that_suits_it() {
    let shelf = Shelf::new();
    for (sample, format, codec) in [
        (jpeg(20, 10), ImageFormat::Jpeg, Codec::Jpeg),
        (png(20, 10), ImageFormat::Png, Codec::Png),
        (gif(20, 10, 1), ImageFormat::Gif, Codec::Gif),
        (webp(20, 10), ImageFormat::WebP, Codec::WebP),
        (encoded(opaque(20, 10), Codec::WebP), ImageFormat::WebP, Codec::WebP),
        (raw::lossy_webp(20, 10, true), ImageFormat::WebP, Codec::WebP),
        // Most of its stream means nothing.
        (raw::lossy_webp(20, 10, false), ImageFormat::Jpeg, Codec::Jpeg),
        (raw::animated_webp(20, 10, 2), ImageFormat::WebP, Codec::WebP),
    ] {
        let (stored, served) = shelf.kept(&sample).await;
        assert_eq!(stored.name.format(), format);
        assert_eq!(image::guess_format(&served).unwrap(), codec);
    }
}

#[tokio::test]
async fn lossless_formats_keep_every_pixel() {
    let shelf = Shelf::new();
    for sample in [png(33, 21), webp(33, 21), gif(33, 21, 1)] {
        let (_, served) = shelf.kept(&sample).await;
        assert!(decoded(&served).to_rgba8() == decoded(&sample).to_rgba8());
    }
}

#[tokio::test]
async fn a_photograph_keeps_its_colours() {
    let shelf = Shelf::new();
    let (_, served) = shelf.kept(&jpeg(64, 48)).await;
    let (before, after) = (opaque(64, 48).to_rgb8(), decoded(&served).to_rgb8());
    let off = before.iter().zip(after.iter()).map(|(one, other)| one.abs_diff(*other)).max();
    assert!(off < Some(24), "{off:?}");
}

#[tokio::test]
async fn grey_deep_and_palette_pngs_are_kept() {
    let shelf = Shelf::new();
    let source = DynamicImage::from(picture(19, 7, true));
    for sample in [
        DynamicImage::from(source.to_luma8()),
        source.to_luma_alpha8().into(),
        source.to_rgb8().into(),
        source.to_luma16().into(),
        source.to_luma_alpha16().into(),
        source.to_rgb16().into(),
        source.to_rgba16().into(),
    ] {
        let (stored, served) = shelf.kept(&encoded(sample.clone(), Codec::Png)).await;
        assert_eq!((stored.width, stored.height), (19, 7));
        assert!(decoded(&served) == sample);
    }
    // Two pixels, two colours, one bit each: row filter 0 and the bits 01, stored without compression.
    let header = [0, 0, 0, 2, 0, 0, 0, 1, 1, 3, 0, 0, 0];
    let pixels = [0x78, 0x01, 1, 2, 0, 0xFD, 0xFF, 0, 0x40, 0, 0x42, 0, 0x41];
    let palette = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        raw::png_chunk(*b"IHDR", &header),
        raw::png_chunk(*b"PLTE", &[255, 0, 0, 0, 0, 255]),
        raw::png_chunk(*b"IDAT", &pixels),
        raw::png_chunk(*b"IEND", b""),
    ];
    let (_, served) = shelf.kept(&palette.concat()).await;
    assert_eq!(decoded(&served).to_rgb8().into_raw(), [255, 0, 0, 0, 0, 255]);
}

#[tokio::test]
async fn grey_and_cmyk_jpegs_are_kept() {
    let shelf = Shelf::new();
    let (_, served) = shelf.kept(&encoded(opaque(16, 16).to_luma8(), Codec::Jpeg)).await;
    assert_eq!(decoded(&served).color(), image::ColorType::L8);
    let (stored, served) = shelf.kept(&raw::cmyk_jpeg()).await;
    assert_eq!((stored.width, stored.height), (8, 8));
    let pixels = decoded(&served).to_rgb8();
    assert!(pixels.pixels().all(|pixel| pixel == pixels.get_pixel(0, 0)), "one colour");
}

#[tokio::test]
async fn an_animated_png_shows_its_first_picture() {
    let shelf = Shelf::new();
    let still = png(12, 8);
    let animated = raw::png_with(
        &still,
        &[
            raw::png_chunk(*b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]),
            raw::png_chunk(
                *b"fcTL",
                &[&[0; 7][..], &[12, 0, 0, 0, 8], &[0; 8], &[0, 1, 0, 10, 0, 0]].concat(),
            ),
        ],
    );
    let (_, served) = shelf.kept(&animated).await;
    assert!(decoded(&served) == decoded(&still));
    assert!(!served.windows(4).any(|window| window == b"acTL"));
}

#[tokio::test]
async fn an_animation_keeps_frames_delays_and_loops() {
    let shelf = Shelf::new();
    let (_, served) = shelf.kept(&gif(16, 9, 5)).await;
    let kept = GifDecoder::new(Cursor::new(&served)).unwrap().into_frames().collect_frames().unwrap();
    assert!(matches!(GifDecoder::new(Cursor::new(&served)).unwrap().loop_count(), LoopCount::Infinite));
    assert_eq!(kept.len(), 5);
    assert!(kept.iter().all(|frame| frame.delay().numer_denom_ms() == (70, 1)));
    assert!(kept[0].buffer() != kept[1].buffer(), "it moves");
    let (_, served) = shelf.kept(&raw::animated_webp(16, 9, 4)).await;
    let kept = frames::frames(&served);
    assert_eq!((frames::times(&served), kept.len()), (3, 4));
    assert!(kept.iter().all(|frame| frame.duration == 80));
    let shown = frames::shown(&served);
    assert!(shown[0] != shown[1], "it moves");
}

#[tokio::test]
async fn the_original_orientation_is_applied_and_forgotten() {
    let shelf = Shelf::new();
    // 6: the camera was turned, the picture is shown a quarter clockwise.
    let exif = [b"Exif\0\0", raw::exif(6).as_slice()].concat();
    let lossless = webp(40, 20)[12..].to_vec();
    for sample in [
        raw::told_jpeg(&jpeg(40, 20), 6),
        raw::told_png(&png(40, 20), 6),
        raw::told_webp(&webp(40, 20), 40, 20, 6),
        // Under the name that only a JPEG has before it.
        raw::png_with(&png(40, 20), &[raw::png_chunk(*b"eXIf", &exif)]),
        raw::riff(&[raw::extended(0x18, 40, 20), lossless, raw::riff_chunk(*b"EXIF", &exif)]),
    ] {
        let (stored, served) = shelf.kept(&sample).await;
        assert_eq!((stored.width, stored.height), (20, 40));
        let shown = decoded(&served);
        let [red, green, ..] = shown.get_pixel(2, 37).0;
        assert!(red > 200 && green > 200, "the lower right corner lies at the lower left: {red} {green}");
    }
}

#[tokio::test]
async fn nothing_but_pixels_gets_through() {
    let shelf = Shelf::new();
    let secret = raw::SECRET.as_bytes();
    for sample in [
        raw::told_jpeg(&jpeg(16, 16), 1),
        raw::told_png(&png(16, 16), 1),
        raw::told_gif(&gif(16, 16, 2)),
        raw::told_webp(&webp(16, 16), 16, 16, 1),
    ] {
        assert!(sample.windows(secret.len()).any(|window| window == secret));
        let (_, served) = shelf.kept(&sample).await;
        assert!(!served.windows(secret.len()).any(|window| window == secret));
        for name in [&b"Exif"[..], b"eXIf", b"EXIF", b"XMP", b"ICC_PROFILE", b"iCCP"] {
            assert!(!served.windows(name.len()).any(|window| window == name), "{name:?}");
        }
    }
    let (_, served) = shelf.kept(&raw::polyglot()).await;
    assert!(!served.windows(7).any(|window| window == b"<script"));
}
