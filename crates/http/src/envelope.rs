//! Around every request: its id, the contract's form for whatever fails, the security headers, its line in the log.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _, HttpResponse};
use futures_util::FutureExt as _;
use tracing::Instrument as _;

use crate::answer::Answer;
use crate::chunked::Chunked;
use crate::drain::Drain;
use crate::error::ApiError;
use crate::line::Line;
use crate::openapi::Document;
use crate::request_id::{self, RequestId};
use crate::{Options, caller, trailing_slash};

/// Headers of every answer that doesn't say otherwise itself.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Headers that a failure keeps when it is brought into form; those of CORS besides.
const KEPT: [HeaderName; 2] = [header::VARY, header::ALLOW];

/// The outermost middleware.
pub(crate) async fn envelope(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    trailing_slash::leave_out(&mut request);
    let id = RequestId::of(request.headers());
    let mut line = Line::begin(id, request.method(), request.match_pattern());
    let document = request.app_data::<Data<Document>>().cloned();
    let drain = request.app_data::<Data<Drain>>().cloned();
    if caller::needs_key(&request, line.pattern()) {
        request.extensions_mut().insert(caller::NeedsKey);
    }
    request.extensions_mut().insert(line.sender.clone());
    continue_trace(&request, &line);
    if request.method() == Method::HEAD {
        // HEAD is GET without the body, which the protocol's encoder leaves out by itself. It is of the whole: a range is
        // for GET alone (RFC 9110, section 14.2).
        request.head_mut().method = Method::GET;
        request.headers_mut().remove(header::RANGE);
    }

    drop_refused_encodings(&mut request);
    let has_body = has_body(request.headers());
    let chunked = Chunked::of(&mut request);
    let no_room = || caller::refused_for_want_of_room(&request, line.pattern());
    let refused = chunked.refusal().or_else(no_room);
    let on_the_way = OnTheWay { drain, chunked };

    if let Some(refusal) = refused {
        let response = failure(&mut line, &refusal);
        if has_body {
            // Lets a body in that came with the head: behind one that is still to come the connection is closed.
            tokio::task::yield_now().await;
        }
        return Ok(request.into_response(on_the_way.sent(response, line)));
    }
    let serving = next.call(request).instrument(line.span.clone());
    match AssertUnwindSafe(serving).catch_unwind().await {
        Ok(Ok(response)) => {
            let (request, response) = in_form(response, &mut line, document.as_ref()).into_parts();
            Ok(ServiceResponse::new(request, on_the_way.sent(response, line)))
        }
        Ok(Err(error)) => {
            let status = error.as_response_error().status_code();
            Err(on_the_way.failed(line, ApiError::foreign(status, Some(&error))))
        }
        Err(panic) => {
            let error = ApiError::internal(format!("panic: {}", said(panic.as_ref())));
            Err(on_the_way.failed(line, error))
        }
    }
}

/// What an answer needs to know of its request.
struct OnTheWay {
    drain: Option<Data<Drain>>,
    chunked: Chunked,
}

impl OnTheWay {
    /// The answer as it goes out.
    fn sent(self, mut response: HttpResponse, mut line: Line) -> HttpResponse {
        sign(&mut response, &line.id);
        // While the server drains, a client would send its next request just when the connection is closed.
        if self.chunked.closes || self.drain.is_some_and(|drain| drain.has_begun()) {
            response.head_mut().set_connection_type(ConnectionType::Close);
        }
        line.answer(response.status());
        response.map_body(|_, body| BoxBody::new(Answer::new(body, line, self.chunked.held)))
    }

    /// A failure that came without an answer around it.
    fn failed(self, mut line: Line, error: ApiError) -> Error {
        let response = failure(&mut line, &error);
        InternalError::from_response(error, self.sent(response, line)).into()
    }
}

fn has_body(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_LENGTH).is_some_and(|length| length != "0")
}

fn is_failure(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

/// Whether it is for people, such as the page that says that there is nothing at an address.
fn is_page(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// The caller's own trace goes on here, where traces are collected.
fn continue_trace(request: &ServiceRequest, line: &Line) {
    let Some(options) = request.app_data::<Data<Options>>() else { return };
    let parent = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
    if let (Some(continued), Some(parent)) = (options.continued_trace, parent) {
        continued(&line.span, parent);
    }
}

/// A client that rules out an encoding gets none at all: the compressing middleware would answer 406 to some of them.
fn drop_refused_encodings(request: &mut ServiceRequest) {
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let weight = |part: &str| part.trim().strip_prefix("q=")?.trim().parse::<f32>().ok();
    let ruled_out = |accepted: &str| {
        accepted.split([',', ';']).any(|part| weight(part).is_some_and(|weight| weight <= 0.0))
    };
    if accepted.is_some_and(ruled_out) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
}

/// The answer in the contract's form, whatever made it.
fn in_form<B: MessageBody + 'static>(
    response: ServiceResponse<B>,
    line: &mut Line,
    document: Option<&Data<Document>>,
) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !is_failure(status) || is_page(response.headers()) {
        return response.map_into_boxed_body();
    }
    let error = ApiError::foreign(status, response.response().error());
    let mut formed = failure(line, &error);
    for (name, value) in response.headers() {
        if KEPT.contains(name) || name.as_str().starts_with("access-control-") {
            formed.headers_mut().append(name.clone(), value.clone());
        }
    }
    if formed.status() == StatusCode::METHOD_NOT_ALLOWED {
        let allowed = document.and_then(|document| document.allowed(line.pattern()?));
        let allowed = HeaderValue::from_str(allowed.unwrap_or("GET, HEAD"));
        if let Ok(allowed) = allowed {
            formed.headers_mut().insert(header::ALLOW, allowed);
        }
    }
    ServiceResponse::new(response.into_parts().0, formed)
}

fn sign(response: &mut HttpResponse, id: &RequestId) {
    for (name, value) in HEADERS {
        if !response.headers().contains_key(&name) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(HeaderName::from_static(request_id::HEADER), id);
    }
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}

/// The answer to a failure, of which the log gets the cause.
fn failure(line: &mut Line, error: &ApiError) -> HttpResponse {
    if let Some(cause) = error.cause() {
        line.failed(cause);
    }
    error.respond(Some(&line.id))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_who_rules_an_encoding_out_gets_none() {
        for (accepted, kept) in [
            ("gzip, br", true),
            ("gzip;q=0.8, br;q=1.0", true),
            ("identity;q=0", false),
            ("gzip; q=0.0", false),
            ("*;q=0", false),
        ] {
            let mut request =
                TestRequest::default().insert_header((header::ACCEPT_ENCODING, accepted)).to_srv_request();
            drop_refused_encodings(&mut request);
            assert_eq!(request.headers().contains_key(header::ACCEPT_ENCODING), kept, "{accepted}");
        }
    }
}
