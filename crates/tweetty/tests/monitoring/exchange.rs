//! One request over a connection of its own, as it is written, and its answer.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::support::Service;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let named =
            |line: &'_ str| line.split_once(": ").is_some_and(|(given, _)| given.eq_ignore_ascii_case(name));
        self.head.lines().find(|line| named(line)).and_then(|line| Some(line.split_once(": ")?.1))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

/// Sends a head without its last line, and a body; answers what came until the end, if anything did.
pub(crate) fn ask(address: &str, head: &str, body: &[u8]) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(&request(address, head, body)).ok()?;
    receive(stream)
}

/// The bytes of a request after which the connection ends.
pub(crate) fn request(address: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let end = format!("\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    [head.as_bytes(), end.as_bytes(), body].concat()
}

/// All that comes until the other side closes the connection.
pub(crate) fn receive(mut stream: TcpStream) -> Option<Answer> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    Some(Answer { status: head[9..12].parse().unwrap(), head, body: bytes[end + 4..].to_vec() })
}

/// Sends a request with a key and a JSON body, which may be empty.
pub(crate) fn call(service: &Service, method: &str, path: &str, key: &str, body: &str) -> Answer {
    let kind = "Content-Type: application/json";
    let head = format!("{method} {path} HTTP/1.1\r\napi-key: {key}\r\n{kind}");
    ask(service.address(), &head, body.as_bytes()).unwrap_or_else(|| panic!("{method} {path}: no answer"))
}

pub(crate) fn get(service: &Service, path: &str, key: &str) -> Answer {
    call(service, "GET", path, key, "")
}

/// A form with a picture, as a head and a body.
pub(crate) fn upload(key: &str) -> (String, Vec<u8>) {
    let picture = include_bytes!("../../../../docs/example.png");
    let part = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    let kind = "Content-Type: multipart/form-data; boundary=b";
    let head = format!("POST /api/medias HTTP/1.1\r\napi-key: {key}\r\n{kind}");
    (head, [part.as_slice(), picture, b"\r\n--b--\r\n"].concat())
}

/// Uploads a picture.
pub(crate) fn send_picture(service: &Service, key: &str) -> Answer {
    let (head, body) = upload(key);
    ask(service.address(), &head, &body).unwrap()
}

/// The lines of a JSON log; each must be one.
pub(crate) fn log(service: &Service) -> Vec<Value> {
    let parsed = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    service.logged().lines().map(parsed).collect()
}

/// The lines of requests among them.
pub(crate) fn requests(service: &Service) -> Vec<Value> {
    log(service).into_iter().filter(|line| line["message"] == "request").collect()
}
