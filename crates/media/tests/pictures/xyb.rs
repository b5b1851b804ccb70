//! Pictures in XYB keep their colours.

use crate::kit::distance::distances;
use crate::kit::jpeg::{Arrangement, Meaning, Scan, arranged};
use crate::kit::{Shelf, profiles, xyb};
use image::{Rgb, RgbImage};

async fn assert_alike(shelf: &Shelf, what: &str, bytes: &[u8], expected: &RgbImage) {
    let (_, served) = shelf.kept(bytes).await;
    let (pixels, blocks) = distances(&image::load_from_memory(&served).unwrap().to_rgb8(), expected);
    assert!(pixels < 3.0 && blocks < 1.5, "{what}: pixels {pixels:.2}, blocks {blocks:.2}");
}

/// What libjxl writes: three components under the names R, G and B, the last one coarse; only the profile says XYB.
#[tokio::test]
async fn a_jpeg_of_xyb_keeps_its_colours() {
    let shelf = Shelf::new();
    let drawing = RgbImage::from_fn(64, 48, |x, y| {
        Rgb([x * 4, y * 5, 250 - x * 2 - y * 2].map(|part| u8::try_from(part).unwrap()))
    });
    let numbers = xyb::picture(&drawing);
    let profile = xyb::profile();
    assert!(distances(&numbers, &drawing).0 > 30.0, "there is something to convert");
    assert_alike(&shelf, "PNG", &profiles::png(&numbers.clone().into(), &profile), &drawing).await;
    let all = [0, 1, 2];
    let each = |band, before, low| all.map(|one| Scan::part(&[one], band, before, low));
    let progressive =
        [Scan::part(&all, (0, 0), 0, 0)].into_iter().chain(each((1, 63), 0, 0)).collect::<Vec<_>>();
    for blue in [(1, 1), (2, 2)] {
        for (is_progressive, scans) in [(false, vec![Scan::whole(&all)]), (true, progressive.clone())] {
            let sampling = vec![(2, 2), (2, 2), blue];
            let what = format!("{sampling:?} {is_progressive}");
            let arrangement =
                Arrangement { meaning: Meaning::Rgb, sampling, is_progressive, scans, interval: 0 };
            let bytes = profiles::in_jpeg(&arranged(&numbers, &arrangement), &profile);
            assert_alike(&shelf, &what, &bytes, &drawing).await;
        }
    }
}
