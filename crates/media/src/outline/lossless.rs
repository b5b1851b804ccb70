//! The stream of a lossless WebP picture, as far as it says what a decoder needs room for beside the pixels.
//!
//! A picture of five by five pixels may bring 65,536 groups of five prefix codes, each described by some bytes and
//! decoded into as much as 70 KiB: gigabytes from a file of some hundred kilobytes. So the codes are read before a decoder
//! sees them. The pixels of the pictures inside the stream are passed over, not decoded.

use tweetty_domain::Invalid;

use super::prefix::{Bits, Code};

/// The codes of a group: green with lengths and cached colours, red, blue, alpha, distance.
const ALPHABETS: [u32; 5] = [256 + LENGTHS, 256, 256, 256, 40];
const LITERALS: u32 = 256;
const LENGTHS: u32 = 24;
/// What a decoder's list of groups takes for each of them while it grows.
const GROUP: u64 = 1024;
/// What any stream takes, its largest colour cache included.
const STREAM: u64 = 256 * 1024;

type Group = [Code; 5];

/// The room in bytes that a decoder takes for the codes and transforms of a stream behind its header. Reading ends where
/// it is more than `most`.
pub(super) fn memory(stream: &[u8], width: u32, height: u32, most: u64) -> Result<u64, Invalid> {
    let mut walk = Stream { bits: Bits::new(stream), height, memory: STREAM, most };
    let width = walk.transforms(width)?;
    walk.codes(width)?;
    Ok(walk.memory)
}

struct Stream<'a> {
    bits: Bits<'a>,
    height: u32,
    memory: u64,
    most: u64,
}

impl Stream<'_> {
    fn take(&mut self, bytes: u64) -> Result<(), Invalid> {
        self.memory += bytes;
        if self.memory > self.most { Err(Invalid::TooCostlyImage) } else { Ok(()) }
    }

    /// Goes over the transforms and answers how wide the picture is for which the codes are.
    fn transforms(&mut self, mut width: u32) -> Result<u32, Invalid> {
        let mut seen = [false; 4];
        while self.bits.bit()? {
            let kind = self.bits.number(2)?;
            if std::mem::replace(&mut seen[kind as usize], true) {
                return Err(Invalid::UndecodableImage);
            }
            match kind {
                // Predictors and colour multipliers, one for each block of the picture.
                0 | 1 => {
                    let (columns, rows) = self.blocks(width)?.1;
                    self.picture(columns, rows)?;
                    self.take(4 * u64::from(columns) * u64::from(rows))?;
                }
                3 => {
                    let colors = self.bits.number(8)? + 1;
                    self.picture(colors, 1)?;
                    // Few colours share a byte.
                    let shared = match colors {
                        0..=2 => 3,
                        3..=4 => 2,
                        5..=16 => 1,
                        _ => 0,
                    };
                    width = width.div_ceil(1 << shared);
                }
                // Green is taken out of red and blue, which needs no data.
                _ => (),
            }
        }
        Ok(width)
    }

    /// The bits of a block's side, and how many blocks cover a picture of that width.
    fn blocks(&mut self, width: u32) -> Result<(u32, (u32, u32)), Invalid> {
        let bits = self.bits.number(3)? + 2;
        Ok((bits, (width.div_ceil(1 << bits), self.height.div_ceil(1 << bits))))
    }

    /// Counts the groups of codes and the room for each.
    fn codes(&mut self, width: u32) -> Result<(), Invalid> {
        let cache = self.cache()?;
        let mut groups = 1;
        if self.bits.bit()? {
            let (_, (columns, rows)) = self.blocks(width)?;
            // Decoded as colours, kept as the numbers of groups.
            self.take(6 * u64::from(columns) * u64::from(rows))?;
            groups = 1 + self.picture(columns, rows)?;
        }
        for _ in 0..groups {
            let room = GROUP + self.group(cache)?.iter().map(Code::memory).sum::<u64>();
            self.take(room)?;
        }
        Ok(())
    }

    /// The size of the colour cache; 0 where there is none.
    fn cache(&mut self) -> Result<u32, Invalid> {
        if !self.bits.bit()? {
            return Ok(0);
        }
        match self.bits.number(4)? {
            bits @ 1..=11 => Ok(1 << bits),
            _ => Err(Invalid::UndecodableImage),
        }
    }

    fn group(&mut self, cache: u32) -> Result<Group, Invalid> {
        let [green, red, blue, alpha, distance] = ALPHABETS;
        Ok([
            Code::read(&mut self.bits, green + cache)?,
            Code::read(&mut self.bits, red)?,
            Code::read(&mut self.bits, blue)?,
            Code::read(&mut self.bits, alpha)?,
            Code::read(&mut self.bits, distance)?,
        ])
    }

    /// Goes over a picture inside the stream. Answers the largest number that red and green write in it: what is copied
    /// or cached was written before.
    fn picture(&mut self, width: u32, height: u32) -> Result<u32, Invalid> {
        let cache = self.cache()?;
        let group = self.group(cache)?;
        let [green, red, blue, alpha, distance] = &group;
        let bits = &mut self.bits;
        let (mut left, mut largest) = (width * height, 0);
        while left > 0 {
            let code = green.symbol(bits)?;
            if code < LITERALS {
                largest = largest.max(red.symbol(bits)? << 8 | code);
                blue.symbol(bits)?;
                alpha.symbol(bits)?;
                let all_alike = [green, red, blue, alpha].iter().all(|code| code.only().is_some());
                left = if all_alike { 0 } else { left - 1 };
            } else if code < LITERALS + LENGTHS {
                let length = reach(bits, code - LITERALS)?;
                let from = distance.symbol(bits)?;
                reach(bits, from)?;
                left = left.checked_sub(length).ok_or(Invalid::UndecodableImage)?;
            } else {
                left -= 1;
            }
        }
        Ok(largest)
    }
}

/// A length or a distance: a symbol, and bits that say it more closely.
fn reach(bits: &mut Bits<'_>, symbol: u32) -> Result<u32, Invalid> {
    if symbol < 4 {
        return Ok(symbol + 1);
    }
    let more = (symbol - 2) >> 1;
    Ok(((2 + (symbol & 1)) << more) + bits.number(more)? + 1)
}
