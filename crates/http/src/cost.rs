//! What a request counts of its user's quota: as many ordinary requests as it is worth in work.

use std::num::NonZeroU32;

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::web::Data;

use crate::blog::Blog;
use crate::openapi::Document;
use crate::query::Parameters;

/// An upload is decoded and encoded anew.
const UPLOAD: u32 = 5;
/// So many entries of a list count as one request more.
const ENTRIES: u32 = 100;
/// So many entries count likewise that a page number passes over: they are counted, not shown.
const PASSED_OVER: u32 = 1_000;
/// What is passed over costs so much at most.
const MOST_PASSED_OVER: u32 = 20;

/// What the request counts: at least 1.
pub(crate) fn of(request: &ServiceRequest, route: Option<&str>) -> NonZeroU32 {
    let (document, blog) = (request.app_data::<Data<Document>>(), request.app_data::<Data<Blog>>());
    let is_list = |route| request.method() == Method::GET && document.is_some_and(|it| it.is_list(route));
    let more = match route {
        Some("/api/medias" | "/api/users/me/avatar") if request.method() == Method::POST => UPLOAD - 1,
        Some(route) if is_list(route) => {
            let largest = blog.map_or(1, |blog| blog.limits().page_size);
            of_list(&Parameters::of(request.query_string()), largest)
        }
        _ => 0,
    };
    NonZeroU32::MIN.saturating_add(more)
}

/// What a page of a list costs beyond a request. Parameters that can't be read are refused before anything is looked for.
fn of_list(parameters: &Parameters<'_>, largest: u32) -> u32 {
    let number = |name| Some(parameters.text(name).ok()??.parse::<u32>().ok()?.max(1));
    let given = number("limit");
    let size = given.unwrap_or(largest).min(largest);
    // Without `limit` a page number means nothing.
    let before = given.and_then(|_| number("offset")).map_or(0, |page| page - 1);
    let passed_over = before.saturating_mul(size) / PASSED_OVER;
    size / ENTRIES + passed_over.min(MOST_PASSED_OVER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_existing_page_may_ask_for_a_thousand_tweets_every_two_seconds() {
        let minute = crate::Options::default().requests_per_minute.unwrap();
        let (page, clicked, of_the_viewer) = (1 + of_list(&Parameters::of("limit="), 1_000), 1, 1);
        assert!(page + clicked + of_the_viewer <= minute / 30);
    }

    #[test]
    fn a_page_counts_by_what_is_shown_and_what_is_passed_over() {
        for (query, cost) in [
            ("limit=20", 0),
            ("limit=99", 0),
            ("limit=100", 1),
            ("", 10),
            ("limit=", 10),
            ("limit=1000", 10),
            ("limit=4000000000", 10),
            ("offset=7", 10),
            ("limit=20&offset=51", 1),
            ("limit=1000&offset=3", 12),
            ("limit=1&offset=4000000000", 20),
            ("limit=1000&offset=4000000000", 30),
            ("limit=x&limit=y", 10),
        ] {
            assert_eq!(of_list(&Parameters::of(query), 1_000), cost, "{query}");
        }
    }
}
