//! Pictures that move: one frame is in memory at a time.

use std::borrow::Cow;
use std::io::{ErrorKind, Write};
use std::num::NonZeroU64;

use gif::{ColorOutput, DecodeOptions, Encoder, Frame, MemoryLimit};
use image::AnimationDecoder as _;
use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::webp::WebPDecoder;
use image::metadata::LoopCount;
use tweetty_domain::{Error, ImageFormat, Invalid, Result};

use super::{Recoded, Sink, Timed};
use crate::failure;
use crate::outline::Outline;

/// How coarsely palettes are looked for, 1 to 30; finer than 10 takes long and shows little.
const PALETTE_SPEED: i32 = 10;

/// Unpacks each frame to its colour numbers and packs them again, so that not a pixel changes.
pub(super) fn gif(bytes: Timed<'_>, outline: &Outline, sink: &mut Sink<impl Write>) -> Result<Recoded> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options
        .set_memory_limit(NonZeroU64::new(outline.memory).map_or(MemoryLimit::Unlimited, MemoryLimit::Bytes));
    let mut decoder = options.read_info(bytes).map_err(undecodable)?;
    let palette = decoder.global_palette().unwrap_or_default();
    let mut encoder =
        Encoder::new(sink, decoder.width(), decoder.height(), palette).map_err(failure::encoding)?;
    let mut is_first = true;
    while decoder.next_frame_info().map_err(undecodable)?.is_some() {
        if is_first {
            // Known for certain only now: the extension may stand anywhere before the first frame.
            encoder.set_repeat(decoder.repeat()).map_err(failure::encoding)?;
            is_first = false;
        }
        let mut pixels = vec![0; decoder.buffer_size()];
        decoder.read_into_buffer(&mut pixels).map_err(undecodable)?;
        let Some(frame) = decoder.current_frame_info() else { break };
        let frame = Frame {
            interlaced: false,
            needs_user_input: false,
            palette: frame.palette.clone(),
            buffer: Cow::Owned(pixels),
            ..*frame
        };
        encoder.write_frame(&frame).map_err(failure::encoding)?;
    }
    // Dropping it would swallow the failure to write the end.
    encoder.into_inner().map_err(failure::encoding)?;
    Ok(Recoded { format: ImageFormat::Gif, width: outline.width, height: outline.height })
}

/// Composes each frame and writes it as a GIF's.
pub(super) fn webp(bytes: Timed<'_>, outline: &Outline, sink: &mut Sink<impl Write>) -> Result<Recoded> {
    let decoder = WebPDecoder::new(bytes).map_err(failure::decoding)?;
    let repeat = match decoder.loop_count() {
        LoopCount::Infinite => Repeat::Infinite,
        // A GIF counts the repetitions, a WebP the showings.
        LoopCount::Finite(times) => Repeat::Finite(u16::try_from(times.get() - 1).unwrap_or(u16::MAX)),
    };
    let mut encoder = GifEncoder::new_with_speed(sink, PALETTE_SPEED);
    encoder.set_repeat(repeat).map_err(failure::encoding)?;
    for frame in decoder.into_frames() {
        encoder.encode_frame(frame.map_err(failure::decoding)?).map_err(failure::encoding)?;
    }
    Ok(Recoded { format: ImageFormat::Gif, width: outline.width, height: outline.height })
}

fn undecodable(error: gif::DecodingError) -> Error {
    match error {
        gif::DecodingError::MemoryLimit | gif::DecodingError::OutOfMemory => Invalid::TooCostlyImage.into(),
        gif::DecodingError::Io(late) if late.kind() == ErrorKind::TimedOut => Invalid::TooCostlyImage.into(),
        _ => Invalid::UndecodableImage.into(),
    }
}
