//! Every arrangement that a JPEG can have comes out as it was drawn, judged by the drawing and by a second decoder: no
//! decoder of ours goes wrong unseen.

use crate::kit::Shelf;
use crate::kit::jpeg::{Arrangement, Meaning, Scan, arranged};
use image::{Rgb, RgbImage};
use jpeg_decoder::{Decoder, PixelFormat};
use tweetty_domain::{Error, Invalid};

/// Soft colours, which survive it when each is kept for sixteen pixels at once.
fn drawing(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let [x, y] = [x, y].map(f64::from);
        let wave = |a: f64, b: f64, c: f64| 128.0 + 90.0 * (x / a + y / b + c).sin();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
        let byte = |value: f64| value.round() as u8;
        Rgb([wave(23.0, 41.0, 0.0), wave(37.0, -29.0, 1.0), wave(-31.0, 19.0, 2.0)].map(byte))
    })
}

fn grey(picture: &RgbImage) -> RgbImage {
    let mut grey = picture.clone();
    for Rgb(pixel) in grey.pixels_mut() {
        let [red, green, blue] = pixel.map(u32::from);
        *pixel = [u8::try_from((299 * red + 587 * green + 114 * blue + 500) / 1000).unwrap(); 3];
    }
    grey
}

/// How far the pixels of two pictures lie apart: the root of the mean of the squares.
fn distance(one: &RgbImage, other: &RgbImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let squares = one.iter().zip(other.iter()).map(|(one, other)| f64::from(one.abs_diff(*other)).powi(2));
    (squares.sum::<f64>() / f64::from(u32::try_from(one.len()).unwrap())).sqrt()
}

/// What the second decoder makes of it, where it takes it.
fn second(bytes: &[u8]) -> Option<RgbImage> {
    let mut decoder = Decoder::new(bytes);
    let pixels = decoder.decode().ok()?;
    let info = decoder.info()?;
    let pixels = match info.pixel_format {
        PixelFormat::L8 => pixels.iter().flat_map(|grey| [*grey; 3]).collect(),
        PixelFormat::RGB24 => pixels,
        PixelFormat::CMYK32 => {
            pixels.as_chunks::<4>().0.iter().flat_map(|[c, m, y, _]| [255 - c, 255 - m, 255 - y]).collect()
        }
        PixelFormat::L16 => return None,
    };
    RgbImage::from_raw(info.width.into(), info.height.into(), pixels)
}

/// Ways to spread that many components over scans.
fn ways(count: usize) -> Vec<(&'static str, bool, Vec<Scan>)> {
    let all = (0..count).collect::<Vec<_>>();
    let each =
        |scan: &dyn Fn(&[usize]) -> Scan| all.iter().map(|number| scan(&[*number])).collect::<Vec<_>>();
    let band = |first, last, before, low| each(&|one| Scan::part(one, (first, last), before, low));
    let mut ways = vec![
        ("together", false, vec![Scan::whole(&all)]),
        ("bands", true, [vec![Scan::part(&all, (0, 0), 0, 0)], band(1, 5, 0, 0), band(6, 63, 0, 0)].concat()),
        (
            "digits",
            true,
            [
                vec![Scan::part(&all, (0, 0), 0, 1)],
                band(1, 63, 0, 2),
                band(1, 63, 2, 1),
                vec![Scan::part(&all, (0, 0), 1, 0)],
                band(1, 63, 1, 0),
            ]
            .concat(),
        ),
    ];
    if count > 1 {
        ways.extend([
            ("one by one", false, each(&|one| Scan::whole(one))),
            ("the first alone", false, vec![Scan::whole(&[0]), Scan::whole(&all[1..])]),
            ("the last alone", false, vec![Scan::whole(&all[..count - 1]), Scan::whole(&all[count - 1..])]),
            ("bands one by one", true, [band(0, 0, 0, 0), band(1, 63, 0, 0)].concat()),
        ]);
    }
    ways
}

const SAMPLINGS: [(Meaning, &[(usize, usize)]); 26] = [
    (Meaning::Grey, &[(1, 1)]),
    (Meaning::Grey, &[(2, 2)]),
    (Meaning::Grey, &[(2, 1)]),
    (Meaning::YCbCr, &[(1, 1), (1, 1), (1, 1)]),
    (Meaning::YCbCr, &[(2, 1), (1, 1), (1, 1)]),
    (Meaning::YCbCr, &[(1, 2), (1, 1), (1, 1)]),
    (Meaning::YCbCr, &[(2, 2), (1, 1), (1, 1)]),
    (Meaning::YCbCr, &[(4, 1), (1, 1), (1, 1)]),
    (Meaning::YCbCr, &[(1, 4), (1, 1), (1, 1)]),
    (Meaning::YCbCr, &[(4, 2), (1, 1), (1, 1)]),
    (Meaning::YCbCr, &[(2, 4), (1, 1), (1, 1)]),
    (Meaning::YCbCr, &[(2, 2), (2, 1), (2, 1)]),
    (Meaning::YCbCr, &[(2, 2), (1, 2), (1, 2)]),
    (Meaning::YCbCr, &[(2, 2), (2, 1), (1, 2)]),
    (Meaning::YCbCr, &[(2, 2), (2, 2), (1, 1)]),
    (Meaning::YCbCr, &[(2, 1), (2, 1), (2, 1)]),
    (Meaning::YCbCr, &[(1, 2), (1, 2), (1, 2)]),
    (Meaning::YCbCr, &[(2, 1), (1, 1), (2, 1)]),
    (Meaning::YCbCr, &[(3, 1), (1, 1), (1, 1)]),
    (Meaning::YCbCr, &[(3, 2), (1, 1), (1, 1)]),
    (Meaning::YCbCr, &[(1, 1), (2, 1), (2, 1)]),
    (Meaning::YCbCr, &[(2, 1), (1, 2), (1, 1)]),
    (Meaning::Rgb, &[(1, 1), (1, 1), (1, 1)]),
    (Meaning::Rgb, &[(2, 2), (2, 2), (1, 1)]),
    (Meaning::Inks, &[(1, 1), (1, 1), (1, 1), (1, 1)]),
    (Meaning::Inks, &[(2, 2), (1, 1), (1, 1), (2, 2)]),
];

#[tokio::test]
async fn a_jpeg_comes_out_as_it_was_drawn_in_every_arrangement() {
    let shelf = Shelf::new();
    let (mut wrong, mut count) = (vec![], 0);
    for (meaning, sampling) in SAMPLINGS {
        for (way, is_progressive, scans) in ways(sampling.len()) {
            for (width, height) in [(61, 43), (16, 70)] {
                for interval in [0, 1, 5] {
                    let (sampling, scans) = (sampling.to_vec(), scans.clone());
                    let what =
                        format!("{meaning:?} {sampling:?} {way}, {width} × {height}, marks at {interval}");
                    let arrangement = Arrangement { meaning, sampling, is_progressive, scans, interval };
                    let mut drawing = drawing(width, height);
                    let bytes = arranged(&drawing, &arrangement);
                    if meaning == Meaning::Grey {
                        drawing = grey(&drawing);
                    }
                    let ours = shown(&shelf, &bytes).await.map(|shown| distance(&shown, &drawing));
                    let second = second(&bytes).map(|second| distance(&second, &drawing));
                    if [ours, second].iter().any(|off| off.is_none_or(|off| off > 6.0)) {
                        wrong.push(format!("{what}: {ours:.1?}, the second decoder {second:.1?}"));
                    }
                    count += 1;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} are wrong: {wrong:#?}", wrong.len());
}

/// Where a sample would stand for one pixel and a half, decoders and browsers give up; none of ours guesses.
#[tokio::test]
async fn a_jpeg_whose_samples_stand_for_halves_of_pixels_is_refused() {
    let shelf = Shelf::new();
    for (way, is_progressive, scans) in ways(3) {
        let (meaning, sampling) = (Meaning::YCbCr, vec![(3, 1), (2, 1), (1, 1)]);
        let arrangement = Arrangement { meaning, sampling, is_progressive, scans, interval: 0 };
        let outcome = shelf.keep(&arranged(&drawing(61, 43), &arrangement)).await;
        assert!(matches!(outcome, Err(Error::Invalid(Invalid::UndecodableImage))), "{way}: {outcome:?}");
    }
}

/// What is served, where it is taken.
async fn shown(shelf: &Shelf, bytes: &[u8]) -> Option<RgbImage> {
    let stored = shelf.keep(bytes).await.ok()?;
    Some(image::load_from_memory(&shelf.read(stored.name).await).unwrap().to_rgb8())
}
