//! Connections that end with an answer to a chunked request.
//!
//! Where a chunked body ends is the one thing that the library and a proxy may see differently: actix-http before
//! 3.21.1 takes `0\r\n\n` for the beginning of a trailer and swallows the head of the request behind it. Nothing that
//! follows a chunked body on its connection can be trusted to be what the client or the proxy took it for.

use std::any::Any;
use std::cell::Cell;

use actix_web::dev::{Extensions, ServiceRequest};
use actix_web::http::header;

use crate::error::ApiError;

/// Whether a connection ends; one for each.
#[derive(Default)]
struct Ending(Cell<bool>);

/// Prepares a new connection.
pub(crate) fn begin(_: &dyn Any, connection: &mut Extensions) {
    connection.insert(Ending::default());
}

/// How a request stands to the end of its connection.
pub(crate) struct Closing {
    /// The answer is the last one.
    pub(crate) now: bool,
    /// The last answer belongs to an earlier request.
    over: bool,
}

impl Closing {
    /// To be asked once of each request, in the order in which they came.
    pub(crate) fn of(request: &ServiceRequest) -> Self {
        let chunked = request.headers().contains_key(header::TRANSFER_ENCODING);
        let ending = request.conn_data::<Ending>();
        let over = ending.is_some_and(|Ending(ends)| ends.replace(ends.get() || chunked));
        Self { now: over || chunked, over }
    }

    /// Why a request isn't served that the library read behind a chunked one.
    pub(crate) fn refusal(&self) -> Option<ApiError> {
        let message =
            "the connection ended with the answer before this one: send the request again on another";
        self.over.then(|| ApiError::bad_request(message))
    }
}
