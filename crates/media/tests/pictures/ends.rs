//! Files that end early: where all pixels are there, they are taken; where some are missing, the refusal says so.

use std::borrow::Cow;

use crate::kit::jpeg::{Arrangement, Meaning, Scan, arranged};
use crate::kit::{Shelf, encoded, gif, jpeg, opaque, png, raw, samples};
use image::RgbaImage;
use tweetty_domain::{Error, Invalid};

const CUT_OFF: &str = "the image is cut off, its last part is missing; upload the whole file again";

/// JPEGs of many kinds, each of several units, by name.
fn jpegs() -> Vec<(String, Vec<u8>)> {
    let drawing = opaque(61, 43).to_rgb8();
    let coarse = vec![(2, 2), (1, 1), (1, 1)];
    let each = |band, before, low| (0..3).map(move |number| Scan::part(&[number], band, before, low));
    let progressive = [Scan::part(&[0, 1, 2], (0, 0), 0, 1), Scan::part(&[0, 1, 2], (0, 0), 1, 0)];
    let progressive = progressive.into_iter().chain(each((1, 63), 0, 1)).chain(each((1, 63), 1, 0));
    let ways = [
        ("together", false, vec![Scan::whole(&[0, 1, 2])]),
        ("one by one", false, (0..3).map(|number| Scan::whole(&[number])).collect()),
        ("progressive", true, progressive.collect()),
    ];
    let mut jpegs = vec![
        ("usual".to_owned(), jpeg(67, 45)),
        ("grey".to_owned(), encoded(opaque(40, 40).to_luma8(), image::ImageFormat::Jpeg)),
        ("inks".to_owned(), raw::cmyk_jpeg()),
    ];
    for (way, is_progressive, scans) in ways {
        for interval in [0, 1, 4, 5] {
            let (sampling, scans) = (coarse.clone(), scans.clone());
            let arrangement =
                Arrangement { meaning: Meaning::YCbCr, sampling, is_progressive, scans, interval };
            jpegs.push((format!("{way}, marks every {interval}"), arranged(&drawing, &arrangement)));
        }
    }
    jpegs
}

#[tokio::test]
async fn an_image_without_its_end_mark_is_kept_like_the_whole_one() {
    let shelf = Shelf::new();
    let zeros = [0; 64];
    let mut cases = vec![];
    for (what, whole) in jpegs() {
        let end = whole.len() - 2;
        let mut parts = vec![("no mark", whole[..end].to_vec()), ("half a mark", whole[..=end].to_vec())];
        // Zeros of the picture look like zeros behind it.
        if whole[end - 1] != 0 {
            parts.push(("zeros", [&whole[..end], &zeros].concat()));
        }
        for (part, bytes) in parts {
            cases.push((format!("JPEG, {what}: {part}"), whole.clone(), bytes));
        }
    }
    let whole = gif(17, 9, 3);
    let end = whole.len() - 1;
    for (part, bytes) in [
        ("no trailer", whole[..end].to_vec()),
        ("a zero", [&whole[..end], &[0]].concat()),
        ("zeros and a trailer", [&whole[..end], &zeros, b";"].concat()),
        ("another file", [&whole[..end], b"GIF89a\x08\0\x08\0\0\0\0"].concat()),
    ] {
        cases.push((format!("GIF: {part}"), whole.clone(), bytes));
    }
    for whole in [png(17, 9), encoded(opaque(40, 30).to_rgb16(), image::ImageFormat::Png), interlaced()] {
        // The chunk IEND, then the sums behind the pixels.
        for missing in [1, 12, 14, 16, 18, 20] {
            let bytes = whole[..whole.len() - missing].to_vec();
            cases.push((format!("PNG: {missing} bytes are missing"), whole.clone(), bytes));
        }
    }
    let mut wrong = vec![];
    for (what, whole, bytes) in cases {
        let (_, expected) = shelf.kept(&whole).await;
        match shelf.keep(&bytes).await {
            Ok(stored) if are_alike(&shelf.read(stored.name).await, &expected) => (),
            other => wrong.push(format!("{what}: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether two files are the same, or PNGs of the same pixels: what is packed in a PNG is kept where it is whole.
fn are_alike(one: &[u8], other: &[u8]) -> bool {
    let pixels = |png: &[u8]| image::load_from_memory(png).map(|picture| picture.to_rgba16()).ok();
    one == other || (one.starts_with(b"\x89PNG") && pixels(one) == pixels(other))
}

/// Two by two pixels of grey in seven passes, of which three have something.
fn interlaced() -> Vec<u8> {
    let header = [0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 1];
    // One pixel, one pixel, two pixels, each row behind its filter 0, stored without compression.
    let stored = [0x78, 0x01, 1, 7, 0, 0xF8, 0xFF, 0, 10, 0, 20, 0, 30, 40, 0x00, 0xF7, 0x00, 0x65];
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        raw::png_chunk(*b"IHDR", &header),
        raw::png_chunk(*b"IDAT", &stored),
        raw::png_chunk(*b"IEND", b""),
    ]
    .concat()
}

/// Where a file is cut, it is refused as that, or all pixels that its encoder wrote are there.
#[tokio::test]
async fn an_image_that_was_cut_off_anywhere_is_refused_as_that_or_whole() {
    let shelf = Shelf::new();
    let (mut wrong, mut taken) = (vec![], vec![]);
    for (what, sample) in samples() {
        let (_, whole) = shelf.kept(&sample).await;
        for length in 0..sample.len() {
            let cut = &sample[..length];
            match shelf.keep(cut).await {
                Err(Error::UnsupportedImage) if length < 12 => (),
                Err(Error::Invalid(Invalid::CutOffImage)) => (),
                Ok(stored) => {
                    // Nobody knows how many frames a GIF should have had: it may end behind any.
                    let expected = match what {
                        "GIF" => shelf.kept(&[cut, b";"].concat()).await.1,
                        _ => whole.clone(),
                    };
                    if !are_alike(&shelf.read(stored.name).await, &expected) {
                        wrong.push(format!("{what} cut to {length} of {} is kept otherwise", sample.len()));
                    }
                    taken.push(what);
                }
                other => wrong.push(format!("{what} cut to {length} of {}: {other:?}", sample.len())),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(taken.len() < 80, "{} cut files are taken: {taken:?}", taken.len());
    assert_eq!(Error::from(Invalid::CutOffImage).to_string(), CUT_OFF);
}

#[tokio::test]
async fn a_jpeg_that_ends_between_its_marks_or_scans_is_cut_off() {
    let shelf = Shelf::new();
    for (what, whole) in jpegs() {
        let marks = whole.windows(2).enumerate();
        let marks = marks.filter(|(_, two)| two[0] == 0xFF && matches!(two[1], 0xD0..=0xD7 | 0xDA));
        for (place, _) in marks {
            let outcome = shelf.keep(&whole[..place]).await;
            assert!(
                matches!(outcome, Err(Error::Invalid(Invalid::CutOffImage))),
                "{what} cut to {place} of {}: {outcome:?}",
                whole.len()
            );
        }
    }
}

/// A recording of a large screen where little moves.
#[tokio::test]
async fn an_animation_is_reckoned_by_its_frames_and_not_by_its_canvas() {
    let mut gif = Vec::new();
    let mut encoder = gif::Encoder::new(&mut gif, 2560, 1440, &[0, 0, 0, 255, 255, 255]).unwrap();
    for number in 0..400 {
        let buffer = Cow::Owned(vec![1; 40 * 20]);
        encoder
            .write_frame(&gif::Frame {
                left: number,
                top: 9,
                width: 40,
                height: 20,
                buffer,
                ..Default::default()
            })
            .unwrap();
    }
    drop(encoder);
    let (stored, _) = Shelf::new().kept(&gif).await;
    assert_eq!((stored.width, stored.height), (2560, 1440));
}

#[tokio::test]
async fn an_image_that_is_too_wide_or_too_high_is_refused_by_its_side() {
    let shelf = Shelf::new();
    for (width, height) in [(65_536, 1), (1, 65_536)] {
        let outcome = shelf.keep(&encoded(RgbaImage::new(width, height), image::ImageFormat::Png)).await;
        let message = outcome.unwrap_err().to_string();
        assert_eq!(message, "the image has a side of more than 65535 pixels");
    }
    for (width, height) in [(65_535, 1), (1, 65_535)] {
        shelf.keep(&encoded(RgbaImage::new(width, height), image::ImageFormat::Png)).await.unwrap();
    }
}
