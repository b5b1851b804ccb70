//! JPEGs of every arrangement come out as they were drawn, judged by their pixels.

use std::path::Path;

use crate::kit::jpeg::{Arrangement, Meaning, Scan, arranged};
use crate::kit::{Shelf, encoded, opaque, raw};
use image::{ImageFormat as Codec, Rgb, RgbImage};
use tweetty_domain::{Error, ImageFormat, Invalid};

fn read(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images/jpeg").join(name)).unwrap()
}

fn decoded(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().to_rgb8()
}

/// How far the pixels of two pictures lie apart: the root of the mean of the squares.
fn distance(one: &RgbImage, other: &RgbImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let squares = one.iter().zip(other.iter()).map(|(one, other)| f64::from(one.abs_diff(*other)).powi(2));
    (squares.sum::<f64>() / f64::from(u32::try_from(one.len()).unwrap())).sqrt()
}

/// All of one drawing, written by libjpeg-turbo; the digits are the usual names of how coarse the colours are.
#[tokio::test]
async fn a_jpeg_comes_out_as_it_was_drawn_however_its_components_are_arranged() {
    let shelf = Shelf::new();
    let drawing = decoded(&read("drawing.png"));
    let mut wrong = vec![];
    for name in [
        "one-by-one-440.jpg",
        "one-by-one-420.jpg",
        "one-by-one-410.jpg",
        "chroma-first-420.jpg",
        "luma-then-chroma-422.jpg",
        "luma-then-chroma-420.jpg",
        "two-then-one-420.jpg",
        "one-by-one-444-restarts.jpg",
        "one-by-one-422-restarts.jpg",
        "fine-chroma.jpg",
        "fine-chroma-one-by-one.jpg",
        "fine-chroma-progressive.jpg",
        // Red, green and blue, as an Adobe segment says; once under the names that light and differences have.
        "rgb-one-by-one.jpg",
        "rgb-one-by-one-other-names.jpg",
    ] {
        let (stored, served) = match shelf.keep(&read(name)).await {
            Ok(stored) => {
                let served = shelf.read(stored.name).await;
                (stored, served)
            }
            Err(refusal) => {
                wrong.push(format!("{name}: {refusal}"));
                continue;
            }
        };
        assert_eq!(stored.name.format(), ImageFormat::Jpeg);
        let off = distance(&decoded(&served), &drawing);
        println!("{name}: {off:.1}");
        if off > 12.0 {
            wrong.push(format!("{name}: {off:.1}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Drawn elsewhere, in a usual size.
#[tokio::test]
async fn the_three_usual_samplings_come_out_alike_with_a_scan_a_component() {
    let shelf = Shelf::new();
    let mut pictures = vec![];
    for name in ["noninterleaved-444.jpg", "noninterleaved-422.jpg", "noninterleaved-420.jpg"] {
        pictures.push(decoded(&shelf.kept(&read(name)).await.1));
    }
    for picture in &pictures {
        let off = distance(picture, &pictures[0]);
        assert!(off < 10.0, "{off:.1}");
    }
}

/// Blocks of one colour take so few bits that several rows of them lie in a decoder's buffer when the scan ends.
#[tokio::test]
async fn the_last_rows_of_a_scan_are_there_however_few_bits_they_take() {
    let shelf = Shelf::new();
    for (width, height) in [(7, 100), (16, 64), (40, 90), (72, 72)] {
        let plain = RgbImage::from_pixel(width, height, Rgb([180, 90, 60]));
        for picture in [plain, opaque(width, height).to_rgb8()] {
            let (_, served) = shelf.kept(&raw::one_by_one_jpeg(&picture)).await;
            let off = distance(&decoded(&served), &picture);
            assert!(off < 4.0, "{width} × {height}: {off:.1}");
        }
    }
}

#[tokio::test]
async fn a_jpeg_with_a_scan_a_component_is_turned_as_its_metadata_demands() {
    let shelf = Shelf::new();
    let upright = raw::one_by_one_jpeg(&opaque(40, 20).to_rgb8());
    let (stored, served) = shelf.kept(&raw::told_jpeg(&upright, 6)).await;
    assert_eq!((stored.width, stored.height), (20, 40));
    let [red, green, _] = decoded(&served).get_pixel(2, 37).0;
    assert!(red > 200 && green > 200, "the lower right corner lies at the lower left: {red} {green}");
}

#[tokio::test]
async fn four_inks_in_a_scan_each_come_out_as_in_one_scan() {
    let shelf = Shelf::new();
    let (_, together) = shelf.kept(&read("inks.jpg")).await;
    let (_, apart) = shelf.kept(&read("inks-one-by-one-420.jpg")).await;
    let off = distance(&decoded(&apart), &decoded(&together));
    assert!(off < 4.0, "{off:.1}");
    assert!(distance(&decoded(&together), &decoded(&read("drawing.png"))) < 9.0);
}

/// Some cameras and programs leave bytes between the segments, or between the first mark and the first segment.
#[tokio::test]
async fn bytes_between_the_segments_are_skipped() {
    let shelf = Shelf::new();
    let picture = opaque(40, 20);
    for whole in [encoded(picture.clone(), Codec::Jpeg), raw::one_by_one_jpeg(&picture.to_rgb8())] {
        let (_, expected) = shelf.kept(&whole).await;
        for place in segments(&whole) {
            for junk in [&b"\0\x10 "[..], b"\0", b"\xFF\xFF"] {
                let bytes = [&whole[..place], junk, &whole[place..]].concat();
                let stored = shelf.keep(&bytes).await;
                let stored = stored.unwrap_or_else(|refusal| unreachable!("{junk:?} at {place}: {refusal}"));
                assert!(shelf.read(stored.name).await == expected, "{junk:?} at {place}");
            }
        }
    }
}

/// Adobe's segment says in its last byte what the components mean.
#[tokio::test]
async fn a_jpeg_whose_adobe_segment_is_a_byte_too_short_is_taken_without_it() {
    let shelf = Shelf::new();
    for picture in [opaque(40, 20), opaque(40, 20).to_luma8().into()] {
        let whole = encoded(picture, Codec::Jpeg);
        let (_, expected) = shelf.kept(&whole).await;
        let short = b"\xFF\xEE\0\x0DAdobe\0\x64\0\0\0\0";
        let (_, served) = shelf.kept(&[&whole[..2], short, &whole[2..]].concat()).await;
        assert!(distance(&decoded(&served), &decoded(&expected)) < 2.0);
    }
}

#[tokio::test]
async fn what_merely_begins_like_a_jpeg_is_unsupported() {
    let shelf = Shelf::new();
    let whole = encoded(opaque(40, 20), Codec::Jpeg);
    let cut = [&whole[..2], b"\0", &whole[2..whole.len() / 2]].concat();
    for content in [&b"\xFF\xD8\0\x10 "[..], b"\xFF\xD8 text", &cut] {
        let outcome = shelf.keep(content).await;
        assert!(matches!(outcome, Err(Error::UnsupportedImage)), "{outcome:?}");
    }
}

/// What a card loses is a piece in the middle: no decoder knows how much it was.
#[tokio::test]
async fn a_jpeg_that_lost_marks_in_the_middle_is_refused() {
    let shelf = Shelf::new();
    for scans in [vec![Scan::whole(&[0, 1, 2])], [0, 1, 2].map(|one| Scan::whole(&[one])).to_vec()] {
        let (meaning, sampling) = (Meaning::YCbCr, vec![(2, 2), (1, 1), (1, 1)]);
        let arrangement = Arrangement { meaning, sampling, is_progressive: false, scans, interval: 2 };
        let whole = arranged(&opaque(90, 60).to_rgb8(), &arrangement);
        assert!(shelf.keep(&whole).await.is_ok());
        let marks =
            whole.windows(2).enumerate().filter(|(_, two)| two[0] == 0xFF && matches!(two[1], 0xD0..=0xD7));
        let places = marks.map(|(place, _)| place).collect::<Vec<_>>();
        for pair in places.windows(2) {
            let lost = [&whole[..pair[0]], &whole[pair[1]..]].concat();
            let overwritten = [&whole[..pair[0]], &vec![0xFF; pair[1] - pair[0]], &whole[pair[1]..]].concat();
            for bytes in [lost, overwritten] {
                let outcome = shelf.keep(&bytes).await;
                assert!(matches!(outcome, Err(Error::Invalid(Invalid::UndecodableImage))), "{outcome:?}");
            }
        }
    }
}

/// Where the segments begin, up to that of the first scan.
fn segments(jpeg: &[u8]) -> Vec<usize> {
    let mut places = vec![2];
    while jpeg[places[places.len() - 1] + 1] != 0xDA {
        let last = places[places.len() - 1];
        places.push(last + 2 + usize::from(u16::from_be_bytes([jpeg[last + 2], jpeg[last + 3]])));
    }
    places
}
