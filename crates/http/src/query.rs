//! The parameters of a request: those with an empty value count as absent, unknown ones are ignored, and one that is
//! given twice is refused, since nobody could know which of the two is meant.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use paperclip::actix::OperationModifier;
use paperclip::v2::models::{DefaultOperationRaw, DefaultSchemaRaw, Either, ParameterIn};
use paperclip::v2::schema::Apiv2Schema;
use percent_encoding::percent_decode;
use serde_json::json;
use tweetty_domain::{Invalid, PageSize};

use crate::error::ApiError;
use crate::schema;

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
        ready(T::from_parameters(&Parameters::of(request.query_string())).map(Self))
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Query<T> {}

impl<T: Apiv2Schema> OperationModifier for Query<T> {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        for (name, mut schema) in T::raw_schema().properties {
            schema::add(&mut schema.description, &json!({"allowEmptyValue": true}));
            operation.parameters.push(Either::Right(schema::parameter(ParameterIn::Query, name, *schema)));
        }
        schema::fails(operation, &[422]);
    }
}

/// A structure of parameters: each field is read as its type says, and shown so in the document. The types are taken apart
/// since paperclip would pass over a whole one.
macro_rules! query {
    (
        $(#[$about:meta])+
        $visibility:vis struct $name:ident {
            $($(#[$doc:meta])+ $field:ident: $type:ident $(<$($of:ident),+>)?,)+
        }
    ) => {
        $(#[$about])+
        #[derive(paperclip::actix::Apiv2Schema)]
        $visibility struct $name { $($(#[$doc])+ $visibility $field: $type $(<$($of),+>)?,)+ }

        impl crate::query::FromParameters for $name {
            fn from_parameters(given: &crate::query::Parameters<'_>) -> Result<Self, crate::error::ApiError> {
                Ok(Self { $($field: crate::query::Parameter::read(given, stringify!($field))?,)+ })
            }
        }
    };
}
pub(crate) use query;

/// A parameter, or none.
pub(crate) trait Parameter: Sized {
    /// Reads the parameter of that name.
    fn read(parameters: &Parameters<'_>, name: &str) -> Result<Self, ApiError>;
}

impl Parameter for Option<String> {
    fn read(parameters: &Parameters<'_>, name: &str) -> Result<Self, ApiError> {
        parameters.text(name)
    }
}

impl Parameter for Option<i64> {
    fn read(parameters: &Parameters<'_>, name: &str) -> Result<Self, ApiError> {
        let integer = |text: String| {
            let number = text.parse().ok().filter(|_| !text.starts_with('+'));
            number.ok_or_else(|| ApiError::invalid(name, "not a 64-bit integer"))
        };
        parameters.text(name)?.map(integer).transpose()
    }
}

/// A parameter of a kind of its own: how it is read, and what the document says of it beyond that.
macro_rules! parameter {
    ($($(#[$doc:meta])+ $visibility:vis $name:ident($inner:ty) = $more:tt;)+) => {
        crate::shown::value! { $($(#[$doc])+ $visibility $name(Option<$inner>) = $more;)+ }
        $(impl crate::query::Parameter for $name {
            fn read(given: &crate::query::Parameters<'_>, name: &str) -> Result<Self, crate::error::ApiError> {
                crate::query::Parameter::read(given, name).map(Self)
            }
        })+
    };
}
pub(crate) use parameter;

parameter! {
    /// How many entries a page has at most; by default the largest page.
    pub(crate) Limit(i64) = {"minimum": 1, "maximum": "{page_size}", "default": "{page_size}"};
}

impl Limit {
    /// The size of the page.
    pub(crate) fn size(&self, largest: u32) -> Result<PageSize, Invalid> {
        PageSize::parse(self.0, largest)
    }
}

/// The words that a parameter may be, with their meanings.
pub(crate) trait Words: Copy + 'static {
    const ALL: &'static [(&'static str, Self)];
}

/// One of a few words and its meaning; where none is given, the one with the index `DEFAULT`.
pub(crate) struct Word<T, const DEFAULT: usize>(pub(crate) &'static str, pub(crate) T);

impl<T: Words, const DEFAULT: usize> Parameter for Word<T, DEFAULT> {
    fn read(parameters: &Parameters<'_>, name: &str) -> Result<Self, ApiError> {
        let words = || T::ALL.iter().map(|(word, _)| *word);
        let at = match parameters.text(name)? {
            Some(text) => words().position(|word| word == text).ok_or_else(|| {
                ApiError::invalid(name, format!("must be {}", words().collect::<Vec<_>>().join(" or ")))
            })?,
            None => DEFAULT,
        };
        let (word, meaning) = T::ALL[at];
        Ok(Self(word, meaning))
    }
}

impl<T: Words, const DEFAULT: usize> Apiv2Schema for Word<T, DEFAULT> {
    fn raw_schema() -> DefaultSchemaRaw {
        let words = T::ALL.iter().map(|(word, _)| *word).collect::<Vec<_>>();
        schema::with::<String>(&json!({"enum": words, "default": words[DEFAULT]}))
    }
}

/// The part of a URL behind the question mark.
pub(crate) struct Parameters<'a>(&'a str);

impl<'a> Parameters<'a> {
    pub(crate) fn of(query: &'a str) -> Self {
        Self(query)
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(query: &str) -> Result<Option<i64>, ApiError> {
        Parameter::read(&Parameters(query), "limit")
    }

    impl Words for u8 {
        const ALL: &'static [(&'static str, Self)] = &[("popular", 1), ("recent", 2)];
    }

    #[test]
    fn an_empty_value_counts_as_absent() {
        for query in ["", "limit", "limit=", "&&", "limit=&limit=", "x=1"] {
            assert_eq!(integer(query).unwrap(), None, "{query}");
        }
        assert_eq!(integer("limit=&limit=5").unwrap(), Some(5));
    }

    #[test]
    fn values_are_decoded() {
        assert_eq!(Parameters("query=%D0%B0n+n%26&%6Cimit=5").text("query").unwrap().unwrap(), "аn n&");
        assert_eq!(integer("%6Cimit=5").unwrap(), Some(5));
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
            assert_eq!(integer(query).unwrap_err().to_string(), message);
        }
        let word = |query| Word::<u8, 1>::read(&Parameters(query), "sort").map(|word| word.1);
        assert_eq!(word("sort=popular").unwrap(), 1);
        assert_eq!(word("").unwrap(), 2, "the default");
        assert_eq!(word("sort=best").unwrap_err().to_string(), "sort: must be popular or recent");
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
