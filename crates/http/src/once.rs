//! The header `Idempotency-Key`.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use paperclip::actix::OperationModifier;
use paperclip::v2::models::DefaultOperationRaw;
use paperclip::v2::schema::Apiv2Schema;
use serde_json::json;
use tweetty_domain::{IdempotencyKey, Invalid};

use crate::error::ApiError;
use crate::schema;

/// The client's name for this request, where it gave one: the same name again does nothing twice.
pub(crate) struct Once(pub(crate) Option<IdempotencyKey>);

impl Apiv2Schema for Once {}

impl OperationModifier for Once {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        let parameter = json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "The client's name for this request, remembered per user for 24 hours: the same name with the \
                same request answers what the first one answered and does nothing twice, with another request it is 409.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
            "example": "5f0c8a3e-post-1",
        });
        schema::add(&mut operation.description, &json!({"parameters": [parameter]}));
        schema::fails(operation, &[409, 422]);
    }
}

impl FromRequest for Once {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = request.headers().get_all("idempotency-key");
        let key = match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => {
                let text = value.to_str().map_err(|_| Invalid::IdempotencyKey);
                text.and_then(IdempotencyKey::parse).map(Some)
            }
            (Some(_), Some(_)) => Err(Invalid::IdempotencyKey),
        };
        ready(key.map(Self).map_err(ApiError::from))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[actix_web::test]
    async fn a_malformed_or_repeated_idempotency_key_is_refused() {
        let read = async |values: &[&str]| {
            let header = |value: &&str| ("idempotency-key", (*value).to_owned());
            let request = values.iter().map(header).fold(TestRequest::default(), TestRequest::append_header);
            Once::extract(&request.to_http_request()).await.map(|once| once.0)
        };
        assert_eq!(read(&[]).await.unwrap(), None);
        assert_eq!(read(&["k-1"]).await.unwrap().unwrap().as_str(), "k-1");
        for values in [vec![""], vec!["a b"], vec!["a", "a"], vec!["é"]] {
            assert!(read(&values).await.is_err(), "{values:?}");
        }
        assert!(read(&[&"x".repeat(129)]).await.is_err());
    }
}
