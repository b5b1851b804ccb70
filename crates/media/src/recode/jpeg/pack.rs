//! Exchanging the Huffman codes of a JPEG for those that suit it. The encoder has the usual ones, unless it holds all
//! coefficients in memory and writes a scan for each component; like this, only the file lies there.

use std::io::Write;

use tweetty_domain::{Error, Result};

use super::huffman::{Codes, Table};
use crate::failure;

const FRAME: u8 = 0xC0;
const CODES: u8 = 0xC4;
const SCAN: u8 = 0xDA;
/// As much is written at once.
const PIECE: usize = 32 * 1024;

/// Writes a JPEG of our encoder with other codes: baseline, one scan, no marks in it.
pub(super) fn write(file: &[u8], sink: &mut impl Write) -> Result<()> {
    let file = File::read(file).ok_or_else(|| Error::internal("the encoder wrote another kind of JPEG"))?;
    let mut counts = [[0_u32; 256]; 4];
    file.walk(|table, symbol, _| {
        counts[table][usize::from(symbol)] += 1;
        Ok(())
    })?;
    let codes = counts.map(|counts| Codes::new(&counts));
    sink.write_all(&file.before).map_err(failure::encoding)?;
    for (number, codes) in
        file.tables.iter().zip(&codes).filter_map(|(table, codes)| Some((table.as_ref()?.0, codes)))
    {
        let head = [0xFF, CODES, 0, u8::try_from(codes.description.len() + 3).unwrap_or(u8::MAX), number];
        sink.write_all(&[&head, codes.description.as_slice()].concat()).map_err(failure::encoding)?;
    }
    sink.write_all(file.scan).map_err(failure::encoding)?;
    let mut bits = Bits::default();
    file.walk(|table, symbol, (value, length)| {
        let (code, bits_of_code) = codes[table].code(symbol);
        bits.push(code.into(), bits_of_code);
        bits.push(value, length);
        if bits.bytes.len() >= PIECE {
            sink.write_all(&bits.bytes).map_err(failure::encoding)?;
            bits.bytes.clear();
        }
        Ok(())
    })?;
    sink.write_all(&bits.finish()).map_err(failure::encoding)?;
    sink.write_all(&[0xFF, 0xD9]).map_err(failure::encoding)
}

/// A component of the picture: how many blocks of it come in a row, and which codes they have.
#[derive(Clone, Copy, Default)]
struct Component {
    blocks: usize,
    first: usize,
    others: usize,
}

struct File<'a> {
    /// The segments before the scan, but those with codes.
    before: Vec<u8>,
    /// The segment that begins the scan.
    scan: &'a [u8],
    /// What lies in the scan.
    coded: &'a [u8],
    components: Vec<Component>,
    /// How many times blocks of each component come.
    units: usize,
    /// The codes of the first coefficients and of the others, for luma and chroma, each with its name in the file.
    tables: [Option<(u8, Table)>; 4],
}

impl<'a> File<'a> {
    fn read(file: &'a [u8]) -> Option<Self> {
        let mut read = Self {
            before: file.get(..2)?.to_vec(),
            scan: &[],
            coded: &[],
            components: vec![],
            units: 0,
            tables: [const { None }; 4],
        };
        let mut rest = file.get(2..)?;
        loop {
            let [0xFF, marker, high, low, ..] = rest else { return None };
            let (segment, behind) =
                rest.split_at_checked(2 + usize::from(u16::from_be_bytes([*high, *low])))?;
            let data = segment.get(4..)?;
            match *marker {
                CODES => {
                    let [name, description @ ..] = data else { return None };
                    let table = read.tables.get_mut(usize::from(name >> 4 | (name & 1) << 1))?;
                    *table = Some((*name, Codes::read(description)?.table()));
                }
                SCAN => {
                    read.scan = segment;
                    read.coded = behind.strip_suffix(&[0xFF, 0xD9])?;
                    return read.assign(data).then_some(read);
                }
                marker => {
                    if marker == FRAME {
                        read.measure(data)?;
                    }
                    read.before.extend(segment);
                }
            }
            rest = behind;
        }
    }

    /// Takes sides and samplings of a frame.
    fn measure(&mut self, frame: &[u8]) -> Option<()> {
        let [8, high, low, wide, narrow, _, components @ ..] = frame else { return None };
        let sides = [[*wide, *narrow], [*high, *low]].map(|side| usize::from(u16::from_be_bytes(side)));
        let (mut across, mut down) = (1, 1);
        for [_, sampling, _] in components.as_chunks::<3>().0 {
            let (h, v) = (usize::from(sampling >> 4), usize::from(sampling & 15));
            (across, down) = (across.max(h), down.max(v));
            self.components.push(Component { blocks: h * v, ..Component::default() });
        }
        self.units = sides[0].div_ceil(8 * across) * sides[1].div_ceil(8 * down);
        Some(())
    }

    /// Takes which codes the components have; answers whether they are there.
    fn assign(&mut self, scan: &[u8]) -> bool {
        let names = scan.get(1..).unwrap_or_default().as_chunks::<2>().0;
        for (component, [_, tables]) in self.components.iter_mut().zip(names) {
            component.first = usize::from(tables >> 4 & 1) << 1;
            component.others = usize::from(tables & 1) << 1 | 1;
        }
        let has = |table: usize| self.tables[table].is_some();
        !self.components.is_empty() && self.components.iter().all(|one| has(one.first) && has(one.others))
    }

    /// Goes over all symbols: the number of its codes, the symbol, and the bits behind it.
    fn walk(&self, mut visit: impl FnMut(usize, u8, (u32, u8)) -> Result<()>) -> Result<()> {
        let mut reader = Reader { bytes: self.coded, held: 0, count: 0 };
        let broken = || Error::internal("the encoder wrote a code that it does not name");
        let tables =
            self.tables.each_ref().map(|table| table.as_ref().map_or(&[][..], |(_, table)| table.as_slice()));
        for _ in 0..self.units {
            for component in &self.components {
                for _ in 0..component.blocks {
                    let size = reader.symbol(tables[component.first]).ok_or_else(broken)?;
                    visit(component.first, size, (reader.number(size), size))?;
                    let mut place = 1;
                    while place < 64 {
                        let symbol = reader.symbol(tables[component.others]).ok_or_else(broken)?;
                        let (zeros, size) = (symbol >> 4, symbol & 15);
                        visit(component.others, symbol, (reader.number(size), size))?;
                        if size == 0 && zeros < 15 {
                            break;
                        }
                        place += u32::from(zeros) + 1;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The bits of a scan, the highest of each byte first.
struct Reader<'a> {
    bytes: &'a [u8],
    held: u64,
    count: u8,
}

impl Reader<'_> {
    fn fill(&mut self) {
        while self.count <= 48 {
            let (byte, rest) = self.bytes.split_first().unwrap_or((&0, &[]));
            // A zero behind FF says that it is no marker.
            self.bytes = if *byte == 0xFF { rest.get(1..).unwrap_or_default() } else { rest };
            self.held = self.held << 8 | u64::from(*byte);
            self.count += 8;
        }
    }

    fn symbol(&mut self, table: &[(u8, u8)]) -> Option<u8> {
        self.fill();
        let next = self.held >> (self.count - 16) & 0xFFFF;
        let (symbol, length) = *table.get(usize::try_from(next).ok()?)?;
        self.count -= length;
        (length > 0).then_some(symbol)
    }

    fn number(&mut self, bits: u8) -> u32 {
        self.fill();
        self.count -= bits;
        u32::try_from(self.held >> self.count & ((1 << bits) - 1)).unwrap_or_default()
    }
}

/// Bits one behind the other, the highest of each byte first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u64,
    count: u8,
}

impl Bits {
    fn push(&mut self, number: u32, bits: u8) {
        self.held = self.held << bits | u64::from(number);
        self.count += bits;
        while self.count >= 8 {
            self.count -= 8;
            let [byte, ..] = (self.held >> self.count).to_le_bytes();
            self.bytes.push(byte);
            if byte == 0xFF {
                self.bytes.push(0);
            }
        }
    }

    /// All that is left, filled up with ones.
    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.push(0x7F, 7);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, Rgb, RgbImage};
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    use super::*;

    #[test]
    fn other_codes_take_less_room_and_change_no_pixel() {
        for (width, height) in [(1, 1), (16, 16), (61, 43), (200, 9)] {
            let picture = RgbImage::from_fn(width, height, |x, y| {
                Rgb([x * 7 + y, x ^ y, (x * y) / 3].map(|part| part.to_le_bytes()[0]))
            });
            let grey = DynamicImage::from(picture.clone()).to_luma8();
            for sampling in
                [SamplingFactor::F_1_1, SamplingFactor::F_2_1, SamplingFactor::F_1_2, SamplingFactor::F_2_2]
            {
                for (pixels, color) in [(picture.as_raw(), ColorType::Rgb), (grey.as_raw(), ColorType::Luma)]
                {
                    let mut usual = vec![];
                    let mut encoder = Encoder::new(&mut usual, 80);
                    encoder.set_sampling_factor(sampling);
                    let side = |side| u16::try_from(side).unwrap();
                    encoder.encode(pixels, side(width), side(height), color).unwrap();
                    let mut packed = vec![];
                    write(&usual, &mut packed).unwrap();
                    assert!(packed.len() < usual.len(), "{sampling:?} {color:?}");
                    let [one, other] = [&usual, &packed].map(|file| image::load_from_memory(file).unwrap());
                    assert!(one == other, "{sampling:?} {color:?} {width} × {height}");
                }
            }
        }
    }

    #[test]
    fn half_a_file_is_no_jpeg_of_our_encoder() {
        let mut usual = vec![];
        Encoder::new(&mut usual, 80).encode(&[7; 64], 8, 8, ColorType::Luma).unwrap();
        for length in 0..usual.len() {
            assert!(write(&usual[..length], &mut vec![]).is_err(), "{length}");
        }
    }
}
