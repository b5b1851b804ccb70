//! Files to upload: good images, bad ones, and what only pretends to be one.

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, GrayImage, ImageBuffer, ImageFormat, Rgb, Rgba, RgbaImage};

/// Every format of the contract, with its media type.
pub(crate) const FORMATS: [(ImageFormat, &str); 4] = [
    (ImageFormat::Jpeg, "image/jpeg"),
    (ImageFormat::Png, "image/png"),
    (ImageFormat::Gif, "image/gif"),
    (ImageFormat::WebP, "image/webp"),
];

/// A text that a file may carry inside and a served image must not.
pub(crate) const SECRET: &str = "GPS 59.9386N 30.3141E taken by Ann";

/// A colourful image of that size.
pub(crate) fn image_of(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let colour = |x, y| Rgb([x * 7, y * 5, x ^ y].map(|value: u32| value.to_le_bytes()[0]));
    encoded(format, &ImageBuffer::from_fn(width, height, colour).into())
}

/// An image of one grey, which packs so well that the file is small.
pub(crate) fn plain_image_of(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let pixels = vec![90; (width * height) as usize];
    encoded(format, &GrayImage::from_raw(width, height, pixels).unwrap().into())
}

/// A PNG of noise, which does not pack.
pub(crate) fn noise(width: u32, height: u32) -> Vec<u8> {
    crate::support::noise::noise(width, height, 1)
}

fn encoded(format: ImageFormat, image: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(vec![]);
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A GIF of two frames.
pub(crate) fn animation(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = vec![];
    let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
    for shade in [90, 200] {
        let frame = RgbaImage::from_pixel(width, height, Rgba([shade, 60, 30, 255]));
        encoder.encode_frame(Frame::new(frame)).unwrap();
    }
    drop(encoder);
    bytes
}

/// A small PNG.
pub(crate) fn png() -> Vec<u8> {
    image_of(ImageFormat::Png, 24, 16)
}

/// A JPEG whose EXIF says where it was taken and that it must be turned by 90°, with a comment and a tail.
pub(crate) fn jpeg_with_secrets(width: u32, height: u32) -> Vec<u8> {
    let plain = image_of(ImageFormat::Jpeg, width, height);
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    exif.extend_from_slice(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"); // orientation 6: turn clockwise
    exif.extend_from_slice(b"\x01\x0e\0\x02\0\0\0\x40\0\0\0\x26\0\0\0\0"); // the description, behind the directory
    exif.extend_from_slice(SECRET.as_bytes());
    exif.resize(6 + 0x26 + 0x40, 0);
    let mut bytes = plain[..2].to_vec();
    for (marker, content) in [(0xe1, exif.as_slice()), (0xfe, SECRET.as_bytes())] {
        bytes.extend_from_slice(&[0xff, marker]);
        bytes.extend_from_slice(&u16::try_from(content.len() + 2).unwrap().to_be_bytes());
        bytes.extend_from_slice(content);
    }
    bytes.extend_from_slice(&plain[2..]);
    bytes.extend_from_slice(SECRET.as_bytes());
    bytes
}

/// A PNG with a text chunk before its end and a tail behind it.
pub(crate) fn png_with_secrets() -> Vec<u8> {
    let plain = png();
    let (before, end) = plain.split_at(plain.len() - 12);
    let text = [b"Comment\0", SECRET.as_bytes()].concat();
    [before, &chunk(*b"tEXt", &text), end, b"<script>", SECRET.as_bytes()].concat()
}

/// A GIF with a comment and a tail.
pub(crate) fn gif_with_secrets() -> Vec<u8> {
    let plain = image_of(ImageFormat::Gif, 24, 16);
    let (before, trailer) = plain.split_at(plain.len() - 1);
    let comment = [&[0x21, 0xfe, u8::try_from(SECRET.len()).unwrap()], SECRET.as_bytes(), &[0]].concat();
    [before, &comment, trailer, b"<script>", SECRET.as_bytes()].concat()
}

fn chunk(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let checked = [kind.as_slice(), content].concat();
    [length.as_slice(), &checked, &crc(&checked).to_be_bytes()].concat()
}

pub(crate) fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 * (crc & 1));
        }
    }
    !crc
}

/// A PNG of a few bytes that says it is enormous.
pub(crate) fn png_that_claims(width: u32, height: u32) -> Vec<u8> {
    let size = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let nothing = [0x78, 0x9c, 0x03, 0, 0, 0, 0, 1];
    let chunks = [chunk(*b"IHDR", &size), chunk(*b"IDAT", &nothing), chunk(*b"IEND", &[])].concat();
    [b"\x89PNG\r\n\x1a\n", chunks.as_slice()].concat()
}

/// A GIF of so many frames on a canvas of that size; each frame is one pixel.
pub(crate) fn gif_of(frames: usize, width: u16, height: u16) -> Vec<u8> {
    gif(frames, [width, height], [1, 1])
}

/// A GIF that says of each of its frames that it covers the whole canvas, and has a pixel of it.
fn gif_that_claims(frames: usize, width: u16, height: u16) -> Vec<u8> {
    gif(frames, [width, height], [width, height])
}

fn gif(frames: usize, canvas: [u16; 2], frame: [u16; 2]) -> Vec<u8> {
    let [size, frame] = [canvas, frame].map(|size| size.map(u16::to_le_bytes).concat());
    let frame = [b"\x2c\0\0\0\0", frame.as_slice(), b"\0\x02\x02\x44\x01\0"].concat();
    [b"GIF89a".as_slice(), &size, b"\x80\0\0\0\0\0\xff\xff\xff", &frame.repeat(frames), b";"].concat()
}

/// A small GIF of one grey, which takes long to decode and to encode anew: so many frames of 2 megapixels.
pub(crate) fn long_gif(frames: usize) -> Vec<u8> {
    let grey = ImageBuffer::from_pixel(1_400, 1_400, Rgb([90_u8; 3]));
    let one = encoded(ImageFormat::Gif, &grey.into());
    let has_palette = one[10] & 0x80 != 0;
    let head = 13 + if has_palette { 3 << ((one[10] & 7) + 1) } else { 0 };
    [&one[..head], &one[head..one.len() - 1].repeat(frames), b";"].concat()
}

/// Files that exceed some limit of decoding, each with what it is.
pub(crate) fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("50 megapixels of one grey", plain_image_of(ImageFormat::Png, 10_000, 5_000)),
        ("a PNG that claims 2.5 gigapixels", png_that_claims(50_000, 50_000)),
        ("a PNG that claims more than there is", png_that_claims(i32::MAX as u32, i32::MAX as u32)),
        ("one pixel wide and 100,000 high", plain_image_of(ImageFormat::Png, 1, 100_000)),
        ("a GIF with a canvas of 4 gigapixels", gif_of(1, u16::MAX, u16::MAX)),
        ("a GIF of 501 frames", gif_of(501, 1, 1)),
        ("a GIF whose frames take 4 GiB together", gif_that_claims(499, 1_500, 1_500)),
    ]
}

/// Files that begin as an image and are none, each with what it is.
pub(crate) fn broken() -> Vec<(String, Vec<u8>)> {
    let mut files = vec![
        ("a PNG of a few words".to_owned(), b"\x89PNG\r\n\x1a\nno image at all, only words".to_vec()),
        ("a JPEG of a few words".to_owned(), b"\xff\xd8\xff\xe0no image at all, only words".to_vec()),
        ("a GIF that is a page".to_owned(), b"GIF89a<html><script>alert(1)</script></html>".to_vec()),
        ("a WebP of a few words".to_owned(), b"RIFF\x1a\0\0\0WEBPVP8 no image, only words".to_vec()),
    ];
    for (format, media_type) in FORMATS {
        let whole = image_of(format, 120, 90);
        files.push((format!("a third of {media_type}"), whole[..whole.len() / 3].to_vec()));
        files.push((format!("half of {media_type}"), whole[..whole.len() / 2].to_vec()));
    }
    files
}

/// Files that are no image of the four formats, each with the name and type under which it is sent.
pub(crate) fn strangers() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    vec![
        (
            "a.svg",
            "image/svg+xml",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>".to_vec(),
        ),
        ("a.png", "image/png", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()),
        ("a.jpg", "image/jpeg", b"<!DOCTYPE html><html><script>alert(1)</script></html>".to_vec()),
        ("a.gif", "image/gif", b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n".to_vec()),
        ("a.png", "image/png", b"only words".to_vec()),
        ("a.png", "image/png", vec![0]),
        ("a.tif", "image/tiff", [b"II*\0\x08\0\0\0".as_slice(), &[0; 64]].concat()),
        ("a.bmp", "image/bmp", [b"BM".as_slice(), &[0; 64]].concat()),
        ("a.ico", "image/x-icon", [b"\0\0\x01\0\x01\0".as_slice(), &[0; 64]].concat()),
        ("a.zip", "application/zip", [b"PK\x03\x04".as_slice(), &[0; 64]].concat()),
        ("a.avif", "image/avif", b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miaf".to_vec()),
        ("a.wav", "image/webp", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0".to_vec()),
    ]
}
