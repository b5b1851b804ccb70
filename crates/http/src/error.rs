//! The one exit for failure: every error becomes a status, a code and a sentence here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use paperclip::actix::Apiv2Schema;
use paperclip::v2::models::DefaultSchemaRaw;
use paperclip::v2::schema::Apiv2Errors;
use serde::Serialize;
use tweetty_adapter::with_causes;
use tweetty_domain::{Error, Invalid};

use crate::part::Part;
use crate::ranges;
use crate::request_id::RequestId;
use crate::schema;
use crate::shown::value;

/// The closed list of codes with their statuses; the OpenAPI document takes it from here.
pub(crate) const CODES: [(StatusCode, &str); 14] = [
    (StatusCode::BAD_REQUEST, "bad_request"),
    (StatusCode::UNAUTHORIZED, "unauthorized"),
    (StatusCode::FORBIDDEN, "forbidden"),
    (StatusCode::NOT_FOUND, "not_found"),
    (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
    (StatusCode::CONFLICT, "conflict"),
    (StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large"),
    (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
    (StatusCode::UNPROCESSABLE_ENTITY, "validation_error"),
    (StatusCode::TOO_MANY_REQUESTS, "rate_limited"),
    (StatusCode::INTERNAL_SERVER_ERROR, "internal_error"),
    (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    // The contract has no code of its own for a body that does not arrive: it can't be read.
    (StatusCode::REQUEST_TIMEOUT, "bad_request"),
    // Nor for a range that an image does not have: a value that is not acceptable.
    (StatusCode::RANGE_NOT_SATISFIABLE, "validation_error"),
];

/// Seconds after which trying again is worth while when a store was not available.
const RETRY_AFTER: u64 = 2;

/// A failure on its way to the client. What lies behind it is for the log only.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    status: StatusCode,
    message: String,
    retry_after: Option<u64>,
    /// The size of what has nothing in the range, in bytes.
    outside: Option<u64>,
    not_ready: Vec<Part>,
    cause: Option<String>,
}

/// Why a request was not served.
#[derive(Serialize, Apiv2Schema)]
struct Failure<'a> {
    /// Always false.
    result: False,
    /// What kind of failure it is, for a program.
    error_type: Code,
    /// What is wrong, for a person.
    error_message: &'a str,
    /// What can't work now, or that the server is about to stop; only of `/health/ready`.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_ready: Option<&'a [Part]>,
}

value! {
    /// What every failure says of itself.
    False(bool) = {"enum": [false]};
    /// A code of the closed list.
    Code(&'static str) = {"enum": (BTreeSet::from(CODES.map(|(_, code)| code)))};
}

impl ApiError {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { status, message, retry_after: None, outside: None, not_ready: Vec::new(), cause: None }
    }

    /// The request can't be read.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// The request can be read, but the named part of it is not acceptable.
    pub(crate) fn invalid(field: &str, why: impl fmt::Display) -> Self {
        Self::unprocessable(format!("{field}: {why}"))
    }

    /// The request can be read, but its parts are not acceptable together.
    pub(crate) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    pub(crate) fn too_large(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    }

    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
    }

    /// The body did not arrive in time.
    pub(crate) fn slow_body() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time")
    }

    pub(crate) fn rate_limited(seconds: u64) -> Self {
        let message = format!("too many requests, try again in {seconds} s");
        Self { retry_after: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, message) }
    }

    /// Something has no capacity now; `cause` is for the log.
    pub(crate) fn unavailable(cause: impl Into<String>) -> Self {
        let message = "the service is not available now, try again soon";
        Self {
            retry_after: Some(RETRY_AFTER),
            cause: Some(cause.into()),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, message)
        }
    }

    /// Parts of the service can't work now; each is named.
    pub(crate) fn not_ready(parts: Vec<Part>, cause: impl Into<String>) -> Self {
        let names = parts.iter().map(|part| part.name()).collect::<Vec<_>>();
        let message = format!("not ready: {}", names.join(", "));
        Self { message, not_ready: parts, ..Self::unavailable(cause) }
    }

    /// A defect; `cause` is for the log.
    pub(crate) fn internal(cause: impl Into<String>) -> Self {
        let message = "something went wrong inside";
        Self { cause: Some(cause.into()), ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, message) }
    }

    /// The contract's form of a failure that the framework or a middleware answered; `own` is what it said. A client
    /// gets words of ours instead, since those of a library change with its version.
    pub(crate) fn foreign(status: StatusCode, own: Option<&actix_web::Error>) -> Self {
        if let Some(error) = own.and_then(|error| error.as_error::<Self>()) {
            return error.clone();
        }
        let said = || own.map(ToString::to_string);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            return Self::unavailable(said().unwrap_or_default());
        }
        if !status.is_client_error() {
            return Self::internal(said().unwrap_or_else(|| format!("answered {status}")));
        }
        let known = CODES.iter().any(|(known, _)| *known == status);
        let message = match status {
            StatusCode::NOT_FOUND => "there is no such resource",
            StatusCode::METHOD_NOT_ALLOWED => "this resource does not know that method",
            StatusCode::BAD_REQUEST => "the request can't be read",
            StatusCode::REQUEST_TIMEOUT => "the request did not arrive in time",
            StatusCode::PAYLOAD_TOO_LARGE => "the body is too large",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "a body of that type or encoding is not read here",
            _ if known => "the request is not acceptable",
            _ => "the request can't be served",
        };
        let status = if known { status } else { StatusCode::BAD_REQUEST };
        Self::new(status, message)
    }

    /// Whether the service is to blame and not the request.
    pub(crate) fn is_ours(&self) -> bool {
        self.status.is_server_error()
    }

    /// What to log: the sentence for the client may hide it.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The answer; a failure of ours carries the id under which the log knows it.
    pub(crate) fn respond(&self, id: Option<&RequestId>) -> HttpResponse {
        let mut builder = HttpResponseBuilder::new(self.status);
        if let Some(seconds) = self.retry_after {
            builder.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Some(bytes) = self.outside {
            builder.insert_header(ranges::answered(None, bytes));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            builder.insert_header((header::WWW_AUTHENTICATE, "ApiKey header=\"api-key\""));
        }
        let traced = match id {
            Some(id) if self.status == StatusCode::INTERNAL_SERVER_ERROR => {
                format!("{}, request id {id}", self.message)
            }
            _ => self.message.clone(),
        };
        let code = CODES.iter().find(|(status, _)| *status == self.status).map(|(_, code)| *code);
        builder.json(Failure {
            result: False(false),
            error_type: Code(code.unwrap_or("internal_error")),
            error_message: &traced,
            not_ready: Some(&self.not_ready[..]).filter(|parts| !parts.is_empty()),
        })
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        self.respond(None)
    }
}

/// Which statuses an operation answers is said by what it takes: paperclip knows only one list for all.
impl Apiv2Errors for ApiError {
    fn update_definitions(definitions: &mut BTreeMap<String, DefaultSchemaRaw>) {
        schema::define::<Failure<'_>>(definitions);
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(invalid) => invalid.into(),
            Error::UnknownKey => Self::new(StatusCode::UNAUTHORIZED, error.to_string()),
            Error::NotTheAuthor(_) | Error::NotACommunicator => {
                Self::new(StatusCode::FORBIDDEN, error.to_string())
            }
            Error::NotFound(_) => Self::new(StatusCode::NOT_FOUND, error.to_string()),
            Error::IdempotencyConflict => {
                Self::new(StatusCode::CONFLICT, "this Idempotency-Key was used with another request")
            }
            Error::NicknameTaken(_)
            | Error::LoginTaken(_)
            | Error::ExternalIdTaken(_)
            | Error::KeyTaken(_)
            | Error::Deactivated(_)
            | Error::OwnsBots
            | Error::TooManyKeys { .. }
            | Error::TooManyAnnouncements { .. }
            | Error::AlreadyAnnounced(_)
            | Error::NotEmpty => Self::new(StatusCode::CONFLICT, error.to_string()),
            Error::QuotaUsedUp(it) => Self { message: it.to_string(), ..Self::rate_limited(it.seconds()) },
            Error::NoRoom(_) => Self { message: error.to_string(), ..Self::unavailable(error.to_string()) },
            Error::UploadTooLarge { .. } => Self::too_large(error.to_string()),
            Error::OutsideImage { size } => {
                let status = StatusCode::RANGE_NOT_SATISFIABLE;
                Self { outside: Some(size), ..Self::new(status, error.to_string()) }
            }
            Error::UnsupportedImage | Error::ForeignImage(_) => Self::unsupported(error.to_string()),
            Error::Mismatch(mismatch) => Self::unavailable(mismatch.to_string()),
            Error::Unavailable(cause) => Self::unavailable(with_causes(cause.as_ref())),
            Error::Internal(cause) => Self::internal(with_causes(cause.as_ref())),
        }
    }
}

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        match field(&invalid) {
            Some(field) => Self::invalid(field, invalid),
            None => Self::unprocessable(invalid.to_string()),
        }
    }
}

/// Where in a request a value of that kind stands; `None` where it may stand in several places or in none.
fn field(invalid: &Invalid) -> Option<&'static str> {
    match invalid {
        Invalid::EmptyText => Some("tweet_data"),
        Invalid::TooManyAttachments { .. }
        | Invalid::RepeatedAttachment(_)
        | Invalid::UnusableAttachment(_) => Some("tweet_media_ids"),
        Invalid::DescriptionCount { .. } => Some("tweet_media_descriptions"),
        Invalid::NoReason => Some("reason"),
        Invalid::PageSize { .. } => Some("limit"),
        Invalid::PageNumber => Some("offset"),
        Invalid::NamePart { .. } => Some("query"),
        Invalid::IdempotencyKey => Some("Idempotency-Key"),
        Invalid::EndedKey | Invalid::LongLivedKey { .. } => Some("ends_at"),
        Invalid::AnnouncementEnd => Some("until"),
        Invalid::EmptyUpload
        | Invalid::UndecodableImage
        | Invalid::CutOffImage
        | Invalid::UncommonJpeg
        | Invalid::TooLongSide { .. }
        | Invalid::TooManyPixels { .. }
        | Invalid::TooManyFrames { .. }
        | Invalid::TooCostlyImage
        | Invalid::TooSlowImage { .. } => Some("file"),
        Invalid::TextTooLong { .. }
        | Invalid::ControlCharacter(_)
        | Invalid::NameLength { .. }
        | Invalid::Embedded { .. }
        | Invalid::Key
        | Invalid::KeyChecksum
        | Invalid::Email
        | Invalid::Role
        | Invalid::Id
        | Invalid::UnaskedAcknowledgement
        | Invalid::SelfFollow
        | Invalid::DeactivatedFollowee
        | Invalid::BotOwner
        | Invalid::BotRole => None,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use actix_web::error::{ErrorBadRequest, ErrorGone, ErrorPayloadTooLarge};
    use tweetty_domain::{ForeignFormat, MediaId, Subject, TweetId};

    use super::*;

    async fn answered(error: ApiError) -> (u16, String) {
        let response = error.respond(Some(&RequestId::given("abc").unwrap()));
        let status = response.status().as_u16();
        (status, String::from_utf8(to_bytes(response.into_body()).await.unwrap().to_vec()).unwrap())
    }

    #[actix_web::test]
    async fn a_refused_value_is_named_by_its_field() {
        let unusable = Invalid::UnusableAttachment(MediaId::stored(7));
        for (invalid, message) in [
            (Invalid::EmptyText, "tweet_data: empty, at least 1 visible character is needed"),
            (Invalid::TextTooLong { length: 281, limit: 280 }, "281 characters, at most 280"),
            (unusable, "tweet_media_ids: media 7 is unknown, another user's or attached already"),
            (Invalid::SelfFollow, "you can't follow yourself"),
        ] {
            let (status, body) = answered(Error::from(invalid).into()).await;
            let form = format!(
                "{{\"result\":false,\"error_type\":\"validation_error\",\"error_message\":\"{message}\"}}"
            );
            assert_eq!((status, body), (422, form));
        }
    }

    #[actix_web::test]
    async fn the_inside_of_a_failure_is_for_the_log_and_the_request_id_for_the_client() {
        let error = ApiError::from(Error::internal("password=secret"));
        assert_eq!(error.cause(), Some("password=secret"));
        let (status, body) = answered(error).await;
        assert_eq!(status, 500);
        assert!(body.contains("request id abc") && !body.contains("secret"), "{body}");
        let (status, body) = answered(Error::unavailable("host db1 is down").into()).await;
        assert_eq!(status, 503);
        assert!(body.contains("\"unavailable\"") && !body.contains("db1"), "{body}");
    }

    #[test]
    fn every_code_has_the_status_of_the_contract() {
        let expected = [400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503, 408, 416];
        assert_eq!(CODES.map(|(status, _)| status.as_u16()), expected);
        for (error, status) in [
            (Error::UnknownKey, 401),
            (Error::NotTheAuthor(TweetId::stored(1)), 403),
            (Error::NotFound(Subject::Image), 404),
            (Error::IdempotencyConflict, 409),
            (Error::NoRoom("images"), 503),
            (Error::UploadTooLarge { limit: 5 }, 413),
            (Error::UnsupportedImage, 415),
            (Error::ForeignImage(ForeignFormat::Heic), 415),
            (Error::OutsideImage { size: 5 }, 416),
        ] {
            assert_eq!(ApiError::from(error).status.as_u16(), status);
        }
        let conflict = ApiError::from(Error::IdempotencyConflict).to_string();
        assert_eq!(conflict, "this Idempotency-Key was used with another request", "the header by its name");
    }

    #[test]
    fn what_the_framework_answers_gets_a_code_of_the_list() {
        for (status, ours) in [(404, 404), (405, 405), (406, 400), (413, 413), (502, 500), (503, 503)] {
            let foreign = ApiError::foreign(StatusCode::from_u16(status).unwrap(), None);
            assert_eq!(foreign.status.as_u16(), ours);
        }
    }

    #[test]
    fn a_refusal_never_has_the_words_of_a_library() {
        let foreign = |error: actix_web::Error| {
            ApiError::foreign(error.as_response_error().status_code(), Some(&error))
        };
        for (error, message) in [
            (ErrorBadRequest("Header error"), "the request can't be read"),
            (ErrorPayloadTooLarge("overflow"), "the body is too large"),
            (ErrorGone("it went"), "the request can't be served"),
        ] {
            assert_eq!(foreign(error).to_string(), message);
        }
    }
}
