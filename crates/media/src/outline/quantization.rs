//! How a JPEG is quantised and subsampled: what is made of it need not be finer.

use tweetty_domain::Invalid;

use super::walk::Walk;

/// Where the coefficients of a block stand that a JPEG lists from the lowest frequencies to the highest.
const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// The quantisation steps of the coefficients of a block, row by row.
pub(crate) type QuantizationTable = [u16; 64];

/// The quantisation of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quantization {
    pub(crate) luma: QuantizationTable,
    pub(crate) chroma: QuantizationTable,
    /// How many pixels across and down share one sample of chroma.
    pub(crate) subsampling: (u64, u64),
}

/// The quantisation tables that a file has defined so far.
#[derive(Default)]
pub(super) struct Tables([Option<QuantizationTable>; 4]);

impl Tables {
    /// Takes the segment that defines some.
    pub(super) fn define(&mut self, segment: &[u8]) -> Result<(), Invalid> {
        let mut walk = Walk::within(segment);
        while !walk.is_at_end() {
            let head = walk.byte()?;
            let mut steps = [0; 64];
            for place in ZIGZAG {
                steps[place] = match head >> 4 {
                    0 => walk.byte()?.into(),
                    _ => u16::from_be_bytes(walk.array()?),
                };
            }
            if let Some(table) = self.0.get_mut(usize::from(head & 15)) {
                *table = Some(steps);
            }
        }
        Ok(())
    }

    /// The quantisation of a picture whose components have those tables and samplings; `None` where a table is missing.
    pub(super) fn quantization(
        &self,
        mut components: impl Iterator<Item = (u8, (u64, u64))>,
    ) -> Option<Quantization> {
        let table_of = |table: u8| *self.0.get(usize::from(table))?;
        let (table, luma) = components.next()?;
        let (chroma_table, chroma) = components.next().unwrap_or((table, luma));
        let share = |luma: u64, chroma: u64| (luma / chroma.max(1)).max(1);
        let subsampling = (share(luma.0, chroma.0), share(luma.1, chroma.1));
        Some(Quantization { luma: table_of(table)?, chroma: table_of(chroma_table)?, subsampling })
    }
}
