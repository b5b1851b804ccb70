//! Long answers go out piece by piece: whole, their text would take more memory than what it tells of, once for each
//! client that reads slowly.

use actix_web::body::{BodyStream, BoxBody};
use actix_web::web::Bytes;
use futures_util::stream;
use serde::Serialize;

/// About how long a piece is, in bytes.
const PIECE: usize = 64 * 1024;

/// A JSON object `head` + items + `tail`, written as it is sent.
pub(crate) fn body<T: Serialize + 'static>(head: &str, items: Vec<T>, tail: &str) -> BoxBody {
    BoxBody::new(BodyStream::new(stream::iter(Pieces {
        head: Some(head.to_owned()),
        items: items.into_iter(),
        begun: false,
        tail: Some(tail.to_owned()),
    })))
}

struct Pieces<T> {
    head: Option<String>,
    items: std::vec::IntoIter<T>,
    begun: bool,
    tail: Option<String>,
}

impl<T: Serialize> Iterator for Pieces<T> {
    type Item = Result<Bytes, serde_json::Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut piece = self.head.take().unwrap_or_default().into_bytes();
        while piece.len() < PIECE {
            let Some(item) = self.items.next() else {
                piece.extend_from_slice(self.tail.take().unwrap_or_default().as_bytes());
                break;
            };
            if std::mem::replace(&mut self.begun, true) {
                piece.push(b',');
            }
            if let Err(error) = serde_json::to_writer(&mut piece, &item) {
                return Some(Err(error));
            }
        }
        (!piece.is_empty()).then(|| Ok(piece.into()))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    #[actix_web::test]
    async fn the_pieces_make_the_same_text_as_the_whole() {
        for count in [0, 1, 2, 5_000] {
            let items = (0..count).map(|number| format!("item {number}")).collect::<Vec<_>>();
            let whole = serde_json::json!({"items": items, "next": null});
            let body = body("{\"items\":[", items, "],\"next\":null}");
            let text = to_bytes(body).await.unwrap();
            assert_eq!(serde_json::from_slice::<serde_json::Value>(&text).unwrap(), whole);
        }
    }

    #[test]
    fn no_piece_is_much_longer_than_another() {
        let items = vec!["x".repeat(1_000); 1_000];
        let pieces = Pieces { head: None, items: items.into_iter(), begun: false, tail: None };
        let lengths = pieces.map(|piece| piece.unwrap().len()).collect::<Vec<_>>();
        assert!(lengths.len() > 10 && lengths.iter().all(|length| *length < PIECE + 2_000), "{lengths:?}");
    }
}
