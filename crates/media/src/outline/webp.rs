//! The chunks of a WebP. The sizes that its pictures bear inside are held against those of the canvas and the
//! frames, for a decoder takes room by the former.

use tweetty_domain::Invalid;

use super::walk::Walk;
use super::{Kind, Outline, area};

const ANIMATION: u8 = 0x02;
const ALPHA: u8 = 0x10;
/// Bytes per pixel of canvas while an animation is decoded and its frames get their palettes.
const ANIMATED: u64 = 24;

pub(super) fn outline(bytes: &[u8]) -> Result<Outline, Invalid> {
    let [_, _, _, _, size @ ..] = Walk::new(bytes).array::<8>()?;
    let length = usize::try_from(u32::from_le_bytes(size)).ok().and_then(|size| size.checked_add(8));
    let length = length.ok_or(Invalid::UndecodableImage)?;
    let mut walk = Walk::new(bytes.get(12..length).ok_or(Invalid::UndecodableImage)?);
    let (kind, data) = chunk(&mut walk)?;
    let content = match &kind {
        b"VP8X" => Content::extended(data, &mut walk)?,
        _ => Content::simple(&Picture::read(kind, data)?.ok_or(Invalid::UndecodableImage)?),
    };
    Ok(content.outline(length))
}

/// Kind and data of the next chunk; the last one may lack the byte that makes its length even.
fn chunk<'a>(walk: &mut Walk<'a>) -> Result<([u8; 4], &'a [u8]), Invalid> {
    let kind = walk.array()?;
    let size = u32::from_le_bytes(walk.array()?);
    let data = walk.take(usize::try_from(size).map_err(|_| Invalid::UndecodableImage)?)?;
    if size % 2 == 1 && !walk.is_at_end() {
        walk.byte()?;
    }
    Ok((kind, data))
}

/// A compressed picture as its own first bytes describe it.
struct Picture {
    width: u32,
    height: u32,
    is_lossy: bool,
    has_alpha: bool,
}

impl Picture {
    /// The picture of that chunk, where it is one.
    fn read(kind: [u8; 4], data: &[u8]) -> Result<Option<Self>, Invalid> {
        let mut walk = Walk::new(data);
        match &kind {
            b"VP8 " => {
                let _tag_and_start: [u8; 6] = walk.array()?;
                let width = u32::from(u16::from_le_bytes(walk.array()?) & 0x3FFF);
                let height = u32::from(u16::from_le_bytes(walk.array()?) & 0x3FFF);
                Ok(Some(Self { width, height, is_lossy: true, has_alpha: false }))
            }
            b"VP8L" => {
                let _signature = walk.byte()?;
                let bits = u32::from_le_bytes(walk.array()?);
                let (width, height) = ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
                Ok(Some(Self { width, height, is_lossy: false, has_alpha: bits >> 28 & 1 == 1 }))
            }
            _ => Ok(None),
        }
    }

    fn must_be(&self, width: u32, height: u32) -> Result<(), Invalid> {
        if (self.width, self.height) == (width, height) { Ok(()) } else { Err(Invalid::UndecodableImage) }
    }
}

#[expect(clippy::struct_excessive_bools, reason = "flags of the file, each on its own")]
struct Content {
    width: u32,
    height: u32,
    is_animated: bool,
    is_lossy: bool,
    has_alpha: bool,
    is_turned: bool,
    frames: u32,
}

impl Content {
    fn simple(picture: &Picture) -> Self {
        let Picture { width, height, is_lossy, has_alpha } = *picture;
        Self { width, height, is_animated: false, is_lossy, has_alpha, is_turned: false, frames: 1 }
    }

    fn extended(header: &[u8], walk: &mut Walk<'_>) -> Result<Self, Invalid> {
        let mut header = Walk::new(header);
        let [flags, _, _, _] = header.array()?;
        let (width, height) = (one_more(header.array()?), one_more(header.array()?));
        let mut content = Self {
            width,
            height,
            is_animated: flags & ANIMATION != 0,
            is_lossy: false,
            has_alpha: flags & ALPHA != 0,
            is_turned: false,
            frames: 0,
        };
        while !walk.is_at_end() {
            let (kind, data) = chunk(walk)?;
            match &kind {
                b"EXIF" => content.is_turned = true,
                b"ANMF" => {
                    content.frames += 1;
                    check_frame(data, width, height)?;
                }
                _ => {
                    if let Some(picture) = Picture::read(kind, data)? {
                        picture.must_be(width, height)?;
                        content.is_lossy |= picture.is_lossy;
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
            // Planes and picture, or the picture twice to turn it.
            Self { is_lossy: true, has_alpha: false, .. } => (Kind::LossyWebP, 6),
            // Planes, picture, and the alpha channel, which is decoded as a picture of its own.
            Self { is_lossy: true, .. } => (Kind::ExactWebP, 11),
            // The picture and the encoder's copy of it, with the turned one where there may be one.
            Self { is_turned: false, .. } => (Kind::ExactWebP, 8),
            Self { .. } => (Kind::ExactWebP, 12),
        };
        let pixels = area(self.width, self.height);
        Outline {
            kind,
            width: self.width,
            height: self.height,
            pixels,
            frames: self.frames,
            work: pixels.saturating_mul(self.frames.into()),
            memory: pixels.saturating_mul(bytes_per_pixel),
            length,
        }
    }
}

/// A frame lies inside the canvas, and its picture is as large as the frame.
fn check_frame(data: &[u8], canvas_width: u32, canvas_height: u32) -> Result<(), Invalid> {
    let mut walk = Walk::new(data);
    let (x, y) = (twice(walk.array()?), twice(walk.array()?));
    let (width, height) = (one_more(walk.array()?), one_more(walk.array()?));
    let _duration_and_flags: [u8; 4] = walk.array()?;
    if x + width > canvas_width || y + height > canvas_height {
        return Err(Invalid::UndecodableImage);
    }
    while !walk.is_at_end() {
        let (kind, data) = chunk(&mut walk)?;
        if let Some(picture) = Picture::read(kind, data)? {
            picture.must_be(width, height)?;
        }
    }
    Ok(())
}

/// A size of 24 bits, stored less one.
fn one_more([low, middle, high]: [u8; 3]) -> u32 {
    u32::from_le_bytes([low, middle, high, 0]) + 1
}

/// A place of 24 bits, stored halved.
fn twice([low, middle, high]: [u8; 3]) -> u32 {
    u32::from_le_bytes([low, middle, high, 0]) * 2
}
