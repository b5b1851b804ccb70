//! The blocks of a GIF; its frames are counted and measured without unpacking one.

use tweetty_domain::Invalid;

use super::walk::Walk;
use super::{Kind, Outline, area};

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const TRAILER: u8 = 0x3B;
/// The label of an extension that belongs to the frame behind it.
const GRAPHIC_CONTROL: u8 = 0xF9;

pub(super) fn outline(bytes: &[u8]) -> Result<Outline, Invalid> {
    let mut walk = Walk::new(bytes);
    let _signature: [u8; 6] = walk.array()?;
    let width = u16::from_le_bytes(walk.array()?).into();
    let height = u16::from_le_bytes(walk.array()?).into();
    let [flags, _, _] = walk.array()?;
    colors(&mut walk, flags)?;
    let mut frames = Frames::default();
    let mut is_announced = false;
    while !is_over(&walk, frames.count, is_announced) {
        match walk.byte()? {
            IMAGE => {
                frames.add(frame(&mut walk)?);
                is_announced = false;
            }
            EXTENSION => {
                is_announced |= walk.byte()? == GRAPHIC_CONTROL;
                data(&mut walk)?;
            }
            _ => return Err(Invalid::UndecodableImage),
        }
    }
    if frames.count == 0 {
        return Err(Invalid::UndecodableImage);
    }
    Ok(Outline {
        kind: Kind::Gif,
        width,
        height,
        pixels: frames.largest.max(area(width, height)),
        frames: frames.count,
        work: frames.work,
        // The colour numbers of one frame, and the same packed twice.
        memory: frames.largest * 3,
        length: walk.position(),
        profile: 0,
        quantization: None,
        lacks: &[TRAILER],
    })
}

/// Whether all frames lie behind: at the trailer, in whose place some programs leave nothing or what begins no block.
fn is_over(walk: &Walk<'_>, frames: u32, is_announced: bool) -> bool {
    match walk.rest() {
        [TRAILER, ..] => true,
        [EXTENSION | IMAGE, ..] => false,
        _ => frames > 0 && !is_announced,
    }
}

/// What the frames cost; one may cover a part of the canvas, or reach beyond it.
#[derive(Default)]
struct Frames {
    count: u32,
    /// The pixels of the largest.
    largest: u64,
    /// The pixels of all.
    work: u64,
}

impl Frames {
    fn add(&mut self, pixels: u64) {
        self.count += 1;
        self.largest = self.largest.max(pixels);
        self.work += pixels;
    }
}

/// Goes over a frame and answers its pixels.
fn frame(walk: &mut Walk<'_>) -> Result<u64, Invalid> {
    let [_, _, _, _] = walk.array()?;
    let width = u16::from_le_bytes(walk.array()?);
    let height = u16::from_le_bytes(walk.array()?);
    let flags = walk.byte()?;
    colors(walk, flags)?;
    let _code_size = walk.byte()?;
    data(walk)?;
    match area(width.into(), height.into()) {
        0 => Err(Invalid::UndecodableImage),
        pixels => Ok(pixels),
    }
}

/// Goes over a colour table where there is one.
fn colors(walk: &mut Walk<'_>, flags: u8) -> Result<(), Invalid> {
    let bytes = if flags & 0x80 == 0 { 0 } else { 6_usize << (flags & 7) };
    walk.take(bytes).map(drop)
}

/// Goes over counted pieces up to the empty one.
fn data(walk: &mut Walk<'_>) -> Result<(), Invalid> {
    loop {
        match walk.byte()? {
            0 => return Ok(()),
            length => drop(walk.take(length.into())?),
        }
    }
}
