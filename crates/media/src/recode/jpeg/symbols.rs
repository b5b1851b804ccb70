//! The symbols of a scan without their codes, in little more room than the scan takes: two bytes for most of them.

use super::huffman::size;

/// A value of more bits has two bytes of its own.
const SHORT: u8 = 6;
/// How many bits a symbol takes, and with the number of its table.
const SYMBOL: u8 = 8;
const WITH_TABLE: u8 = 10;

/// Symbols in the order in which they come, each with the number of its table, of four, and the bits behind it.
#[derive(Default)]
pub(super) struct Symbols(Vec<u16>);

impl Symbols {
    #[inline]
    pub(super) fn push(&mut self, table: usize, symbol: u8, value: u16) {
        let table = u16::try_from(table & 3).unwrap_or_default();
        let packed = table << SYMBOL | u16::from(symbol);
        if size(symbol) <= SHORT {
            self.0.push(value << WITH_TABLE | packed);
        } else {
            self.0.extend([packed, value]);
        }
    }

    /// The number of the table, the symbol, and its value.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, u8, u16)> {
        let mut packed = self.0.iter().copied();
        std::iter::from_fn(move || {
            let first = packed.next()?;
            let [symbol, _] = first.to_le_bytes();
            let short = first >> WITH_TABLE;
            let value = if size(symbol) <= SHORT { short } else { packed.next()? };
            Some((usize::from(first >> SYMBOL & 3), symbol, value))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_come_back_as_they_went() {
        let mut symbols = Symbols::default();
        let all = (0..4).flat_map(|table| (0..=255_u8).map(move |symbol| (table, symbol)));
        let all = all.map(|(table, symbol)| (table, symbol, (1_u16 << size(symbol)) - 1)).collect::<Vec<_>>();
        for (table, symbol, value) in &all {
            symbols.push(*table, *symbol, *value);
        }
        assert_eq!(symbols.iter().collect::<Vec<_>>(), all);
    }
}
