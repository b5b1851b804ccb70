//! The colours of a frame, at most 256.

use gif::Frame;
use image::RgbaImage;

/// How coarsely palettes are looked for, 1 to 30; finer than 10 takes long and shows little.
const SPEED: i32 = 10;

/// The picture as a frame of a GIF: what is not wholly transparent becomes opaque.
pub(super) fn frame(width: u16, height: u16, picture: &RgbaImage) -> Frame<'static> {
    let mut pixels = picture.as_raw().clone();
    Frame::from_rgba_speed(width, height, &mut pixels, SPEED)
}
