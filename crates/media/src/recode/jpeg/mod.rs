//! Writing JPEG: no finer than what it is made of, for that would make it larger and nothing better.

mod codes;
mod pack;
mod steps;

use std::io::Write;

use image::DynamicImage;
use image::metadata::Orientation;
use jpeg_encoder::{
    ChromaSubsamplingMethod, ColorType, Encoder, EncodingError, QuantizationTableType, SamplingFactor,
};
use tweetty_domain::Result;

use super::buffer::Buffer;
use super::{Allowance, Sink};
use crate::failure;
use crate::outline::Fineness;

/// Writes a picture of 8 bits, in light and colours or in light alone. Without a source of known fineness it is as fine as
/// it can be.
pub(super) fn write(
    picture: &DynamicImage,
    source: Option<&Fineness>,
    allowance: &Allowance,
    sink: &mut Sink<'_, impl Write>,
) -> Result<()> {
    // What takes more is noise, which no choice of codes makes smaller. The picture that was turned took as much.
    let mut buffer = Buffer::new(picture.as_bytes().len() / 2 + 65_536, allowance);
    match encode(picture, source, &mut buffer) {
        Ok(()) => pack::write(&buffer.into_bytes(), sink),
        Err(EncodingError::IoError(_)) => {
            drop(buffer);
            encode(picture, source, sink).map_err(failure::encoding)
        }
        Err(other) => Err(failure::encoding(other)),
    }
}

fn encode(picture: &DynamicImage, source: Option<&Fineness>, sink: impl Write) -> Result<(), EncodingError> {
    let (light, colors) = steps::no_finer(source);
    let custom = |steps| QuantizationTableType::Custom(Box::new(steps));
    let mut encoder = Encoder::new(sink, steps::MOST_QUALITY);
    encoder.set_quantization_tables(custom(light), custom(colors));
    // The usual decoders want components in one scan, which the encoder does not write where more pixels share a sample.
    let (across, down) = source.map_or((2, 2), |source| source.shared);
    encoder.set_sampling_factor(match (across > 1, down > 1) {
        (false, false) => SamplingFactor::F_1_1,
        (true, false) => SamplingFactor::F_2_1,
        (false, true) => SamplingFactor::F_1_2,
        (true, true) => SamplingFactor::F_2_2,
    });
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    let side = |side| u16::try_from(side).unwrap_or(u16::MAX);
    let (width, height) = (side(picture.width()), side(picture.height()));
    match picture {
        DynamicImage::ImageLuma8(pixels) => encoder.encode(pixels, width, height, ColorType::Luma),
        DynamicImage::ImageRgb8(pixels) => encoder.encode(pixels, width, height, ColorType::Rgb),
        other => encoder.encode(&other.to_rgb8(), width, height, ColorType::Rgb),
    }
}

/// The fineness of a picture that was turned so.
pub(super) fn turned(source: &Fineness, turn: Orientation) -> Fineness {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    let Fineness { light, colors, shared } = source.clone();
    if !matches!(turn, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH) {
        return Fineness { light, colors, shared };
    }
    let transposed = |steps: [u16; 64]| std::array::from_fn(|place| steps[place % 8 * 8 + place / 8]);
    Fineness { light: transposed(light), colors: transposed(colors), shared: (shared.1, shared.0) }
}
