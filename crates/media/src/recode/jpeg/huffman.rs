//! Huffman codes of a JPEG: the shortest for so many of each symbol, of 16 bits at most.

/// The longest code.
const LONGEST: usize = 16;
/// A symbol that never comes: it takes the code of ones alone, which is forbidden.
const NEVER: u16 = 256;

/// Most symbols have codes no longer than this.
const SHORT: usize = 10;

/// How many bits follow the code of a symbol.
pub(super) fn size(symbol: u8) -> u8 {
    symbol & 15
}

/// A symbol and the length of its code, and of the code with the bits behind it; no length where no code begins so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) symbol: u8,
    pub(super) length: u8,
    pub(super) bits: u8,
}

/// Symbols by their codes.
pub(super) struct Table {
    /// By the next bits, as many as short codes have: small enough to stay close to the processor.
    short: Vec<Code>,
    /// By as many bits as the longest code has.
    all: Vec<Code>,
}

impl Table {
    /// The symbol whose code comes first in those bits.
    #[inline]
    pub(super) fn symbol(&self, bits: u64) -> Option<Code> {
        let code = *self.short.get((bits >> (64 - SHORT)) as usize)?;
        if code.length > 0 {
            return Some(code);
        }
        self.all.get((bits >> (64 - LONGEST)) as usize).copied().filter(|code| code.length > 0)
    }
}

/// A code for each symbol, and how a file describes all of them.
pub(super) struct Codes {
    /// Code and length by symbol; no length where a symbol has no code.
    by_symbol: [(u16, u8); 256],
    /// How many codes there are of each length, and then the symbols in the order of their codes.
    pub(super) description: Vec<u8>,
}

impl Codes {
    /// For symbols that come so often.
    pub(super) fn new(counts: &[u32; 256]) -> Self {
        let mut symbols = by_length(counts);
        // The one that never comes is the last of the longest.
        symbols.retain(|(_, symbol)| *symbol != NEVER);
        let symbols =
            symbols.into_iter().filter_map(|(length, symbol)| Some((length, u8::try_from(symbol).ok()?)));
        Self::assign(&symbols.collect::<Vec<_>>())
    }

    /// Those that a file describes.
    pub(super) fn read(description: &[u8]) -> Option<Self> {
        let (counts, symbols) = description.split_at_checked(LONGEST)?;
        let lengths = (1..).zip(counts).flat_map(|(length, count)| vec![length; usize::from(*count)]);
        Some(Self::assign(&lengths.zip(symbols.iter().copied()).collect::<Vec<_>>()))
    }

    /// Gives each symbol, in the order of their lengths, the next code.
    fn assign(symbols: &[(u8, u8)]) -> Self {
        let mut by_symbol = [(0, 0); 256];
        let mut description = vec![0; LONGEST];
        let (mut code, mut before) = (0_u16, 0);
        for (length, symbol) in symbols {
            code = code.wrapping_shl(u32::from(length - before));
            before = *length;
            by_symbol[usize::from(*symbol)] = (code, *length);
            code = code.wrapping_add(1);
            if let Some(count) = description.get_mut(usize::from(length - 1)) {
                *count += 1;
            }
            description.push(*symbol);
        }
        Self { by_symbol, description }
    }

    pub(super) fn code(&self, symbol: u8) -> (u16, u8) {
        self.by_symbol[usize::from(symbol)]
    }

    pub(super) fn table(&self) -> Table {
        Table { short: self.by_bits(SHORT), all: self.by_bits(LONGEST) }
    }

    /// The codes of so many bits at most, by the next bits.
    fn by_bits(&self, bits: usize) -> Vec<Code> {
        let mut table = vec![Code::default(); 1 << bits];
        for (symbol, (code, length)) in (0..=u8::MAX)
            .zip(&self.by_symbol)
            .filter(|(_, (_, length))| (1..=bits).contains(&usize::from(*length)))
        {
            let shift = bits - usize::from(*length);
            let first = usize::from(*code) << shift;
            if let Some(entries) = table.get_mut(first..first + (1 << shift)) {
                entries.fill(Code { symbol, length: *length, bits: length + size(symbol) });
            }
        }
        table
    }
}

/// The symbols that come, and the one that never does, each behind the length of its code, in that order.
///
/// Packages of symbols are merged as often as a code may have bits; in how many of the cheapest packages a symbol is, is
/// the length of its code.
fn by_length(counts: &[u32; 256]) -> Vec<(u8, u16)> {
    let mut singles = vec![(0_u64, vec![NEVER])];
    let come = (0..).zip(counts).filter(|(_, count)| **count > 0);
    singles.extend(come.map(|(symbol, count)| (u64::from(*count), vec![symbol])));
    singles.sort_by_key(|(count, _)| *count);
    let mut packages = singles.clone();
    for _ in 1..LONGEST {
        let pairs = packages
            .chunks_exact(2)
            .map(|pair| (pair[0].0 + pair[1].0, [pair[0].1.as_slice(), &pair[1].1].concat()));
        packages = pairs.chain(singles.iter().cloned()).collect();
        packages.sort_by_key(|(count, _)| *count);
    }
    let mut lengths = [0; NEVER as usize + 1];
    for (_, symbols) in packages.iter().take((2 * singles.len()).saturating_sub(2)) {
        for symbol in symbols {
            lengths[usize::from(*symbol)] += 1;
        }
    }
    let mut symbols = (0..).zip(lengths).map(|(symbol, length)| (length, symbol)).collect::<Vec<_>>();
    symbols.retain(|(length, _)| *length > 0);
    symbols.sort_unstable();
    symbols
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(counts: &[(u8, u32)]) -> Vec<(u8, u8)> {
        let mut all = [0; 256];
        for (symbol, count) in counts {
            all[usize::from(*symbol)] = *count;
        }
        let codes = Codes::new(&all);
        (0..=u8::MAX).map(|symbol| (symbol, codes.code(symbol).1)).filter(|(_, length)| *length > 0).collect()
    }

    #[test]
    fn a_symbol_has_a_shorter_code_the_more_often_it_comes() {
        assert_eq!(lengths(&[(7, 100)]), [(7, 1)]);
        assert_eq!(lengths(&[(0, 100), (3, 10), (9, 1)]), [(0, 1), (3, 2), (9, 3)]);
    }

    #[test]
    fn codes_are_never_longer_than_16_bits_nor_of_ones_alone() {
        // Each comes as often as two others: without a limit the codes would have 32 bits.
        let mut counts = [0; 256];
        for (count, power) in counts.iter_mut().zip(0..32) {
            *count = 1 << power;
        }
        for counts in [counts, [1; 256], [u32::MAX; 256]] {
            let codes = Codes::new(&counts);
            let mut room = 0_u32;
            for symbol in 0..=u8::MAX {
                let (code, length) = codes.code(symbol);
                assert_eq!(length > 0, counts[usize::from(symbol)] > 0);
                if length > 0 {
                    assert!(length <= 16 && u32::from(code) + 1 < 1 << length, "{code:b}");
                    room += 1 << (16 - length);
                }
            }
            assert!(room < 1 << 16);
        }
    }

    #[test]
    fn what_is_described_is_read_again() {
        let mut counts = [0; 256];
        for (count, symbol) in counts.iter_mut().zip(0..200) {
            *count = symbol % 7 + 1;
        }
        let codes = Codes::new(&counts);
        let again = Codes::read(&codes.description).unwrap();
        assert_eq!(codes.by_symbol, again.by_symbol);
        let table = again.table();
        for symbol in 0..200 {
            let (code, length) = codes.code(symbol);
            assert_eq!(
                table.symbol(u64::from(code) << (64 - length)),
                Some(Code { symbol, length, bits: length + size(symbol) })
            );
        }
        assert_eq!(table.symbol(u64::MAX), None);
    }
}
