//! GIF: one frame is in memory at a time.

use std::borrow::Cow;
use std::io::{Cursor, Read, Write};
use std::num::NonZeroU64;

use gif::{ColorOutput, DecodeOptions, Encoder, Frame, MemoryLimit};
use tweetty_domain::{Error, ImageFormat, Invalid, Result};

use super::{Allowance, Recoded, Sink, Timed};
use crate::failure;
use crate::outline::Outline;

/// The bytes before the palette for all frames, and what they say of it.
const HEAD: usize = 13;
const FLAGS: usize = 10;
const HAS_PALETTE: u8 = 0x80;
const OF_256: u8 = 7;

/// Unpacks each frame to its colour numbers and packs them again, so that not a pixel changes.
pub(super) fn recode(
    bytes: &[u8],
    allowance: &Allowance,
    outline: &Outline,
    sink: &mut Sink<'_, impl Write>,
) -> Result<Recoded> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options
        .set_memory_limit(NonZeroU64::new(outline.memory).map_or(MemoryLimit::Unlimited, MemoryLimit::Bytes));
    let mut decoder = options.read_info(reader(bytes, allowance)).map_err(|error| undecodable(&error))?;
    let has_common = has_palette(bytes);
    let common = decoder.global_palette().filter(|_| has_common).unwrap_or_default();
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
        let palette = frame
            .palette
            .clone()
            .or_else(|| (!has_common).then(|| greys(pixels.iter().copied().max().unwrap_or_default())));
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

/// The file as the decoder reads it. It takes no frame without a palette; where the file has none for all frames, that is
/// of all greys.
pub(super) fn reader<'a>(bytes: &'a [u8], allowance: &'a Allowance) -> impl Read + 'a {
    let (head, rest) = bytes.split_at(bytes.len().min(HEAD));
    let mut head = head.to_vec();
    if let Some(flags) = head.get_mut(FLAGS).filter(|_| !has_palette(bytes)) {
        *flags |= HAS_PALETTE | OF_256;
        head.extend(greys(u8::MAX));
    }
    Cursor::new(head).chain(Timed::new(rest, allowance))
}

/// Whether there is a palette for all frames.
fn has_palette(bytes: &[u8]) -> bool {
    bytes.get(FLAGS).is_some_and(|flags| flags & HAS_PALETTE != 0)
}

/// The palette whose colours are the greys of their numbers.
fn greys(brightest: u8) -> Vec<u8> {
    (0..=brightest).flat_map(|grey| [grey; 3]).collect()
}

fn undecodable(error: &gif::DecodingError) -> Error {
    match error {
        gif::DecodingError::MemoryLimit | gif::DecodingError::OutOfMemory => Invalid::TooCostlyImage.into(),
        _ => Invalid::UndecodableImage.into(),
    }
}
