//! One request at a time, to prepare rows and to see what is measured; the load is an own tool's.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::Result;

/// Longer than any answer should take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks for a path and answers its JSON; anything but 200 is an error.
pub(crate) fn get(address: SocketAddr, path: &str, key: &str) -> Result<Value> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\napi-key: {key}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8(answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("an answer without an end of its headers")?;
    if head.split(' ').nth(1) != Some("200") {
        return Err(format!("GET {path}: {} {body}", head.lines().next().unwrap_or_default()).into());
    }
    Ok(serde_json::from_str(body)?)
}
