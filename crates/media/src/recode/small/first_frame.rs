//! The first picture of a GIF, as it is shown. What its frame doesn't cover is transparent, as browsers have it.

use gif::{ColorOutput, DecodeOptions};
use image::{DynamicImage, RgbaImage};
use tweetty_domain::{Error, Invalid, Result};

use crate::outline::Outline;
use crate::recode::Allowance;
use crate::recode::gif::reader;

pub(super) fn gif(bytes: &[u8], allowance: &Allowance, outline: &Outline) -> Result<DynamicImage> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    let mut decoder = options.read_info(reader(bytes, allowance)).map_err(undecodable)?;
    let common = decoder.global_palette().unwrap_or_default().to_vec();
    let frame = decoder.next_frame_info().map_err(undecodable)?.ok_or(Invalid::UndecodableImage)?;
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    let (across, transparent) = (usize::from(frame.width), frame.transparent);
    let palette = frame.palette.clone().unwrap_or(common);
    let (palette, _) = palette.as_chunks::<3>();
    let mut numbers = vec![0; decoder.buffer_size()];
    decoder.read_into_buffer(&mut numbers).map_err(undecodable)?;
    let mut canvas = RgbaImage::new(outline.width, outline.height);
    let (pixels, _) = canvas.as_chunks_mut::<4>();
    let rows = pixels.chunks_exact_mut(outline.width.max(1) as usize).skip(top);
    for (row, numbers) in rows.zip(numbers.chunks_exact(across.max(1))) {
        // The frame may reach beyond the canvas.
        for (pixel, number) in row.iter_mut().skip(left).zip(numbers) {
            if let Some([red, green, blue]) = palette.get(usize::from(*number))
                && transparent != Some(*number)
            {
                *pixel = [*red, *green, *blue, u8::MAX];
            }
        }
    }
    Ok(canvas.into())
}

fn undecodable(_: gif::DecodingError) -> Error {
    Invalid::UndecodableImage.into()
}
