//! Files of some kilobytes that unpack to gigabytes in a decoder that trusts them.

use super::raw::{extended, lossy_webp, png_chunk, riff, riff_chunk, three};

/// Numbers of few bits one behind the other, the lowest bit first, as a lossless WebP has them.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    filled: u32,
}

impl Bits {
    fn push(&mut self, number: u64, bits: u32) {
        for place in 0..bits {
            if self.filled == 0 {
                self.bytes.push(0);
            }
            let last = self.bytes.last_mut().unwrap();
            *last |= u8::from(number >> place & 1 == 1) << self.filled;
            self.filled = (self.filled + 1) % 8;
        }
    }

    /// A prefix code of one symbol.
    fn only(&mut self, symbol: u64) {
        self.push(0b101, 3);
        self.push(symbol, 8);
    }
}

/// A lossless stream of five by five pixels with so many groups of prefix codes, each of ten bytes and 68 KiB unpacked:
/// its code for green has 2,048 symbols of eleven bits.
fn stream_of_codes(groups: u32) -> Vec<u8> {
    let mut bits = Bits::default();
    // No transform, a colour cache of 2,048, and a picture that says which block has which group.
    bits.push(0, 1);
    bits.push(1 | 11 << 1, 5);
    bits.push(1, 4);
    bits.push(0, 1);
    let last = groups - 1;
    for symbol in [last & 0xFF, last >> 8, 0, 0, 0] {
        bits.only(symbol.into());
    }
    for _ in 0..groups {
        // Fifteen lengths of lengths, only the last is in use: it takes no bits to say 11 two thousand times.
        bits.push(11 << 1, 5);
        bits.push(0, 42);
        bits.push(1, 3);
        bits.push(1 | 5 << 1, 4);
        bits.push(2046, 12);
        for _ in 0..4 {
            bits.push(0b0001, 4);
        }
    }
    // Eleven bits of zeros for each pixel.
    bits.bytes.extend([0; 48]);
    bits.bytes
}

/// A lossless WebP of so many groups of prefix codes; 65,536 take 4.5 GB.
pub fn webp_of_codes(groups: u32) -> Vec<u8> {
    let header = [&[0x2F][..], &(4_u32 | 4 << 14).to_le_bytes()].concat();
    riff(&[riff_chunk(*b"VP8L", &[header, stream_of_codes(groups)].concat())])
}

/// The same in the alpha channel of a lossy picture.
pub fn alpha_of_codes(groups: u32) -> Vec<u8> {
    let alpha = riff_chunk(*b"ALPH", &[vec![1], stream_of_codes(groups)].concat());
    riff(&[extended(0x10, 5, 5), alpha, lossy_webp(5, 5, false)[12..].to_vec()])
}

/// The same in a frame of an animation.
pub fn frame_of_codes(groups: u32) -> Vec<u8> {
    let place = [[0; 3], [0; 3], three(4), three(4), three(80)].concat();
    let frame = [place, vec![0], webp_of_codes(groups)[12..].to_vec()].concat();
    let chunks =
        [extended(0x12, 5, 5), riff_chunk(*b"ANIM", &[0, 0, 0, 0, 0, 0]), riff_chunk(*b"ANMF", &frame)];
    riff(&chunks)
}

/// An animation of one pixel whose alpha channel is followed by a picture of 268 megapixels under another name.
pub fn misnamed_frame() -> Vec<u8> {
    let place = [[0; 3], [0; 3], three(0), three(0), three(80)].concat();
    let mut picture = lossy_webp(16383, 16383, false)[12..].to_vec();
    picture[..4].copy_from_slice(b"what");
    let frame = [place, vec![0], riff_chunk(*b"ALPH", &[0, 128]), picture].concat();
    let chunks =
        [extended(0x12, 1, 1), riff_chunk(*b"ANIM", &[0, 0, 0, 0, 0, 0]), riff_chunk(*b"ANMF", &frame)];
    riff(&chunks)
}

/// A still picture that takes its alpha channel from a frame, where it has another size.
pub fn borrowed_alpha() -> Vec<u8> {
    let place = [[0; 3], [0; 3], three(0), three(0), three(80)].concat();
    let alpha = riff_chunk(*b"ALPH", &[vec![1], stream_of_codes(2)].concat());
    let frame = [place, vec![0], alpha, lossy_webp(1, 1, false)[12..].to_vec()].concat();
    riff(&[
        extended(0x10, 4000, 4000),
        riff_chunk(*b"ANMF", &frame),
        lossy_webp(4000, 4000, false)[12..].to_vec(),
    ])
}

/// A small PNG whose colour profile unpacks to so many mebibytes of zeros, a thousand times its size.
pub fn profile_png(mebibytes: usize) -> Vec<u8> {
    let zeros = packed_zeros(mebibytes << 20);
    let profile = png_chunk(*b"iCCP", &[b"p\0\0", zeros.as_slice()].concat());
    let small = super::png(9, 9);
    [&small[..33], &profile, &small[33..]].concat()
}

/// So many zeros packed: PNGs of one grey hold them, less one filter byte a row.
fn packed_zeros(count: usize) -> Vec<u8> {
    let side = u32::try_from(count.isqrt()).unwrap();
    let packed = super::encoded(image::GrayImage::new(side, side), image::ImageFormat::Png);
    let mut rest = &packed[8..];
    let mut stream = Vec::new();
    while let Some((head, tail)) = rest.split_at_checked(8) {
        let length = u32::from_be_bytes(head[..4].try_into().unwrap()) as usize;
        if &head[4..] == b"IDAT" {
            stream.extend_from_slice(&tail[..length]);
        }
        rest = &tail[length + 4..];
    }
    stream
}

/// A profile of red, green and blue that names one table of so many steps for each colour under seven names.
pub fn profile(steps: u8) -> Vec<u8> {
    let ramp = (0..=255).collect::<Vec<u8>>();
    let unit = [1, 0, 0, 0, 1, 0, 0, 0, 1].map(|one| [0, one, 0, 0]).concat();
    let entries = usize::from(steps).pow(3) * 3;
    let table = [
        &b"mft1\0\0\0\0\x03\x03"[..],
        &[steps, 0],
        &unit,
        &ramp.repeat(3),
        &vec![128; entries],
        &ramp.repeat(3),
    ];
    let names = [*b"A2B0", *b"A2B1", *b"A2B2", *b"B2A0", *b"B2A1", *b"B2A2", *b"gamt"];
    let mut tags = names.map(|name| (name, vec![]));
    tags[6].1 = table.concat();
    let mut profile = super::profiles::profile(*b"mntr", *b"RGB ", *b"Lab ", &tags);
    let last: [u8; 8] = profile[132 + 6 * 12 + 4..][..8].try_into().unwrap();
    for tag in 0..6 {
        profile[132 + tag * 12 + 4..][..8].copy_from_slice(&last);
    }
    profile
}
