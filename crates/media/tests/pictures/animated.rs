//! Pictures that move show the frames that they should, judged by their pixels.

use std::borrow::Cow;
use std::io::Cursor;
use std::path::Path;

use crate::described;
use crate::kit::{Shelf, frames, profiles, raw};
use gif::{DisposalMethod, Encoder};
use image::codecs::gif::GifDecoder;
use image::{AnimationDecoder as _, Rgba, RgbaImage};
use tweetty_domain::{Error, ImageFormat, Invalid};

fn read(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images/animated").join(name)).unwrap()
}

/// What a GIF shows, frame by frame.
fn shown_by_gif(gif: &[u8]) -> Vec<RgbaImage> {
    let frames = GifDecoder::new(Cursor::new(gif)).unwrap().into_frames();
    frames.map(|frame| frame.unwrap().into_buffer()).collect()
}

/// How far a picture is from the one that was expected: the root of the mean of the squares; where one has a hole and
/// the other has none, all the way.
fn off(seen: &RgbaImage, expected: &RgbaImage) -> f64 {
    assert_eq!(seen.dimensions(), expected.dimensions());
    let pairs = seen.pixels().zip(expected.pixels());
    let far = pairs.map(|(Rgba([r, g, b, a]), Rgba([red, green, blue, alpha]))| match (a, alpha) {
        (0, 0) => 0,
        (0, _) | (_, 0) => u8::MAX,
        _ => r.abs_diff(*red).max(g.abs_diff(*green)).max(b.abs_diff(*blue)),
    });
    (far.map(|far| f64::from(far).powi(2)).sum::<f64>() / f64::from(seen.width() * seen.height())).sqrt()
}

/// Each frame clears, or not, is laid over what is there, or replaces it, and covers the canvas, or a part of it. Beside
/// each file lie its frames as libwebp shows them, one below the other.
#[tokio::test]
async fn an_animated_webp_shows_what_its_frames_make_together() {
    let shelf = Shelf::new();
    let mut wrong = vec![];
    // Decoders differ in how they spread the colours of a lossy frame over its pixels.
    for (name, most_off) in [
        ("clearing-lossless", 0.1),
        ("clearing-lossy", 2.0),
        ("lossless", 1.0),
        ("lossy", 2.0),
        ("lossy-transparent", 2.0),
    ] {
        let (stored, served) = shelf.kept(&read(&format!("{name}.webp"))).await;
        assert_eq!(stored.name.format(), ImageFormat::WebP, "{name}");
        let strip = image::load_from_memory(&read(&format!("{name}.png"))).unwrap().to_rgba8();
        let frames = frames::shown(&served);
        assert_eq!(strip.height(), stored.height * u32::try_from(frames.len()).unwrap());
        for (number, frame) in (0..).zip(&frames) {
            let expected =
                image::imageops::crop_imm(&strip, 0, number * stored.height, stored.width, stored.height);
            let off = off(frame, &expected.to_image());
            println!("{name}, frame {number}: {off:.1}");
            if off > most_off {
                wrong.push(format!("{name}, frame {number}: {off:.1}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn an_animated_webp_keeps_its_frames_bit_for_bit_and_nothing_else() {
    let shelf = Shelf::new();
    for name in ["clearing-lossless", "clearing-lossy", "lossless", "lossy", "lossy-transparent"] {
        let source = read(&format!("{name}.webp"));
        let mut bytes = source.clone();
        for kind in [b"EXIF", b"XMP ", b"note"] {
            bytes.extend(raw::riff_chunk(*kind, raw::SECRET.as_bytes()));
        }
        // The background that nobody shows.
        let background = bytes.windows(4).position(|four| four == b"ANIM").unwrap() + 8;
        bytes[background..background + 4].copy_from_slice(b"back");
        let size = u32::try_from(bytes.len() - 8).unwrap();
        bytes[4..8].copy_from_slice(&size.to_le_bytes());
        let (_, served) = shelf.kept(&bytes).await;
        let (kept, came) = (frames::frames(&served), frames::frames(&source));
        assert_eq!(kept.len(), came.len(), "{name}");
        for (number, (kept, came)) in kept.into_iter().zip(came).enumerate() {
            let lengths = |frame: &frames::Frame| {
                frame.chunks.iter().map(|(kind, data)| (*kind, data.len())).collect::<Vec<_>>()
            };
            let both = (lengths(&kept), lengths(&came));
            assert!(frames::are_kept(&kept.chunks, &came.chunks), "{name}, frame {number}: {both:?}");
            assert_eq!(frames::Frame { chunks: vec![], ..kept }, frames::Frame { chunks: vec![], ..came });
        }
        assert_eq!(frames::times(&served), frames::times(&source), "{name}");
        let kinds = frames::chunks(&served[12..]).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
        assert!(kinds.starts_with(&[*b"VP8X", *b"ANIM", *b"ANMF"]), "{name}");
        assert!(kinds[2..].iter().all(|kind| kind == b"ANMF"), "{name}");
        for hidden in [raw::SECRET.as_bytes(), b"back"] {
            assert!(!served.windows(hidden.len()).any(|window| window == hidden), "{name}");
        }
    }
}

/// Soft edges, which a GIF had not.
#[tokio::test]
async fn half_transparent_pixels_of_a_converted_animation_stay_so() {
    let shelf = Shelf::new();
    let soft = RgbaImage::from_fn(64, 64, |x, y| {
        Rgba([x * 4, y * 4, (x ^ y) * 4, x + y].map(|value| u8::try_from(value).unwrap()))
    });
    let plain = raw::animation(&[soft.clone(), soft.clone()]);
    let animation = profiles::in_webp(&plain, &described::in_tables());
    let (stored, served) = shelf.kept(&animation).await;
    assert_eq!(stored.name.format(), ImageFormat::WebP);
    let first = &frames::shown(&served)[0];
    assert!(first.pixels().zip(soft.pixels()).all(|(one, other)| one.0[3] == other.0[3]));
    assert!(first.pixels().zip(soft.pixels()).any(|(one, other)| one != other), "it is converted");
}

/// Programs that lay the frames one above the other show black where the file says that nothing is transparent.
#[tokio::test]
async fn an_animation_whose_frames_leave_the_canvas_bare_says_that_something_is_transparent() {
    let shelf = Shelf::new();
    let opaque = raw::lossy_webp(16, 9, false)[12..].to_vec();
    for (what, mut source, is_bare) in [
        ("lossless", read("clearing-lossless.webp"), true),
        ("lossy", read("clearing-lossy.webp"), true),
        ("covered", raw::animated(16, 9, &[opaque.clone(), opaque]), false),
    ] {
        let (_, served) = shelf.kept(&source).await;
        assert_eq!(served[20] & 0x10 != 0, is_bare, "{what}");
        source[20] ^= 0x10;
        assert!(shelf.kept(&source).await.1 == served, "{what}, whatever it says itself");
    }
}

#[tokio::test]
async fn a_frame_that_reaches_beyond_the_canvas_is_refused() {
    let shelf = Shelf::new();
    let whole = read("lossless.webp");
    let frame = whole.windows(4).rposition(|four| four == b"ANMF").unwrap();
    // Its left, top, width and height.
    for place in [8, 11, 14, 17] {
        let mut beyond = whole.clone();
        beyond[frame + place] = 40;
        let outcome = shelf.keep(&beyond).await;
        assert!(matches!(outcome, Err(Error::Invalid(Invalid::UndecodableImage))), "{outcome:?}");
    }
    assert_eq!(shelf.files().len(), 0);
}

#[tokio::test]
async fn a_gif_keeps_how_its_frames_make_room_for_each_other() {
    let [white, red, green, blue] = [[255; 3], [255, 0, 0], [0, 255, 0], [0, 0, 255]];
    let mut gif = Vec::new();
    let mut encoder = Encoder::new(&mut gif, 8, 4, &[]).unwrap();
    for (left, width, height, color, dispose) in [
        (0, 8, 4, white, DisposalMethod::Keep),
        (0, 4, 4, red, DisposalMethod::Previous),
        (4, 4, 4, green, DisposalMethod::Background),
        (0, 2, 2, blue, DisposalMethod::Keep),
    ] {
        let buffer = Cow::Owned(vec![0; usize::from(width * height)]);
        let palette = Some(color.to_vec());
        encoder
            .write_frame(&gif::Frame { left, width, height, palette, dispose, buffer, ..Default::default() })
            .unwrap();
    }
    drop(encoder);
    let (_, served) = Shelf::new().kept(&gif).await;
    let frames = shown_by_gif(&served);
    assert!(frames == shown_by_gif(&gif));
    let pixels = |frame: &RgbaImage| [(0, 0), (3, 0), (7, 3)].map(|(x, y)| frame.get_pixel(x, y).0);
    let [white, red, green, blue] = [white, red, green, blue].map(|[r, g, b]| [r, g, b, 255]);
    let seen = frames.iter().map(pixels).collect::<Vec<_>>();
    let hole = [seen[3][2][0], seen[3][2][1], seen[3][2][2], 0];
    assert_eq!(seen, [[white; 3], [red, red, white], [white, white, green], [blue, white, hole]]);
}

#[tokio::test]
async fn a_gif_without_a_palette_shows_greys() {
    let shelf = Shelf::new();
    let mut gif = Vec::new();
    let mut encoder = Encoder::new(&mut gif, 4, 2, &[7, 8, 9]).unwrap();
    for buffer in [[0, 1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1, 0]] {
        let frame =
            gif::Frame { width: 4, height: 2, buffer: Cow::Owned(buffer.to_vec()), ..Default::default() };
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    // Two colours for all frames lie behind the first 13 bytes; a flag says so.
    gif.drain(13..19);
    gif[10] &= 0x7F;
    let (stored, served) = shelf.kept(&gif).await;
    let greys = |frame: &RgbaImage| frame.pixels().map(|pixel| pixel.0).collect::<Vec<_>>();
    let seen = shown_by_gif(&served).iter().map(greys).collect::<Vec<_>>();
    let ramp = (0..8).map(|grey| [grey, grey, grey, 255]).collect::<Vec<_>>();
    let still = shelf.read(stored.variants.as_slice()[0].file_of(stored.name)).await;
    assert_eq!(greys(&image::load_from_memory(&still).unwrap().to_rgba8()), ramp);
    assert_eq!(seen, [ramp.clone(), ramp.into_iter().rev().collect()]);
}
