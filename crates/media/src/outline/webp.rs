//! The chunks of a WebP. The sizes that its pictures bear inside are held against those of the canvas and the
//! frames, for a decoder takes room by the former.

use tweetty_domain::Invalid;

use super::compressed::Compressed;
use super::frame::Frame;
use super::walk::Walk;
use super::{Bounds, Kind, LARGEST_PROFILE, Outline, area, lossless};

const ANIMATION: u8 = 0x02;
pub(super) const ALPHA: u8 = 0x10;
/// Bytes per pixel of canvas while a frame is decoded, with its alpha channel, or encoded anew without loss.
const ANIMATED: u64 = 13;

pub(super) fn outline(bytes: &[u8], bounds: &Bounds) -> Result<Outline, Invalid> {
    let (mut walk, length) = body(bytes)?;
    let (kind, data) = chunk(&mut walk)?;
    let content = match &kind {
        b"VP8X" => Content::extended(data, &mut walk, bounds)?,
        _ => Content::simple(&Picture::read(kind, data)?.ok_or(Invalid::UndecodableImage)?, bounds)?,
    };
    Ok(content.outline(length))
}

/// The chunks of the file, and where they end.
pub(super) fn body(bytes: &[u8]) -> Result<(Walk<'_>, usize), Invalid> {
    let [_, _, _, _, size @ ..] = Walk::new(bytes).array::<8>()?;
    let length = usize::try_from(u32::from_le_bytes(size)).ok().and_then(|size| size.checked_add(8));
    let length = length.ok_or(Invalid::UndecodableImage)?;
    let whole = bytes.get(..length).ok_or(Invalid::CutOffImage)?;
    Ok((Walk::within(whole.get(12..).ok_or(Invalid::UndecodableImage)?), length))
}

/// What a file says of its picture aside from the streams.
#[derive(Default)]
pub(crate) struct Metadata<'a> {
    pub(crate) profile: Option<&'a [u8]>,
    pub(crate) exif: Option<&'a [u8]>,
}

/// The colour profile and the EXIF data of a file, where it has them.
pub(crate) fn metadata(bytes: &[u8]) -> Result<Metadata<'_>, Invalid> {
    let (mut walk, _) = body(bytes)?;
    let mut metadata = Metadata::default();
    while !walk.is_at_end() {
        match chunk(&mut walk)? {
            (kind, data) if &kind == b"ICCP" => metadata.profile = metadata.profile.or(Some(data)),
            (kind, data) if &kind == b"EXIF" => metadata.exif = metadata.exif.or(Some(data)),
            _ => (),
        }
    }
    Ok(metadata)
}

/// Flags, width and height in the header of an extended file.
pub(super) fn header(data: &[u8]) -> Result<(u8, u32, u32), Invalid> {
    let mut walk = Walk::within(data);
    let [flags, _, _, _] = walk.array()?;
    Ok((flags, one_more(walk.array()?), one_more(walk.array()?)))
}

/// Kind and data of the next chunk; the last one may lack the byte that makes its length even.
pub(super) fn chunk<'a>(walk: &mut Walk<'a>) -> Result<([u8; 4], &'a [u8]), Invalid> {
    let kind = walk.array()?;
    let size = u32::from_le_bytes(walk.array()?);
    let data = walk.take(usize::try_from(size).map_err(|_| Invalid::UndecodableImage)?)?;
    if size % 2 == 1 && !walk.is_at_end() {
        walk.byte()?;
    }
    Ok((kind, data))
}

/// A compressed picture as its own first bytes describe it.
pub(super) struct Picture<'a> {
    width: u32,
    height: u32,
    pub(super) has_alpha: bool,
    /// What follows the header of a lossless one.
    lossless: Option<&'a [u8]>,
}

impl<'a> Picture<'a> {
    /// The picture of that chunk, where it is one.
    pub(super) fn read(kind: [u8; 4], data: &'a [u8]) -> Result<Option<Self>, Invalid> {
        let mut walk = Walk::within(data);
        match &kind {
            b"VP8 " => {
                let _tag_and_start: [u8; 6] = walk.array()?;
                let width = u32::from(u16::from_le_bytes(walk.array()?) & 0x3FFF);
                let height = u32::from(u16::from_le_bytes(walk.array()?) & 0x3FFF);
                Ok(Some(Self { width, height, has_alpha: false, lossless: None }))
            }
            b"VP8L" => {
                let _signature = walk.byte()?;
                let bits = u32::from_le_bytes(walk.array()?);
                let (width, height) = ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
                let lossless = Some(walk.rest());
                Ok(Some(Self { width, height, has_alpha: bits >> 28 & 1 == 1, lossless }))
            }
            _ => Ok(None),
        }
    }

    fn must_be(&self, width: u32, height: u32) -> Result<(), Invalid> {
        if (self.width, self.height) == (width, height) { Ok(()) } else { Err(Invalid::UndecodableImage) }
    }

    /// What its prefix codes take.
    fn codes(&self, bounds: &Bounds) -> Result<u64, Invalid> {
        self.lossless.map_or(Ok(0), |stream| reckoned(stream, (self.width, self.height), bounds))
    }
}

/// What the prefix codes of a lossless stream take. One with too many pixels is refused for these, whatever else it has.
fn reckoned(stream: &[u8], (width, height): (u32, u32), bounds: &Bounds) -> Result<u64, Invalid> {
    if area(width, height) > bounds.pixels {
        return Ok(0);
    }
    lossless::memory(stream, width, height, bounds.memory)
}

/// What the prefix codes of a chunk of that size take: those of a picture, or of an alpha channel, which is a lossless
/// picture without a header where its first byte says so.
fn codes(kind: [u8; 4], data: &[u8], (width, height): (u32, u32), bounds: &Bounds) -> Result<u64, Invalid> {
    match (&kind, data) {
        (b"ALPH", [info, stream @ ..]) if info & 3 == 1 => reckoned(stream, (width, height), bounds),
        _ => match Picture::read(kind, data)? {
            Some(picture) => picture.must_be(width, height).and_then(|()| picture.codes(bounds)),
            None => Ok(0),
        },
    }
}

struct Content {
    width: u32,
    height: u32,
    is_animated: bool,
    is_lossy: bool,
    has_alpha: bool,
    frames: u32,
    /// The room for the prefix codes of the picture, or of the frame that takes the most.
    codes: u64,
    /// The bytes of the colour profile, 0 where there is none.
    profile: usize,
}

impl Content {
    fn simple(picture: &Picture<'_>, bounds: &Bounds) -> Result<Self, Invalid> {
        let Picture { width, height, has_alpha, lossless } = *picture;
        let (is_lossy, codes) = (lossless.is_none(), picture.codes(bounds)?);
        Ok(Self { width, height, is_animated: false, is_lossy, has_alpha, frames: 1, codes, profile: 0 })
    }

    fn extended(header: &[u8], walk: &mut Walk<'_>, bounds: &Bounds) -> Result<Self, Invalid> {
        let (flags, width, height) = self::header(header)?;
        let mut content = Self {
            width,
            height,
            is_animated: flags & ANIMATION != 0,
            is_lossy: false,
            has_alpha: flags & ALPHA != 0,
            frames: 0,
            codes: 0,
            profile: 0,
        };
        while !walk.is_at_end() {
            let (kind, data) = chunk(walk)?;
            match &kind {
                // In a still picture the decoder would take a frame's alpha channel for the picture's.
                b"ANMF" if !content.is_animated => return Err(Invalid::UndecodableImage),
                b"ICCP" => content.profile = content.profile.max(data.len()),
                b"ANMF" => {
                    content.frames += 1;
                    content.codes = content.codes.max(frame(data, width, height, bounds)?);
                }
                _ => {
                    content.codes += codes(kind, data, (width, height), bounds)?;
                    content.has_alpha |= &kind == b"ALPH";
                    if let b"VP8 " | b"VP8L" = &kind {
                        content.is_lossy |= &kind == b"VP8 ";
                        content.frames += u32::from(!content.is_animated);
                    }
                }
            }
        }
        if content.frames == 0 { Err(Invalid::UndecodableImage) } else { Ok(content) }
    }

    fn outline(self, length: usize) -> Outline {
        let (kind, bytes_per_pixel) = match &self {
            Self { is_animated: true, .. } => (Kind::AnimatedWebP, ANIMATED),
            // Planes and picture, or the picture twice where it is to be turned.
            Self { is_lossy: true, has_alpha: false, .. } => (Kind::LossyWebP, 6),
            // Planes, picture, and the alpha channel, which is decoded as a picture of its own.
            Self { is_lossy: true, .. } => (Kind::ExactWebP, 11),
            // The picture, and what the encoder makes of it, which it gathers in memory: noise grows by being packed.
            Self { .. } => (Kind::ExactWebP, 13),
        };
        let pixels = area(self.width, self.height);
        // The streams are copied out of the file, and once more where some of their last bytes are left out.
        let copies = 2 * length as u64;
        Outline {
            kind,
            width: self.width,
            height: self.height,
            pixels,
            frames: self.frames,
            work: pixels.saturating_mul(self.frames.into()),
            memory: pixels.saturating_mul(bytes_per_pixel).saturating_add(self.codes + copies),
            length,
            profile: if self.profile > LARGEST_PROFILE { 0 } else { self.profile },
            quantization: None,
            lacks: &[],
        }
    }
}

/// The picture of a frame is as large as the frame. Answers what its prefix codes take.
fn frame(data: &[u8], canvas_width: u32, canvas_height: u32, bounds: &Bounds) -> Result<u64, Invalid> {
    let frame = Frame::read(data, canvas_width, canvas_height)?;
    let Compressed { width, height, alpha, is_lossy, picture } = frame.picture;
    let alpha = alpha.map_or(Ok(0), |alpha| codes(*b"ALPH", alpha, (width, height), bounds))?;
    let kind = if is_lossy { *b"VP8 " } else { *b"VP8L" };
    Ok(alpha + codes(kind, picture, (width, height), bounds)?)
}

/// A size of 24 bits, stored less one.
pub(super) fn one_more([low, middle, high]: [u8; 3]) -> u32 {
    u32::from_le_bytes([low, middle, high, 0]) + 1
}
