//! Heads of requests: methods, versions, keys and other headers, and how a body is announced.

use rand::RngExt as _;
use rand_pcg::Pcg64;

use super::damage::{any, damaged, noise, rarely};
use super::{Input, World};

const METHODS: [&str; 12] =
    ["GET", "GET", "GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "TRACE", "CONNECT", "BREW", "get"];
const PATHS: [&str; 12] = [
    "/api/users/me",
    "/api/tweets",
    "/api/tweets?limit=1",
    "/api/medias",
    "/api/limits",
    "/",
    "/docs",
    "/openapi.json",
    "/health/ready",
    "/media/x.png",
    "*",
    "http://other.example/api/users/me",
];
const VERSIONS: [&str; 6] = ["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9"];
const NAMES: [&str; 20] = [
    "api-key",
    "API-KEY",
    "api_key",
    "Idempotency-Key",
    "Accept",
    "Accept-Encoding",
    "If-None-Match",
    "Range",
    "Expect",
    "X-Request-Id",
    "X-Forwarded-For",
    "Origin",
    "Access-Control-Request-Method",
    "Content-Type",
    "Content-Length",
    "Transfer-Encoding",
    "Upgrade",
    "Connection",
    "Host",
    "Cookie",
];
const VALUES: [&str; 26] = [
    "",
    " ",
    "{key}",
    "{key}, {key}",
    concat!("tweetty_", "0000000000000000000000000000000000000000000000000000000000000000"),
    "*",
    "*/*",
    "gzip;q=0, *;q=0",
    "br, gzip",
    "identity;q=0",
    "W/\"x\", \"y\"",
    "bytes=0-0,5-",
    "100-continue",
    "chunked",
    "chunked, identity",
    "identity",
    "0",
    "-1",
    "18446744073709551616",
    "close",
    "Upgrade, HTTP2-Settings",
    "h2c",
    "websocket",
    "null",
    "https://evil.example",
    "::1, 127.0.0.1",
];
const WORDS: [&[u8]; 14] = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b":",
    b" ",
    b"\t",
    b"\xff",
    b"\x7f",
    b"\r\nTransfer-Encoding: chunked\r\n",
    b"\r\nContent-Length: 5\r\n",
    b"\r\napi-key: x\r\n",
    b"HTTP/1.1",
    b"\r\n\r\n",
];

pub(super) fn input(chance: &mut Pcg64, _: &World) -> Input {
    let mut head =
        format!("{} {} {}\r\n", any(chance, &METHODS), any(chance, &PATHS), any(chance, &VERSIONS))
            .into_bytes();
    head.extend_from_slice(b"Host: x\r\nConnection: close\r\n");
    if !rarely(chance, 4) {
        head.extend_from_slice(b"api-key: {key}\r\n");
    }
    for _ in 0..chance.random_range(0..6_u8) {
        let value = match chance.random_range(0..8_u8) {
            0 => vec![b'x'; chance.random_range(1..5000)],
            1 => noise(chance, 40).into_iter().filter(|byte| !b"\r\n".contains(byte)).collect(),
            _ => any(chance, &VALUES).as_bytes().to_vec(),
        };
        let name = any(chance, &NAMES);
        // The log names a request as its client does, so that a key in this place stands there.
        let value =
            if name == "X-Request-Id" { super::replaced(&value, super::KEY, b"trace") } else { value };
        head.extend_from_slice(&[name.as_bytes(), b": ", &value, b"\r\n"].concat());
    }
    if rarely(chance, 60) {
        head.extend_from_slice(&b"a: b\r\n".repeat(chance.random_range(1..30_000)));
    }
    head.extend_from_slice(b"\r\n");
    let bytes = if rarely(chance, 4) { damaged(chance, &head, &WORDS) } else { head };
    let body: &[u8] = any(
        chance,
        &[&b""[..], b"", b"x", b"0\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"ffffffffffffffff\r\n", b"{}"],
    );
    Input { bytes: [bytes.as_slice(), body].concat(), known_as: None }
}
