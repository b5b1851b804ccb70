//! Requests byte by byte, for clients that are slow, leave early, or stand in the way of a stop.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tweetty_trial::Result;

use crate::person::Person;

const BOUNDARY: &str = "a-line-between-parts";
/// No answer within this time is none.
const PATIENCE: Duration = Duration::from_mins(1);

/// A request with everything that belongs to it.
pub(crate) fn request(person: &Person, method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let key = &person.key;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\napi-key: {key}\r\n{headers}content-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A tweet, published once under that name.
pub(crate) fn tweet(person: &Person, text: &str, once: &str) -> Vec<u8> {
    let headers = format!("content-type: application/json\r\nidempotency-key: {once}\r\n");
    let body = serde_json::json!({ "tweet_data": text }).to_string();
    request(person, "POST", "/api/tweets", &headers, body.as_bytes())
}

/// An upload, kept once under that name.
pub(crate) fn upload(person: &Person, picture: &[u8], once: &str) -> Vec<u8> {
    upload_again(person, picture, &format!("idempotency-key: {once}\r\n"))
}

/// An upload that is kept as often as it is sent.
pub(crate) fn upload_again(person: &Person, picture: &[u8], headers: &str) -> Vec<u8> {
    let headers = format!("content-type: multipart/form-data; boundary={BOUNDARY}\r\n{headers}");
    let part = "content-disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n";
    let (before, behind) = (format!("--{BOUNDARY}\r\n{part}"), format!("\r\n--{BOUNDARY}--\r\n"));
    let form = [before.as_bytes(), picture, behind.as_bytes()].concat();
    request(person, "POST", "/api/medias", &headers, &form)
}

/// A connection that the server has taken, which its first answer proves.
pub(crate) async fn connect(to: SocketAddr) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(to).await?;
    stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").await?;
    match receive(&mut stream).await {
        Some((200, _)) => Ok(stream),
        other => Err(format!("the server is not alive: {other:?}").into()),
    }
}

/// Reads one whole answer; nothing where the connection ends before.
pub(crate) async fn receive(stream: &mut TcpStream) -> Option<(u16, Value)> {
    tokio::time::timeout(PATIENCE, whole(stream)).await.ok()?
}

async fn whole(stream: &mut TcpStream) -> Option<(u16, Value)> {
    let (mut bytes, mut piece) = (vec![], vec![0; 16 * 1024]);
    loop {
        let length = stream.read(&mut piece).await.ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&piece[..length]);
        if let Some(answer) = parsed(&bytes) {
            return Some(answer);
        }
    }
}

/// The status and the JSON of an answer of a known length, once all of it is there.
fn parsed(bytes: &[u8]) -> Option<(u16, Value)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?.to_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok())?;
    let body = bytes[end + 4..].get(..length)?;
    Some((status, serde_json::from_slice(body).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_once_all_of_it_is_there() {
        let answer = b"HTTP/1.1 201 Created\r\nContent-Length: 12\r\n\r\n{\"id\": 1234}";
        assert_eq!(parsed(answer), Some((201, serde_json::json!({"id": 1234}))));
        assert_eq!(parsed(&answer[..answer.len() - 1]), None);
        assert_eq!(parsed(b"HTTP/1.1 201 Created\r\n"), None);
    }
}
