//! How an upload reaches its store.

#![expect(clippy::unwrap_used, reason = "where an arrangement fails, the test has to fail")]

mod double;
mod running;

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use tweetty_domain::Stores;
use tweetty_http::Options;

const MIB: usize = 1024 * 1024;

#[test]
fn an_upload_is_written_in_pieces_of_64_kib_whatever_it_is_made_of() {
    // Each piece that is written is a hop to another thread.
    let pictures = double::Pictures::default();
    let stores = Stores { images: Arc::new(pictures.clone()), ..double::stores() };
    let address = running::server(stores, Options::default());
    for unit in [&b"\r--"[..], b"\r\n--X", b"\n\r", b"x"] {
        let head = b"--b\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n";
        let content = unit.iter().copied().cycle().take(MIB).collect::<Vec<_>>();
        let body = [&head[..], &content, b"\r\n--b--\r\n"].concat();
        let mut connection = running::connect(address);
        let form = "content-type: multipart/form-data; boundary=b";
        let (key, length) = ("api-key: ann\r\nconnection: close", body.len());
        write!(
            connection,
            "POST /api/medias HTTP/1.1\r\nhost: x\r\n{key}\r\n{form}\r\ncontent-length: {length}\r\n\r\n"
        )
        .unwrap();
        connection.write_all(&body).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 415"), "{answer}");
        let pieces = std::mem::take(&mut *pictures.written.lock().unwrap());
        assert_eq!(pieces.iter().sum::<usize>(), MIB, "{unit:?}");
        assert!(pieces.len() <= MIB / (64 * 1024) + 1, "{unit:?}: {} pieces: {pieces:?}", pieces.len());
    }
}
