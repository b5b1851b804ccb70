//! The frames of an animated WebP.

use tweetty_domain::Invalid;

use super::compressed::Compressed;
use super::walk::Walk;
use super::webp::{body, chunk, header, one_more};

/// Set where a frame replaces what lies below; else it is laid over it.
const REPLACES: u8 = 0x02;
/// Set where a frame's place is cleared before the next one is shown.
const CLEARS: u8 = 0x01;

/// A frame of an animated WebP; it lies inside the canvas.
pub(crate) struct Frame<'a> {
    pub(crate) x: u32,
    pub(crate) y: u32,
    /// How long it is shown, in milliseconds.
    pub(crate) duration: u32,
    pub(crate) replaces: bool,
    pub(crate) clears: bool,
    pub(crate) picture: Compressed<'a>,
}

impl<'a> Frame<'a> {
    /// The frame that lies in a chunk `ANMF`.
    pub(super) fn read(data: &'a [u8], canvas_width: u32, canvas_height: u32) -> Result<Self, Invalid> {
        let mut walk = Walk::within(data);
        let (x, y) = (twice(walk.array()?), twice(walk.array()?));
        let (width, height) = (one_more(walk.array()?), one_more(walk.array()?));
        let [low, middle, high, flags] = walk.array()?;
        if x + width > canvas_width || y + height > canvas_height {
            return Err(Invalid::UndecodableImage);
        }
        let (mut alpha, mut picture) = (None, chunk(&mut walk)?);
        if &picture.0 == b"ALPH" {
            alpha = Some(picture.1);
            picture = chunk(&mut walk)?;
        }
        let is_lossy = match (&picture.0, alpha) {
            (b"VP8 ", _) => true,
            (b"VP8L", None) => false,
            _ => return Err(Invalid::UndecodableImage),
        };
        Ok(Self {
            x,
            y,
            duration: u32::from_le_bytes([low, middle, high, 0]),
            replaces: flags & REPLACES != 0,
            clears: flags & CLEARS != 0,
            picture: Compressed { width, height, alpha, is_lossy, picture: picture.1 },
        })
    }
}

/// How often an animated WebP is shown, 0 for without end, and its frames.
pub(crate) fn frames(bytes: &[u8]) -> Result<(u16, Vec<Frame<'_>>), Invalid> {
    let (mut walk, _) = body(bytes)?;
    let (_, width, height) = header(chunk(&mut walk)?.1)?;
    let (mut times, mut frames) = (None, Vec::new());
    while !walk.is_at_end() {
        match chunk(&mut walk)? {
            (kind, [_, _, _, _, low, high, ..]) if &kind == b"ANIM" => {
                times = times.or(Some(u16::from_le_bytes([*low, *high])));
            }
            (kind, data) if &kind == b"ANMF" => frames.push(Frame::read(data, width, height)?),
            _ => (),
        }
    }
    Ok((times.ok_or(Invalid::UndecodableImage)?, frames))
}

/// A place of 24 bits, stored halved.
fn twice([low, middle, high]: [u8; 3]) -> u32 {
    u32::from_le_bytes([low, middle, high, 0]) * 2
}
