//! How good inputs become bad ones.

use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use rand_pcg::Pcg64;

/// One of them.
pub(super) fn any<'a, T: ?Sized>(chance: &mut Pcg64, from: &[&'a T]) -> &'a T {
    from.choose(chance).unwrap()
}

/// Whether this time, one of so many.
pub(super) fn rarely(chance: &mut Pcg64, one_of: u32) -> bool {
    chance.random_ratio(1, one_of)
}

/// Bytes by chance, fewer than so many.
pub(super) fn noise(chance: &mut Pcg64, most: usize) -> Vec<u8> {
    let length = chance.random_range(0..most.max(1));
    (0..length).map(|_| chance.random()).collect()
}

/// Changes bytes in some places: other bits, words that mean something there, pieces doubled, moved, cut out or cut off.
pub(super) fn damaged(chance: &mut Pcg64, bytes: &[u8], words: &[&[u8]]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..chance.random_range(1..5_u8) {
        if bytes.is_empty() {
            return noise(chance, 20);
        }
        let at = chance.random_range(0..bytes.len());
        let end = (at + chance.random_range(1..16_usize)).min(bytes.len());
        match chance.random_range(0..10_u8) {
            0 => bytes[at] ^= 1 << chance.random_range(0..8_u8),
            1 => bytes[at] = chance.random(),
            2 => bytes[at] = any(chance, &[b"\0", b"\xFF", b"\x7F", b"\x80", b"\r", b"\n"])[0],
            3..=5 => drop(bytes.splice(at..at, any(chance, words).iter().copied())),
            6 => drop(bytes.splice(at..end, any(chance, words).iter().copied())),
            7 => drop(bytes.drain(at..end)),
            8 => {
                let piece = bytes[at..end].repeat(chance.random_range(1..4));
                drop(bytes.splice(at..at, piece));
            }
            _ => bytes.truncate(if rarely(chance, 3) { at } else { bytes.len() }),
        }
    }
    bytes
}
