//! JSON bodies: small, in time, well-formed, each key once.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{BytesMut, Data};
use actix_web::{FromRequest, HttpRequest, dev};
use futures_util::StreamExt as _;
use paperclip::actix::OperationModifier;
use paperclip::v2::models::{DefaultOperationRaw, DefaultSchemaRaw};
use paperclip::v2::schema::Apiv2Schema;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};

use crate::Options;
use crate::error::ApiError;
use crate::schema;

/// The largest JSON body, in bytes: a tweet with ten descriptions of 1,500 characters, even where the client writes each
/// of them as two `\uXXXX`.
pub(crate) const LIMIT: usize = 192 * 1024;

/// What can be read from the fields of a JSON object.
pub(crate) trait FromFields: Sized {
    /// Reads the fields that it knows; others are ignored.
    fn from_fields(fields: Fields) -> Result<Self, ApiError>;
}

/// The JSON body of a request, read as `T`.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: FromFields + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            check_head(request.headers())?;
            let Some(options) = request.app_data::<Data<Options>>() else {
                return Err(ApiError::internal("the server was put together without its options"));
            };
            let body = tokio::time::timeout(options.body_timeout, collect(payload)).await;
            let body = body.map_err(|_| ApiError::slow_body())??;
            T::from_fields(Fields::parse(&body)?).map(Self)
        })
    }
}

impl<T: Apiv2Schema> Apiv2Schema for Json<T> {
    fn name() -> Option<String> {
        T::name()
    }

    fn raw_schema() -> DefaultSchemaRaw {
        T::raw_schema()
    }
}

impl<T: Apiv2Schema> OperationModifier for Json<T> {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        actix_web::web::Json::<T>::update_parameter(operation);
        schema::fails(operation, &[400, 408, 413, 415, 422]);
    }

    fn update_definitions(definitions: &mut BTreeMap<String, DefaultSchemaRaw>) {
        schema::define::<T>(definitions);
    }
}

/// Whether a body has that media type, whatever its parameters.
pub(crate) fn is_of_type(headers: &HeaderMap, media_type: &str) -> bool {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    given.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type))
}

/// Whether a body is compressed, which no endpoint reads.
pub(crate) fn is_encoded(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

fn check_head(headers: &HeaderMap) -> Result<(), ApiError> {
    // What has no type can only be meant as JSON.
    if headers.contains_key(header::CONTENT_TYPE) && !is_of_type(headers, "application/json") {
        return Err(ApiError::unsupported("Content-Type: application/json is needed, or none"));
    }
    if is_encoded(headers) {
        return Err(ApiError::unsupported("Content-Encoding: a compressed body is not accepted"));
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: u64| length > LIMIT as u64) { Err(too_large()) } else { Ok(()) }
}

fn too_large() -> ApiError {
    ApiError::too_large(format!("the body is larger than {LIMIT} bytes"))
}

async fn collect(mut payload: dev::Payload) -> Result<BytesMut, ApiError> {
    let mut body = BytesMut::new();
    while let Some(piece) = payload.next().await {
        let piece = piece.map_err(|_| ApiError::bad_request("the body breaks off or is badly encoded"))?;
        if body.len() + piece.len() > LIMIT {
            return Err(too_large());
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// Where a body stops being JSON; why is said in words of ours, for those of the reader change with its version.
fn no_json(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let why = match error.classify() {
        Category::Eof => "it ends too early".to_owned(),
        // The only ones that are about the content come from `Unique`.
        Category::Data => error.to_string(),
        Category::Syntax | Category::Io => format!("look at line {line}, column {column}"),
    };
    format!("the body is no JSON that can be read: {why}")
}

/// The fields of a JSON object.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    fn parse(body: &[u8]) -> Result<Self, ApiError> {
        match serde_json::from_slice(body) {
            Ok(Unique(Value::Object(fields))) => Ok(Self(fields)),
            Ok(_) => Err(ApiError::invalid("body", "must be a JSON object")),
            Err(error) => Err(ApiError::bad_request(no_json(&error))),
        }
    }

    /// A text that must be there.
    pub(crate) fn text(&mut self, name: &str) -> Result<String, ApiError> {
        match self.0.remove(name) {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(ApiError::invalid(name, "must be a string")),
            None => Err(ApiError::invalid(name, "is missing")),
        }
    }

    /// A text; absent or `null` means none.
    pub(crate) fn text_or_none(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ApiError::invalid(name, "must be a string or null")),
        }
    }

    /// A whole number that must be there.
    pub(crate) fn integer(&mut self, name: &str) -> Result<i64, ApiError> {
        match self.0.remove(name) {
            Some(value) => value.as_i64().ok_or_else(|| ApiError::invalid(name, "must be a 64-bit integer")),
            None => Err(ApiError::invalid(name, "is missing")),
        }
    }

    /// Whether something is so; absent or `null` means no.
    pub(crate) fn flag(&mut self, name: &str) -> Result<bool, ApiError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(ApiError::invalid(name, "must be true or false")),
        }
    }

    /// Texts, each of which may be `null`; absent or `null` means none.
    pub(crate) fn texts(&mut self, name: &str) -> Result<Option<Vec<Option<String>>>, ApiError> {
        let refused = || ApiError::invalid(name, "must be an array of strings, or null for some of them");
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(values)) => {
                let text = |value| match value {
                    Value::Null => Ok(None),
                    Value::String(text) => Ok(Some(text)),
                    _ => Err(refused()),
                };
                values.into_iter().map(text).collect::<Result<_, _>>().map(Some)
            }
            Some(_) => Err(refused()),
        }
    }

    /// Whole numbers; absent or `null` means none.
    pub(crate) fn integers(&mut self, name: &str) -> Result<Option<Vec<i64>>, ApiError> {
        let refused = || ApiError::invalid(name, "must be an array of 64-bit integers");
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(values)) => values
                .iter()
                .map(|value| value.as_i64().ok_or_else(refused))
                .collect::<Result<_, _>>()
                .map(Some),
            Some(_) => Err(refused()),
        }
    }
}

/// A JSON value whose objects have each key once: a second one would be read by some and ignored by others.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Strict).map(Self)
    }
}

struct Strict;

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Unique(value)) = access.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some((key, Unique(value))) = access.next_entry::<String, Unique>()? {
            if fields.insert(key, value).is_some() {
                return Err(A::Error::custom("a key comes twice"));
            }
        }
        Ok(fields.into())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn status(body: &[u8]) -> u16 {
        Fields::parse(body).map_or_else(|error| error.respond(None).status().as_u16(), |_| 200)
    }

    #[test]
    fn what_is_no_json_is_said_in_words_of_ours() {
        for (body, why) in [
            (&b"{\n"[..], "it ends too early"),
            (b"", "it ends too early"),
            (b"{\n 'a': 1}", "look at line 2, column 2"),
            (b"{\"a\": 1, \"a\": 1}", "a key comes twice"),
        ] {
            let message = Fields::parse(body).err().map(|error| error.to_string()).unwrap_or_default();
            let expected = format!("the body is no JSON that can be read: {why}");
            assert!(message.starts_with(&expected), "{message}");
        }
    }

    #[test]
    fn what_is_no_json_is_a_bad_request() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for body in [
            &b""[..],
            b"{",
            b"{} {}",
            b"{'a': 1}",
            b"{\"a\": NaN}",
            b"{\"a\": 1, \"a\": 1}",
            b"{\"b\": {\"a\": 1, \"\\u0061\": 1}}",
            b"{\"a\": \"\\ud800\"}",
            b"{\"a\": \"\\udc00\\ud800\"}",
            b"{\"a\": \"\xff\"}",
            b"{\"a\": \"\xc0\x80\"}",
            b"{\"a\": \"\n\"}",
            b"\xef\xbb\xbf{}",
            deep.as_bytes(),
        ] {
            assert_eq!(status(body), 400, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn json_of_another_shape_is_a_value_that_is_not_acceptable() {
        for body in ["null", "1", "\"a\"", "[]", "true"] {
            assert_eq!(status(body.as_bytes()), 422, "{body}");
        }
        assert_eq!(status(b" {\"a\": {\"deep\": [1, 2.5, null, \"\\ud83d\\udc4b\"]}} "), 200);
    }

    #[test]
    fn fields_of_a_wrong_type_are_refused_by_name() {
        let fields = |body: &str| Fields::parse(body.as_bytes()).unwrap();
        assert_eq!(fields("{}").text("t").unwrap_err().to_string(), "t: is missing");
        assert_eq!(fields("{\"t\": 5}").text("t").unwrap_err().to_string(), "t: must be a string");
        assert_eq!(fields("{}").integers("i").unwrap(), None);
        assert_eq!(fields("{\"i\": null}").integers("i").unwrap(), None);
        assert_eq!(fields("{\"i\": [1, -2]}").integers("i").unwrap(), Some(vec![1, -2]));
        for wrong in ["5", "[\"1\"]", "[1.5]", "[null]", "[9223372036854775808]", "{}"] {
            assert!(fields(&format!("{{\"i\": {wrong}}}")).integers("i").is_err(), "{wrong}");
        }
        for none in ["{}", "{\"o\": null}"] {
            assert_eq!(fields(none).text_or_none("o").unwrap(), None);
        }
        assert_eq!(fields("{\"o\": \"a\"}").text_or_none("o").unwrap().unwrap(), "a");
        assert!(fields("{\"o\": 5}").text_or_none("o").is_err());
        assert_eq!(fields("{\"n\": -7}").integer("n").unwrap(), -7);
        for wrong in ["{}", "{\"n\": null}", "{\"n\": 1.5}", "{\"n\": \"1\"}"] {
            assert!(fields(wrong).integer("n").is_err(), "{wrong}");
        }
        for (body, flag) in
            [("{}", false), ("{\"f\": null}", false), ("{\"f\": false}", false), ("{\"f\": true}", true)]
        {
            assert_eq!(fields(body).flag("f").unwrap(), flag, "{body}");
        }
        assert!(fields("{\"f\": 1}").flag("f").is_err());
        assert_eq!(fields("{}").texts("d").unwrap(), None);
        assert_eq!(fields("{\"d\": null}").texts("d").unwrap(), None);
        let texts = Some(vec![Some("a".to_owned()), None, Some(String::new())]);
        assert_eq!(fields("{\"d\": [\"a\", null, \"\"]}").texts("d").unwrap(), texts);
        for wrong in ["5", "\"a\"", "[1]", "[[]]", "{}", "true"] {
            assert!(fields(&format!("{{\"d\": {wrong}}}")).texts("d").is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_json_that_is_not_compressed_is_read() {
        let head = |headers: &[(&'static str, &'static str)]| {
            let request = headers.iter().copied().fold(TestRequest::default(), TestRequest::insert_header);
            check_head(request.to_http_request().headers())
                .map_err(|error| error.respond(None).status().as_u16())
        };
        assert_eq!(head(&[("content-type", "Application/JSON; charset=latin1")]), Ok(()));
        assert_eq!(head(&[]), Ok(()));
        assert_eq!(head(&[("content-encoding", "gzip")]), Err(415));
        assert_eq!(head(&[("content-length", "196609")]), Err(413));
        for other in ["text/plain", "", "json", "application/jsonp", "multipart/form-data; boundary=b"] {
            assert_eq!(head(&[("content-type", other)]), Err(415), "{other:?}");
        }
        assert_eq!(head(&[("content-type", "application/json"), ("content-encoding", "gzip")]), Err(415));
        assert_eq!(head(&[("content-type", "application/json"), ("content-length", "196609")]), Err(413));
    }
}
