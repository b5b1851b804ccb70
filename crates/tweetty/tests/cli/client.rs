//! As much of a client as these tests need: one request, then the connection ends.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

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

/// Publishes a text with images; answers the id of the tweet.
pub(crate) fn publish(service: &Service, key: &str, text: &str, images: &[i64]) -> i64 {
    let images = images.iter().map(|image| (*image, None)).collect::<Vec<_>>();
    publish_described(service, key, text, &images)
}

/// Publishes a text with images and what they are said to show; answers the id of the tweet.
pub(crate) fn publish_described(
    service: &Service,
    key: &str,
    text: &str,
    images: &[(i64, Option<&str>)],
) -> i64 {
    let (ids, descriptions) = images.iter().copied().unzip::<_, _, Vec<_>, Vec<_>>();
    let draft = serde_json::json!({
        "tweet_data": text, "tweet_media_ids": ids, "tweet_media_descriptions": descriptions
    });
    let draft = draft.to_string();
    let (status, body) = call(service, "POST", "/api/tweets", key, &draft);
    assert_eq!(status, 201, "{body}");
    body["tweet_id"].as_i64().unwrap()
}

/// Uploads a picture of that colour; answers its id.
pub(crate) fn upload(service: &Service, key: &str, colour: u32) -> i64 {
    let (status, body) = try_upload(service, key, colour);
    assert_eq!(status, 201, "{body}");
    body["media_id"].as_i64().unwrap()
}

/// Uploads a picture of that colour; the status and the body of the answer.
pub(crate) fn try_upload(service: &Service, key: &str, colour: u32) -> (u16, Value) {
    try_upload_file(service, key, &picture(colour))
}

/// Uploads a picture; answers its id.
pub(crate) fn upload_file(service: &Service, key: &str, picture: &[u8]) -> i64 {
    let (status, body) = try_upload_file(service, key, picture);
    assert_eq!(status, 201, "{body}");
    body["media_id"].as_i64().unwrap()
}

fn try_upload_file(service: &Service, key: &str, picture: &[u8]) -> (u16, Value) {
    let address = service.address();
    let mut stream = TcpStream::connect(address).unwrap();
    let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
    let tail = "\r\n--edge--\r\n";
    write!(
        stream,
        "POST /api/medias HTTP/1.1\r\nHost: {address}\r\napi-key: {key}\r\n\
         Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{head}",
        head.len() + picture.len() + tail.len()
    )
    .unwrap();
    stream.write_all(picture).unwrap();
    stream.write_all(tail.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
}

/// A PNG of 64 by 64 pixels of noise, some 12 KB, the same for the same colour.
pub(crate) fn picture(colour: u32) -> Vec<u8> {
    let mut noise = colour.wrapping_add(1);
    let pixels = image::RgbImage::from_fn(64, 64, |_, _| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [red, green, blue, _] = noise.to_be_bytes();
        image::Rgb([red, green, blue])
    });
    let mut bytes = Vec::new();
    pixels.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

/// A key that was seen lately may work for five seconds more, as is promised.
pub(crate) fn ends_soon(service: &Service, key: &str) -> bool {
    let begun = Instant::now();
    while status_of_key(service, key) != 401 {
        if begun.elapsed() > Duration::from_secs(5) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    true
}
