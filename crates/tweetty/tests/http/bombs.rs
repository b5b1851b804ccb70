//! What images may cost the whole process, many at a time.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::time::Duration;

use image::{DynamicImage, ImageFormat};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::blog::Blog;
use crate::pictures;
use crate::support::Store;

#[path = "../../../media/tests/kit/mod.rs"]
mod kit;
use kit::{bombs, encoded, raw};

const AT_A_TIME: usize = 8;
/// Reading what comes, 25 s until it is encoded anew or given up, and writing it; more where this machine is busy.
const LONGEST: Duration = Duration::from_secs(90);
const MOST_MEBIBYTES: u64 = 512;

/// Files that cost as much as any may, and files that would cost more.
fn costly() -> Vec<(&'static str, Vec<u8>)> {
    let large = DynamicImage::new_rgb8(8_000, 5_000);
    vec![
        ("a JPEG of 40 megapixels", encoded(large.clone(), ImageFormat::Jpeg)),
        ("a PNG of 40 megapixels", encoded(large, ImageFormat::Png)),
        (
            "a PNG of 14 megapixels with 16 bits",
            encoded(DynamicImage::new_rgba16(3_800, 3_800), ImageFormat::Png),
        ),
        (
            "a lossless WebP of 18 megapixels",
            encoded(DynamicImage::new_rgb8(4_300, 4_300), ImageFormat::WebP),
        ),
        ("a WebP of 3,500 groups of codes", bombs::webp_of_codes(3_500)),
        ("a WebP of 65,536 groups of codes", bombs::webp_of_codes(65_536)),
        ("an animated WebP of 65,536 groups of codes", bombs::frame_of_codes(65_536)),
        ("a frame of another name", bombs::misnamed_frame()),
        ("a PNG whose profile unpacks to 1 GiB", bombs::profile_png(1024)),
        ("a GIF of 500 frames of 2 megapixels", raw::claimed_gif(1_400, 1_400, 500)),
        ("a JPEG of 1,000 scans", raw::scanned_jpeg(8, 1_000)),
        ("a PNG that claims 400 megapixels", raw::claimed_png(20_000, 20_000, 8, 6)),
        ("a GIF that claims 4 gigapixels", pictures::gif_of(1, u16::MAX, u16::MAX)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_bombs_at_a_time_leave_the_process_below_512_mib() {
    let blog = Blog::open(Store::Sqlite).await;
    let ann = blog.person("ann").await;
    ann.picture(pictures::png()).await;
    println!("before: {} MiB", blog.peak_memory());
    for (what, bytes) in costly() {
        let mut uploads = JoinSet::new();
        for _ in 0..AT_A_TIME {
            let (ann, bytes) = (ann.clone(), bytes.clone());
            uploads.spawn(async move {
                let begun = Instant::now();
                (ann.upload(bytes).await.status, begun.elapsed())
            });
        }
        let (mut statuses, mut longest) = (BTreeMap::new(), Duration::ZERO);
        for (status, took) in uploads.join_all().await {
            *statuses.entry(status).or_insert(0) += 1;
            longest = longest.max(took);
        }
        let peak = blog.peak_memory();
        println!(
            "{AT_A_TIME} × {what} ({} KiB): {statuses:?}, {longest:.1?} at the longest, peak {peak} MiB",
            bytes.len() / 1024
        );
        assert!(statuses.keys().all(|status| [201, 413, 422, 503].contains(status)), "{what}: {statuses:?}");
        assert!(longest < LONGEST, "{what}: {longest:?}");
        assert!(peak < MOST_MEBIBYTES, "{what}: {peak} MiB");
    }
    blog.nobody.get("/health/ready").await.succeeds(200);
    ann.picture(pictures::png()).await;
}
