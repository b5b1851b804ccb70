//! One request at a time, to prepare rows and to see what is measured; the load is an own tool's.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::Result;

/// Longer than any answer should take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks for a path and answers its JSON; anything but 200 is an error.
pub fn get(address: SocketAddr, path: &str, key: &str) -> Result<Value> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\napi-key: {key}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let (head, body) = answer.split_at(end.ok_or("an answer without an end of its headers")?);
    let (head, body) = (String::from_utf8_lossy(head), &body[4..]);
    let whole;
    let body = if head.to_lowercase().contains("transfer-encoding: chunked") {
        whole = joined(body).ok_or("an answer whose chunks can't be read")?;
        &whole
    } else {
        body
    };
    if head.split(' ').nth(1) != Some("200") {
        let (status, body) = (head.lines().next().unwrap_or_default(), String::from_utf8_lossy(body));
        return Err(format!("GET {path}: {status} {body}").into());
    }
    Ok(serde_json::from_slice(body)?)
}

/// The chunks of a body as one. A character may begin in one and end in the next.
fn joined(mut chunks: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = chunks.windows(2).position(|bytes| bytes == b"\r\n")?;
        let (length, rest) = (std::str::from_utf8(&chunks[..end]).ok()?, &chunks[end + 2..]);
        let length = usize::from_str_radix(length.trim(), 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..length)?);
        chunks = rest.get(length..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_wherever_they_end_and_a_broken_one_is_noticed() {
        assert_eq!(joined(b"3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n").as_deref(), Some(&b"abcd"[..]));
        let within_a_character = joined(b"1\r\n\xc3\r\n1\r\n\xa9\r\n0\r\n\r\n");
        assert_eq!(within_a_character.as_deref(), Some("\u{e9}".as_bytes()));
        for broken in [&b"3\r\nabc\r\n"[..], b"5\r\nab\r\n0\r\n\r\n", b"x\r\n"] {
            assert_eq!(joined(broken), None, "{broken:?}");
        }
    }
}
