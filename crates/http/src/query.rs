//! The parameters of a request: those with an empty value count as absent, unknown ones are ignored, and one that is
//! given twice is refused, since nobody could tell which of the two is meant.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use paperclip::actix::OperationModifier;
use paperclip::v2::models::DefaultOperationRaw;
use paperclip::v2::schema::Apiv2Schema;
use percent_encoding::percent_decode;
use tweetty_domain::{Invalid, PageSize, UserId};

use crate::cursor;
use crate::error::ApiError;

/// What can be read from the parameters of a request.
pub(crate) trait FromParameters: Sized {
    /// Reads the parameters that it knows.
    fn from_parameters(parameters: &Parameters<'_>) -> Result<Self, ApiError>;
}

/// The parameters of a request, read as `T`.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: FromParameters> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(T::from_parameters(&Parameters(request.query_string())).map(Self))
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Query<T> {}

impl<T: Apiv2Schema> OperationModifier for Query<T> {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        web::Query::<T>::update_parameter(operation);
    }
}

/// How the document shows a type of parameters: paperclip reads names, types and descriptions from a flat structure.
macro_rules! shown_as {
    ($($parameters:ty => $shown:ty),+) => {
        $(
            impl paperclip::v2::schema::Apiv2Schema for $parameters {
                fn raw_schema() -> paperclip::v2::models::DefaultSchemaRaw {
                    <$shown as paperclip::v2::schema::Apiv2Schema>::raw_schema()
                }
            }
        )+
    };
}
pub(crate) use shown_as;

/// The part of a URL behind the question mark.
pub(crate) struct Parameters<'a>(&'a str);

impl Parameters<'_> {
    /// The value of a parameter.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, ApiError> {
        let pairs = self.0.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let mut values =
            pairs.filter(|(key, value)| !value.is_empty() && decoded(key).as_deref() == Some(name));
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some((_, value)), None) => {
                decoded(value).map(Some).ok_or_else(|| ApiError::invalid(name, "not UTF-8"))
            }
            (Some(_), Some(_)) => Err(ApiError::invalid(name, "given twice")),
        }
    }

    /// The value of a parameter that is a whole number.
    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let integer = |text: String| {
            let number = text.parse().ok().filter(|_| !text.starts_with('+'));
            number.ok_or_else(|| ApiError::invalid(name, "not a 64-bit integer"))
        };
        self.text(name)?.map(integer).transpose()
    }

    /// The value of a parameter that is one of a few words.
    pub(crate) fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, ApiError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
            return Ok(Some(*meaning));
        }
        let known = words.iter().map(|(word, _)| *word).collect::<Vec<_>>();
        Err(ApiError::invalid(name, format!("must be {}", known.join(" or "))))
    }
}

fn decoded(text: &str) -> Option<String> {
    String::from_utf8(percent_decode(text.replace('+', " ").as_bytes()).collect()).ok()
}

/// The address of the same list from the cursor on: the other parameters stay, a page number does not.
pub(crate) fn following(path: &str, parameters: &str, cursor: &str) -> String {
    let replaced = |pair: &&str| {
        matches!(pair.split_once('=').unwrap_or((pair, "")), ("cursor" | "offset", _) | ("", ""))
    };
    let mut address = format!("{path}?");
    for pair in parameters.split('&').filter(|pair| !replaced(pair)) {
        address.push_str(pair);
        address.push('&');
    }
    address.push_str("cursor=");
    address.push_str(cursor);
    address
}

/// Which page of a list of people.
#[derive(paperclip::actix::Apiv2Schema)]
pub(crate) struct PeoplePage {
    /// How many at most.
    limit: Option<i64>,
    /// Where to go on: a `next_cursor` of an earlier answer.
    cursor: Option<String>,
}

impl FromParameters for PeoplePage {
    fn from_parameters(parameters: &Parameters<'_>) -> Result<Self, ApiError> {
        Ok(Self { limit: parameters.integer("limit")?, cursor: parameters.text("cursor")? })
    }
}

impl PeoplePage {
    /// The size of the page.
    pub(crate) fn size(&self, largest: u32) -> Result<PageSize, Invalid> {
        PageSize::parse(self.limit, largest)
    }

    /// Behind whom the page begins in that list.
    pub(crate) fn after(&self, list: &str) -> Result<Option<UserId>, ApiError> {
        self.cursor.as_deref().map(|cursor| cursor::to_people(list, cursor)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_value_counts_as_absent() {
        for query in ["", "limit", "limit=", "&&", "limit=&limit=", "x=1"] {
            assert_eq!(Parameters(query).integer("limit").unwrap(), None, "{query}");
        }
        assert_eq!(Parameters("limit=&limit=5").integer("limit").unwrap(), Some(5));
    }

    #[test]
    fn values_are_decoded() {
        assert_eq!(Parameters("query=%D0%B0n+n%26&%6Cimit=5").text("query").unwrap().unwrap(), "аn n&");
        assert_eq!(Parameters("%6Cimit=5").integer("limit").unwrap(), Some(5));
    }

    #[test]
    fn values_that_can_not_be_meant_are_refused_by_name() {
        for (query, message) in [
            ("limit=five", "limit: not a 64-bit integer"),
            ("limit=%2B5", "limit: not a 64-bit integer"),
            ("limit=1.0", "limit: not a 64-bit integer"),
            ("limit=9223372036854775808", "limit: not a 64-bit integer"),
            ("limit=5&limit=6", "limit: given twice"),
            ("limit=%ff", "limit: not UTF-8"),
        ] {
            assert_eq!(Parameters(query).integer("limit").unwrap_err().to_string(), message);
        }
        let words = [("popular", 1), ("recent", 2)];
        assert_eq!(Parameters("sort=recent").word("sort", &words).unwrap(), Some(2));
        let error = Parameters("sort=best").word("sort", &words).unwrap_err();
        assert_eq!(error.to_string(), "sort: must be popular or recent");
    }

    #[test]
    fn the_next_page_keeps_every_other_parameter() {
        for (parameters, next) in [
            ("", "/l?cursor=C"),
            ("limit=5&offset=2&sort=recent", "/l?limit=5&sort=recent&cursor=C"),
            ("cursor=old&query=%D0%B0", "/l?query=%D0%B0&cursor=C"),
        ] {
            assert_eq!(following("/l", parameters, "C"), next);
        }
    }
}
