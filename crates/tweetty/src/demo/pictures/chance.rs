//! Chance that always falls the same way, so that every demo looks alike.

/// A number from 0 to 1 that belongs to that place.
pub(super) fn at(column: i32, row: i32) -> f32 {
    let mut mixed =
        column.cast_unsigned().wrapping_mul(0x9E37_79B1) ^ row.cast_unsigned().wrapping_mul(0x85EB_CA77);
    mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D);
    mixed = (mixed ^ (mixed >> 12)).wrapping_mul(0x297A_2D39);
    let [high, low, ..] = (mixed ^ (mixed >> 15)).to_be_bytes();
    f32::from(u16::from_be_bytes([high, low])) / 65_535.0
}

/// Smooth noise from 0 to 1 whose hills are one unit wide.
#[expect(clippy::cast_possible_truncation, reason = "the places of a picture are small")]
pub(super) fn noise(x: f32, y: f32) -> f32 {
    let (column, row) = (x.floor() as i32, y.floor() as i32);
    let ease = |part: f32| part * part * (3.0 - 2.0 * part);
    let (right, down) = (ease(x - x.floor()), ease(y - y.floor()));
    let between = |one: f32, other: f32, part: f32| one + (other - one) * part;
    between(
        between(at(column, row), at(column + 1, row), right),
        between(at(column, row + 1), at(column + 1, row + 1), right),
        down,
    )
}

/// Noise with finer noise on it, from 0 to 1.
pub(super) fn rough(x: f32, y: f32) -> f32 {
    let octaves = [(1.0, 0.5), (2.1, 0.25), (4.3, 0.125), (8.7, 0.0625)];
    octaves.iter().map(|(scale, weight)| noise(x * scale, y * scale) * weight).sum::<f32>() / 0.9375
}
