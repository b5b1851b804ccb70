//! Writing JPEG: no finer than what it is made of, for that would make it larger and nothing better.

mod bits;
mod huffman;
mod pack;
mod quality;
mod symbols;

use std::cell::Cell;
use std::io::Write;

use image::DynamicImage;
use image::metadata::Orientation;
use jpeg_encoder::{
    ChromaSubsamplingMethod, ColorType, Encoder, EncodingError, QuantizationTableType, SamplingFactor,
};
use tweetty_domain::Result;

pub(super) use quality::{no_finer_than, of_copies};
use quality::{of_quality, of_webp};

use super::buffer::Buffer;
use super::sink::bounded;
use super::{Allowance, Sink};
use crate::failure;
use crate::outline::Quantization;

/// Writes a picture of 8 bits, in colour or in greys.
pub(super) fn write(
    picture: &DynamicImage,
    quantization: &Quantization,
    allowance: &Allowance,
    sink: &mut Sink<'_, impl Write>,
) -> Result<()> {
    // What takes more is noise, which no choice of codes makes smaller. With its symbols it takes no more than the picture
    // that was turned took.
    let pixels = picture.width() as usize * picture.height() as usize;
    let most = Cell::new(pixels / 4 * 3 + 65_536);
    let mut buffer = Buffer::new(&most, allowance);
    match encode(picture, quantization, &mut buffer) {
        Ok(()) => pack::write(buffer.into_bytes(), sink),
        Err(EncodingError::IoError(_)) => {
            drop(buffer);
            encode(picture, quantization, sink).map_err(failure::encoding)
        }
        Err(other) => Err(failure::encoding(other)),
    }
}

/// Writes a picture that was a lossy WebP of that quantizer and of so many bytes, which no JPEG of the same quality is as
/// small as: in the best one that takes no more, or the coarsest that suits it.
pub(super) fn write_former_webp(
    picture: &DynamicImage,
    quantizer: u8,
    most: usize,
    allowance: &Allowance,
    sink: &mut Sink<'_, impl Write>,
) -> Result<()> {
    let in_quality = |quality| {
        bounded(most as u64, allowance, |sink| write(picture, &of_quality(quality), allowance, sink))
    };
    let (mut coarsest, mut best) = of_webp(quantizer).into_inner();
    let mut fitting = in_quality(best)?;
    if fitting.is_none() {
        while coarsest < best {
            let middle = coarsest.midpoint(best);
            match in_quality(middle)? {
                None => best = middle,
                smaller => {
                    fitting = smaller;
                    coarsest = middle + 1;
                }
            }
        }
    }
    match fitting {
        Some(bytes) => sink.write_all(&bytes).map_err(failure::encoding),
        None => write(picture, &of_quality(*of_webp(quantizer).start()), allowance, sink),
    }
}

fn encode(
    picture: &DynamicImage,
    quantization: &Quantization,
    sink: impl Write,
) -> Result<(), EncodingError> {
    let custom = |table| QuantizationTableType::Custom(Box::new(table));
    // The tables say more than its number.
    let mut encoder = Encoder::new(sink, 100);
    encoder.set_quantization_tables(custom(quantization.luma), custom(quantization.chroma));
    // The usual decoders want components in one scan, which the encoder does not write where more pixels share a sample.
    let (across, down) = quantization.subsampling;
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

/// The quantisation of a picture that was turned so.
pub(super) fn turned(source: &Quantization, turn: Orientation) -> Quantization {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    let Quantization { luma, chroma, subsampling } = source.clone();
    if !matches!(turn, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH) {
        return Quantization { luma, chroma, subsampling };
    }
    let transposed = |steps: [u16; 64]| std::array::from_fn(|place| steps[place % 8 * 8 + place / 8]);
    Quantization {
        luma: transposed(luma),
        chroma: transposed(chroma),
        subsampling: (subsampling.1, subsampling.0),
    }
}
