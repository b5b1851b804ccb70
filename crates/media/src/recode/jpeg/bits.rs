//! The bits of a scan, the highest of each byte first.

use super::huffman::Table;

/// So many bytes are read at once, whatever of them is needed.
const WORD: usize = 8;

/// Reads bits out of bytes that were prepared for it.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    /// How many bits were read.
    place: usize,
}

impl<'a> Reader<'a> {
    /// Makes bits of the scan that begins at that place of a file: what lies before it goes, and the zeros that say that
    /// an FF is no marker.
    pub(super) fn prepare(file: &mut Vec<u8>, scan: usize) {
        let (mut read, mut written) = (scan, 0);
        while let Some(rest) = file.get(read..).filter(|rest| !rest.is_empty()) {
            let plain = rest.iter().position(|byte| *byte == 0xFF).map_or(rest.len(), |place| place + 1);
            file.copy_within(read..read + plain, written);
            written += plain;
            read += plain + 1;
        }
        file.truncate(written);
        file.extend([0; WORD]);
    }

    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, place: 0 }
    }

    /// The next symbol of those codes, and the bits behind it; `None` where there is no such code, or nothing any more.
    #[inline]
    pub(super) fn symbol(&mut self, codes: &Table) -> Option<(u8, u32)> {
        let word = self.bytes.get(self.place / 8..)?.first_chunk::<WORD>()?;
        // At least 57 bits of the word are left, of which a code and what follows it take 31.
        let next = u64::from_be_bytes(*word) << (self.place % 8);
        let (symbol, length) = codes.symbol(next)?;
        let size = symbol & 15;
        self.place += usize::from(length + size);
        let value = next << length >> 1 >> (63 - size);
        Some((symbol, u32::try_from(value).unwrap_or_default()))
    }
}

/// Takes bits one behind the other.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    held: u64,
    count: u8,
}

impl Writer {
    /// A code of so many bits, and a value of that size behind it.
    #[inline]
    pub(super) fn push(&mut self, (code, length): (u16, u8), size: u8, value: u32) {
        self.held = self.held << (length + size) | u64::from(code) << size | u64::from(value);
        self.count += length + size;
        if self.count >= 32 {
            self.count -= 32;
            let [_, _, _, _, word @ ..] = (self.held >> self.count).to_be_bytes();
            if word.contains(&0xFF) {
                word.into_iter().for_each(|byte| self.put(byte));
            } else {
                self.bytes.extend_from_slice(&word);
            }
        }
    }

    /// A zero behind FF says that it is no marker.
    fn put(&mut self, byte: u8) {
        self.bytes.push(byte);
        if byte == 0xFF {
            self.bytes.push(0);
        }
    }

    /// All that is left, filled up with ones.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.held = self.held << 7 | 0x7F;
        self.count += 7;
        while self.count >= 8 {
            self.count -= 8;
            let [.., byte] = (self.held >> self.count).to_be_bytes();
            self.put(byte);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recode::jpeg::huffman::Codes;

    #[test]
    fn what_was_written_is_read_again() {
        let codes = Codes::new(&std::array::from_fn(|symbol| u32::try_from(symbol * symbol).unwrap() + 1));
        // Long runs of ones, hence of FF, and of zeros.
        let values = (0..=255_u8).chain((0..60).map(|_| 0x0F)).map(|symbol| {
            let ones = (1_u32 << (symbol & 15)) - 1;
            (symbol, if symbol < 200 { ones } else { ones & 0x5A5A })
        });
        let values = values.collect::<Vec<_>>();
        let mut writer = Writer::default();
        for (symbol, value) in &values {
            writer.push(codes.code(*symbol), symbol & 15, *value);
        }
        let mut file = [b"before".to_vec(), writer.finish()].concat();
        let stuffed = file.len();
        assert!(file.windows(2).any(|two| two == [0xFF, 0]) && !file.windows(2).any(|two| two == [0xFF, 0xFF]));
        Reader::prepare(&mut file, 6);
        assert!(file.len() < stuffed - 6 + WORD);
        let mut reader = Reader::new(&file);
        let table = codes.table();
        for value in values {
            assert_eq!(reader.symbol(&table), Some(value));
        }
    }
}
