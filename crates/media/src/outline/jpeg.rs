//! The segments of a JPEG.

use tweetty_domain::Invalid;

use super::walk::Walk;
use super::{Colors, Kind, Outline, area};

const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;
/// What every scan costs at least, in pixels: its tables are built however small the picture is.
const SCAN_OVERHEAD: u64 = 1_000_000;

pub(super) fn outline(bytes: &[u8]) -> Result<Outline, Invalid> {
    let mut walk = Walk::new(bytes);
    let mut frame = None;
    let mut scans = 0_u32;
    let mut smallest_scan = u8::MAX;
    let mut claims = Claims { jfif: false, adobe: None };
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
                    START_OF_SCAN => {
                        scans += 1;
                        smallest_scan = smallest_scan.min(Walk::new(segment).byte()?);
                    }
                    _ => claims.read(marker, segment),
                }
            }
        }
    }
    let frame = frame.filter(|_| scans > 0).ok_or(Invalid::UndecodableImage)?;
    let kind = frame.kind(smallest_scan, &claims)?;
    let pixels = area(frame.width, frame.height);
    Ok(Outline {
        kind,
        width: frame.width,
        height: frame.height,
        pixels,
        frames: 1,
        work: pixels.max(SCAN_OVERHEAD) * u64::from(scans),
        memory: frame.memory(kind),
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

/// What a file says of its colours aside from the names of its components.
struct Claims {
    jfif: bool,
    /// Whether Adobe's programs have made differences of the colours: 0 if not.
    adobe: Option<u8>,
}

impl Claims {
    fn read(&mut self, marker: u8, segment: &[u8]) {
        match (marker, segment) {
            (0xE0, [b'J', b'F', b'I', b'F', 0, ..]) => self.jfif = true,
            (0xEE, [b'A', b'd', b'o', b'b', b'e', _, _, _, _, _, _, transform, ..]) => {
                self.adobe = Some(*transform);
            }
            _ => (),
        }
    }

    /// As libjpeg understands them, and with it the usual decoder and browsers.
    fn colors(&self, components: &[u8]) -> Colors {
        match (components, self) {
            ([_, _, _, _, ..], _) => Colors::Inks,
            ([_, _, _], Self { jfif: false, adobe: Some(0) })
            | ([b'R', b'G', b'B'], Self { jfif: false, adobe: None }) => Colors::Rgb,
            _ => Colors::YCbCr,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Process {
    Sequential,
    Progressive,
    /// Lossless or arithmetic, which no decoder takes.
    Other,
}

struct Frame {
    width: u32,
    height: u32,
    process: Process,
    /// The names of the components.
    components: Vec<u8>,
    /// How many samples the components have together for each pixel, in hundredths.
    samples: u64,
    /// Whether no component is finer than the first.
    first_is_finest: bool,
}

impl Frame {
    fn read(segment: &[u8], marker: u8) -> Result<Self, Invalid> {
        let mut walk = Walk::new(segment);
        let _precision = walk.byte()?;
        let height = u16::from_be_bytes(walk.array()?).into();
        let width = u16::from_be_bytes(walk.array()?).into();
        let mut components = vec![0; walk.byte()?.into()];
        let mut sampled = 0_u64;
        let (mut first, mut most) = (None, (1_u64, 1_u64));
        for component in &mut components {
            let [name, sampling, _] = walk.array()?;
            *component = name;
            let (horizontal, vertical) = (u64::from(sampling >> 4), u64::from(sampling & 15));
            sampled += horizontal * vertical;
            most = (most.0.max(horizontal), most.1.max(vertical));
            first = first.or(Some((horizontal, vertical)));
        }
        let samples = (sampled * 100).div_ceil(most.0 * most.1);
        let process = match marker {
            0xC0 | 0xC1 => Process::Sequential,
            0xC2 => Process::Progressive,
            _ => Process::Other,
        };
        Ok(Self { width, height, process, components, samples, first_is_finest: first == Some(most) })
    }

    /// Whose turn it is: the usual decoder answers with stripes and wrong colours where a sequential JPEG has scans of
    /// only some components, or where the first component is not the finest; the other one takes sequential JPEGs only.
    fn kind(&self, smallest_scan: u8, claims: &Claims) -> Result<Kind, Invalid> {
        match self.process {
            Process::Progressive if !self.first_is_finest => Err(Invalid::UndecodableImage),
            Process::Sequential
                if !self.first_is_finest || usize::from(smallest_scan) < self.components.len() =>
            {
                Ok(Kind::UnusualJpeg(claims.colors(&self.components)))
            }
            _ => Ok(Kind::Jpeg),
        }
    }

    /// What decoding takes at its peak.
    fn memory(&self, kind: Kind) -> u64 {
        let pixels = area(self.width, self.height);
        let samples = |bytes| pixels * bytes * self.samples / 100;
        // The picture, and the same turned.
        let pictures = 2 * pixels * if self.components.len() == 1 { 1 } else { 3 };
        match self.process {
            // All coefficients, and the planes that they become.
            _ if matches!(kind, Kind::UnusualJpeg(_)) => pictures.max(samples(3)),
            // The picture, and all coefficients.
            Process::Progressive => pictures.max(pictures / 2 + samples(2)),
            _ => pictures,
        }
    }
}
