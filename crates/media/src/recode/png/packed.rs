//! The pixels of a PNG as they are packed in it.

use std::io::Write;

use flate2::{Crc, Decompress, FlushDecompress, Status};
use png::{Decoder, Transformations};

use super::Chunk;
use crate::outline::png::chunks;
use crate::recode::{Allowance, Timed};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The packed pixels are measured in so many parts.
pub(super) const PARTS: usize = 8;

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
pub(super) struct Packed<'a> {
    header: &'a [u8],
    palette: Option<&'a [u8]>,
    /// Which colour is transparent, where one is; how opaque the first ones of a palette are.
    transparent: Option<&'a [u8]>,
    parts: Vec<&'a [u8]>,
    /// What each part of the rows, and those before it, take; unknown where rows come in another order.
    taken: Option<[u64; PARTS]>,
}

impl<'a> Packed<'a> {
    /// What may be kept: nothing but the rows of one picture, in which each number of a colour is one that the palette has.
    pub(super) fn whole(file: &'a [u8], allowance: &Allowance) -> Option<Self> {
        let mut packed = Self { header: &[], palette: None, transparent: None, parts: vec![], taken: None };
        for (kind, data) in chunks(file) {
            match &kind {
                b"IHDR" => packed.header = data,
                b"PLTE" if packed.parts.is_empty() => packed.palette = packed.palette.or(Some(data)),
                b"tRNS" if packed.parts.is_empty() => packed.transparent = packed.transparent.or(Some(data)),
                b"IDAT" => packed.parts.push(data),
                _ => (),
            }
        }
        let [width @ .., depth, color, 0, 0, passes @ 0..=1] = packed.header else { return None };
        let ([width, height], []) = width.as_chunks::<4>() else { return None };
        let [width, height] = [width, height].map(|side| usize::try_from(u32::from_be_bytes(*side)).ok());
        let samples = match color {
            0 | 3 => 1,
            2 => 3,
            4 => 2,
            6 => 4,
            _ => return None,
        };
        let (width, height, bits) = (width?, height?, samples * usize::from(*depth));
        packed.taken = (*passes == 0).then_some([0; PARTS]);
        let passes = if *passes == 0 { &WHOLE } else { &PASSES[..] };
        let size = passes.iter().try_fold(0, |sum, pass| pass.size(width, height, bits)?.checked_add(sum))?;
        // A palette beside other pixels is a proposal.
        packed.palette = packed.palette.filter(|_| *color == 3);
        let colors = packed.palette.map_or(0, |palette| palette.len() / 3);
        let expected = match (color, packed.transparent) {
            (3, opacities) => colors > 0 && opacities.is_none_or(|some| some.len() <= colors),
            (0, Some(color)) => color.len() == 2,
            (2, Some(color)) => color.len() == 6,
            (_, transparent) => transparent.is_none(),
        };
        let are_listed = || *color != 3 || colors >= 1 << depth || are_below(colors, file, allowance);
        (expected && packed.cut(size)? && are_listed()).then_some(packed)
    }

    /// What the file takes that has those chunks besides.
    pub(super) fn size(&self, others: &[Chunk]) -> usize {
        let transparent = self.transparent.into_iter();
        let own = [self.header, &[]].into_iter().chain(self.palette).chain(transparent);
        let data = own.chain(self.parts.iter().copied()).chain(others.iter().map(|(_, data)| &data[..]));
        SIGNATURE.len() + data.map(|data| 12 + data.len()).sum::<usize>()
    }

    /// The bytes that the rows up to the end of that part take.
    pub(super) fn taken(&self, part: usize) -> Option<usize> {
        usize::try_from(*self.taken?.get(part)?).ok()
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
                for (part, taken) in (1..).zip(self.taken.iter_mut().flatten()) {
                    if written < expected as u64 * part / PARTS as u64 {
                        *taken = stream.total_in();
                    }
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

    /// Writes a file with those chunks before all that they could be about.
    pub(super) fn write(&self, others: &[Chunk], sink: &mut impl Write) -> std::io::Result<()> {
        sink.write_all(SIGNATURE)?;
        chunk(sink, *b"IHDR", self.header)?;
        for (kind, data) in others {
            chunk(sink, *kind, data)?;
        }
        if let Some(colors) = self.palette {
            chunk(sink, *b"PLTE", colors)?;
        }
        if let Some(color) = self.transparent {
            chunk(sink, *b"tRNS", color)?;
        }
        for part in &self.parts {
            chunk(sink, *b"IDAT", part)?;
        }
        chunk(sink, *b"IEND", &[])
    }
}

/// Whether the numbers of all pixels, and what fills the last byte of a row, are below that. Decoders differ in the colour
/// of others.
fn are_below(count: usize, file: &[u8], allowance: &Allowance) -> bool {
    let mut decoder = Decoder::new(Timed::new(file, allowance));
    decoder.set_transformations(Transformations::IDENTITY);
    decoder.set_ignore_text_chunk(true);
    let Ok(mut reader) = decoder.read_info() else { return false };
    let bits = reader.info().bit_depth as usize;
    loop {
        match reader.next_row() {
            Ok(Some(row)) => {
                let numbers = row.data().iter().flat_map(|byte| {
                    (0..8 / bits).map(move |place| usize::from(*byte) >> (place * bits) & ((1 << bits) - 1))
                });
                if numbers.max().is_some_and(|most| most >= count) {
                    return false;
                }
            }
            end => return end.is_ok(),
        }
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
