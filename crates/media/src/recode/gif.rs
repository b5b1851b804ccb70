//! GIF: one frame is in memory at a time.

use std::borrow::Cow;
use std::io::Write;
use std::num::NonZeroU64;

use gif::{ColorOutput, DecodeOptions, Encoder, Frame, MemoryLimit};
use tweetty_domain::{Error, ImageFormat, Invalid, Result};

use super::{Recoded, Sink, Timed};
use crate::failure;
use crate::outline::Outline;

/// Unpacks each frame to its colour numbers and packs them again, so that not a pixel changes.
pub(super) fn recode(
    bytes: Timed<'_>,
    outline: &Outline,
    sink: &mut Sink<'_, impl Write>,
) -> Result<Recoded> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options
        .set_memory_limit(NonZeroU64::new(outline.memory).map_or(MemoryLimit::Unlimited, MemoryLimit::Bytes));
    let mut decoder = options.read_info(bytes).map_err(|error| undecodable(&error))?;
    let common = decoder.global_palette().unwrap_or_default();
    let has_common = !common.is_empty();
    let mut encoder =
        Encoder::new(sink, decoder.width(), decoder.height(), common).map_err(failure::encoding)?;
    let mut is_first = true;
    while decoder.next_frame_info().map_err(|error| undecodable(&error))?.is_some() {
        if is_first {
            // Known for certain only now: the extension may stand anywhere before the first frame.
            encoder.set_repeat(decoder.repeat()).map_err(failure::encoding)?;
            is_first = false;
        }
        let mut pixels = vec![0; decoder.buffer_size()];
        decoder.read_into_buffer(&mut pixels).map_err(|error| undecodable(&error))?;
        let Some(frame) = decoder.current_frame_info() else { break };
        let palette = frame.palette.clone().or_else(|| (!has_common).then(|| greys(&pixels)));
        let frame = Frame {
            interlaced: false,
            needs_user_input: false,
            palette,
            buffer: Cow::Owned(pixels),
            ..*frame
        };
        encoder.write_frame(&frame).map_err(failure::encoding)?;
    }
    // Dropping it would swallow the failure to write the end.
    encoder.into_inner().map_err(failure::encoding)?;
    Ok(Recoded::of_animation(ImageFormat::Gif, outline))
}

/// The palette of a frame for which there is none: its numbers as greys.
pub(super) fn greys(numbers: &[u8]) -> Vec<u8> {
    let brightest = numbers.iter().max().copied().unwrap_or_default();
    (0..=brightest).flat_map(|grey| [grey; 3]).collect()
}

fn undecodable(error: &gif::DecodingError) -> Error {
    match error {
        gif::DecodingError::MemoryLimit | gif::DecodingError::OutOfMemory => Invalid::TooCostlyImage.into(),
        _ => Invalid::UndecodableImage.into(),
    }
}
