//! Entity tags: a client that has the content already is answered 304, and gets nothing twice.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use actix_web::http::StatusCode;
use actix_web::http::header::{self, EntityTag, Header as _, IfNoneMatch};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};

/// The tag of a content that is compressed differently for different clients.
pub(crate) fn of(content: &[u8]) -> EntityTag {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    EntityTag::new_weak(format!("{:016x}", hasher.finish()))
}

/// The content, or 304 for a client that has it already.
pub(crate) fn unless_known(
    mut response: HttpResponseBuilder,
    tag: &EntityTag,
    request: &HttpRequest,
    content: Bytes,
) -> HttpResponse {
    response.insert_header((header::ETAG, tag.to_string()));
    if is_known(request, tag) {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response.body(content)
}

/// Whether the client has what bears the tag.
pub(crate) fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::IF_NONE_MATCH;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_client_knows_what_bears_one_of_its_tags() {
        let tag = of(b"content");
        assert_ne!(tag, of(b"another"));
        for (known, expected) in [
            (tag.to_string(), true),
            ("*".to_owned(), true),
            (format!("\"x\", {tag}"), true),
            ("\"x\"".to_owned(), false),
        ] {
            let request =
                TestRequest::default().insert_header((IF_NONE_MATCH, known.as_str())).to_http_request();
            assert_eq!(is_known(&request, &tag), expected, "{known}");
        }
        assert!(!is_known(&TestRequest::default().to_http_request(), &tag));
    }
}
