//! The bits of a scan, the highest of each byte first.

use super::huffman::{Code, Table};

/// So many bytes are read at once, whatever of them is needed.
const WORD: usize = 8;
/// As many are written at once.
const PIECE: usize = 32 * 1024;

/// Reads bits out of bytes that were prepared for it.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    /// The bits that come next, the first of them highest: so many, and parts of those behind.
    held: u64,
    count: u8,
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
        // Whole words are read up to the last bit, which may still be held when another is due.
        file.extend([0; 2 * WORD]);
    }

    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, held: 0, count: 0 }
    }

    /// The next symbol of those codes, and the bits behind it; `None` where there is no such code, or nothing any more.
    #[inline]
    pub(super) fn symbol(&mut self, codes: &Table) -> Option<(u8, u16)> {
        // A code and what follows it take 31.
        if self.count < 32 {
            let (word, _) = self.bytes.split_first_chunk::<WORD>()?;
            self.held |= u64::from_be_bytes(*word) >> self.count;
            self.bytes = self.bytes.get(usize::from((63 - self.count) / 8)..)?;
            self.count |= 0b11_1000;
        }
        let Code { symbol, length, bits } = codes.symbol(self.held)?;
        let value = self.held << length >> 1 >> (63 + length - bits);
        self.held <<= bits;
        self.count -= bits;
        Some((symbol, u16::try_from(value).unwrap_or_default()))
    }
}

/// Takes bits one behind the other.
pub(super) struct Writer {
    /// Whole bytes, and behind them some that are written over.
    bytes: Box<[u8]>,
    whole: usize,
    /// The lowest bits are those that make no whole byte yet.
    held: u64,
    count: u8,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { bytes: vec![0; PIECE + WORD].into_boxed_slice(), whole: 0, held: 0, count: 0 }
    }

    /// A code of so many bits, and a value of that size behind it.
    #[inline]
    pub(super) fn push(&mut self, (code, length): (u16, u8), size: u8, value: u16) {
        self.held = self.held << (length + size) | u64::from(code) << size | u64::from(value);
        self.count += length + size;
        if let Some(place) = self.bytes.get_mut(self.whole..self.whole + WORD) {
            place.copy_from_slice(&(self.held << (64 - self.count)).to_be_bytes());
        }
        self.whole += usize::from(self.count / 8);
        self.count %= 8;
    }

    /// Whether the bytes have to be taken before more is pushed.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.whole >= PIECE
    }

    /// The bytes so far; a zero behind FF says that it is no marker.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let mut taken = Vec::with_capacity(PIECE + PIECE / 16);
        for part in self.bytes[..self.whole].split_inclusive(|byte| *byte == 0xFF) {
            taken.extend_from_slice(part);
            if part.ends_with(&[0xFF]) {
                taken.push(0);
            }
        }
        self.whole = 0;
        taken
    }

    /// All that is left, filled up with ones.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.push((0x7F, 7), 0, 0);
        self.take()
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
            let ones = (1_u16 << (symbol & 15)) - 1;
            (symbol, if symbol < 200 { ones } else { ones & 0x5A5A })
        });
        let values = values.collect::<Vec<_>>();
        let mut writer = Writer::new();
        for (symbol, value) in &values {
            writer.push(codes.code(*symbol), symbol & 15, *value);
        }
        let mut file = [b"before".to_vec(), writer.finish()].concat();
        let stuffed = file.len();
        assert!(
            file.windows(2).any(|two| two == [0xFF, 0]) && !file.windows(2).any(|two| two == [0xFF, 0xFF])
        );
        Reader::prepare(&mut file, 6);
        assert!(file.len() < stuffed - 6 + 2 * WORD);
        let mut reader = Reader::new(&file);
        let table = codes.table();
        for value in values {
            assert_eq!(reader.symbol(&table), Some(value));
        }
    }
}
