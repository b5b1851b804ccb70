//! Exchanging the Huffman codes of a JPEG for those that suit it. The encoder has the usual ones, unless it holds all
//! coefficients in memory and writes a scan for each component; like this, only the file lies there, and its symbols.

use std::io::Write;

use tweetty_domain::{Error, Result};

use super::bits::{Reader, Writer};
use super::huffman::{Codes, Table, size};
use super::symbols::Symbols;
use crate::failure;

const FRAME: u8 = 0xC0;
const CODES: u8 = 0xC4;
const SCAN: u8 = 0xDA;
const END: [u8; 2] = [0xFF, 0xD9];

/// Writes a JPEG of our encoder with other codes: baseline, one scan, no marks in it.
pub(super) fn write(file: Vec<u8>, sink: &mut impl Write) -> Result<()> {
    let mut file =
        File::read(file).ok_or_else(|| Error::internal("the encoder wrote another kind of JPEG"))?;
    let (counts, symbols) =
        file.symbols().ok_or_else(|| Error::internal("the encoder wrote a code that it does not name"))?;
    file.coded = vec![];
    let codes = counts.each_ref().map(Codes::new);
    sink.write_all(&file.before).map_err(failure::encoding)?;
    for (number, codes) in
        file.tables.iter().zip(&codes).filter_map(|(table, codes)| Some((table.as_ref()?.0, codes)))
    {
        let head = [0xFF, CODES, 0, u8::try_from(codes.description.len() + 3).unwrap_or(u8::MAX), number];
        sink.write_all(&[&head, codes.description.as_slice()].concat()).map_err(failure::encoding)?;
    }
    sink.write_all(&file.scan).map_err(failure::encoding)?;
    let mut writer = Writer::new();
    for (table, symbol, value) in symbols.iter() {
        writer.push(codes[table].code(symbol), size(symbol), value);
        if writer.is_full() {
            sink.write_all(&writer.take()).map_err(failure::encoding)?;
        }
    }
    sink.write_all(&writer.finish()).map_err(failure::encoding)?;
    sink.write_all(&END).map_err(failure::encoding)
}

/// A component of the picture: how many blocks of it come in a row, and which codes they have.
#[derive(Clone, Copy, Default)]
struct Component {
    blocks: usize,
    first: usize,
    others: usize,
}

struct File {
    /// The segments before the scan, but those with codes.
    before: Vec<u8>,
    /// The segment that begins the scan.
    scan: Vec<u8>,
    /// The bits that lie in the scan.
    coded: Vec<u8>,
    components: Vec<Component>,
    /// How many times blocks of each component come.
    units: usize,
    /// The codes of the first coefficients and of the others, for luma and chroma, each with its name in the file.
    tables: [Option<(u8, Table)>; 4],
}

impl File {
    fn read(mut file: Vec<u8>) -> Option<Self> {
        let mut read = Self {
            before: file.get(..2)?.to_vec(),
            scan: vec![],
            coded: vec![],
            components: vec![],
            units: 0,
            tables: [const { None }; 4],
        };
        let mut place = 2;
        loop {
            let rest = file.get(place..)?;
            let [0xFF, marker, high, low, ..] = rest else { return None };
            let segment = rest.get(..2 + usize::from(u16::from_be_bytes([*high, *low])))?;
            place += segment.len();
            let data = segment.get(4..)?;
            match *marker {
                CODES => {
                    let [name, description @ ..] = data else { return None };
                    let table = read.tables.get_mut(usize::from(name >> 4 | (name & 1) << 1))?;
                    *table = Some((*name, Codes::read(description)?.table()));
                }
                SCAN => {
                    read.scan = segment.to_vec();
                    let is_known = read.assign(data) && file.get(place..)?.ends_with(&END);
                    file.truncate(file.len() - END.len());
                    Reader::prepare(&mut file, place);
                    read.coded = file;
                    return is_known.then_some(read);
                }
                marker => {
                    if marker == FRAME {
                        read.measure(data)?;
                    }
                    read.before.extend(segment);
                }
            }
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

    /// All symbols, and how often each comes with each table.
    fn symbols(&self) -> Option<([[u32; 256]; 4], Symbols)> {
        let mut counts = [[0_u32; 256]; 4];
        let mut symbols = Symbols::default();
        let mut reader = Reader::new(&self.coded);
        let mut take = |number: usize, table: &Table| {
            let (symbol, value) = reader.symbol(table)?;
            counts[number][usize::from(symbol)] += 1;
            symbols.push(number, symbol, value);
            Some(symbol)
        };
        for _ in 0..self.units {
            for Component { blocks, first, others } in &self.components {
                let ((_, table), (_, table_of_others)) =
                    (self.tables[*first].as_ref()?, self.tables[*others].as_ref()?);
                for _ in 0..*blocks {
                    take(*first, table)?;
                    let mut place = 1;
                    while place < 64 {
                        let symbol = take(*others, table_of_others)?;
                        let zeros = symbol >> 4;
                        if size(symbol) == 0 && zeros < 15 {
                            break;
                        }
                        place += u32::from(zeros) + 1;
                    }
                }
            }
        }
        Some((counts, symbols))
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
                    write(usual.clone(), &mut packed).unwrap();
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
            assert!(write(usual[..length].to_vec(), &mut vec![]).is_err(), "{length}");
        }
    }
}
