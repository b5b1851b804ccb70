//! The body of every answer on its way out.
//!
//! It goes to its connection in chunks: actix copies whatever a body yields into the buffer of its connection, and the
//! buffer stays as long as it once was. With whole pages and images that is up to 128 KiB for each connection.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;
use tweetty_adapter::with_causes;

use crate::chunked::Held;
use crate::error::ApiError;
use crate::line::Line;

/// How long a chunk is at most, in bytes.
const CHUNK: usize = 8 * 1024;
/// How much actix collects before it writes, in bytes, so that a buffer holds a chunk more at most. Half of it would halve
/// the buffers once more, but it costs a tenth of the pages a second.
pub(crate) const WRITTEN_AT_ONCE: usize = 2 * CHUNK;

/// A body in chunks. With it end the request's line of the log and the hold on the request's own body.
pub(crate) struct Answer {
    body: BoxBody,
    /// What is left of the last piece.
    left: Bytes,
    line: Line,
    _held: Option<Held>,
}

impl Answer {
    pub(crate) fn new(body: BoxBody, mut line: Line, held: Option<Held>) -> Self {
        line.has_body(!matches!(body.size(), BodySize::None | BodySize::Sized(0)));
        Self { body, left: Bytes::new(), line, _held: held }
    }
}

impl MessageBody for Answer {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.left.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_next(context)) {
                Some(Ok(piece)) => self.left = piece,
                // The head is out already: all that is left is to break off, and to log why.
                Some(Err(error)) => {
                    self.line.failed(behind(error.as_ref()));
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    self.line.ended();
                    return Poll::Ready(None);
                }
            }
        }
        let chunk = CHUNK.min(self.left.len());
        let chunk = self.left.split_to(chunk);
        self.line.sent(chunk.len());
        Poll::Ready(Some(Ok(chunk)))
    }
}

/// What made the body of an answer break off.
fn behind(error: &(dyn std::error::Error + 'static)) -> String {
    let mut part = Some(error);
    while let Some(error) = part {
        let ours = error.downcast_ref::<actix_web::Error>().and_then(actix_web::Error::as_error::<ApiError>);
        if let Some(cause) = ours.and_then(ApiError::cause) {
            return cause.to_owned();
        }
        part = error.source();
    }
    with_causes(error)
}

#[cfg(test)]
mod tests {
    use actix_web::body::{BodyStream, to_bytes};
    use actix_web::http::Method;
    use actix_web::http::header::HeaderMap;
    use futures_util::stream;

    use super::*;
    use crate::request_id::RequestId;

    fn answer(body: BoxBody) -> BoxBody {
        let line = Line::begin(RequestId::of(&HeaderMap::new()), &Method::GET, None);
        BoxBody::new(Answer::new(body, line, None))
    }

    async fn next(body: &mut BoxBody) -> Option<Result<Bytes, Box<dyn std::error::Error>>> {
        std::future::poll_fn(|context| Pin::new(&mut *body).poll_next(context)).await
    }

    #[actix_web::test]
    async fn the_chunks_of_an_answer_are_short_and_make_the_whole() {
        let whole = (0..=u8::MAX).cycle().take(3 * CHUNK + 1).collect::<Vec<_>>();
        let mut body = answer(BoxBody::new(whole.clone()));
        assert_eq!(body.size(), BodySize::Sized(whole.len() as u64), "its length is known as before");
        let mut sent = vec![];
        while let Some(chunk) = next(&mut body).await {
            let chunk = chunk.unwrap();
            assert!((1..=CHUNK).contains(&chunk.len()), "{}", chunk.len());
            sent.extend_from_slice(&chunk);
        }
        assert_eq!(sent, whole);
    }

    #[actix_web::test]
    async fn what_is_sent_in_pieces_keeps_their_order_and_its_failure() {
        let pieces = [Ok(vec![1; CHUNK + 1]), Ok(vec![2; 3]), Err("gone")];
        let pieces = pieces.map(|piece| piece.map(Bytes::from).map_err(std::io::Error::other));
        let mut body = answer(BoxBody::new(BodyStream::new(stream::iter(pieces))));
        let mut lengths = vec![];
        let failure = loop {
            match next(&mut body).await {
                Some(Ok(chunk)) => lengths.push(chunk.len()),
                other => break other,
            }
        };
        assert_eq!(lengths, [CHUNK, 1, 3]);
        assert_eq!(failure.unwrap().unwrap_err().to_string(), "gone");
    }

    #[actix_web::test]
    async fn short_answers_and_none_are_left_as_they_are() {
        let short = answer(BoxBody::new(vec![7; CHUNK]));
        assert_eq!(to_bytes(short).await.unwrap().len(), CHUNK);
        assert_eq!(answer(BoxBody::new(())).size(), BodySize::Sized(0));
    }
}
