//! Pictures that move: one frame is in memory at a time.

use std::borrow::Cow;
use std::io::Write;
use std::num::NonZeroU64;

use gif::{ColorOutput, DecodeOptions, DisposalMethod, Encoder, Frame, MemoryLimit, Repeat};
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder as _, RgbaImage};
use tweetty_domain::{Error, ImageFormat, Invalid, Result};

use super::canvas::Canvas;
use super::colors::{Model, Source};
use super::{Allowance, Recoded, Sink, Timed, palette};
use crate::failure;
use crate::outline::{self, Outline, frames};

/// Unpacks each frame to its colour numbers and packs them again, so that not a pixel changes.
pub(super) fn gif(bytes: Timed<'_>, outline: &Outline, sink: &mut Sink<'_, impl Write>) -> Result<Recoded> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options
        .set_memory_limit(NonZeroU64::new(outline.memory).map_or(MemoryLimit::Unlimited, MemoryLimit::Bytes));
    let mut decoder = options.read_info(bytes).map_err(|error| undecodable(&error))?;
    let palette = decoder.global_palette().unwrap_or_default();
    let mut encoder =
        Encoder::new(sink, decoder.width(), decoder.height(), palette).map_err(failure::encoding)?;
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
pub(super) fn webp(
    bytes: &[u8],
    allowance: &Allowance,
    outline: &Outline,
    sink: &mut Sink<'_, impl Write>,
) -> Result<Recoded> {
    let (times, frames) = frames(bytes)?;
    let [width, height] = [outline.width, outline.height].map(u16::try_from);
    let (width, height) = (width.map_err(Error::internal)?, height.map_err(Error::internal)?);
    let mut encoder = Encoder::new(sink, width, height, &[]).map_err(failure::encoding)?;
    // A GIF counts the repetitions, a WebP the showings.
    let repeat = times.checked_sub(1).map_or(Repeat::Infinite, Repeat::Finite);
    encoder.set_repeat(repeat).map_err(failure::encoding)?;
    let source = source(bytes, allowance, outline);
    let mut canvas = Canvas::new(outline.width, outline.height);
    let mut waiting: Option<Frame<'_>> = None;
    for frame in &frames {
        canvas.show(frame, &picture(frame, source.as_ref(), allowance)?);
        let mut next = palette::frame(width, height, canvas.pixels());
        next.delay = u16::try_from(frame.duration / 10).unwrap_or(u16::MAX);
        let has_holes = next.transparent.is_some();
        if let Some(mut frame) = waiting.replace(next) {
            // Otherwise it would be seen through the holes of the next one.
            frame.dispose = if has_holes { DisposalMethod::Background } else { DisposalMethod::Keep };
            encoder.write_frame(&frame).map_err(failure::encoding)?;
        }
    }
    if let Some(frame) = waiting {
        encoder.write_frame(&frame).map_err(failure::encoding)?;
    }
    encoder.into_inner().map_err(failure::encoding)?;
    Ok(Recoded { format: ImageFormat::Gif, width: outline.width, height: outline.height })
}

/// What the colours of all frames mean, where a profile says so.
fn source(bytes: &[u8], allowance: &Allowance, outline: &Outline) -> Option<Source> {
    if outline.profile == 0 {
        return None;
    }
    let profile = WebPDecoder::new(Timed::new(bytes, allowance)).ok()?.icc_profile().ok()??;
    Source::profile(&profile, Model::Rgb, outline.profile)
}

/// The picture of a frame in sRGB.
fn picture(frame: &outline::Frame<'_>, source: Option<&Source>, allowance: &Allowance) -> Result<RgbaImage> {
    let still = frame.still()?;
    let decoder =
        WebPDecoder::new(Timed::new(&still, allowance)).map_err(|error| failure::decoding(&error))?;
    if decoder.dimensions() != (frame.width, frame.height) {
        return Err(Invalid::UndecodableImage.into());
    }
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| failure::decoding(&error))?;
    if let Some(source) = source {
        source.convert(&mut picture);
    }
    Ok(picture.into_rgba8())
}

fn undecodable(error: &gif::DecodingError) -> Error {
    match error {
        gif::DecodingError::MemoryLimit | gif::DecodingError::OutOfMemory => Invalid::TooCostlyImage.into(),
        _ => Invalid::UndecodableImage.into(),
    }
}
