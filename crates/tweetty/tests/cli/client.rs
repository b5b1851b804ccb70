//! As much of a client as these tests need: one request, then the connection ends.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::support::Service;

/// The status and the body of an answer.
pub(crate) fn call(service: &Service, method: &str, path: &str, key: &str, body: &str) -> (u16, Value) {
    let address = service.address();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\napi-key: {key}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(!head.to_lowercase().contains("chunked"), "this client can't read that: {head}");
    (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
}

pub(crate) fn get(service: &Service, path: &str, key: &str) -> Value {
    let (status, body) = call(service, "GET", path, key, "");
    assert_eq!(status, 200, "{path}: {body}");
    body
}

/// The status of the question who one is.
pub(crate) fn status_of_key(service: &Service, key: &str) -> u16 {
    call(service, "GET", "/api/users/me", key, "").0
}
