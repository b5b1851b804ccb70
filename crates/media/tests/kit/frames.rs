//! What an animated WebP shows, by a reader of its own: its container, and its frames laid one above the other.

use image::RgbaImage;

use super::raw;

/// The kind of a chunk and what lies in it.
pub type Chunk = ([u8; 4], Vec<u8>);

/// A frame as the container describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub place: [u32; 4],
    pub duration: u32,
    pub replaces: bool,
    pub clears: bool,
    pub chunks: Vec<Chunk>,
}

/// The chunks of a file behind its first twelve bytes, or of a frame behind its header.
pub fn chunks(mut bytes: &[u8]) -> Vec<Chunk> {
    let mut chunks = vec![];
    while let Some((head, rest)) = bytes.split_at_checked(8) {
        let size = u32::from_le_bytes(head[4..].try_into().unwrap()) as usize;
        chunks.push((head[..4].try_into().unwrap(), rest[..size].to_vec()));
        bytes = &rest[size.next_multiple_of(2).min(rest.len())..];
    }
    chunks
}

/// The frames of an animated WebP.
pub fn frames(webp: &[u8]) -> Vec<Frame> {
    let all = chunks(&webp[12..]).into_iter().filter(|(kind, _)| kind == b"ANMF");
    all.map(|(_, data)| {
        let number = |at: usize| u32::from_le_bytes([data[at], data[at + 1], data[at + 2], 0]);
        Frame {
            place: [number(0) * 2, number(3) * 2, number(6) + 1, number(9) + 1],
            duration: number(12),
            replaces: data[15] & 2 != 0,
            clears: data[15] & 1 != 0,
            chunks: chunks(&data[16..]),
        }
    })
    .collect()
}

/// Whether the chunks are those of the source: what ended a stream there and says nothing may be missing.
pub fn are_kept(kept: &[Chunk], source: &[Chunk]) -> bool {
    let is_kept = |((kind, kept), (of, source)): (&Chunk, &Chunk)| {
        kind == of && source.starts_with(kept) && source.len() - kept.len() <= 8
    };
    kept.len() == source.len() && kept.iter().zip(source).all(is_kept)
}

/// How often it is shown, 0 for without end.
pub fn times(webp: &[u8]) -> u16 {
    let all = chunks(&webp[12..]);
    let (_, data) = all.iter().find(|(kind, _)| kind == b"ANIM").unwrap();
    u16::from_le_bytes([data[4], data[5]])
}

/// The pictures that are seen one after the other.
pub fn shown(webp: &[u8]) -> Vec<RgbaImage> {
    let head = &webp[20..30];
    let side = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], 0]) + 1;
    let mut canvas = RgbaImage::new(side(4), side(7));
    let mut to_clear: Option<[u32; 4]> = None;
    frames(webp)
        .into_iter()
        .map(|frame| {
            let [left, top, width, height] = frame.place;
            if let Some([left, top, width, height]) = to_clear.take() {
                image::imageops::replace(
                    &mut canvas,
                    &RgbaImage::new(width, height),
                    i64::from(left),
                    i64::from(top),
                );
            }
            let mut parts: Vec<_> =
                frame.chunks.iter().map(|(kind, data)| raw::riff_chunk(*kind, data)).collect();
            if parts.len() > 1 {
                parts.insert(0, raw::extended(0x10, width, height));
            }
            let picture = image::load_from_memory(&raw::riff(&parts)).unwrap().to_rgba8();
            for (x, y, pixel) in picture.enumerate_pixels() {
                let below = canvas.get_pixel_mut(left + x, top + y);
                *below = if frame.replaces { *pixel } else { over(*pixel, *below) };
            }
            to_clear = frame.clears.then_some(frame.place);
            canvas.clone()
        })
        .collect()
}

/// A pixel over another; colours are not multiplied by their opacity.
fn over(above: image::Rgba<u8>, below: image::Rgba<u8>) -> image::Rgba<u8> {
    let [own, other] = [above, below].map(|pixel| f64::from(pixel.0[3]) / 255.0);
    let through = other * (1.0 - own);
    let sum = own + through;
    if sum == 0.0 {
        return image::Rgba([0; 4]);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
    let byte = |value: f64| value.round() as u8;
    let mix = |part: usize| byte((f64::from(above.0[part]) * own + f64::from(below.0[part]) * through) / sum);
    image::Rgba([mix(0), mix(1), mix(2), byte(sum * 255.0)])
}
