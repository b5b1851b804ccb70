//! A folder of images for a test, and the images that are put into it.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file uses its part; a failure is to be seen"
)]

pub mod bombs;
pub mod distance;
pub mod frames;
pub mod jpeg;
pub mod light;
pub mod profiles;
pub mod raw;
pub mod xyb;

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, DynamicImage, Frame, ImageFormat as Codec, Rgba, RgbaImage};
use tempfile::TempDir;
use tweetty_domain::{Excerpt, ImageName, Images as _, Limits, Result, StoredImage, SystemClock};
use tweetty_media::{Folder, KeptImages, Options, Storage as _};

/// An open media folder that goes with the value.
pub struct Shelf {
    pub images: KeptImages,
    pub folder: Folder,
    place: TempDir,
}

impl Shelf {
    pub fn new() -> Self {
        Self::with(&Limits::default(), &Options::default())
    }

    pub fn with(limits: &Limits, options: &Options) -> Self {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(&place.path().join("media"), &SystemClock).unwrap();
        let images = KeptImages::new(Arc::new(folder.clone()), limits, options);
        Self { images, folder, place }
    }

    pub fn path(&self) -> PathBuf {
        self.place.path().join("media")
    }

    /// Uploads those bytes in two pieces.
    pub async fn keep(&self, bytes: &[u8]) -> Result<StoredImage> {
        let mut incoming = self.images.receive().await?;
        let (one, other) = bytes.split_at(bytes.len() / 2);
        incoming.write(one).await?;
        incoming.write(other).await?;
        incoming.keep().await
    }

    /// What is served under that name.
    pub async fn read(&self, name: ImageName) -> Vec<u8> {
        let mut open = self.folder.open(name, Excerpt::Whole).await.unwrap().unwrap();
        let mut bytes = Vec::new();
        while let Some(piece) = open.content.next().await.unwrap() {
            assert!(piece.len() <= 64 * 1024);
            bytes.extend(piece);
        }
        assert_eq!(bytes.len() as u64, open.bytes);
        bytes
    }

    /// Keeps those bytes and answers what is served from then on.
    pub async fn kept(&self, bytes: &[u8]) -> (StoredImage, Vec<u8>) {
        let stored = self.keep(bytes).await.unwrap();
        let served = self.read(stored.name).await;
        assert_eq!(stored.bytes, served.len() as u64);
        (stored, served)
    }

    /// All files below the folder.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = files_below(&self.path());
        // Held by removals, or by copies.
        files.retain(|path| path.file_name().is_some_and(|name| name != "removals.lock"));
        files
    }
}

fn files_below(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// A picture with a gradient and, if wished, a transparent corner.
pub fn picture(width: u32, height: u32, transparent: bool) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let shade = |value: u32, of: u32| u8::try_from(value * 255 / of.max(1)).unwrap();
        let alpha = if transparent && x < width / 2 && y < height / 2 { 0 } else { 255 };
        Rgba([shade(x, width), shade(y, height), 90, alpha])
    })
}

pub fn encoded(picture: impl Into<DynamicImage>, codec: Codec) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, codec).unwrap();
    bytes.into_inner()
}

pub fn opaque(width: u32, height: u32) -> DynamicImage {
    DynamicImage::from(picture(width, height, false)).to_rgb8().into()
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(opaque(width, height), Codec::Jpeg)
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(picture(width, height, true), Codec::Png)
}

/// Lossless.
pub fn webp(width: u32, height: u32) -> Vec<u8> {
    encoded(picture(width, height, true), Codec::WebP)
}

/// An endless animation of that many frames, 70 ms each.
pub fn gif(width: u32, height: u32, frames: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
    encoder.set_repeat(Repeat::Infinite).unwrap();
    for number in 0..frames {
        let mut canvas = RgbaImage::from_pixel(width, height, Rgba([255, 250, 240, 255]));
        canvas.put_pixel(u32::from(number) % width, 0, Rgba([200, 0, 0, 255]));
        let delay = Delay::from_numer_denom_ms(70, 1);
        encoder.encode_frame(Frame::from_parts(canvas, 0, 0, delay)).unwrap();
    }
    drop(encoder);
    bytes
}

/// How many files an image has.
pub fn files_of(image: &StoredImage) -> usize {
    1 + image.variants.as_slice().len()
}

/// One small image of each kind that is accepted.
pub fn samples() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("JPEG", jpeg(17, 9)),
        ("PNG", png(17, 9)),
        ("GIF", gif(17, 9, 3)),
        ("lossless WebP", webp(17, 9)),
        ("lossy WebP", raw::lossy_webp(17, 9, false)),
        ("lossy WebP with transparency", raw::lossy_webp(17, 9, true)),
        ("animated WebP", raw::animated_webp(17, 9, 2)),
        ("animated lossy WebP", raw::animated_lossy_webp(17, 9)),
        ("CMYK JPEG", raw::cmyk_jpeg()),
        ("JPEG of a scan a component", raw::one_by_one_jpeg(&opaque(17, 9).to_rgb8())),
    ]
}
