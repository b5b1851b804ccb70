//! Multipart forms, and what is not quite one.

use rand::RngExt as _;
use rand_pcg::Pcg64;

use super::damage::{any, damaged, noise, rarely};
use super::{Input, World};
use crate::pictures;

const TYPES: [&str; 12] = [
    "multipart/form-data; boundary=b",
    "multipart/form-data; boundary=b",
    "multipart/form-data; boundary=b",
    "Multipart/Form-Data;boundary=\"b\"",
    "multipart/form-data; boundary=",
    "multipart/form-data",
    "multipart/form-data; boundary=b; boundary=c",
    "multipart/mixed; boundary=b",
    "multipart/form-data; charset=x; boundary=b",
    "multipart/form-data; boundary=--b",
    "application/octet-stream",
    "\u{e9}",
];
const HEADS: [&str; 14] = [
    "Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"",
    "Content-Disposition: form-data; name=\"file\"",
    "content-disposition: form-data; name=file",
    "Content-Disposition: form-data; name=\"other\"",
    "Content-Disposition: form-data",
    "Content-Disposition: attachment; name=\"file\"",
    "Content-Disposition: form-data; name=\"file\"; filename=\"../../etc/passwd\"",
    "Content-Disposition: form-data; name=\"file\"; filename*=UTF-8''%ff%00",
    "Content-Disposition: form-data; name=\"fi\\\"le\"",
    "Content-Type: image/png",
    "Content-Type: multipart/mixed; boundary=c",
    "Content-Length: 99999999999999999999",
    "Content-Transfer-Encoding: base64",
    "nonsense",
];
const WORDS: [&[u8]; 14] = [
    b"\r\n",
    b"\n",
    b"\r",
    b"--b",
    b"--b--",
    b"\r\n--b\r\n",
    b"\r\n--b--\r\n",
    b"\r\n\r\n",
    b"--",
    b"\"",
    b"\\",
    b";",
    b"\0",
    b"name=\"file\"",
];

pub(super) fn input(chance: &mut Pcg64, _: &World) -> Input {
    let media_type = any(chance, &TYPES);
    let whole = form(chance);
    let body = match chance.random_range(0..6_u8) {
        0 => whole,
        1 => noise(chance, 400),
        2 => whole[..chance.random_range(0..=whole.len())].to_vec(),
        _ => damaged(chance, &whole, &WORDS),
    };
    let packed = if rarely(chance, 25) { "Content-Encoding: gzip\r\n" } else { "" };
    let path = any(chance, &["/api/medias", "/api/users/me/avatar"]);
    Input::whole("POST", path, &format!("Content-Type: {media_type}\r\n{packed}"), &body)
}

fn form(chance: &mut Pcg64) -> Vec<u8> {
    let mut form = vec![];
    for _ in 0..chance.random_range(1..5_u8) {
        form.extend_from_slice(b"--b\r\n");
        for _ in 0..chance.random_range(1..3_u8) {
            // Mostly as it should be.
            let head = if rarely(chance, 2) { HEADS[0] } else { any(chance, &HEADS) };
            form.extend_from_slice(&[head.as_bytes(), b"\r\n"].concat());
        }
        form.extend_from_slice(b"\r\n");
        form.extend_from_slice(&content(chance));
        form.extend_from_slice(b"\r\n");
    }
    [form.as_slice(), b"--b--\r\n"].concat()
}

fn content(chance: &mut Pcg64) -> Vec<u8> {
    match chance.random_range(0..6_u8) {
        0 => vec![],
        1 => noise(chance, 300),
        2 => vec![b'-'; chance.random_range(0..70_000)],
        _ => pictures::png(),
    }
}
