//! Requests byte by byte, for what no proper client sends.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::answer::Answer;
use crate::client::Client;

impl Client {
    /// Sends the bytes and reads the answer, where there is one that follows the form of HTTP. The request should
    /// ask for the connection to be closed.
    pub(crate) async fn send_bytes(&self, request: &[u8]) -> Option<Answer> {
        let mut stream = self.connect().await;
        // The service may have answered and closed before it has read everything.
        stream.write_all(request).await.ok();
        receive(&mut stream).await
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).await.unwrap()
    }

    /// A connection whose own end has room for next to nothing: what isn't read stays with the service.
    pub(crate) async fn connect_narrowly(&self) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        socket.connect(self.address.parse().unwrap()).await.unwrap()
    }

    /// Sends a request with a path and headers just as they stand; the answer is held against the document.
    pub(crate) async fn send_head(&self, method: &str, path: &str, headers: &[(&str, &[u8])]) -> Answer {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n").into_bytes();
        for (name, value) in headers {
            request.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        request.extend_from_slice(b"\r\n");
        let answer = self.send_bytes(&request).await.unwrap_or_else(|| panic!("{path:?}: no answer"));
        self.document.judge(method, path, &answer);
        answer
    }
}

/// Reads from a connection until an answer is whole or nothing more comes.
pub(crate) async fn receive(stream: &mut TcpStream) -> Option<Answer> {
    let (mut bytes, mut piece) = (vec![], vec![0; 64 * 1024]);
    while let Ok(length @ 1..) = stream.read(&mut piece).await {
        bytes.extend_from_slice(&piece[..length]);
        let whole = |answer: &Answer| match answer.header("content-length") {
            Some(length) => length.parse() == Ok(answer.body.len()),
            None => answer.header("transfer-encoding").is_some(),
        };
        if let Some(answer) = parse(&bytes).filter(whole) {
            return Some(answer);
        }
    }
    parse(&bytes)
}

/// Takes an answer apart.
fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    if status == 100 {
        // "Go on": the answer itself follows.
        return parse(&bytes[end + 4..]);
    }
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':')?;
        headers.append(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value.trim()).ok()?);
    }
    let mut body = bytes[end + 4..].to_vec();
    // What follows answers what followed the request.
    if let Some(length) = headers.get("content-length").and_then(|length| length.to_str().ok()?.parse().ok())
    {
        body.truncate(length);
    }
    if headers.get("transfer-encoding").is_some_and(|value| value == "chunked") {
        body = unchunked(&body)?;
    }
    Some(Answer { status, headers, body })
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = vec![];
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        body.extend_from_slice(rest.get(end + 2..end + 2 + size)?);
        if size == 0 {
            return Some(body);
        }
        rest = rest.get(end + 2 + size + 2..)?;
    }
}
