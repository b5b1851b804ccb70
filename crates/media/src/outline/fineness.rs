//! How finely a JPEG keeps its picture: nothing that is made of it has to be finer.

use tweetty_domain::Invalid;

use super::walk::Walk;

/// Where the coefficients of a block stand that a JPEG lists from the lowest frequencies to the highest.
const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// The steps in which the coefficients of a block are kept, row by row.
pub(crate) type Steps = [u16; 64];

/// How finely the parts of a picture are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fineness {
    pub(crate) light: Steps,
    pub(crate) colors: Steps,
    /// How many pixels across and down have one sample of colour.
    pub(crate) shared: (u64, u64),
}

/// The tables of steps that a file has defined so far.
#[derive(Default)]
pub(super) struct Tables([Option<Steps>; 4]);

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

    /// How finely a picture is kept whose components have those tables and samplings; `None` where a table is missing.
    pub(super) fn fineness(
        &self,
        mut components: impl Iterator<Item = (u8, (u64, u64))>,
    ) -> Option<Fineness> {
        let steps = |table: u8| *self.0.get(usize::from(table))?;
        let (table, light) = components.next()?;
        let (colors, sampling) = components.next().unwrap_or((table, light));
        let share = |light: u64, colors: u64| (light / colors.max(1)).max(1);
        let shared = (share(light.0, sampling.0), share(light.1, sampling.1));
        Some(Fineness { light: steps(table)?, colors: steps(colors)?, shared })
    }
}
