//! A compressed picture of a WebP, still or a frame: the streams in its chunks.

use tweetty_domain::Invalid;

use super::vp8;
use super::webp::{ALPHA, Picture, body, chunk};

/// The flag of an extended file that has a colour profile.
const PROFILE: u8 = 0x20;

/// The streams of one picture. They are not decoded yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Compressed<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// What lies in the chunk `ALPH` of a lossy picture, where there is one.
    pub(crate) alpha: Option<&'a [u8]>,
    pub(crate) is_lossy: bool,
    /// What lies in the chunk `VP8 ` of a lossy picture, in `VP8L` of a lossless one.
    pub(crate) picture: &'a [u8],
}

impl<'a> Compressed<'a> {
    /// The picture of a WebP of that size that is not animated: the first one, as browsers have it.
    pub(crate) fn of_still(file: &'a [u8], width: u32, height: u32) -> Result<Self, Invalid> {
        let (mut walk, _) = body(file)?;
        let mut alpha = None;
        loop {
            let (is_lossy, picture) = match chunk(&mut walk)? {
                (kind, data) if &kind == b"ALPH" => {
                    alpha = alpha.or(Some(data));
                    continue;
                }
                (kind, data) if &kind == b"VP8 " => (true, data),
                (kind, data) if &kind == b"VP8L" => (false, data),
                _ => continue,
            };
            return Ok(Self { width, height, alpha: alpha.filter(|_| is_lossy), is_lossy, picture });
        }
    }

    /// Whether nothing in the headers of the streams is reserved or to be read by some decoders alone.
    pub(crate) fn is_plain(&self) -> bool {
        let is_alpha_plain = self.alpha.is_none_or(|alpha| alpha.first().is_some_and(|info| info >> 6 == 0));
        is_alpha_plain && (!self.is_lossy || vp8::is_plain(self.picture))
    }

    /// Whether something in it may be transparent.
    fn has_alpha(&self) -> bool {
        self.alpha.is_some()
            || !self.is_lossy
                && Picture::read(*b"VP8L", self.picture).is_ok_and(|of| of.is_some_and(|of| of.has_alpha))
    }

    /// Its chunks, to be put into a file or a frame.
    pub(crate) fn chunks(&self) -> Result<Vec<u8>, Invalid> {
        let mut chunks = Vec::with_capacity(self.bytes()?);
        if let Some(alpha) = self.alpha {
            append(&mut chunks, *b"ALPH", alpha)?;
        }
        append(&mut chunks, if self.is_lossy { *b"VP8 " } else { *b"VP8L" }, self.picture)?;
        Ok(chunks)
    }

    /// The bytes of its chunks.
    pub(crate) fn bytes(&self) -> Result<usize, Invalid> {
        let chunk = |data: &[u8]| data.len().checked_next_multiple_of(2)?.checked_add(8);
        let alpha = self.alpha.map_or(Some(0), chunk);
        alpha
            .zip(chunk(self.picture))
            .and_then(|(alpha, picture)| alpha.checked_add(picture))
            .ok_or(Invalid::UndecodableImage)
    }

    /// The picture as a file of its own, with that colour profile and nothing else.
    pub(crate) fn file(&self, profile: Option<&[u8]>) -> Result<Vec<u8>, Invalid> {
        let mut chunks = b"WEBP".to_vec();
        if self.alpha.is_some() || profile.is_some() {
            let flags = if self.has_alpha() { ALPHA } else { 0 };
            append(&mut chunks, *b"VP8X", &header(flags, profile, self.width, self.height))?;
        }
        if let Some(profile) = profile {
            append(&mut chunks, *b"ICCP", profile)?;
        }
        chunks.extend(self.chunks()?);
        let mut file = Vec::with_capacity(chunks.len() + 8);
        append(&mut file, *b"RIFF", &chunks)?;
        Ok(file)
    }
}

/// The header of an extended file of that size, with a colour profile or without.
pub(crate) fn header(flags: u8, profile: Option<&[u8]>, width: u32, height: u32) -> [u8; 10] {
    let flags = if profile.is_some() { flags | PROFILE } else { flags };
    let mut header = [flags, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    for (place, side) in header[4..].chunks_exact_mut(3).zip([width, height]) {
        place.copy_from_slice(&side.saturating_sub(1).to_le_bytes()[..3]);
    }
    header
}

/// Appends a chunk of that kind.
pub(crate) fn append(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) -> Result<(), Invalid> {
    file.extend(kind);
    file.extend(u32::try_from(data.len()).map_err(|_| Invalid::UndecodableImage)?.to_le_bytes());
    file.extend(data);
    if !data.len().is_multiple_of(2) {
        file.push(0);
    }
    Ok(())
}
