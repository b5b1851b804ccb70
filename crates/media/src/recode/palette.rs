//! The colours of a frame, at most 256.

use gif::Frame;
use image::RgbaImage;

/// How coarsely palettes are looked for, 1 to 30; finer than 10 takes long and shows little.
const SPEED: i32 = 10;

/// The picture as a frame of a GIF: what is not wholly transparent becomes opaque.
pub(super) fn frame(width: u16, height: u16, picture: &RgbaImage) -> Frame<'static> {
    let mut pixels = picture.as_raw().clone();
    let mut frame = Frame::from_rgba_speed(width, height, &mut pixels, SPEED);
    keep_apart(&mut frame, &pixels);
    frame
}

/// Gives opaque pixels another colour where the search for a palette left them that of the transparent ones.
fn keep_apart(frame: &mut Frame<'_>, pixels: &[u8]) {
    let (Some(hole), Some(palette)) = (frame.transparent, &frame.palette) else { return };
    let (colors, _) = palette.as_chunks::<3>();
    let far = |color: &[u8; 3]| {
        let hole = colors.get(usize::from(hole)).copied().unwrap_or_default();
        color.iter().zip(hole).map(|(one, other)| u32::from(one.abs_diff(other))).sum::<u32>()
    };
    let others = (0..=u8::MAX).zip(colors).filter(|(index, _)| *index != hole);
    let Some((nearest, _)) = others.min_by_key(|(_, color)| far(color)) else { return };
    let (pixels, _) = pixels.as_chunks::<4>();
    for (index, pixel) in frame.buffer.to_mut().iter_mut().zip(pixels) {
        if *index == hole && pixel[3] != 0 {
            *index = nearest;
        }
    }
}
