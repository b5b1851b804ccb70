//! What images cost the process; alone in its file, for the peak of memory is one of the whole process.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test's failure")]

mod kit;

use std::time::{Duration, Instant};

use image::{DynamicImage, ImageFormat as Codec, RgbaImage};
use kit::{Shelf, bombs, encoded, png, profiles, raw};
use tokio::sync::Mutex;
use tweetty_domain::{Images as _, Limits};
use tweetty_media::Options;

const MEBIBYTE: u64 = 1024 * 1024;

/// One test at a time measures.
static ALONE: Mutex<()> = Mutex::const_new(());

/// A figure of this process, in MiB.
fn figure(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// How much more memory than before the process had at the most, in MiB.
async fn growth<T>(work: impl Future<Output = T>) -> (u64, T) {
    // 5: the highest memory is counted anew from here.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = figure("VmRSS:");
    let done = work.await;
    (figure("VmHWM:").saturating_sub(before), done)
}

fn limits(mebibytes: u64) -> Limits {
    Limits { image_memory: mebibytes * MEBIBYTE, upload_bytes: 200 * MEBIBYTE, ..Limits::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn bombs_cost_next_to_nothing() {
    let _alone = ALONE.lock().await;
    let shelf = Shelf::new();
    shelf.keep(&png(100, 100)).await.unwrap();
    let bombs = [
        raw::claimed_gif(10_000, 10_000, 1),
        raw::claimed_gif(1, 65_535, 1),
        raw::claimed_gif(4_000, 4_000, 5_000),
        raw::claimed_gif(6_000, 6_000, 500),
        raw::claimed_webp(),
        raw::deceptive_webp(),
        raw::claimed_png(20_000, 20_000, 8, 6),
        raw::claimed_png(6_000, 6_000, 16, 6),
        raw::scanned_jpeg(6_300, 50_000),
        bombs::webp_of_codes(65_536),
        bombs::alpha_of_codes(65_536),
        bombs::frame_of_codes(65_536),
        bombs::misnamed_frame(),
        bombs::borrowed_alpha(),
    ];
    // Kept, for its pixels are few; its profile is not unpacked.
    let profile = bombs::profile_png(256);
    let start = Instant::now();
    let (grown, ()) = growth(async {
        for bomb in &bombs {
            assert!(shelf.keep(bomb).await.is_err());
        }
        shelf.keep(&profile).await.unwrap();
    })
    .await;
    let took = start.elapsed();
    assert!(grown < 16, "{grown} MiB for refusing bombs");
    assert!(took < Duration::from_secs(5), "{took:?} for refusing bombs");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a part of the test below, in a process of its own"]
async fn keep_eight_images() {
    // Each takes 36 MiB to decode; eight at the same time would take 288.
    let options = Options { decoders: 8, wait: LONG, patience: 2 * LONG, ..Options::default() };
    let shelf = Shelf::with(&limits(80), &options);
    let large = encoded(RgbaImage::new(4096, 2048), Codec::Png);
    let (grown, ()) = growth(async {
        let uploads = (0..8).map(|_| {
            let (images, bytes) = (shelf.images.clone(), large.clone());
            tokio::spawn(async move {
                let mut incoming = images.receive().await.unwrap();
                incoming.write(&bytes).await.unwrap();
                incoming.keep().await.unwrap()
            })
        });
        for upload in uploads.collect::<Vec<_>>() {
            upload.await.unwrap();
        }
    })
    .await;
    println!("grown by {grown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_images_share_one_budget() {
    let _alone = ALONE.lock().await;
    let mut test = std::process::Command::new(std::env::current_exe().unwrap());
    test.args(["--exact", "keep_eight_images", "--ignored", "--nocapture"]);
    // What is freed goes back to the system at once: what an allocator keeps for each thread is not the images'.
    test.env("MALLOC_MMAP_THRESHOLD_", "131072");
    let printed = String::from_utf8(test.output().unwrap().stdout).unwrap();
    let grown = printed.lines().find_map(|line| line.split_once("grown by ")?.1.parse::<u64>().ok());
    let grown = grown.unwrap_or_else(|| panic!("{printed}"));
    assert!(grown < 120, "{grown} MiB for eight images of 36 MiB in a budget of 80 MiB");
}

/// Pictures of four megapixels that cost each kind of decoder and encoder the most: noise packs into nothing smaller.
fn costly() -> Vec<(&'static str, Vec<u8>)> {
    let (width, height) = (2048, 2048);
    let noise = |x: u32, y: u32, by: u32| {
        (x.wrapping_mul(by) ^ y.wrapping_mul(40_503)).wrapping_mul(2_654_435_761) >> 24
    };
    let pixel = |x, y| image::Rgba([7, 11, 13, 17].map(|by| noise(x, y, by).to_le_bytes()[0]));
    let noisy = DynamicImage::from(RgbaImage::from_fn(width, height, pixel));
    let opaque = DynamicImage::from(noisy.to_rgb8());
    let jpeg = encoded(opaque.clone(), Codec::Jpeg);
    let one_by_one = raw::one_by_one_jpeg(&opaque.to_rgb8());
    let png = encoded(noisy.clone(), Codec::Png);
    let deep = noisy.to_rgba16();
    let wide = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let inks = |marker| profiles::in_jpeg(&raw::plain_cmyk_jpeg(2048, marker), &profiles::inks());
    vec![
        ("JPEG", jpeg.clone()),
        ("turned JPEG", raw::told_jpeg(&jpeg, 6)),
        ("grey JPEG", encoded(opaque.to_luma8(), Codec::Jpeg)),
        ("JPEG of a scan a component", one_by_one.clone()),
        ("turned JPEG of a scan a component", raw::told_jpeg(&one_by_one, 6)),
        ("PNG", png.clone()),
        ("turned PNG", raw::told_png(&png, 6)),
        ("PNG of 16 bits", encoded(noisy.to_rgba16(), Codec::Png)),
        ("grey PNG", encoded(noisy.to_luma8(), Codec::Png)),
        ("GIF", kit::gif(2048, 2048, 2)),
        ("transparent lossless WebP", encoded(noisy.clone(), Codec::WebP)),
        ("opaque lossless WebP", encoded(opaque, Codec::WebP)),
        ("turned lossless WebP", raw::told_webp(&encoded(noisy, Codec::WebP), width, height, 6)),
        ("lossy WebP", raw::lossy_webp(2048, 2048, false)),
        ("lossy WebP with transparency", raw::lossy_webp(2048, 2048, true)),
        ("animated WebP", raw::animated_webp(2048, 1024, 2)),
        ("animated lossy WebP", raw::animated_lossy_webp(2048, 1024)),
        ("WebP of many codes", bombs::webp_of_codes(700)),
        ("alpha channel of many codes", bombs::alpha_of_codes(700)),
        ("animated WebP of many codes", bombs::frame_of_codes(700)),
        ("PNG with a large profile", bombs::profile_png(3)),
        ("JPEG with a large profile", profiles::in_jpeg(&jpeg, &bombs::profile(100))),
        ("small JPEG with a large profile", profiles::in_jpeg(&kit::jpeg(9, 9), &bombs::profile(100))),
        ("PNG of 16 bits with a profile", profiles::png(&deep.into(), &wide)),
        ("JPEG of four inks", raw::plain_cmyk_jpeg(2048, 0xC0)),
        ("turned JPEG of four inks", raw::told_jpeg(&raw::plain_cmyk_jpeg(2048, 0xC0), 6)),
        ("JPEG of four inks with a profile", inks(0xC0)),
        ("progressive JPEG of four inks", raw::plain_cmyk_jpeg(2048, 0xC2)),
        ("progressive JPEG of four inks with a profile", inks(0xC2)),
        ("JPEG without an end mark", jpeg[..jpeg.len() - 2].to_vec()),
    ]
}

/// Keeps the image within so many MiB in a process of its own, whose allocator has nothing left from before; answers how
/// much it grew, `None` where the image was refused as too costly.
fn grown_elsewhere(what: &str, image: &std::path::Path, memory: u64) -> Option<u64> {
    let mut test = std::process::Command::new(std::env::current_exe().unwrap());
    test.args(["--exact", "keep_one_image", "--ignored", "--nocapture"]);
    test.env(IMAGE, image).env(MEMORY, memory.to_string());
    let printed = String::from_utf8(test.output().unwrap().stdout).unwrap();
    if printed.contains("Err(Invalid(TooCostlyImage))") {
        return None;
    }
    assert!(printed.contains("Ok(StoredImage"), "{what}: {printed}");
    Some(printed.lines().find_map(|line| line.split_once("grown by ")?.1.parse().ok()).unwrap())
}

const IMAGE: &str = "TWEETTY_TEST_IMAGE";
const MEMORY: &str = "TWEETTY_TEST_MEMORY";
/// Longer than any image takes.
const LONG: Duration = Duration::from_mins(2);
/// MiB by which any process grows while it works: pages of code and stacks. 8 on a quiet machine, 9 on a busy one.
const ANYWAY: u64 = 10;

#[tokio::test]
#[ignore = "a part of the test below, in a process of its own"]
async fn keep_one_image() {
    let image = std::fs::read(std::env::var_os(IMAGE).unwrap()).unwrap();
    let patient = Options { processor_time: LONG, patience: LONG, ..Options::default() };
    let memory = std::env::var(MEMORY).unwrap().parse().unwrap();
    let shelf = Shelf::with(&limits(memory), &patient);
    let (grown, kept) = growth(shelf.keep(&image)).await;
    println!("{kept:?}\ngrown by {grown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_image_takes_more_memory_than_it_was_reckoned_to() {
    let _alone = ALONE.lock().await;
    let place = tempfile::tempdir().unwrap();
    let image = place.path().join("image");
    let mut wrong = vec![];
    for (what, bytes) in costly() {
        std::fs::write(&image, &bytes).unwrap();
        let grown = grown_elsewhere(what, &image, 1024).unwrap();
        println!("{what}: {} KiB take {grown} MiB", bytes.len() / 1024);
        if grown <= ANYWAY {
            continue;
        }
        // Where there is less, it is refused, or gets fewer copies.
        let less = (grown - ANYWAY).saturating_sub(1).max(1);
        if let Some(again) = grown_elsewhere(what, &image, less).filter(|again| *again > less + ANYWAY) {
            wrong.push(format!("{what} takes {again} MiB where there are {less}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
