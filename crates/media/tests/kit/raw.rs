//! Images written byte by byte: those that no encoder at hand makes, and those that no honest one would.

use std::iter;

use image::{GrayImage, ImageFormat, Luma, RgbImage, RgbaImage};

use super::{picture, webp};

/// Text that must never come out again.
pub const SECRET: &str = "52.5163N-13.3777E-secret";

/// EXIF data: the orientation and a secret.
pub fn exif(orientation: u8) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    bytes.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend(SECRET.as_bytes());
    bytes
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker], &length[..], data].concat()
}

/// A JPEG with EXIF, XMP, a colour profile, a comment and trailing data.
pub fn told_jpeg(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let exif = [b"Exif\0\0", exif(orientation).as_slice()].concat();
    let xmp = [b"http://ns.adobe.com/xap/1.0/\0", SECRET.as_bytes()].concat();
    let profile = [b"ICC_PROFILE\0\x01\x01", SECRET.as_bytes()].concat();
    [
        &jpeg[..2],
        &segment(0xE1, &exif),
        &segment(0xE1, &xmp),
        &segment(0xE2, &profile),
        &segment(0xFE, SECRET.as_bytes()),
        &jpeg[2..],
        SECRET.as_bytes(),
    ]
    .concat()
}

/// 8 × 8 pixels of one colour in four inks, as a print shop has them.
pub fn cmyk_jpeg() -> Vec<u8> {
    plain_cmyk_jpeg(8, 0xC0)
}

/// Pixels of one colour in four inks; the marker of its frame says how they are coded.
pub fn plain_cmyk_jpeg(side: u16, marker: u8) -> Vec<u8> {
    let adobe = b"Adobe\0\x64\0\0\0\0\0";
    let [high, low] = side.to_be_bytes();
    let frame = [8, high, low, high, low, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0];
    let last = if marker == 0xC2 { 0 } else { 63 };
    // A bit for each first coefficient, and one for all others.
    let bits = usize::from(side / 8).pow(2) * if marker == 0xC2 { 4 } else { 8 };
    // One code of one bit, for "no difference" and for "end of block".
    let mut table = vec![0, 1];
    table.resize(18, 0);
    let other = [&[0x10], &table[1..]].concat();
    [
        &[0xFF, 0xD8][..],
        &segment(0xEE, adobe),
        &segment(0xDB, &[&[0], &[1; 64][..]].concat()),
        &segment(marker, &frame),
        &segment(0xC4, &table),
        &segment(0xC4, &other),
        &segment(0xDA, &[4, 1, 0, 2, 0, 3, 0, 4, 0, 0, last, 0]),
        &vec![0; bits.div_ceil(8)],
        &[0xFF, 0xD9],
    ]
    .concat()
}

/// A JPEG with a scan for each component, as `cjpeg -scans` makes them; no colour is coarser than another.
pub fn one_by_one_jpeg(picture: &RgbImage) -> Vec<u8> {
    let [high, wide] =
        [picture.height(), picture.width()].map(|side| u16::try_from(side).unwrap().to_be_bytes());
    let components = [1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0];
    let frame = segment(0xC0, &[&[8], &high[..], &wide, &[3], &components].concat());
    let scans = [[299, 587, 114, 0], [-169, -331, 500, 128], [500, -419, -81, 128]];
    let mut file = vec![0xFF, 0xD8];
    for ([red, green, blue, more], id) in scans.into_iter().zip(1..) {
        let plane = GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
            let [r, g, b] = picture.get_pixel(x, y).0.map(i32::from);
            let value = (red * r + green * g + blue * b) / 1000 + more;
            Luma([u8::try_from(value.min(255)).unwrap()])
        });
        let grey = super::encoded(plane, ImageFormat::Jpeg);
        // What stands before the frame are the quantisers, between frame and scan the codes; both are the same each time.
        let place = |marker| grey.windows(2).position(|two| two == [0xFF, marker]).unwrap();
        let (framed, scanned) = (place(0xC0), place(0xDA));
        if id == 1 {
            file.extend([&grey[2..framed], &frame, &grey[framed + 13..scanned]].concat());
        }
        file.extend(segment(0xDA, &[1, id, 0, 0, 63, 0]));
        file.extend(&grey[scanned + 10..grey.len() - 2]);
    }
    [file, vec![0xFF, 0xD9]].concat()
}

/// A progressive JPEG of that size that claims so many scans and has nothing in them.
pub fn scanned_jpeg(side: u16, scans: usize) -> Vec<u8> {
    let [high, low] = side.to_be_bytes();
    let frame = segment(0xC2, &[8, high, low, high, low, 1, 1, 0x11, 0]);
    let scan = segment(0xDA, &[1, 1, 0, 0, 0, 0]);
    [&[0xFF, 0xD8][..], &frame, &scan.repeat(scans), &[0xFF, 0xD9]].concat()
}

fn sum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 * (sum & 1)))
    })
}

pub fn png_chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [&kind, data].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], &named, &sum(&named).to_be_bytes()].concat()
}

/// A PNG with those chunks behind its header and something behind its end.
pub fn png_with(png: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    [&png[..33], &chunks.concat(), &png[33..], SECRET.as_bytes()].concat()
}

/// A PNG with text, XMP, EXIF and a colour profile's name.
pub fn told_png(png: &[u8], orientation: u8) -> Vec<u8> {
    let text = |prefix: &[u8]| [prefix, SECRET.as_bytes()].concat();
    let chunks = [
        png_chunk(*b"iCCP", &[SECRET.as_bytes(), b"\0\0broken"].concat()),
        png_chunk(*b"tEXt", &text(b"Comment\0")),
        png_chunk(*b"iTXt", &text(b"XML:com.adobe.xmp\0\0\0\0\0")),
        png_chunk(*b"eXIf", &exif(orientation)),
    ];
    png_with(png, &chunks)
}

/// A PNG of that size with one chunk of pixels that is far too short.
pub fn claimed_png(width: u32, height: u32, depth: u8, color: u8) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, color, 0, 0, 0]].concat();
    let chunks =
        [png_chunk(*b"IHDR", &header), png_chunk(*b"IDAT", b"x\x9c\x03\0"), png_chunk(*b"IEND", b"")];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat()].concat()
}

/// A GIF with a comment, XMP and trailing data.
pub fn told_gif(gif: &[u8]) -> Vec<u8> {
    let length = u8::try_from(SECRET.len()).unwrap();
    let comment = [b"\x21\xFE", &[length][..], SECRET.as_bytes(), &[0]].concat();
    let xmp = [b"\x21\xFF\x0BXMP DataXMP", &[length][..], SECRET.as_bytes(), &[0]].concat();
    let (body, trailer) = gif.split_at(gif.len() - 1);
    [body, &comment, &xmp, trailer, SECRET.as_bytes()].concat()
}

/// A GIF of that canvas with so many frames of that size, all of the same few bytes.
pub fn claimed_gif(canvas: u16, frame: u16, frames: usize) -> Vec<u8> {
    let ([c, d], [f, g]) = (canvas.to_le_bytes(), frame.to_le_bytes());
    let one = [0x2C, 0, 0, 0, 0, f, g, f, g, 0, 2, 2, 0x4C, 0x01, 0];
    let head = [b'G', b'I', b'F', b'8', b'9', b'a', c, d, c, d, 0x80, 0, 0, 0, 0, 0, 255, 255, 255];
    [&head[..], &one.repeat(frames), &[0x3B]].concat()
}

pub fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let chunks = [b"WEBP".to_vec(), chunks.concat()].concat();
    riff_chunk(*b"RIFF", &chunks)
}

pub fn riff_chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let size = u32::try_from(data.len()).unwrap().to_le_bytes();
    [&kind, &size[..], data, &[0][..data.len() % 2]].concat()
}

pub fn three(number: u32) -> [u8; 3] {
    let [low, middle, high, _] = number.to_le_bytes();
    [low, middle, high]
}

pub fn extended(flags: u8, width: u32, height: u32) -> Vec<u8> {
    let data = [&[flags, 0, 0, 0][..], &three(width - 1), &three(height - 1)].concat();
    riff_chunk(*b"VP8X", &data)
}

/// A key frame whose bits are all zero, which means: every block as its neighbours are.
fn vp8(width: u16, height: u16) -> Vec<u8> {
    // Enough for every block of 16 by 16, but in those that are bombs.
    let blocks = usize::from(width.div_ceil(16)) * usize::from(height.div_ceil(16));
    let zeros = vec![0; 1024 + blocks.min(65_536) * 8];
    let first = u32::try_from(zeros.len() / 2).unwrap();
    let [low, middle, high, _] = (0x10 | first << 5).to_le_bytes();
    let head = [low, middle, high, 0x9D, 0x01, 0x2A];
    riff_chunk(*b"VP8 ", &[&head[..], &width.to_le_bytes(), &height.to_le_bytes(), &zeros].concat())
}

pub fn lossy_webp(width: u16, height: u16, transparent: bool) -> Vec<u8> {
    if !transparent {
        return riff(&[vp8(width, height)]);
    }
    let alpha = vec![128; usize::from(width) * usize::from(height)];
    let alpha = riff_chunk(*b"ALPH", &[vec![0], alpha].concat());
    riff(&[extended(0x10, width.into(), height.into()), alpha, vp8(width, height)])
}

/// A WebP whose canvas is one pixel and whose picture is as large as can be.
pub fn deceptive_webp() -> Vec<u8> {
    riff(&[extended(0, 1, 1), vp8(16383, 16383)])
}

/// A lossless WebP that claims the largest size and has no pixels.
pub fn claimed_webp() -> Vec<u8> {
    riff(&[riff_chunk(*b"VP8L", &[0x2F, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0, 0])])
}

/// A WebP with EXIF, XMP, an unknown chunk and trailing data.
pub fn told_webp(webp: &[u8], width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let chunks = [
        extended(0x10 | 0x08 | 0x04, width, height),
        webp[12..].to_vec(),
        riff_chunk(*b"EXIF", &exif(orientation)),
        riff_chunk(*b"XMP ", SECRET.as_bytes()),
        riff_chunk(*b"note", SECRET.as_bytes()),
    ];
    [riff(&chunks), SECRET.as_bytes().to_vec()].concat()
}

/// So many frames of 80 ms, shown three times.
pub fn animated_webp(width: u32, height: u32, frames: u32) -> Vec<u8> {
    let frames = (0..frames).map(|number| {
        let mut canvas = picture(width, height, true);
        canvas.put_pixel(number % width, 0, image::Rgba([1, 2, 3, 255]));
        canvas
    });
    animation(&frames.collect::<Vec<_>>())
}

/// An animation of those frames, without loss.
pub fn animation(frames: &[RgbaImage]) -> Vec<u8> {
    let (width, height) = frames[0].dimensions();
    let stills = frames.iter().map(|frame| super::encoded(frame.clone(), ImageFormat::WebP)[12..].to_vec());
    animated(width, height, &stills.collect::<Vec<_>>())
}

/// Two lossy frames with an alpha channel each; the first is cleared.
pub fn animated_lossy_webp(width: u16, height: u16) -> Vec<u8> {
    let still = lossy_webp(width, height, true)[30..].to_vec();
    animated(width.into(), height.into(), &[still.clone(), still])
}

/// Frames of the chunks of pictures that are as large as the canvas; the first one is cleared.
pub fn animated(width: u32, height: u32, frames: &[Vec<u8>]) -> Vec<u8> {
    let mut chunks = vec![extended(0x12, width, height), riff_chunk(*b"ANIM", &[0, 0, 0, 0, 3, 0])];
    for (frame, flags) in frames.iter().zip([1].into_iter().chain(iter::repeat(0))) {
        let place = [[0; 3], [0; 3], three(width - 1), three(height - 1), three(80)].concat();
        chunks.push(riff_chunk(*b"ANMF", &[place, vec![flags], frame.clone()].concat()));
    }
    riff(&chunks)
}

/// Kept as it is by a check of the first bytes only.
pub fn polyglot() -> Vec<u8> {
    [webp(9, 9), b"<script>alert(1)</script>PK\x03\x04".to_vec()].concat()
}
