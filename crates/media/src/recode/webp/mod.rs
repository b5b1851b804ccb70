//! WebP. The streams of its pictures are kept where our decoder has read all of them and nothing has to be turned: no encoder
//! at hand packs them as tightly. The container around them is written anew, with a colour profile of our own where its
//! colours are no sRGB. What such a profile can't say is converted.

mod stream;

use std::io::Write;

use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, RgbaImage, imageops};
use tweetty_domain::{ImageFormat, Invalid, Result};

use super::colors::{Model, Source};
use super::{Allowance, Recoded, Sink, jpeg, turn};
use crate::failure;
use crate::outline::{self, Compressed, Frame, Kind, Outline, vp8};

/// The flags of an extended file whose frames move, and one in which something may be transparent.
const ANIMATION: u8 = 0x02;
const ALPHA: u8 = 0x10;
/// The flags of a frame that replaces what lies below, and of one whose place is cleared afterwards.
const REPLACES: u8 = 0x02;
const CLEARS: u8 = 0x01;
/// Place, size, duration and flags of a frame.
const FRAME_HEADER: usize = 16;

/// Keeps a picture that does not move.
pub(super) fn still(
    bytes: &[u8],
    allowance: &Allowance,
    outline: &Outline,
    sink: &mut Sink<'_, impl Write>,
) -> Result<Recoded> {
    let (picture, kept) = decoded(bytes, allowance, outline)?;
    let format = match kept {
        Some(Kept { streams, profile }) => {
            sink.write_all(&streams.file(profile.as_deref())?).map_err(failure::encoding)?;
            ImageFormat::WebP
        }
        // Only lossless WebP can be written: a photograph would grow tenfold by it.
        None if outline.kind == Kind::LossyWebP && picture.color() == ColorType::Rgb8 => {
            let picture_of = Compressed::of_still(bytes, outline.width, outline.height)?.picture;
            let quantizer = vp8::quantizer(picture_of).unwrap_or_default();
            jpeg::write_former_webp(&picture, quantizer, bytes.len(), allowance, sink)?;
            ImageFormat::Jpeg
        }
        None => {
            picture.write_with_encoder(WebPEncoder::new_lossless(&mut *sink)).map_err(failure::encoding)?;
            ImageFormat::WebP
        }
    };
    Ok(Recoded::of(format, picture))
}

/// What is kept of a picture that does not move.
pub(super) struct Kept<'a> {
    streams: Compressed<'a>,
    /// What its colours mean, where that is not sRGB.
    profile: Option<Vec<u8>>,
}

/// A picture that does not move, as it is to be shown, and what may be kept of it.
pub(super) fn decoded<'a>(
    bytes: &'a [u8],
    allowance: &Allowance,
    outline: &Outline,
) -> Result<(DynamicImage, Option<Kept<'a>>)> {
    let metadata = outline::metadata(bytes)?;
    let compressed = Compressed::of_still(bytes, outline.width, outline.height)?;
    let (mut picture, whole) = stream::decode(&compressed, allowance)?;
    let mut kept = whole.map(|streams| Kept { streams, profile: None });
    if let Some(source) = source(metadata.profile, outline) {
        source.convert(&mut picture);
        let own = described(&source, metadata.profile, bytes);
        kept = kept.zip(own).map(|(kept, own)| Kept { profile: Some(own), ..kept });
    }
    let turn = metadata.exif.and_then(turn::by_exif);
    if let Some(turn) = turn.filter(|turn| *turn != Orientation::NoTransforms) {
        picture.apply_orientation(turn);
        kept = None;
    }
    Ok((picture, kept))
}

/// The first picture of an animation, as it is shown. What its frame doesn't cover is transparent, as browsers have it.
pub(super) fn first_frame(bytes: &[u8], allowance: &Allowance, outline: &Outline) -> Result<DynamicImage> {
    let (_, frames) = outline::frames(bytes)?;
    let frame = frames.first().ok_or(Invalid::UndecodableImage)?;
    let mut picture = stream::picture(&frame.picture, allowance)?;
    if let Some(source) = source(outline::metadata(bytes)?.profile, outline) {
        source.convert(&mut picture);
    }
    if (picture.width(), picture.height()) == (outline.width, outline.height) {
        return Ok(picture);
    }
    let mut canvas = RgbaImage::new(outline.width, outline.height);
    imageops::replace(&mut canvas, &picture.into_rgba8(), frame.x.into(), frame.y.into());
    Ok(canvas.into())
}

/// Keeps the frames of an animation. Those that can't be kept as they are become lossless: packed twice, so that no more
/// than one is in memory.
pub(super) fn animation(
    bytes: &[u8],
    allowance: &Allowance,
    outline: &Outline,
    sink: &mut Sink<'_, impl Write>,
) -> Result<Recoded> {
    let (times, frames) = outline::frames(bytes)?;
    let came = outline::metadata(bytes)?.profile;
    let source = source(came, outline);
    let profile = source.as_ref().and_then(|source| described(source, came, bytes));
    // What is described needs no converting.
    let source = source.filter(|_| profile.is_none());
    let mut pictures = Vec::with_capacity(frames.len());
    for frame in &frames {
        pictures.push(Picture::of_frame(frame, source.as_ref(), allowance)?);
    }
    let mut flags = ANIMATION;
    if pictures.iter().any(|picture| picture.has_alpha) || shows_its_ground(&frames, outline) {
        flags |= ALPHA;
    }
    let mut head = b"WEBP".to_vec();
    outline::append(
        &mut head,
        *b"VP8X",
        &outline::header(flags, profile.as_deref(), outline.width, outline.height),
    )?;
    if let Some(profile) = &profile {
        outline::append(&mut head, *b"ICCP", profile)?;
    }
    let [low, high] = times.to_le_bytes();
    // Nobody shows the background that a file may name.
    outline::append(&mut head, *b"ANIM", &[0, 0, 0, 0, low, high])?;
    let chunks = pictures.iter().map(|picture| 8 + FRAME_HEADER + picture.bytes).sum::<usize>();
    sink.write_all(&chunk_head(*b"RIFF", head.len() + chunks)).map_err(failure::encoding)?;
    sink.write_all(&head).map_err(failure::encoding)?;
    for (frame, picture) in frames.iter().zip(&pictures) {
        let head = [&chunk_head(*b"ANMF", FRAME_HEADER + picture.bytes)[..], &frame_header(frame)].concat();
        sink.write_all(&head).map_err(failure::encoding)?;
        let chunks = match picture.kept {
            Some(kept) => kept.chunks()?,
            None => lossless(stream::decode(&frame.picture, allowance)?.0, source.as_ref())?,
        };
        sink.write_all(&chunks).map_err(failure::encoding)?;
    }
    Ok(Recoded::of_animation(ImageFormat::WebP, outline))
}

/// Whether a place of the canvas is ever seen that no frame has painted: it is transparent, which some programs believe only
/// where the file says that something is.
fn shows_its_ground(frames: &[Frame<'_>], outline: &Outline) -> bool {
    let covers = |frame: &Frame<'_>| {
        let Compressed { width, height, .. } = frame.picture;
        (frame.x, frame.y, width, height) == (0, 0, outline.width, outline.height)
    };
    // A frame that clears makes the next one stand on the bare ground; the first one always does.
    let clears = [true].into_iter().chain(frames.iter().map(|frame| frame.clears));
    frames.iter().zip(clears).any(|(frame, is_bare)| is_bare && !covers(frame))
}

/// What becomes of a frame's picture.
struct Picture<'a> {
    /// The streams that are kept; a picture without any is encoded anew.
    kept: Option<Compressed<'a>>,
    has_alpha: bool,
    /// What its chunks take.
    bytes: usize,
}

impl<'a> Picture<'a> {
    fn of_frame(frame: &Frame<'a>, source: Option<&Source>, allowance: &Allowance) -> Result<Self> {
        let (picture, whole) = stream::decode(&frame.picture, allowance)?;
        let has_alpha = picture.color().has_alpha();
        let kept = whole.filter(|_| source.is_none());
        let bytes = match kept {
            Some(kept) => kept.bytes()?,
            None => lossless(picture, source)?.len(),
        };
        Ok(Self { kept, has_alpha, bytes })
    }
}

/// The chunk of a picture, without loss and in sRGB.
fn lossless(mut picture: DynamicImage, source: Option<&Source>) -> Result<Vec<u8>> {
    if let Some(source) = source {
        source.convert(&mut picture);
    }
    let mut file = Vec::new();
    picture.write_with_encoder(WebPEncoder::new_lossless(&mut file)).map_err(failure::encoding)?;
    Ok(Compressed::of_still(&file, picture.width(), picture.height())?.chunks()?)
}

/// What the colours mean, where they have to be converted.
fn source(profile: Option<&[u8]>, outline: &Outline) -> Option<Source> {
    Source::profile(profile?, Model::Rgb, outline.profile).filter(Source::changes_colors)
}

/// A profile of our own that means the same, where it makes the file larger by a sixteenth at most: one that came may list
/// a curve for three colours once.
fn described(source: &Source, came: Option<&[u8]>, file: &[u8]) -> Option<Vec<u8>> {
    let most = came?.len() + file.len() / 16;
    source.described().filter(|own| own.len() <= most)
}

/// Kind and size of a chunk.
fn chunk_head(kind: [u8; 4], size: usize) -> Vec<u8> {
    // The sink ends long before that.
    [kind, u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes()].concat()
}

fn frame_header(frame: &Frame<'_>) -> [u8; FRAME_HEADER] {
    let Compressed { width, height, .. } = frame.picture;
    let numbers =
        [frame.x / 2, frame.y / 2, width.saturating_sub(1), height.saturating_sub(1), frame.duration];
    let mut header = [0; FRAME_HEADER];
    for (place, number) in header.chunks_exact_mut(3).zip(numbers) {
        place.copy_from_slice(&number.to_le_bytes()[..3]);
    }
    header[FRAME_HEADER - 1] =
        if frame.replaces { REPLACES } else { 0 } | if frame.clears { CLEARS } else { 0 };
    header
}
