//! Writing PNG: without loss, and no larger than it came.

use std::io::Write;

use flate2::{Crc, Decompress, FlushDecompress, Status};
use png::{DeflateCompression, Encoder, EncodingError, Filter};
use tweetty_domain::Result;

use super::Decoded;
use super::raster::Raster;
use crate::failure;
use crate::outline::png::chunks;
use crate::recode::buffer::Buffer;
use crate::recode::{Allowance, Sink};

/// Within a tenth of the smallest size at a quarter of its time; the default level takes 12 s for 40 megapixels.
const QUICK: u8 = 3;
/// For numbers of colours, which take no longer so.
const USUAL: u8 = 6;
/// For what grows otherwise, as long as it is small.
const THOROUGH: u8 = 9;
const SMALL: usize = 8 * 1024 * 1024;

/// Writes the picture. Where its pixels are those of the file, and take more room than there, what is packed in the file
/// is kept.
pub(in super::super) fn write(
    Decoded { picture, is_changed, had_palette }: &Decoded,
    file: &[u8],
    allowance: &Allowance,
    sink: &mut Sink<'_, impl Write>,
) -> Result<()> {
    let raster = Raster::new(picture, *had_palette);
    let size = (picture.width(), picture.height());
    let mut buffer = Buffer::new(file.len(), allowance);
    let first = if raster.has_few_bits() { USUAL } else { QUICK };
    let last = if raster.samples.len() <= SMALL { THOROUGH } else { first };
    match encode(&raster, size, first, &mut buffer) {
        Ok(()) => return sink.write_all(&buffer.into_bytes()).map_err(failure::encoding),
        Err(EncodingError::IoError(_)) => drop(buffer),
        Err(other) => return Err(failure::encoding(other)),
    }
    match Packed::whole(file).filter(|_| !*is_changed) {
        Some(packed) => packed.write(sink).map_err(failure::encoding),
        None => encode(&raster, size, last, sink).map_err(failure::encoding),
    }
}

fn encode(
    raster: &Raster<'_>,
    (width, height): (u32, u32),
    level: u8,
    sink: impl Write,
) -> Result<(), EncodingError> {
    let mut encoder = Encoder::new(sink, width, height);
    encoder.set_color(raster.color);
    encoder.set_depth(raster.depth);
    if let Some((colors, opacities)) = &raster.palette {
        encoder.set_palette(colors);
        if !opacities.is_empty() {
            encoder.set_trns(opacities);
        }
    }
    encoder.set_deflate_compression(DeflateCompression::Level(level));
    // Numbers of colours that lie side by side have nothing to do with each other.
    encoder.set_filter(if raster.has_few_bits() { Filter::NoFilter } else { Filter::MinEntropy });
    let mut writer = encoder.write_header()?;
    let mut rows = writer.stream_writer()?;
    rows.write_all(&raster.samples)?;
    rows.finish()?;
    writer.finish()
}

/// Which pixels come together: the first column and row, and how far it is to the next.
struct Pass(usize, usize, usize, usize);

const WHOLE: [Pass; 1] = [Pass(0, 0, 1, 1)];
const PASSES: [Pass; 7] = [
    Pass(0, 0, 8, 8),
    Pass(4, 0, 8, 8),
    Pass(0, 4, 4, 8),
    Pass(2, 0, 4, 4),
    Pass(0, 2, 2, 4),
    Pass(1, 0, 2, 2),
    Pass(0, 1, 1, 2),
];

impl Pass {
    /// The bytes of its rows, each behind the number of its filter.
    fn size(&self, width: usize, height: usize, bits: usize) -> Option<usize> {
        let columns = width.saturating_sub(self.0).div_ceil(self.2);
        let rows = height.saturating_sub(self.1).div_ceil(self.3);
        if columns == 0 { Some(0) } else { rows.checked_mul(1 + columns.checked_mul(bits)?.div_ceil(8)) }
    }
}

/// The pixels of a file as they are packed in it.
struct Packed<'a> {
    header: &'a [u8],
    /// Which colour is transparent, where one is.
    transparent: Option<&'a [u8]>,
    parts: Vec<&'a [u8]>,
}

impl<'a> Packed<'a> {
    /// What may be kept: nothing but the rows of one picture, in pixels that say their colours themselves. The number of a
    /// colour might be one that the palette has not.
    fn whole(file: &'a [u8]) -> Option<Self> {
        let mut packed = Self { header: &[], transparent: None, parts: vec![] };
        for (kind, data) in chunks(file) {
            match &kind {
                b"IHDR" => packed.header = data,
                b"tRNS" if packed.parts.is_empty() => packed.transparent = packed.transparent.or(Some(data)),
                b"IDAT" => packed.parts.push(data),
                _ => (),
            }
        }
        let [width @ .., depth, color, 0, 0, passes @ 0..=1] = packed.header else { return None };
        let ([width, height], []) = width.as_chunks::<4>() else { return None };
        let [width, height] = [width, height].map(|side| usize::try_from(u32::from_be_bytes(*side)).ok());
        let samples = match color {
            0 => 1,
            2 => 3,
            4 => 2,
            6 => 4,
            _ => return None,
        };
        let (width, height, bits) = (width?, height?, samples * usize::from(*depth));
        let passes = if *passes == 0 { &WHOLE } else { &PASSES[..] };
        let size = passes.iter().try_fold(0, |sum, pass| pass.size(width, height, bits)?.checked_add(sum))?;
        let expected = match (color, packed.transparent) {
            (0, Some(color)) => color.len() == 2,
            (2, Some(color)) => color.len() == 6,
            (_, transparent) => transparent.is_none(),
        };
        (expected && packed.cut(size)?).then_some(packed)
    }

    /// Cuts off what lies behind the end of the stream; answers whether it unpacks to so many bytes.
    fn cut(&mut self, expected: usize) -> Option<bool> {
        let mut stream = Decompress::new(true);
        let mut room = vec![0; 32 * 1024];
        let mut kept = 0;
        for part in &mut self.parts {
            kept += 1;
            let before = stream.total_in();
            loop {
                let read = usize::try_from(stream.total_in() - before).ok()?;
                let written = stream.total_out();
                let status = stream.decompress(part.get(read..)?, &mut room, FlushDecompress::None).ok()?;
                if stream.total_out() > expected as u64 {
                    return Some(false);
                }
                let read = usize::try_from(stream.total_in() - before).ok()?;
                if status == Status::StreamEnd {
                    *part = part.get(..read)?;
                    self.parts.truncate(kept);
                    return Some(stream.total_out() == expected as u64);
                }
                if read == part.len() && stream.total_out() - written < room.len() as u64 {
                    break;
                }
            }
        }
        Some(false)
    }

    fn write(&self, sink: &mut impl Write) -> std::io::Result<()> {
        sink.write_all(b"\x89PNG\r\n\x1a\n")?;
        chunk(sink, *b"IHDR", self.header)?;
        if let Some(color) = self.transparent {
            chunk(sink, *b"tRNS", color)?;
        }
        for part in &self.parts {
            chunk(sink, *b"IDAT", part)?;
        }
        chunk(sink, *b"IEND", &[])
    }
}

fn chunk(sink: &mut impl Write, kind: [u8; 4], data: &[u8]) -> std::io::Result<()> {
    let mut sum = Crc::new();
    sum.update(&kind);
    sum.update(data);
    sink.write_all(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes())?;
    sink.write_all(&kind)?;
    sink.write_all(data)?;
    sink.write_all(&sum.sum().to_be_bytes())
}
