//! The stream of a lossy WebP picture: where its partitions lie.
//!
//! A partition is a run of bits that is read from its beginning and has no end mark. Only its decoder knows how many of its
//! bytes mean something.

use std::ops::Range;

/// Frame tag, start code, width and height.
const HEADER: usize = 10;
/// The size of each partition but the first and the last.
const SIZE: usize = 3;

/// Whether the header says what every decoder takes the same way: a key frame that is shown, of a known version, not scaled.
pub(super) fn is_plain(stream: &[u8]) -> bool {
    let [tag, _, _, 0x9D, 0x01, 0x2A, _, width, _, height, ..] = stream else { return false };
    tag & 1 == 0 && tag >> 1 & 7 <= 3 && tag >> 4 & 1 == 1 && (width | height) & 0xC0 == 0
}

/// How many partitions there are; `None` where the stream ends before the last one.
pub(crate) fn partitions(stream: &[u8]) -> Option<usize> {
    places(stream).map(|places| places.len())
}

/// The stream with that partition cut off so many bytes before its end; `None` where it is shorter than that.
pub(crate) fn shortened(stream: &[u8], partition: usize, bytes: usize) -> Option<Vec<u8>> {
    let places = places(stream)?;
    let place = places.get(partition)?;
    let cut = place.end.checked_sub(bytes).filter(|cut| *cut >= place.start)?;
    let mut shorter = [stream.get(..cut)?, stream.get(place.end..)?].concat();
    let size = u32::try_from(cut - place.start).ok()?.to_le_bytes();
    if partition == 0 {
        // Behind the five bits of the tag.
        let tag =
            u32::from_le_bytes([size[0], size[1], size[2], 0]) << 5 | u32::from(shorter.first()? & 0x1F);
        shorter.get_mut(..3)?.copy_from_slice(&tag.to_le_bytes()[..3]);
    } else if partition + 1 < places.len() {
        let sizes = shorter.get_mut(places[0].end..)?.as_chunks_mut::<SIZE>().0;
        sizes.get_mut(partition - 1)?.copy_from_slice(&size[..SIZE]);
    }
    Some(shorter)
}

/// How coarse the picture is, from 0 for the finest to 127; `None` where the stream ends before it says so.
pub(crate) fn quantizer(stream: &[u8]) -> Option<u8> {
    let mut flags = Flags::new(stream.get(places(stream)?.first()?.clone())?);
    let _partitions = flags.partition_bits();
    u8::try_from(flags.number(7)).ok()
}

/// Where the partitions lie: the one with the modes, then those with the coefficients.
fn places(stream: &[u8]) -> Option<Vec<Range<usize>>> {
    let [a, b, c, ..] = stream else { return None };
    let first = HEADER..HEADER + (u32::from_le_bytes([*a, *b, *c, 0]) >> 5) as usize;
    let others = 1 << Flags::new(stream.get(first.clone())?).partition_bits();
    let sizes = stream.get(first.end..first.end + SIZE * (others - 1))?.as_chunks::<SIZE>().0;
    let mut start = first.end + SIZE * sizes.len();
    let mut places = vec![first];
    for [a, b, c] in sizes {
        let end = start + u32::from_le_bytes([*a, *b, *c, 0]) as usize;
        places.push(start..end);
        start = end;
    }
    places.push(start..stream.len());
    (start <= stream.len()).then_some(places)
}

/// The flags and numbers at the beginning of the first partition, where every bit is as probable as its opposite.
struct Flags<'a> {
    bytes: std::slice::Iter<'a, u8>,
    /// The bits that are held, the next ones at the top of sixteen.
    value: u32,
    range: u32,
    /// How many bits lie behind the sixteen.
    shifts: u32,
}

impl<'a> Flags<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let mut flags = Self { bytes: bytes.iter(), value: 0, range: 255, shifts: 0 };
        flags.value = flags.byte() << 8 | flags.byte();
        flags
    }

    fn byte(&mut self) -> u32 {
        self.bytes.next().copied().unwrap_or_default().into()
    }

    fn bit(&mut self) -> bool {
        let split = 1 + ((self.range - 1) >> 1);
        let is_set = self.value >= split << 8;
        if is_set {
            self.range -= split;
            self.value -= split << 8;
        } else {
            self.range = split;
        }
        while self.range < 128 {
            self.value <<= 1;
            self.range <<= 1;
            self.shifts += 1;
            if self.shifts == 8 {
                self.shifts = 0;
                self.value |= self.byte();
            }
        }
        is_set
    }

    fn number(&mut self, bits: u32) -> u32 {
        (0..bits).fold(0, |number, _| number << 1 | u32::from(self.bit()))
    }

    /// Goes over so many numbers of which each may be there or not.
    fn optional(&mut self, count: u32, bits: u32) {
        for _ in 0..count {
            if self.bit() {
                self.number(bits);
            }
        }
    }

    /// The binary logarithm of the number of partitions with coefficients.
    fn partition_bits(&mut self) -> u32 {
        let _space_and_clamping = self.number(2);
        if self.bit() {
            let (has_map, has_values) = (self.bit(), self.bit());
            if has_values {
                let _is_absolute = self.bit();
                // Quantisers and filter levels of the four segments, with their signs.
                self.optional(4, 8);
                self.optional(4, 7);
            }
            if has_map {
                self.optional(3, 8);
            }
        }
        let _filter_level_and_sharpness = self.number(10);
        if self.bit() && self.bit() {
            self.optional(8, 7);
        }
        self.number(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of 16 by 16 pixels whose first partition has those bytes.
    fn stream(first: &[u8], rest: &[u8]) -> Vec<u8> {
        let tag = (0x10 | u32::try_from(first.len()).unwrap() << 5).to_le_bytes();
        [&tag[..3], &[0x9D, 0x01, 0x2A, 16, 0, 16, 0], first, rest].concat()
    }

    /// The bits of a partition in which each is as probable as its opposite.
    fn coded(bits: &[bool]) -> Vec<u8> {
        let (mut low, mut range, mut length) = (0_u128, 255_u128, 0);
        for bit in bits {
            let split = 1 + ((range - 1) >> 1);
            if *bit {
                low += split;
                range -= split;
            } else {
                range = split;
            }
            while range < 128 {
                (low, range, length) = (low << 1, range << 1, length + 1);
            }
        }
        (low << (120 - length)).to_be_bytes().to_vec()
    }

    #[test]
    fn partitions_are_found_behind_whatever_the_header_has_before_their_number() {
        let plain = [false; 3].into_iter().chain([true; 10]).chain([false]).collect::<Vec<_>>();
        // Segments with a map and values, of which one each is there; then adjustments of the filter.
        let mut full = vec![false, true, true, true, true, true];
        full.extend([true; 9].iter().chain(&[false; 3]).chain(&[false; 4]));
        full.extend([true; 9].iter().chain(&[false; 2]));
        full.extend([false; 10].iter().chain(&[true, true]).chain(&[true; 8]).chain(&[false; 7]));
        for (what, before) in [("plain", plain), ("full", full)] {
            for (number, count) in
                [([false, false], 1), ([false, true], 2), ([true, false], 4), ([true, true], 8)]
            {
                let first = coded(&[&before[..], &number].concat());
                let sizes = [2, 0, 0].repeat(count - 1);
                let stream = stream(&first, &[sizes, vec![7; 2 * count]].concat());
                assert_eq!(partitions(&stream), Some(1 + count), "{what}");
                assert_eq!(partitions(&stream[..stream.len() - 2]), Some(1 + count), "{what}");
                assert_eq!(partitions(&stream[..stream.len() - 3]), None, "{what}");
            }
        }
    }

    #[test]
    fn a_shortened_stream_says_so_in_its_sizes() {
        let first = coded(&[&[false; 14][..], &[false, true]].concat());
        let whole = stream(&first, &[5, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(shortened(&whole, 0, 4), Some(stream(&first[..12], &whole[whole.len() - 11..])));
        assert_eq!(shortened(&whole, 1, 2), Some(stream(&first, &[3, 0, 0, 1, 2, 3, 6, 7, 8])));
        assert_eq!(shortened(&whole, 2, 1), Some(stream(&first, &[5, 0, 0, 1, 2, 3, 4, 5, 6, 7])));
        for (partition, bytes) in [(0, 17), (1, 6), (2, 4), (3, 0)] {
            assert_eq!(shortened(&whole, partition, bytes), None);
        }
    }

    #[test]
    fn only_a_shown_and_unscaled_key_frame_of_a_known_version_is_plain() {
        let plain = stream(&[], &[]);
        assert!(is_plain(&plain));
        for (place, bits) in [(0, 0x01), (0, 0x08), (0, 0x10), (3, 1), (7, 0x40), (9, 0x80)] {
            let mut other = plain.clone();
            other[place] ^= bits;
            assert!(!is_plain(&other), "{place} {bits}");
        }
    }
}
