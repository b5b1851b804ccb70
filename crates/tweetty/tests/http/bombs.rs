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

/// Files that take as much memory as any may.
fn costly() -> [Vec<u8>; 4] {
    let large = DynamicImage::new_rgb8(8_000, 5_000);
    [
        encoded(large.clone(), ImageFormat::Jpeg),
        encoded(large, ImageFormat::Png),
        encoded(DynamicImage::new_rgba16(3_800, 3_800), ImageFormat::Png),
        encoded(DynamicImage::new_rgb8(4_300, 4_300), ImageFormat::WebP),
    ]
}

/// Files that would cost more than any may, or claim to.
fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    vec![
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

/// What is uploaded at the same time: as many of each bomb, and the costly files beside each other.
fn rounds() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let beside_each_other = costly().into_iter().cycle().take(AT_A_TIME);
    let mut rounds = vec![("costly files", beside_each_other.collect())];
    rounds.extend(bombs().into_iter().map(|(what, bytes)| (what, vec![bytes; AT_A_TIME])));
    rounds
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_bombs_at_a_time_leave_the_process_below_512_mib() {
    let blog = Blog::open(Store::Sqlite).await;
    let ann = blog.person("ann").await;
    ann.picture(pictures::png()).await;
    println!("before: {} MiB", blog.peak_memory());
    for (what, files) in rounds() {
        let mut uploads = JoinSet::new();
        let kibibytes = files.iter().map(Vec::len).sum::<usize>() / 1024;
        for bytes in files {
            let ann = ann.clone();
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
            "{AT_A_TIME} × {what} ({kibibytes} KiB): {statuses:?}, {longest:.1?} at the longest, peak {peak} MiB"
        );
        assert!(statuses.keys().all(|status| [201, 413, 422, 503].contains(status)), "{what}: {statuses:?}");
        assert!(longest < LONGEST, "{what}: {longest:?}");
        assert!(peak < MOST_MEBIBYTES, "{what}: {peak} MiB");
    }
    // Decoders that were given up may still be at work on a busy machine.
    let ended = Instant::now();
    let serves = async || {
        let ready = blog.nobody.get("/health/ready").await.status;
        [ready, ann.upload(pictures::png()).await.status]
    };
    let mut last = serves().await;
    while last.contains(&503) && ended.elapsed() < LONGEST {
        tokio::time::sleep(Duration::from_millis(500)).await;
        last = serves().await;
    }
    assert_eq!(last, [200, 201], "{:.1?} after the last round", ended.elapsed());
}
