//! Long answers go out piece by piece: whole, their text would take more memory than what it is made of, once for each
//! client that reads slowly. What is not read in time is dropped, so that nobody's memory is held by doing nothing; the
//! connection itself ends by the listener's own limit.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use actix_web::body::{BodyStream, BoxBody};
use actix_web::rt;
use actix_web::web::Bytes;
use futures_util::stream;
use serde::Serialize;

use crate::error::ApiError;
use crate::places::Place;

/// About how long a piece is, in bytes.
const PIECE: usize = 64 * 1024;
/// How long a client may take to read a whole answer.
const LONGEST: Duration = Duration::from_mins(1);

/// The JSON of a page whose only list is empty, with the items in that list, written as they are sent. The place is given
/// back at its end.
pub(crate) fn body<T: Serialize + 'static>(
    page: &impl Serialize,
    items: Vec<T>,
    place: Option<Place>,
) -> Result<BoxBody, ApiError> {
    let around = serde_json::to_string(page).map_err(|error| ApiError::internal(error.to_string()))?;
    let (head, tail) = around.split_once("[]").ok_or_else(|| ApiError::internal("a page has no list"))?;
    let pieces = Pieces {
        head: Some(format!("{head}[")),
        items: items.into_iter(),
        begun: false,
        tail: Some(format!("]{tail}")),
    };
    Ok(BoxBody::new(BodyStream::new(stream::iter(InTime::new(pieces, place, LONGEST)))))
}

/// An answer and its place, both gone when the time is up, though nobody asks for the next piece any more.
struct InTime<T> {
    left: Rc<RefCell<Option<Left<T>>>>,
    end: rt::task::JoinHandle<()>,
}

/// What is not sent yet, and the place that it holds.
type Left<T> = (Pieces<T>, Option<Place>);

impl<T: 'static> InTime<T> {
    fn new(pieces: Pieces<T>, place: Option<Place>, longest: Duration) -> Self {
        let left = Rc::new(RefCell::new(Some((pieces, place))));
        let held = Rc::downgrade(&left);
        let end = rt::spawn(async move {
            rt::time::sleep(longest).await;
            if let Some(left) = held.upgrade() {
                left.borrow_mut().take();
            }
        });
        Self { left, end }
    }
}

impl<T> Drop for InTime<T> {
    fn drop(&mut self) {
        self.end.abort();
    }
}

impl<T: Serialize> Iterator for InTime<T> {
    type Item = Result<Bytes, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut *self.left.borrow_mut() {
            Some((pieces, _)) => pieces.next().map(|piece| piece.map_err(Broken::Text)),
            None => Some(Err(Broken::Late)),
        }
    }
}

/// Why an answer breaks off.
#[derive(Debug)]
enum Broken {
    /// What was found can't be written.
    Text(serde_json::Error),
    /// The client reads too slowly.
    Late,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(error) => write!(formatter, "the answer can't be written: {error}"),
            Self::Late => write!(formatter, "the client did not read a long page within {LONGEST:?}"),
        }
    }
}

impl std::error::Error for Broken {}

struct Pieces<T> {
    head: Option<String>,
    items: std::vec::IntoIter<T>,
    begun: bool,
    tail: Option<String>,
}

impl<T: Serialize> Iterator for Pieces<T> {
    type Item = Result<Bytes, serde_json::Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut piece = Vec::with_capacity(PIECE + PIECE / 4);
        piece.extend_from_slice(self.head.take().unwrap_or_default().as_bytes());
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

    use tweetty_adapter::Sharing;

    use super::*;
    use crate::places::Places;

    #[derive(Serialize)]
    struct Page {
        result: bool,
        items: Vec<String>,
        next: Option<&'static str>,
    }

    #[actix_web::test]
    async fn the_pieces_make_the_same_text_as_the_whole() {
        for (count, next) in [(0, None), (1, Some("[]\"")), (2, None), (5_000, Some("x"))] {
            let items = (0..count).map(|number| format!("item {number} []")).collect::<Vec<_>>();
            let mut page = Page { result: true, items, next };
            let whole = serde_json::to_string(&page).unwrap();
            let items = std::mem::take(&mut page.items);
            let text = to_bytes(body(&page, items, None).unwrap()).await.unwrap();
            assert_eq!(text, whole);
        }
    }

    #[test]
    fn no_piece_is_much_longer_than_another() {
        let items = vec!["x".repeat(1_000); 1_000];
        let pieces = Pieces { head: None, items: items.into_iter(), begun: false, tail: None };
        let lengths = pieces.map(|piece| piece.unwrap().len()).collect::<Vec<_>>();
        assert!(lengths.len() > 10 && lengths.iter().all(|length| *length < PIECE + 2_000), "{lengths:?}");
    }

    #[actix_web::test]
    async fn a_page_that_nobody_reads_gives_its_memory_and_its_place_back() {
        let sharing = Sharing { places: 1, share: 1, room: 0, patient: 0 };
        let places = Places::new("pages", sharing, Duration::ZERO);
        let pieces = Pieces { head: None, items: vec![1, 2].into_iter(), begun: false, tail: None };
        let mut page = InTime::new(pieces, places.take().ok(), Duration::from_millis(10));
        assert!(places.take().is_err());
        rt::time::sleep(Duration::from_millis(100)).await;
        assert!(places.take().is_ok());
        assert!(matches!(page.next(), Some(Err(Broken::Late))), "the answer breaks off and doesn't end");
    }
}
