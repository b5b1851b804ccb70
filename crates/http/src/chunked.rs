//! Requests with a chunked body.
//!
//! Where such a body ends is the one thing that the library and a proxy may see differently: actix-http before 3.21.1
//! takes `0\r\n\n` for the beginning of a trailer and swallows the head of the request behind it. Nothing that follows a
//! chunked body on its connection can be trusted to be what the client or the proxy took it for, so the connection ends
//! with the answer.
//!
//! Where the answer comes ahead of the body's end, and nobody holds the body any more, actix waits for that end before it
//! looks at the connection again: a client that never sends it keeps the connection open as long as it likes. Held until
//! the answer is out, an unfinished body makes actix close the connection instead.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::HttpMessage as _;
use actix_web::dev::{Extensions, Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::Stream;

use crate::error::ApiError;

/// Whether a connection ends; one for each.
#[derive(Default)]
struct Ending(Cell<bool>);

/// Prepares a new connection.
pub(crate) fn begin(_: &dyn Any, connection: &mut Extensions) {
    connection.insert(Ending::default());
}

/// What a request has to do with chunked bodies: its own, or one before it on its connection.
pub(crate) struct Chunked {
    /// The answer is the last one of the connection.
    pub(crate) closes: bool,
    /// The last answer belongs to an earlier request.
    over: bool,
    /// The request's own body, which lives as long as its answer.
    pub(crate) held: Option<Held>,
}

impl Chunked {
    /// To be asked once of each request, in the order in which they came; the request reads its body as before.
    pub(crate) fn of(request: &mut ServiceRequest) -> Self {
        let chunked = request.headers().contains_key(header::TRANSFER_ENCODING);
        let ending = request.conn_data::<Ending>();
        let over = ending.is_some_and(|Ending(ends)| ends.replace(ends.get() || chunked));
        Self { closes: over || chunked, over, held: chunked.then(|| Held::body_of(request)) }
    }

    /// Why a request isn't served that the library read behind a chunked one.
    pub(crate) fn refusal(&self) -> Option<ApiError> {
        let message =
            "the connection ended with the answer before this one: send the request again on another";
        self.over.then(|| ApiError::bad_request(message))
    }
}

/// The body of a request, while it and its answer are under way.
#[derive(Clone)]
pub(crate) struct Held(Rc<RefCell<Payload>>);

impl Held {
    fn body_of(request: &mut ServiceRequest) -> Self {
        let held = Self(Rc::new(RefCell::new(request.take_payload())));
        request.set_payload(Payload::Stream { payload: Box::pin(held.clone()) });
        held
    }
}

impl Stream for Held {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}
