//! The picture that is uploaded: a megapixel that compresses like a photograph.

use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

use crate::Result;

const WIDTH: u32 = 1_152;
const HEIGHT: u32 = 864;
const BOUNDARY: &str = "----------------benchmark";

/// The content type of [`form`].
pub(crate) fn content_type() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

/// Writes the form of an upload into the folder.
pub(crate) fn form(folder: &Path) -> Result<PathBuf> {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
    )
    .into_bytes();
    JpegEncoder::new_with_quality(&mut body, 85).encode_image(&picture())?;
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let file = folder.join("upload.form");
    std::fs::write(&file, body)?;
    Ok(file)
}

/// Slopes with edges, and the noise of a sensor.
fn picture() -> RgbImage {
    let mut noise = 1_u32;
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = noise >> 28;
        let edge = if (x / 96 + y / 72) % 2 == 0 { 60 } else { 0 };
        let shade = |value: u32| u8::try_from((value + edge + grain).min(255)).unwrap_or(u8::MAX);
        Rgb([shade(x * 180 / WIDTH), shade(y * 180 / HEIGHT), shade((x + y) * 180 / (WIDTH + HEIGHT))])
    })
}
