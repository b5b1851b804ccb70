//! What the folder counts. Where nobody collects it, all of this does nothing.

use std::sync::LazyLock;
use std::time::Duration;

use metrics::{Counter, Histogram, counter, gauge, histogram};
use tweetty_domain::{ImageFormat, StoredImage};

use crate::budget::Load;
use crate::room::Space;

static RECODING: LazyLock<Histogram> = LazyLock::new(|| {
    let name = "tweetty_image_recode_duration_seconds";
    histogram!(description: "Decoding an image, encoding it anew and making it durable", name)
});
static KEPT_BYTES: LazyLock<Counter> = LazyLock::new(
    || counter!(description: "Bytes of images that were kept, with their smaller copies", "tweetty_image_kept_bytes_total"),
);

/// Makes what is counted visible before it happens for the first time. A recorder is installed before.
pub fn announce_metrics() {
    LazyLock::force(&RECODING);
    LazyLock::force(&KEPT_BYTES);
    for format in ImageFormat::ALL {
        images(format).increment(0);
    }
}

fn images(format: ImageFormat) -> Counter {
    let name = "tweetty_images_kept_total";
    counter!(description: "Images that were kept, by format", name, "format" => format.extension())
}

/// An image was kept, with smaller copies of so many bytes.
pub(crate) fn kept(image: &StoredImage, copies: u64, time: Duration) {
    RECODING.record(time);
    KEPT_BYTES.increment(image.bytes + copies);
    images(image.name.format()).increment(1);
}

/// Sets the gauges of what decoding takes.
pub(crate) fn set(load: &Load) {
    gauge!(description: "Images that are being decoded", "tweetty_image_decoders_in_use")
        .set(number(load.decoders));
    gauge!(description: "Memory set aside for decoding", "tweetty_image_decoding_bytes")
        .set(f64::from(number(load.mebibytes)) * 1_048_576.0);
    gauge!(description: "Images that wait for a decoder or for memory", "tweetty_images_waiting")
        .set(number(load.waiting));
}

/// Sets the gauges of the room on each disk.
pub(crate) fn set_room(disks: &[Space]) {
    for Space { of, free, reserve } in disks {
        let free_bytes = "tweetty_disk_free_bytes";
        gauge!(description: "Bytes that are free on the disk of the images, and of SQLite's database", free_bytes, "disk" => *of)
            .set(approximately(*free));
        let reserve_bytes = "tweetty_disk_reserve_bytes";
        gauge!(description: "Bytes that stay free there: with fewer no images are taken", reserve_bytes, "disk" => *of)
            .set(approximately(*reserve));
    }
}

#[expect(clippy::cast_precision_loss, reason = "a disk is measured, not counted")]
fn approximately(bytes: u64) -> f64 {
    bytes as f64
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
