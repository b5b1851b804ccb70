//! Images with some bytes changed, in good forms.

use std::sync::LazyLock;

use image::ImageFormat::{Gif, Jpeg, Png, WebP};
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use rand_pcg::Pcg64;

use super::damage::{any, damaged, noise, rarely};
use super::{Input, World};
use crate::pictures;

/// Small ones of each kind: what is tried are the blocks of their files, not their pixels.
static GOOD: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut good = [Jpeg, Png, Gif, WebP].map(|format| pictures::image_of(format, 17, 9)).to_vec();
    good.extend([
        pictures::jpeg_with_secrets(16, 16),
        pictures::png_with_secrets(),
        pictures::gif_with_secrets(),
        pictures::gif_of(3, 5, 5),
        pictures::plain_image_of(Png, 40, 30),
        pictures::plain_image_of(WebP, 300, 200),
        pictures::plain_image_of(Jpeg, 8, 8),
    ]);
    good
});

const STARTS: [&[u8]; 5] = [
    b"\xFF\xD8\xFF\xE0",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"RIFF\x40\0\0\0WEBPVP8L",
    b"RIFF\x40\0\0\0WEBPVP8X",
];
const WORDS: [&[u8]; 20] = [
    b"\xFF\xFF\xFF\xFF",
    b"\0\0\0\0",
    b"\x7F\xFF\xFF\xFF",
    b"\xFF\xD9",
    b"\xFF\xC0",
    b"\xFF\xC2",
    b"\xFF\xDA",
    b"\xFF\xC4\0\x02",
    b"IHDR",
    b"IDAT",
    b"IEND",
    b"iCCP",
    b"acTL",
    b"\x21\xF9\x04",
    b"\x2C",
    b"\x3B",
    b"VP8L",
    b"ALPH",
    b"ANMF",
    b"EXIF",
];

pub(super) fn input(chance: &mut Pcg64, _: &World) -> Input {
    let good = GOOD.choose(chance).unwrap();
    let file = match chance.random_range(0..10_u8) {
        0 => [STARTS.choose(chance).unwrap(), noise(chance, 500).as_slice()].concat(),
        1 => good[..chance.random_range(0..=good.len())].to_vec(),
        2 => good.clone(),
        // Sizes and counts stand near the start.
        3 | 4 => {
            let (start, rest) = good.split_at(good.len().min(48));
            [damaged(chance, start, &WORDS).as_slice(), rest].concat()
        }
        _ => damaged(chance, good, &WORDS),
    };
    let file = if rarely(chance, 2) { repaired(file) } else { file };
    let part = b"--bounds-of-a-form\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    let form = [part.as_slice(), &file, b"\r\n--bounds-of-a-form--\r\n"].concat();
    Input::whole(
        "POST",
        any(chance, &["/api/medias", "/api/medias", "/api/users/me/avatar"]),
        "Content-Type: multipart/form-data; boundary=bounds-of-a-form\r\n",
        &form,
    )
}

/// The same with true checksums, where it is a PNG: else no change of it gets beyond them.
fn repaired(mut file: Vec<u8>) -> Vec<u8> {
    let mut at = 8;
    while file.starts_with(STARTS[1]) && at + 12 <= file.len() {
        let length = u32::from_be_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]) as usize;
        let Some(end) =
            at.checked_add(8).and_then(|start| start.checked_add(length)).filter(|end| end + 4 <= file.len())
        else {
            break;
        };
        let sum = pictures::crc(&file[at + 4..end]).to_be_bytes();
        file[end..end + 4].copy_from_slice(&sum);
        at = end + 4;
    }
    file
}
