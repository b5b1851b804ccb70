//! Addresses that end in a slash.

use actix_web::dev::ServiceRequest;
use actix_web::http::Uri;
use actix_web::http::uri::PathAndQuery;

/// Leaves one slash at the end of the path out, before the path is matched: with it the address is the same.
pub(crate) fn leave_out(request: &mut ServiceRequest) {
    let Some(shorter) = without_slash(request.uri()) else { return };
    request.match_info_mut().get_mut().update(&shorter);
    request.head_mut().uri = shorter;
}

/// The same address without its slash; `None` where it has none, or is the root.
fn without_slash(uri: &Uri) -> Option<Uri> {
    let path = uri.path().strip_suffix('/').filter(|path| !path.is_empty())?;
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{path}{query}")).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slash_at_the_end_of_a_path_is_left_out_and_nothing_else() {
        for (given, expected) in [
            ("/api/tweets/", Some("/api/tweets")),
            ("/api/tweets/?limit=5&cursor=a/", Some("/api/tweets?limit=5&cursor=a/")),
            ("/api/tweets/?", Some("/api/tweets?")),
            ("/api/tweets//", Some("/api/tweets/")),
            ("http://blog.example/people/", Some("http://blog.example/people")),
            ("/", None),
            ("/?a=/", None),
            ("/api/tweets", None),
            ("/api/tweets?next=/", None),
            ("/people%2F", None),
            ("*", None),
        ] {
            let shorter = without_slash(&given.parse().unwrap()).map(|uri| uri.to_string());
            assert_eq!(shorter.as_deref(), expected, "{given}");
        }
    }
}
