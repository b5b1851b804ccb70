//! A writer of JPEGs in every arrangement that the format has: how coarse each component is, which come together in a
//! scan, how their coefficients are spread over scans, and where marks divide these.

use std::f64::consts::PI;
use std::sync::LazyLock;

use image::RgbImage;

/// What the components mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    Grey,
    YCbCr,
    /// Under the names R, G and B.
    Rgb,
    /// Cyan, magenta, yellow and black, inverted, as Adobe's programs write them.
    Inks,
}

/// A scan: which components it has, by number, the first and last coefficient, and up to which digit they were there
/// before (0 for not at all) and are then.
#[derive(Debug, Clone)]
pub struct Scan {
    pub components: Vec<usize>,
    pub band: (usize, usize),
    pub before: u8,
    pub low: u8,
}

impl Scan {
    pub fn whole(components: &[usize]) -> Self {
        Self { components: components.to_vec(), band: (0, 63), before: 0, low: 0 }
    }

    pub fn part(components: &[usize], band: (usize, usize), before: u8, low: u8) -> Self {
        Self { components: components.to_vec(), band, before, low }
    }
}

/// How a JPEG is arranged.
#[derive(Debug, Clone)]
pub struct Arrangement {
    pub meaning: Meaning,
    /// Samples across and down of each component.
    pub sampling: Vec<(usize, usize)>,
    pub is_progressive: bool,
    pub scans: Vec<Scan>,
    /// So many units lie between two marks; 0 for no marks.
    pub interval: u16,
}

const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];
const QUANTUM: u8 = 3;

/// A component's blocks of coefficients, in the order in which they are written, those that fill the last unit included.
struct Plane {
    sampling: (usize, usize),
    /// Blocks across as they are stored.
    across: usize,
    /// Blocks across and down that the picture has in it.
    own: (usize, usize),
    blocks: Vec<[i32; 64]>,
}

/// The picture as a JPEG of that arrangement.
pub fn arranged(picture: &RgbImage, arrangement: &Arrangement) -> Vec<u8> {
    let size = (picture.width() as usize, picture.height() as usize);
    let finest = arrangement.sampling.iter().fold((1, 1), |most, (h, v)| (most.0.max(*h), most.1.max(*v)));
    let planes = (0..arrangement.sampling.len()).map(|number| plane(picture, arrangement, number, finest));
    let planes = planes.collect::<Vec<_>>();
    let mut file = head(size, arrangement);
    for scan in &arrangement.scans {
        let names = scan.components.iter().flat_map(|number| [name(arrangement.meaning, *number), 0]);
        let count = u8::try_from(scan.components.len()).unwrap();
        let (first, last) = (u8::try_from(scan.band.0).unwrap(), u8::try_from(scan.band.1).unwrap());
        let header = [count].into_iter().chain(names).chain([first, last, scan.before << 4 | scan.low]);
        file.extend(segment(0xDA, &header.collect::<Vec<_>>()));
        let last = vec![0; planes.len()];
        let mut writer = Writer { arrangement, scan, bits: Bits::default(), last, ended: 0, pending: vec![] };
        let units = (size.0.div_ceil(8 * finest.0), size.1.div_ceil(8 * finest.1));
        writer.scan(&planes, units);
        file.extend(writer.bits.finish());
    }
    file.extend([0xFF, 0xD9]);
    file
}

fn name(meaning: Meaning, number: usize) -> u8 {
    match meaning {
        Meaning::Rgb => b"RGB"[number],
        _ => u8::try_from(number + 1).unwrap(),
    }
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker], &length[..], data].concat()
}

fn head((width, height): (usize, usize), arrangement: &Arrangement) -> Vec<u8> {
    let [width, height] = [width, height].map(|side| u16::try_from(side).unwrap().to_be_bytes());
    let mut frame =
        [&[8], &height[..], &width, &[u8::try_from(arrangement.sampling.len()).unwrap()]].concat();
    for (number, (across, down)) in arrangement.sampling.iter().enumerate() {
        let sampling = u8::try_from(across << 4 | down).unwrap();
        frame.extend([name(arrangement.meaning, number), sampling, 0]);
    }
    // Every symbol has a code of the same length: 4 bits for the twelve of the first table, 8 for those of the other.
    let first = [&[0x00, 0, 0, 0, 12][..], &[0; 12], &(0..12).collect::<Vec<u8>>()].concat();
    let symbols = (0..176).map(|symbol| ((symbol / 11) << 4) | (symbol % 11)).collect::<Vec<u8>>();
    let other = [&[0x10, 0, 0, 0, 0, 0, 0, 0, 176][..], &[0; 8], &symbols].concat();
    let mut file = vec![0xFF, 0xD8];
    match arrangement.meaning {
        Meaning::Inks => file.extend(segment(0xEE, b"Adobe\0\x64\0\0\0\0\0")),
        Meaning::Rgb => (),
        _ => file.extend(segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")),
    }
    file.extend(segment(0xDB, &[&[0][..], &[QUANTUM; 64]].concat()));
    file.extend(segment(if arrangement.is_progressive { 0xC2 } else { 0xC1 }, &frame));
    file.extend(segment(0xC4, &first));
    file.extend(segment(0xC4, &other));
    if arrangement.interval > 0 {
        file.extend(segment(0xDD, &arrangement.interval.to_be_bytes()));
    }
    file
}

/// What a component has at a pixel.
fn value(meaning: Meaning, number: usize, [red, green, blue]: [f64; 3]) -> f64 {
    match (meaning, number) {
        (Meaning::Grey | Meaning::YCbCr, 0) => 0.299 * red + 0.587 * green + 0.114 * blue,
        (Meaning::YCbCr, 1) => 128.0 - 0.168_736 * red - 0.331_264 * green + 0.5 * blue,
        (Meaning::YCbCr, _) => 128.0 + 0.5 * red - 0.418_688 * green - 0.081_312 * blue,
        // No black at all: 255 in the inverse.
        (Meaning::Inks, 3) => 255.0,
        (_, number) => [red, green, blue][number],
    }
}

fn plane(picture: &RgbImage, arrangement: &Arrangement, number: usize, finest: (usize, usize)) -> Plane {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let sampling = arrangement.sampling[number];
    let samples = ((width * sampling.0).div_ceil(finest.0), (height * sampling.1).div_ceil(finest.1));
    let own = (samples.0.div_ceil(8), samples.1.div_ceil(8));
    let (across, down) =
        (width.div_ceil(8 * finest.0) * sampling.0, height.div_ceil(8 * finest.1) * sampling.1);
    // The mean of the pixels that a sample stands for, a tenth of a pixel exactly.
    let range = |place: usize, all: usize, samples: usize, finest: usize, own: usize| {
        let place = place.min(samples - 1);
        let (from, to) = (place * finest * 12 / own, ((place + 1) * finest * 12 / own).min(all * 12));
        (from..to.max(from + 1)).map(move |twelfth| (twelfth / 12).min(all - 1))
    };
    let sample = |x: usize, y: usize| {
        let (mut sum, mut count) = (0.0, 0.0);
        for row in range(y, height, samples.1, finest.1, sampling.1) {
            for column in range(x, width, samples.0, finest.0, sampling.0) {
                let pixel = picture.get_pixel(u32::try_from(column).unwrap(), u32::try_from(row).unwrap());
                sum += value(arrangement.meaning, number, pixel.0.map(f64::from));
                count += 1.0;
            }
        }
        sum / count
    };
    let blocks = (0..across * down).map(|block| {
        let (left, top) = (block % across * 8, block / across * 8);
        transformed(&|x, y| sample(left + x, top + y) - 128.0)
    });
    Plane { sampling, across, own, blocks: blocks.collect() }
}

/// Each wave at each place.
static WAVES: LazyLock<[[f64; 8]; 8]> = LazyLock::new(|| {
    let wave = |place: u32, frequency: u32| (f64::from((2 * place + 1) * frequency) * PI / 16.0).cos();
    [0, 1, 2, 3, 4, 5, 6, 7].map(|place| [0, 1, 2, 3, 4, 5, 6, 7].map(|frequency| wave(place, frequency)))
});

/// The quantised coefficients of a block, in zigzag order.
fn transformed(sample: &dyn Fn(usize, usize) -> f64) -> [i32; 64] {
    let scale = |frequency: usize| if frequency == 0 { 0.5_f64.sqrt() } else { 1.0 };
    let samples = (0..64).map(|place| sample(place % 8, place / 8)).collect::<Vec<_>>();
    ZIGZAG.map(|place| {
        let (u, v) = (place % 8, place / 8);
        let sum = samples.iter().enumerate().map(|(at, value)| value * WAVES[at % 8][u] * WAVES[at / 8][v]);
        let coefficient = sum.sum::<f64>() * scale(u) * scale(v) / 4.0 / f64::from(QUANTUM);
        #[expect(clippy::cast_possible_truncation, reason = "at most 1024")]
        let rounded = coefficient.round() as i32;
        rounded
    })
}

struct Writer<'a> {
    arrangement: &'a Arrangement,
    scan: &'a Scan,
    bits: Bits,
    /// The last first coefficient of each component.
    last: Vec<i32>,
    /// Blocks that have ended, which a progressive scan counts before it writes them, and the digits that belong to them.
    ended: u32,
    pending: Vec<u32>,
}

impl Writer<'_> {
    fn scan(&mut self, planes: &[Plane], (across, down): (usize, usize)) {
        let numbers = self.scan.components.clone();
        let mut units: Vec<Vec<(usize, usize)>> = vec![];
        if let [number] = numbers[..] {
            let plane = &planes[number];
            let places =
                (0..plane.own.0 * plane.own.1).map(|place| (place % plane.own.0, place / plane.own.0));
            units.extend(places.map(|(x, y)| vec![(number, y * plane.across + x)]));
        } else {
            for (x, y) in (0..across * down).map(|unit| (unit % across, unit / across)) {
                let blocks = numbers.iter().flat_map(|number| {
                    let Plane { sampling: (h, v), across, .. } = planes[*number];
                    (0..h * v).map(move |at| (*number, (y * v + at / h) * across + x * h + at % h))
                });
                units.push(blocks.collect());
            }
        }
        for (count, unit) in units.iter().enumerate() {
            let interval = usize::from(self.arrangement.interval);
            if count > 0 && interval > 0 && count.is_multiple_of(interval) {
                self.write_ends();
                self.bits.mark(u8::try_from((count / interval - 1) & 7).unwrap());
                self.last.fill(0);
            }
            for (number, block) in unit {
                self.block(*number, &planes[*number].blocks[*block]);
            }
        }
        self.write_ends();
    }

    /// Ends a block; a progressive scan writes the ends of many blocks as one.
    fn end(&mut self, corrections: &mut Vec<u32>) {
        self.ended += 1;
        self.pending.append(corrections);
        if !self.arrangement.is_progressive || self.ended == 0x7FFF {
            self.write_ends();
        }
    }

    fn write_ends(&mut self) {
        if self.ended > 0 {
            let bits = self.ended.ilog2();
            self.bits.symbol(bits, 0);
            self.bits.push(self.ended & ((1 << bits) - 1), bits);
            self.ended = 0;
        }
        self.pending.drain(..).for_each(|bit| self.bits.push(bit, 1));
    }

    fn block(&mut self, number: usize, block: &[i32; 64]) {
        let Scan { band: (first, last), before, low, .. } = *self.scan;
        if first == 0 && before > 0 {
            self.bits.push((block[0] >> low & 1).unsigned_abs(), 1);
        } else if first == 0 {
            let value = block[0] >> low;
            let difference = value - std::mem::replace(&mut self.last[number], value);
            self.bits.push(size(difference), 4);
            self.bits.number(difference);
        }
        let (from, band) = (first.max(1), last + 1);
        if from < band && before > 0 {
            self.refine(&block[from..band], low);
        } else if from < band {
            self.band(&block[from..band], low);
        }
    }

    fn band(&mut self, band: &[i32], low: u8) {
        let mut zeros = 0;
        for coefficient in band {
            let value = coefficient.signum() * (coefficient.abs() >> low);
            if value == 0 {
                zeros += 1;
                continue;
            }
            self.write_ends();
            for _ in 0..zeros / 16 {
                self.bits.symbol(15, 0);
            }
            self.bits.symbol(zeros % 16, size(value));
            self.bits.number(value);
            zeros = 0;
        }
        if zeros > 0 {
            self.end(&mut vec![]);
        }
    }

    /// One more digit of each coefficient of the band.
    fn refine(&mut self, band: &[i32], low: u8) {
        let digits = band.iter().map(|coefficient| coefficient.unsigned_abs() >> low).collect::<Vec<_>>();
        let end = digits.iter().rposition(|digits| *digits == 1);
        let (mut zeros, mut corrections) = (0, vec![]);
        for (place, (coefficient, digits)) in band.iter().zip(&digits).enumerate() {
            if *digits == 0 {
                zeros += 1;
                continue;
            }
            while zeros > 15 && end.is_some_and(|end| place <= end) {
                self.write_ends();
                self.bits.symbol(15, 0);
                corrections.drain(..).for_each(|bit| self.bits.push(bit, 1));
                zeros -= 16;
            }
            if *digits > 1 {
                corrections.push(digits & 1);
                continue;
            }
            self.write_ends();
            self.bits.symbol(zeros, 1);
            self.bits.push(u32::from(*coefficient > 0), 1);
            corrections.drain(..).for_each(|bit| self.bits.push(bit, 1));
            zeros = 0;
        }
        if zeros > 0 || !corrections.is_empty() {
            self.end(&mut corrections);
        }
    }
}

/// How many bits a number has.
fn size(number: i32) -> u32 {
    i32::BITS - number.unsigned_abs().leading_zeros()
}

/// Bits one behind the other, the highest of each byte first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, number: u32, bits: u32) {
        for place in (0..bits).rev() {
            self.held = self.held << 1 | number >> place & 1;
            self.count += 1;
            if self.count == 8 {
                let byte = self.held.to_le_bytes()[0];
                self.bytes.push(byte);
                if byte == 0xFF {
                    self.bytes.push(0);
                }
                (self.held, self.count) = (0, 0);
            }
        }
    }

    /// The code of so many zeros and a number of that size.
    fn symbol(&mut self, zeros: u32, size: u32) {
        self.push(zeros * 11 + size, 8);
    }

    /// The bits of a number whose size is known; a negative one is less by one.
    fn number(&mut self, number: i32) {
        let bits = size(number);
        let written = if number < 0 { number - 1 } else { number };
        self.push(written.cast_unsigned() & ((1 << bits) - 1), bits);
    }

    fn fill(&mut self) {
        while self.count > 0 {
            self.push(1, 1);
        }
    }

    fn mark(&mut self, number: u8) {
        self.fill();
        self.bytes.extend([0xFF, 0xD0 | number]);
    }

    fn finish(mut self) -> Vec<u8> {
        self.fill();
        self.bytes
    }
}
