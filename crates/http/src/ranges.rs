//! Which bytes a client wants (RFC 9110, section 14): one range of them. Several at a time, or what is no range at all, may
//! be answered by the whole, and is.

use actix_web::HttpRequest;
use actix_web::http::header::{self, ContentRange, ContentRangeSpec, EntityTag, Header as _, IfRange};
use tweetty_domain::Excerpt;

/// The bytes that are wanted of what bears the tag.
pub(crate) fn wanted(request: &HttpRequest, tag: &EntityTag) -> Excerpt {
    let mut ranges = request.headers().get_all(header::RANGE);
    let (Some(range), None) = (ranges.next(), ranges.next()) else { return Excerpt::Whole };
    let excerpt = range.to_str().ok().and_then(excerpt).unwrap_or(Excerpt::Whole);
    if has_the_same(request, tag) { excerpt } else { Excerpt::Whole }
}

/// Whether the client wants the range whatever it is of, or has the rest of the same content. There are no dates to compare.
fn has_the_same(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfRange::parse(request) {
        Ok(IfRange::EntityTag(known)) => known.strong_eq(tag),
        Ok(IfRange::Date(_)) => false,
        Err(_) => !request.headers().contains_key(header::IF_RANGE),
    }
}

fn excerpt(range: &str) -> Option<Excerpt> {
    let (unit, ranges) = range.split_once('=')?;
    let ranges = ranges.split(',').map(|range| range.trim_matches([' ', '\t']));
    let mut ranges = ranges.filter(|range| !range.is_empty());
    let (range, None) = (ranges.next()?, ranges.next()) else { return None };
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    match range.split_once('-')? {
        ("", count) => Some(Excerpt::Last(number(count)?)),
        (first, "") => Some(Excerpt::Between { first: number(first)?, last: u64::MAX }),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Excerpt::Between { first, last })
        }
    }
}

/// Digits alone; one beyond all numbers is the greatest, since no image is as large.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

/// Says which bytes of so many are answered: from the first to the last, or none.
pub(crate) fn answered(range: Option<(u64, u64)>, bytes: u64) -> ContentRange {
    ContentRange(ContentRangeSpec::Bytes { range, instance_length: Some(bytes) })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{IF_RANGE, RANGE};
    use actix_web::test::TestRequest;

    use super::*;

    fn between(first: u64, last: u64) -> Excerpt {
        Excerpt::Between { first, last }
    }

    fn of(headers: &[(header::HeaderName, &str)]) -> Excerpt {
        let request = headers.iter().cloned().fold(TestRequest::default(), TestRequest::append_header);
        wanted(&request.to_http_request(), &EntityTag::new_strong("a".to_owned()))
    }

    #[test]
    fn a_single_range_is_what_is_wanted() {
        for (range, expected) in [
            ("bytes=0-0", between(0, 0)),
            ("bytes=5-9", between(5, 9)),
            ("bytes=005-09", between(5, 9)),
            ("bytes=5-", between(5, u64::MAX)),
            ("bytes=-5", Excerpt::Last(5)),
            ("bytes=-0", Excerpt::Last(0)),
            ("Bytes=5-9", between(5, 9)),
            ("bytes= 5-9 ", between(5, 9)),
            ("bytes=,5-9,\t", between(5, 9)),
            ("bytes=5-99999999999999999999999999", between(5, u64::MAX)),
            ("bytes=99999999999999999999999999-", between(u64::MAX, u64::MAX)),
            ("bytes=-99999999999999999999999999", Excerpt::Last(u64::MAX)),
        ] {
            assert_eq!(of(&[(RANGE, range)]), expected, "{range}");
        }
    }

    #[test]
    fn several_ranges_and_what_is_none_mean_the_whole() {
        for range in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=,",
            "bytes=5",
            "bytes=9-5",
            "bytes=a-b",
            "bytes=1-2-3",
            "bytes=+1-2",
            "bytes=1-+2",
            "bytes=--1",
            "bytes=0x1-2",
            "bytes=1 - 2",
            "bytes =1-2",
            "=1-2",
            "lines=1-2",
            "bytes=0-1,5-6",
            "bytes=0-1,x",
            "bytes=0-1;5-6",
            "none",
            "\u{e9}=1-2",
            "bytes=99999999999999999999999999-5",
        ] {
            assert_eq!(of(&[(RANGE, range)]), Excerpt::Whole, "{range}");
        }
        assert_eq!(of(&[(RANGE, "bytes=0-1"), (RANGE, "bytes=5-6")]), Excerpt::Whole);
        assert_eq!(of(&[]), Excerpt::Whole);
    }

    #[test]
    fn a_range_is_only_of_the_content_whose_rest_the_client_has() {
        let range = (RANGE, "bytes=5-9");
        assert_eq!(of(&[range.clone(), (IF_RANGE, "\"a\"")]), between(5, 9));
        for other in ["\"b\"", "W/\"a\"", "a", "", "*", "Sat, 29 Oct 1994 19:43:31 GMT", "\"a\", \"b\""] {
            assert_eq!(of(&[range.clone(), (IF_RANGE, other)]), Excerpt::Whole, "{other}");
        }
    }
}
