//! The prefix codes of a lossless WebP: how they are read, and the room that a decoder takes for each.

use tweetty_domain::Invalid;

/// The longest code of a symbol, in bits.
const LONGEST: usize = 15;
/// The order in which the lengths of the codes of lengths are written.
const ORDER: [usize; 19] = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/// A decoder looks up so many bits at once, in a table; longer codes go on in a tree.
const TABLE_BITS: usize = 10;
const TABLE_ENTRY: u64 = 4;
/// Two nodes for each symbol in the tree.
const TREE_ENTRY: u64 = 32;
/// What every code costs beside its table and tree.
const CODE: u64 = 256;

/// Bits of a stream, the lowest of each byte first.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    pub(super) fn bit(&mut self) -> Result<bool, Invalid> {
        let byte = self.bytes.get(self.position / 8).ok_or(Invalid::UndecodableImage)?;
        let bit = byte >> (self.position % 8) & 1;
        self.position += 1;
        Ok(bit == 1)
    }

    /// A number of so many bits.
    pub(super) fn number(&mut self, bits: u32) -> Result<u32, Invalid> {
        let mut number = 0;
        for place in 0..bits {
            number |= u32::from(self.bit()?) << place;
        }
        Ok(number)
    }
}

/// A prefix code: how many symbols have codes of each length, and the symbols in the order of their codes.
pub(super) struct Code {
    counts: [u32; LONGEST + 1],
    symbols: Vec<u16>,
}

impl Code {
    /// Reads the description of a code over so many symbols.
    pub(super) fn read(bits: &mut Bits<'_>, alphabet: u32) -> Result<Self, Invalid> {
        if bits.bit()? { Self::simple(bits, alphabet) } else { Self::described(bits, alphabet) }
    }

    /// One symbol without a code, or two with a bit each.
    fn simple(bits: &mut Bits<'_>, alphabet: u32) -> Result<Self, Invalid> {
        let has_second = bits.bit()?;
        let wide = bits.bit()?;
        let mut symbols = vec![symbol(bits.number(if wide { 8 } else { 1 })?, alphabet)?];
        if has_second {
            symbols.push(symbol(bits.number(8)?, alphabet)?);
        }
        let mut counts = [0; LONGEST + 1];
        if has_second {
            counts[1] = 2;
        }
        Ok(Self { counts, symbols })
    }

    fn described(bits: &mut Bits<'_>, alphabet: u32) -> Result<Self, Invalid> {
        let mut of_lengths = [0; ORDER.len()];
        let described = 4 + bits.number(4)? as usize;
        for place in ORDER.iter().take(described) {
            of_lengths[*place] = bits.number(3)?;
        }
        let code = Self::from_lengths(&of_lengths)?;
        Self::from_lengths(&lengths(bits, &code, alphabet)?)
    }

    /// The code whose symbols have those lengths; 0 stands for a symbol that is not in it.
    fn from_lengths(lengths: &[u32]) -> Result<Self, Invalid> {
        let mut counts = [0; LONGEST + 1];
        let mut symbols = Vec::new();
        for (length, count) in (0_u32..).zip(&mut counts).skip(1) {
            for (symbol, _) in lengths.iter().enumerate().filter(|(_, given)| **given == length) {
                *count += 1;
                symbols.push(u16::try_from(symbol).unwrap_or(u16::MAX));
            }
        }
        match symbols.len() {
            0 => return Err(Invalid::UndecodableImage),
            1 => counts = [0; LONGEST + 1],
            _ => {
                let taken = (1..=LONGEST).map(|length| counts[length] << (LONGEST - length)).sum::<u32>();
                if taken != 1 << LONGEST {
                    return Err(Invalid::UndecodableImage);
                }
            }
        }
        Ok(Self { counts, symbols })
    }

    /// The next symbol; the only one there is takes no bit.
    pub(super) fn symbol(&self, bits: &mut Bits<'_>) -> Result<u32, Invalid> {
        if let Some(only) = self.only() {
            return Ok(only);
        }
        let (mut code, mut first, mut index) = (0, 0, 0);
        for count in &self.counts[1..] {
            code |= u32::from(bits.bit()?);
            if code - first < *count {
                let symbol = self.symbols.get((index + code - first) as usize);
                return symbol.copied().map(u32::from).ok_or(Invalid::UndecodableImage);
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        Err(Invalid::UndecodableImage)
    }

    /// The symbol, where there is only one.
    pub(super) fn only(&self) -> Option<u32> {
        match self.symbols.as_slice() {
            [symbol] => Some(u32::from(*symbol)),
            _ => None,
        }
    }

    /// The room that a decoder takes for it, in bytes.
    pub(super) fn memory(&self) -> u64 {
        let longest = self.counts.iter().rposition(|count| *count > 0).unwrap_or(0);
        let in_tree = self.counts[TABLE_BITS + 1..].iter().sum::<u32>();
        CODE + (TABLE_ENTRY << longest.min(TABLE_BITS)) + TREE_ENTRY * u64::from(in_tree)
    }
}

fn symbol(number: u32, alphabet: u32) -> Result<u16, Invalid> {
    if number < alphabet {
        u16::try_from(number).map_err(|_| Invalid::UndecodableImage)
    } else {
        Err(Invalid::UndecodableImage)
    }
}

/// The lengths of the codes of so many symbols, themselves written in a code that knows repetitions.
fn lengths(bits: &mut Bits<'_>, code: &Code, alphabet: u32) -> Result<Vec<u32>, Invalid> {
    let mut written = alphabet;
    if bits.bit()? {
        let width = 2 + 2 * bits.number(3)?;
        written = 2 + bits.number(width)?;
        if written > alphabet {
            return Err(Invalid::UndecodableImage);
        }
    }
    let alphabet = alphabet as usize;
    let (mut lengths, mut last) = (Vec::with_capacity(alphabet), 8);
    while lengths.len() < alphabet && written > 0 {
        written -= 1;
        let (length, times) = match code.symbol(bits)? {
            16 => (last, 3 + bits.number(2)?),
            17 => (0, 3 + bits.number(3)?),
            18 => (0, 11 + bits.number(7)?),
            length => (length, 1),
        };
        if length != 0 {
            last = length;
        }
        lengths.resize(lengths.len() + times as usize, length);
    }
    if lengths.len() > alphabet {
        return Err(Invalid::UndecodableImage);
    }
    lengths.resize(alphabet, 0);
    Ok(lengths)
}
