//! The blocks of a GIF; its frames are counted and measured without unpacking one.

use tweetty_domain::Invalid;

use super::walk::Walk;
use super::{Kind, Outline, area};

const EXTENSION: u8 = 0x21;
const IMAGE: u8 = 0x2C;
const TRAILER: u8 = 0x3B;

pub(super) fn outline(bytes: &[u8]) -> Result<Outline, Invalid> {
    let mut walk = Walk::new(bytes);
    let _signature: [u8; 6] = walk.array()?;
    let width = u16::from_le_bytes(walk.array()?).into();
    let height = u16::from_le_bytes(walk.array()?).into();
    let [flags, _, _] = walk.array()?;
    colors(&mut walk, flags)?;
    let canvas = area(width, height);
    let (mut frames, mut largest) = (0_u32, canvas);
    loop {
        match walk.byte()? {
            IMAGE => {
                frames += 1;
                largest = largest.max(frame(&mut walk)?);
            }
            EXTENSION => {
                let _label = walk.byte()?;
                data(&mut walk)?;
            }
            TRAILER => break,
            _ => return Err(Invalid::UndecodableImage),
        }
    }
    if frames == 0 {
        return Err(Invalid::UndecodableImage);
    }
    Ok(Outline {
        kind: Kind::Gif,
        width,
        height,
        pixels: largest,
        frames,
        work: largest * u64::from(frames),
        // The colour numbers of one frame, and the same packed twice.
        memory: largest * 3,
        length: walk.position(),
    })
}

/// Goes over a frame and answers its pixels; it may reach beyond the canvas.
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
