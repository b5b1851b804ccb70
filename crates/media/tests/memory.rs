//! What images cost the process; alone in its file, for the peak of memory is one of the whole process.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test's failure")]

mod kit;

use std::time::{Duration, Instant};

use kit::{Shelf, png, raw};
use tweetty_domain::Limits;
use tweetty_media::Options;

/// The most memory that this process ever had, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs_cost_next_to_nothing_and_many_images_share_one_budget() {
    let shelf = Shelf::new();
    shelf.keep(&png(100, 100)).await.unwrap();
    let (before, start) = (peak(), Instant::now());
    for bomb in [
        raw::claimed_gif(10_000, 10_000, 1),
        raw::claimed_gif(1, 65_535, 1),
        raw::claimed_gif(4_000, 4_000, 5_000),
        raw::claimed_gif(6_000, 6_000, 500),
        raw::claimed_webp(),
        raw::deceptive_webp(),
        raw::claimed_png(20_000, 20_000, 8, 6),
        raw::claimed_png(6_000, 6_000, 16, 6),
        raw::scanned_jpeg(6_300, 50_000),
    ] {
        assert!(shelf.keep(&bomb).await.is_err());
    }
    let (grown, took) = (peak() - before, start.elapsed());
    assert!(grown < 16, "{grown} MiB for refusing bombs");
    assert!(took < Duration::from_secs(2), "{took:?} for refusing bombs");

    // Each takes 32 MiB to decode; eight at the same time would take 256.
    let options =
        Options { decoders: 8, memory: 64 * 1024 * 1024, wait: Duration::from_mins(2), ..Options::default() };
    let shelf = Shelf::with(&Limits::default(), &options);
    let large = kit::encoded(image::RgbaImage::new(4096, 2048), image::ImageFormat::Png);
    let before = peak();
    let uploads = (0..8).map(|_| {
        let (folder, bytes) = (shelf.folder.clone(), large.clone());
        tokio::spawn(async move {
            let mut incoming = tweetty_domain::Images::receive(&folder).await.unwrap();
            incoming.write(&bytes).await.unwrap();
            incoming.keep().await.unwrap()
        })
    });
    for upload in uploads.collect::<Vec<_>>() {
        upload.await.unwrap();
    }
    let grown = peak() - before;
    assert!(grown < 128, "{grown} MiB for eight images of 32 MiB in a budget of 64 MiB");
}
