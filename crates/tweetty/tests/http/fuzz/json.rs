//! Bodies of JSON, and of what looks like it.

use rand::RngExt as _;
use rand_pcg::Pcg64;
use serde_json::{Value, json};

use super::damage::{any, damaged, noise, rarely};
use super::{Input, World};

const TEXTS: [&str; 14] = [
    "hi",
    "",
    " ",
    "\0",
    "\u{1f}",
    "\u{202e}x",
    "\u{200b}",
    "👋🏽",
    "<script>alert(1)</script>",
    "'; DROP TABLE tweets; --",
    "\u{10ffff}",
    "\u{feff}",
    "${jndi:ldap://x}",
    "%s%n{}\\",
];
const NAMES: [&str; 9] = [
    "tweet_data",
    "tweet_media_ids",
    "tweet_media_descriptions",
    "Tweet_Data",
    "",
    "__proto__",
    "id",
    "author_id",
    "tweet\u{0}data",
];
const WORDS: [&[u8]; 24] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"\"",
    b"\\",
    b"null",
    b"true",
    b"-0",
    b"1e400",
    b"1E-400",
    b"9223372036854775808",
    b"-9223372036854775809",
    b"0.1e1",
    b"\\ud800",
    b"\\udc00\\ud800",
    b"\\u0000",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xff",
    b"NaN",
    b"/*x*/",
];

pub(super) fn input(chance: &mut Pcg64, _: &World) -> Input {
    let body = body(chance);
    let media_type = if rarely(chance, 12) {
        any(chance, &["text/plain", "application/json; charset=utf-16", "", "\t"])
    } else {
        "application/json"
    };
    let once = if rarely(chance, 6) {
        format!("Idempotency-Key: k{}\r\n", chance.random_range(0..9))
    } else {
        String::new()
    };
    Input::whole("POST", "/api/tweets", &format!("Content-Type: {media_type}\r\n{once}"), &body)
}

fn body(chance: &mut Pcg64) -> Vec<u8> {
    match chance.random_range(0..12_u8) {
        0 => noise(chance, 300),
        1 => nested(chance).into_bytes(),
        2 => (0..chance.random_range(0..40)).flat_map(|_| any(chance, &WORDS).to_vec()).collect(),
        3 => long(chance).to_string().into_bytes(),
        4 => value(chance, 4).to_string().into_bytes(),
        5..=8 => {
            let good = draft(chance).to_string();
            damaged(chance, good.as_bytes(), &WORDS)
        }
        _ => draft(chance).to_string().into_bytes(),
    }
}

/// A draft as a client sends it, with values by chance.
fn draft(chance: &mut Pcg64) -> Value {
    let text = (0..chance.random_range(0..4)).map(|_| any(chance, &TEXTS)).collect::<String>();
    let images = (0..chance.random_range(0..3)).map(|_| chance.random_range(-2..50_i64)).collect::<Vec<_>>();
    let descriptions = (0..chance.random_range(0..3)).map(|_| any(chance, &TEXTS)).collect::<Vec<_>>();
    match chance.random_range(0..5_u8) {
        0 => json!({"tweet_data": text, "tweet_media_ids": images}),
        4 => json!({"tweet_data": text, "tweet_media_ids": images, "tweet_media_descriptions": descriptions}),
        1 => json!({"tweet_data": format!("a plain text{text}"), "tweet_media_ids": null}),
        _ => json!({"tweet_data": format!("{text}!"), any(chance, &NAMES): value(chance, 2)}),
    }
}

fn long(chance: &mut Pcg64) -> Value {
    let text = any(chance, &TEXTS).repeat(chance.random_range(100..9000));
    json!({"tweet_data": text, "tweet_media_ids": vec![1; chance.random_range(0..20)]})
}

/// Brackets within brackets, most of them closed.
fn nested(chance: &mut Pcg64) -> String {
    let depth = chance.random_range(1..20_000);
    let (open, close) = if rarely(chance, 2) { ("[", "]") } else { ("{\"a\":", "}") };
    let closed = if rarely(chance, 3) { depth / 2 } else { depth };
    format!("{{\"tweet_data\":{}1{}}}", open.repeat(depth), close.repeat(closed))
}

fn value(chance: &mut Pcg64, depth: u8) -> Value {
    match chance.random_range(0..if depth == 0 { 5 } else { 7 }) {
        0 => Value::Null,
        1 => chance.random::<bool>().into(),
        2 => chance.random::<i64>().into(),
        3 => chance.random::<f64>().into(),
        4 => any(chance, &TEXTS).into(),
        5 => (0..chance.random_range(0..4)).map(|_| value(chance, depth - 1)).collect(),
        _ => (0..chance.random_range(0..4))
            .map(|_| (any(chance, &NAMES).to_owned(), value(chance, depth - 1)))
            .collect(),
    }
}
