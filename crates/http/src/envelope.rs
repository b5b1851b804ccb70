//! Around every request: its id, the contract's form for whatever fails, the security headers, one line in the log.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _, HttpResponse};
use futures_util::FutureExt as _;

use crate::caller::Caller;
use crate::error::ApiError;
use crate::openapi::Document;
use crate::request_id::{self, RequestId};
use crate::unread::Held;

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

/// Marks a request that only somebody known may send.
pub(crate) struct NeedsKey;

fn needs_key(route: Option<&str>) -> bool {
    route.is_some_and(|route| route.starts_with("/api/") && route != "/api/limits")
}

/// The outermost middleware.
pub(crate) async fn envelope(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let id = RequestId::of(request.headers());
    let method = request.method().clone();
    let route = request.match_pattern();
    let document = request.app_data::<Data<Document>>().cloned();
    if needs_key(route.as_deref()) {
        request.extensions_mut().insert(NeedsKey);
    }
    if method == Method::HEAD {
        // HEAD is GET without the body, which the protocol's encoder leaves out by itself.
        request.head_mut().method = Method::GET;
    }
    let line = Line { id, method, route, started };

    please_everybody(&mut request);
    let held = Held::of(&mut request);

    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) => {
            let user = response.request().extensions().get::<Caller>().map(|caller| caller.0.get());
            let mut response = in_form(response, &line, document.as_ref());
            sign(response.response_mut(), &line.id);
            line.write(response.status(), user);
            Ok(match held {
                Some(held) => response.map_body(|_, body| held.until_sent(body)),
                None => response,
            })
        }
        Ok(Err(error)) => {
            let status = error.as_response_error().status_code();
            Err(line.fail(&ApiError::foreign(status, Some(&error))))
        }
        Err(panic) => Err(line.fail(&ApiError::internal(format!("panic: {}", said(panic.as_ref()))))),
    }
}

/// Who rules an encoding out gets none at all: the compressing middleware would answer 406 to some of them.
fn please_everybody(request: &mut ServiceRequest) {
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let weight = |part: &str| part.trim().strip_prefix("q=")?.trim().parse::<f32>().ok();
    let ruled_out = |accepted: &str| {
        accepted.split([',', ';']).any(|part| weight(part).is_some_and(|weight| weight <= 0.0))
    };
    if accepted.is_some_and(ruled_out) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
}

/// The answer in the contract's form, whoever made it.
fn in_form<B: MessageBody + 'static>(
    response: ServiceResponse<B>,
    line: &Line,
    document: Option<&Data<Document>>,
) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response.map_into_boxed_body();
    }
    let error = ApiError::foreign(status, response.response().error());
    let mut formed = line.failure(&error);
    for (name, value) in response.headers() {
        if KEPT.contains(name) || name.as_str().starts_with("access-control-") {
            formed.headers_mut().append(name.clone(), value.clone());
        }
    }
    if formed.status() == StatusCode::METHOD_NOT_ALLOWED {
        let allowed = document.and_then(|document| document.allowed(line.route.as_deref()?));
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

/// What the log tells of a request: nothing in it is free text of the client.
struct Line {
    id: RequestId,
    method: Method,
    route: Option<String>,
    started: Instant,
}

impl Line {
    /// The answer to a failure, which the log gets once, here.
    fn failure(&self, error: &ApiError) -> HttpResponse {
        if let Some(cause) = error.cause() {
            let (method, route, id) = (self.method(), self.route(), self.id.as_str());
            // `?` escapes line breaks and the like, wherever the cause got them from.
            tracing::error!(method, route, request_id = id, ?cause, "a request failed");
        }
        error.respond(Some(&self.id))
    }

    /// A failure that came without an answer around it.
    fn fail(&self, error: &ApiError) -> Error {
        let mut response = self.failure(error);
        sign(&mut response, &self.id);
        self.write(response.status(), None);
        InternalError::from_response(error.clone(), response).into()
    }

    fn write(&self, status: StatusCode, user: Option<i64>) {
        tracing::info!(
            method = self.method(),
            route = self.route(),
            status = status.as_u16(),
            microseconds = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX),
            request_id = self.id.as_str(),
            user_id = user,
            "request"
        );
    }

    /// The method, unless the client made it up.
    fn method(&self) -> &str {
        let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        let known = known.contains(&self.method) || self.method == Method::OPTIONS;
        if known { self.method.as_str() } else { "other" }
    }

    fn route(&self) -> &str {
        self.route.as_deref().unwrap_or("unknown")
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn all_under_api_needs_a_key_but_the_limits_and_what_does_not_exist() {
        for route in ["/api/tweets", "/api/users/{id}/follow", "/api/medias"] {
            assert!(needs_key(Some(route)), "{route}");
        }
        for route in [None, Some("/api/limits"), Some("/media/{name}"), Some("/docs"), Some("/")] {
            assert!(!needs_key(route), "{route:?}");
        }
    }

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
            please_everybody(&mut request);
            assert_eq!(request.headers().contains_key(header::ACCEPT_ENCODING), kept, "{accepted}");
        }
    }
}
