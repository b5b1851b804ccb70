//! The segments of a JPEG.

use tweetty_domain::Invalid;

use super::quantization::Tables;
use super::scans::Scans;
use super::walk::Walk;
use super::{Colors, Kind, LARGEST_PROFILE, Outline, area};

const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;
const QUANTISERS: u8 = 0xDB;
const RESTART_INTERVAL: u8 = 0xDD;
/// Fewer zeros at the end of a file may be a part of the picture.
const PADDING: usize = 16;

/// An end mark, for those files that came without.
const END: &[u8] = &[0xFF, END_OF_IMAGE];

pub(super) fn outline(bytes: &[u8]) -> Result<Outline, Invalid> {
    let mut walk = Walk::new(bytes);
    let mut frame = None;
    let mut scans = Scans::default();
    let mut tables = Tables::default();
    let mut claims = Claims::default();
    let [_, _] = walk.array()?;
    let lacks = loop {
        let marker = match next_marker(&mut walk) {
            Err(_) if frame.as_ref().is_some_and(|frame| scans.are_all_there(frame)) => break END,
            marker => marker?,
        };
        let ends_scan = matches!(marker, END_OF_IMAGE | START_OF_SCAN);
        if ends_scan && frame.as_ref().is_some_and(|frame| scans.lacks_marks(frame)) {
            return Err(Invalid::UndecodableImage);
        }
        match marker {
            END_OF_IMAGE => break &[],
            0xD0..=0xD7 => scans.mark(),
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
                    START_OF_SCAN => scans.begin(segment)?,
                    RESTART_INTERVAL => scans.divide(segment)?,
                    QUANTISERS => tables.define(segment)?,
                    _ => claims.read(marker, segment),
                }
            }
        }
    };
    let frame = frame.filter(|_| scans.count > 0).ok_or(Invalid::UndecodableImage)?;
    if frame.process == Process::Uncommon {
        return Err(Invalid::UncommonJpeg);
    }
    let kind = frame.kind(scans.smallest, &claims);
    let pixels = area(frame.width, frame.height);
    let (work, memory) = (scans.work(pixels), frame.memory(kind));
    let mut outline = Outline {
        kind,
        width: frame.width,
        height: frame.height,
        pixels,
        frames: 1,
        work,
        memory,
        length: walk.position(),
        profile: claims.profile(),
        quantization: tables.quantization(frame.components.iter().map(|one| (one.table, one.sampling))),
        lacks,
    };
    if !lacks.is_empty() {
        outline.length = without_padding(bytes).len();
        // It is decoded twice, out of a copy.
        outline.work *= 2;
        outline.memory += bytes.len() as u64;
    }
    Ok(outline)
}

/// What there is before the zeros that a download may leave at the end of a file, and before half a marker.
fn without_padding(bytes: &[u8]) -> &[u8] {
    let end = |byte: fn(&u8) -> bool| bytes.iter().rposition(byte).map_or(0, |last| last + 1);
    let end = match end(|byte| *byte != 0) {
        // A zero behind FF makes that a byte of the picture.
        before if bytes.len() - before >= PADDING => before + usize::from(bytes[..before].ends_with(&[0xFF])),
        _ if bytes.ends_with(&[0xFF]) => end(|byte| *byte != 0xFF),
        _ => bytes.len(),
    };
    bytes.get(..end).unwrap_or(bytes)
}

/// The next marker; inside a scan `FF 00` is a byte of the picture, and `FF D0` to `FF D7` divide it.
fn next_marker(walk: &mut Walk<'_>) -> Result<u8, Invalid> {
    loop {
        walk.find(0xFF)?;
        let mut marker = walk.byte()?;
        while marker == 0xFF {
            marker = walk.byte()?;
        }
        if !matches!(marker, 0x00 | 0x01 | 0xD8) {
            return Ok(marker);
        }
    }
}

fn segment<'a>(walk: &mut Walk<'a>) -> Result<&'a [u8], Invalid> {
    let length = usize::from(u16::from_be_bytes(walk.array()?));
    walk.take(length.checked_sub(2).ok_or(Invalid::UndecodableImage)?)
}

/// What a file says of its colours aside from the names of its components.
#[derive(Default)]
struct Claims {
    jfif: bool,
    /// Whether Adobe's programs have made differences of the colours: 0 if not.
    adobe: Option<u8>,
    /// Whether Adobe's segment ends before it says so.
    is_adobe_short: bool,
    /// The bytes of its colour profile, which lies in several segments if it is long.
    profile: usize,
}

impl Claims {
    fn read(&mut self, marker: u8, segment: &[u8]) {
        match (marker, segment) {
            (0xE0, [b'J', b'F', b'I', b'F', 0, ..]) => self.jfif = true,
            (0xEE, [b'A', b'd', b'o', b'b', b'e', _, _, _, _, _, _, transform, ..]) => {
                self.adobe = Some(*transform);
            }
            (0xEE, [b'A', b'd', b'o', b'b', b'e', ..]) => self.is_adobe_short = true,
            (
                0xE2,
                [b'I', b'C', b'C', b'_', b'P', b'R', b'O', b'F', b'I', b'L', b'E', 0, _, _, part @ ..],
            ) => {
                self.profile += part.len();
            }
            _ => (),
        }
    }

    /// The bytes of its colour profile, 0 where it has none that counts.
    fn profile(&self) -> usize {
        if self.profile > LARGEST_PROFILE { 0 } else { self.profile }
    }

    /// As libjpeg understands them, and with it the usual decoder and browsers.
    fn colors(&self, components: &[u8]) -> Colors {
        match (components, self) {
            ([_, _, _, _, ..], _) => Colors::Inks,
            ([_, _, _], Self { jfif: false, adobe: Some(0), .. })
            | ([b'R', b'G', b'B'], Self { jfif: false, adobe: None, .. }) => Colors::Rgb,
            _ => Colors::YCbCr,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Process {
    Sequential,
    Progressive,
    /// Lossless or arithmetic, or of more than 8 bits, which no decoder takes.
    Uncommon,
}

pub(super) struct Frame {
    width: u32,
    height: u32,
    process: Process,
    components: Vec<Component>,
    /// The most samples that a component has across and down where others have as few as one.
    finest: (u64, u64),
}

#[derive(Default)]
struct Component {
    name: u8,
    /// Samples across and down in each unit of the picture.
    sampling: (u64, u64),
    /// The number of its quantisation table.
    table: u8,
}

impl Frame {
    pub(super) fn read(segment: &[u8], marker: u8) -> Result<Self, Invalid> {
        let mut walk = Walk::within(segment);
        let precision = walk.byte()?;
        let height = u16::from_be_bytes(walk.array()?).into();
        let width = u16::from_be_bytes(walk.array()?).into();
        let mut components = Vec::new();
        let mut finest = (1, 1);
        for _ in 0..walk.byte()? {
            let [name, sampling, table] = walk.array()?;
            let sampling = (u64::from(sampling >> 4), u64::from(sampling & 15));
            finest = (sampling.0.max(finest.0), sampling.1.max(finest.1));
            components.push(Component { name, sampling, table });
        }
        let process = match (marker, precision) {
            (0xC0 | 0xC1, 8) => Process::Sequential,
            (0xC2, 8) => Process::Progressive,
            _ => Process::Uncommon,
        };
        Ok(Self { width, height, process, components, finest })
    }

    /// The names of the components.
    pub(super) fn names(&self) -> impl Iterator<Item = u8> {
        self.components.iter().map(|component| component.name)
    }

    /// How many units a scan of those components has: blocks of one component, or what several have in the same place.
    pub(super) fn units(&self, names: &[u8]) -> u64 {
        let (width, height) = (u64::from(self.width), u64::from(self.height));
        let (across, down) = self.finest;
        match names {
            [name] => {
                let component = self.components.iter().find(|component| component.name == *name);
                let (h, v) = component.map_or((1, 1), |component| component.sampling);
                (width * h).div_ceil(across).div_ceil(8) * (height * v).div_ceil(down).div_ceil(8)
            }
            _ => width.div_ceil(8 * across) * height.div_ceil(8 * down),
        }
    }

    /// Whether no component is finer than the first.
    fn first_is_finest(&self) -> bool {
        self.components.first().is_some_and(|first| first.sampling == self.finest)
    }

    /// Whether some component is a third as fine as another, which the usual decoder refuses.
    fn is_in_thirds(&self) -> bool {
        self.components.iter().any(|Component { sampling: (h, v), .. }| *h == 3 || *v == 3)
    }

    /// Whose turn it is: the usual decoder answers with stripes and wrong colours where a sequential JPEG has scans of
    /// only some components, or where the first component is not the finest, and does not hand out inks, which a profile
    /// converts.
    fn kind(&self, smallest_scan: usize, claims: &Claims) -> Kind {
        let colors = claims.colors(&self.names().collect::<Vec<_>>());
        let is_unusual = match self.process {
            _ if !self.first_is_finest() || self.is_in_thirds() => true,
            _ if colors == Colors::Inks && claims.profile() > 0 => true,
            // It would not even begin.
            _ if claims.is_adobe_short => true,
            Process::Sequential | Process::Uncommon => smallest_scan < self.components.len(),
            Process::Progressive => false,
        };
        if is_unusual { Kind::UnusualJpeg(colors) } else { Kind::Jpeg(colors) }
    }

    /// What decoding takes at its peak.
    fn memory(&self, kind: Kind) -> u64 {
        let pixels = area(self.width, self.height);
        let samples = self.components.iter().map(|Component { sampling: (h, v), .. }| h * v).sum::<u64>();
        let samples = |bytes: u64| (pixels * bytes * samples).div_ceil(self.finest.0 * self.finest.1);
        // The picture, and the same turned, or of inks, or what is written of it.
        let pictures = pixels
            * match self.components.len() {
                1 => 4,
                4 => 8,
                _ => 6,
            };
        match (kind, self.process) {
            // All coefficients, the planes that they become, and the picture, all at the same time.
            (Kind::UnusualJpeg(_), Process::Progressive) => pictures / 2 + samples(3),
            // Coefficients go as their planes come.
            (Kind::UnusualJpeg(_), _) => pictures.max(samples(3)),
            // The picture, and all coefficients.
            (_, Process::Progressive) => pictures.max(pictures / 2 + samples(2)),
            _ => pictures,
        }
    }
}
