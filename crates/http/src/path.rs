//! The id in a path.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use paperclip::actix::OperationModifier;
use paperclip::v2::models::{DefaultOperationRaw, Either, ParameterIn};
use paperclip::v2::schema::Apiv2Schema;
use serde_json::json;
use tweetty_domain::{AnnouncementId, Invalid, KeyId, TweetId, UserId};

use crate::error::ApiError;
use crate::schema;

/// An identity that a path can name.
pub(crate) trait Identity: Sized {
    /// The identity of that number; `None` unless it is positive.
    fn of(number: i64) -> Option<Self>;
}

impl Identity for TweetId {
    fn of(number: i64) -> Option<Self> {
        Self::new(number)
    }
}

impl Identity for AnnouncementId {
    fn of(number: i64) -> Option<Self> {
        Self::new(number)
    }
}

impl Identity for KeyId {
    fn of(number: i64) -> Option<Self> {
        Self::new(number)
    }
}

impl Identity for UserId {
    fn of(number: i64) -> Option<Self> {
        Self::new(number)
    }
}

/// The `{id}` of the route: a positive 64-bit integer in plain digits.
pub(crate) struct Id<T>(pub(crate) T);

fn parse<T: Identity>(text: &str) -> Result<T, Invalid> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number.and_then(T::of).ok_or(Invalid::Id)
}

impl<T: Identity> FromRequest for Id<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = parse(request.match_info().query("id"));
        ready(id.map(Self).map_err(|invalid| ApiError::invalid("id", invalid)))
    }
}

impl<T> Apiv2Schema for Id<T> {}

impl<T> OperationModifier for Id<T> {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        let schema = schema::with::<i64>(&json!({"minimum": 1, "maximum": i64::MAX}));
        // paperclip takes the name from the route.
        operation.parameters.push(Either::Right(schema::parameter(ParameterIn::Path, String::new(), schema)));
        schema::fails(operation, &[404, 422]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_64_bit_integers_in_plain_digits_are_ids() {
        assert_eq!(parse::<TweetId>("7").unwrap().get(), 7);
        assert_eq!(parse::<TweetId>("9223372036854775807").unwrap().get(), i64::MAX);
        for text in ["", "0", "-1", "+1", "1.0", "1e3", "0x1", " 1", "٣", "9223372036854775808", "me"] {
            assert_eq!(parse::<TweetId>(text), Err(Invalid::Id), "{text}");
        }
    }
}
