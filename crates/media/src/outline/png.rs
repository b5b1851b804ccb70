//! The chunks of a PNG. Of an animated one the first picture counts.

use tweetty_domain::Invalid;

use super::walk::Walk;
use super::{Kind, LARGEST_PROFILE, Outline, area};

/// What the decoder takes at most beside the picture and the file: for rows, and for what colour profiles unpack to.
pub(crate) const ASIDE: u64 = 4 * 1024 * 1024;

/// How many times as large as packed a colour profile may be. Those that devices have pack to a half or a third.
const UNPACKED: usize = 32;

pub(super) fn outline(bytes: &[u8]) -> Result<Outline, Invalid> {
    let mut walk = Walk::new(bytes);
    let _signature: [u8; 8] = walk.array()?;
    let (kind, header) = chunk(&mut walk)?;
    if &kind != b"IHDR" {
        return Err(Invalid::UndecodableImage);
    }
    let mut header = Walk::within(header);
    let width = u32::from_be_bytes(header.array()?);
    let height = u32::from_be_bytes(header.array()?);
    let [depth, color, _, _, _] = header.array()?;
    let (mut has_pixels, mut is_turned, mut profile) = (false, false, 0);
    let length = loop {
        has_pixels |= walk.rest().get(4..8) == Some(b"IDAT");
        let (kind, data) = match chunk(&mut walk) {
            // All pixels may be there; the decoder finds out.
            Err(Invalid::CutOffImage) if has_pixels => break bytes.len(),
            chunk => chunk?,
        };
        match &kind {
            b"iCCP" => profile = (data.len() * UNPACKED).min(LARGEST_PROFILE),
            b"cICP" | b"gAMA" | b"cHRM" => profile = profile.max(1),
            b"eXIf" => is_turned = true,
            b"IEND" => break walk.position(),
            _ => (),
        }
    };
    if !has_pixels {
        return Err(Invalid::UndecodableImage);
    }
    let pixels = area(width, height);
    let decoded = bytes_per_pixel(depth, color);
    // The same once more, or the numbers of its colours.
    let memory = if is_turned || depth > 8 { 2 * decoded } else { decoded + 1 };
    Ok(Outline {
        kind: Kind::Png,
        width,
        height,
        pixels,
        frames: 1,
        work: pixels,
        memory: pixels.saturating_mul(memory).saturating_add(ASIDE + 2 * length as u64),
        length,
        profile,
        quantization: None,
        // The decoder can do without the end mark.
        lacks: &[],
    })
}

/// Kind and data of each whole chunk of a PNG.
pub(crate) fn chunks(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut walk = Walk::new(bytes.get(8..).unwrap_or_default());
    std::iter::from_fn(move || chunk(&mut walk).ok())
}

/// Kind and data of the next chunk; the decoder checks the sums.
fn chunk<'a>(walk: &mut Walk<'a>) -> Result<([u8; 4], &'a [u8]), Invalid> {
    let length = u32::from_be_bytes(walk.array()?);
    let kind = walk.array()?;
    let data = walk.take(usize::try_from(length).map_err(|_| Invalid::UndecodableImage)?)?;
    let _sum: [u8; 4] = walk.array()?;
    Ok((kind, data))
}

/// As decoded: palettes resolved, and with an alpha channel, which a later chunk may add.
fn bytes_per_pixel(depth: u8, color: u8) -> u64 {
    let channels = match color {
        0 | 4 => 2,
        _ => 4,
    };
    if depth > 8 { channels * 2 } else { channels }
}
