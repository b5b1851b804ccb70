//! The segments of a JPEG.

use tweetty_domain::Invalid;

use super::walk::Walk;
use super::{Kind, Outline, area};

const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;
/// What every scan costs at least, in pixels: its tables are built however small the picture is.
const SCAN_OVERHEAD: u64 = 1_000_000;

pub(super) fn outline(bytes: &[u8]) -> Result<Outline, Invalid> {
    let mut walk = Walk::new(bytes);
    let mut frame = None;
    let mut scans = 0_u32;
    let [_, _] = walk.array()?;
    loop {
        match next_marker(&mut walk)? {
            END_OF_IMAGE => break,
            marker => {
                let segment = segment(&mut walk)?;
                match marker {
                    // C4, C8 and CC are tables, not frames.
                    0xC0..=0xCF if ![0xC4, 0xC8, 0xCC].contains(&marker) => {
                        let second = frame.replace(Frame::read(segment, marker)?);
                        if second.is_some() {
                            return Err(Invalid::UndecodableImage);
                        }
                    }
                    START_OF_SCAN => scans += 1,
                    _ => (),
                }
            }
        }
    }
    let frame = frame.filter(|_| scans > 0).ok_or(Invalid::UndecodableImage)?;
    let pixels = area(frame.width, frame.height);
    Ok(Outline {
        kind: Kind::Jpeg,
        width: frame.width,
        height: frame.height,
        pixels,
        frames: 1,
        work: pixels.max(SCAN_OVERHEAD) * u64::from(scans),
        memory: frame.memory(scans),
        length: walk.position(),
    })
}

/// The next marker; inside a scan `FF 00` is a byte of the picture and `FF D0` to `FF D7` divide it.
fn next_marker(walk: &mut Walk<'_>) -> Result<u8, Invalid> {
    loop {
        walk.find(0xFF)?;
        let mut marker = walk.byte()?;
        while marker == 0xFF {
            marker = walk.byte()?;
        }
        if !matches!(marker, 0x00 | 0x01 | 0xD0..=0xD8) {
            return Ok(marker);
        }
    }
}

fn segment<'a>(walk: &mut Walk<'a>) -> Result<&'a [u8], Invalid> {
    let length = usize::from(u16::from_be_bytes(walk.array()?));
    walk.take(length.checked_sub(2).ok_or(Invalid::UndecodableImage)?)
}

struct Frame {
    width: u32,
    height: u32,
    progressive: bool,
    components: u64,
    /// How many samples the components have together for each pixel, in hundredths.
    samples: u64,
}

impl Frame {
    fn read(segment: &[u8], marker: u8) -> Result<Self, Invalid> {
        let mut walk = Walk::new(segment);
        let _precision = walk.byte()?;
        let height = u16::from_be_bytes(walk.array()?).into();
        let width = u16::from_be_bytes(walk.array()?).into();
        let components = walk.byte()?;
        let mut sampled = 0_u64;
        let mut most = (1_u64, 1_u64);
        for _ in 0..components {
            let [_, sampling, _] = walk.array()?;
            let (horizontal, vertical) = (u64::from(sampling >> 4), u64::from(sampling & 15));
            sampled += horizontal * vertical;
            most = (most.0.max(horizontal), most.1.max(vertical));
        }
        let samples = (sampled * 100).div_ceil(most.0 * most.1);
        Ok(Self { width, height, progressive: marker == 0xC2, components: components.into(), samples })
    }

    /// The picture, and beside it either all coefficients (where scans are joined) or the turned picture.
    fn memory(&self, scans: u32) -> u64 {
        let pixels = area(self.width, self.height);
        let picture = pixels * if self.components == 1 { 1 } else { 3 };
        let joined = self.progressive || scans > 1;
        let coefficients = if joined { pixels * 2 * self.samples / 100 } else { 0 };
        picture + picture.max(coefficients)
    }
}
