//! Which answers are worth compressing.

use actix_web::Error;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;

/// Smaller bodies fit into one packet anyway, in bytes.
const WORTH_IT: u64 = 1024;
const PLAIN: &str = "identity";

/// Marks small bodies, so that the compressing middleware around this one leaves them alone.
pub(crate) async fn mark_small(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    let small = matches!(response.response().body().size(), BodySize::Sized(bytes) if bytes <= WORTH_IT);
    if small && !response.headers().contains_key(header::CONTENT_ENCODING) {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(PLAIN));
    }
    Ok(response)
}

/// Takes the mark away again: as a header it says nothing.
pub(crate) async fn unmark(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    if response.headers().get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding == PLAIN) {
        response.headers_mut().remove(header::CONTENT_ENCODING);
    }
    Ok(response)
}
