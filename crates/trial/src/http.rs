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
    let answer = String::from_utf8(answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("an answer without an end of its headers")?;
    let whole;
    let body = if head.to_lowercase().contains("transfer-encoding: chunked") {
        whole = joined(body).ok_or("an answer whose chunks can't be read")?;
        &whole
    } else {
        body
    };
    if head.split(' ').nth(1) != Some("200") {
        return Err(format!("GET {path}: {} {body}", head.lines().next().unwrap_or_default()).into());
    }
    Ok(serde_json::from_str(body)?)
}

/// The chunks of a body as one.
fn joined(mut chunks: &str) -> Option<String> {
    let mut body = String::new();
    loop {
        let (length, rest) = chunks.split_once("\r\n")?;
        let length = usize::from_str_radix(length.trim(), 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.push_str(rest.get(..length)?);
        chunks = rest.get(length..)?.strip_prefix("\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_and_a_broken_one_is_noticed() {
        assert_eq!(joined("3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n").as_deref(), Some("abcd"));
        for broken in ["3\r\nabc\r\n", "5\r\nab\r\n0\r\n\r\n", "x\r\n"] {
            assert_eq!(joined(broken), None, "{broken:?}");
        }
    }
}
