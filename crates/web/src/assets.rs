//! What is served, as the build packed it.

use actix_web::http::header::HeaderMap;
use actix_web::http::header::{self, ContentEncoding};

/// A file below `/assets`, whose route changes with its content.
pub(crate) struct Asset {
    pub(crate) route: &'static str,
    pub(crate) media_type: &'static str,
    pub(crate) packed: Packed,
}

/// A content in the encodings that made it smaller.
pub(crate) struct Packed {
    pub(crate) plain: &'static [u8],
    pub(crate) brotli: Option<&'static [u8]>,
    pub(crate) gzip: Option<&'static [u8]>,
}

impl Packed {
    /// The smallest form that the client can read.
    pub(crate) fn for_client(&self, headers: &HeaderMap) -> (ContentEncoding, &'static [u8]) {
        let reads = |name: &str| {
            let accepted = headers.get_all(header::ACCEPT_ENCODING).filter_map(|value| value.to_str().ok());
            accepted.flat_map(|value| value.split(',')).any(|part| accepts(part, name))
        };
        match (self.brotli, self.gzip) {
            (Some(brotli), _) if reads("br") => (ContentEncoding::Brotli, brotli),
            (_, Some(gzip)) if reads("gzip") => (ContentEncoding::Gzip, gzip),
            _ => (ContentEncoding::Identity, self.plain),
        }
    }
}

/// Whether a part of `Accept-Encoding` names that encoding and doesn't rule it out.
fn accepts(part: &str, name: &str) -> bool {
    let mut words = part.split(';').map(str::trim);
    let named = words.next().is_some_and(|word| word.eq_ignore_ascii_case(name));
    let weight = words.find_map(|word| word.strip_prefix("q=")?.trim().parse::<f32>().ok());
    named && weight.is_none_or(|weight| weight > 0.0)
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn everybody_gets_the_smallest_form_that_their_browser_can_read() {
        let packed = Packed { plain: b"plain", brotli: Some(b"b"), gzip: Some(b"gz") };
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", ContentEncoding::Brotli),
            ("gzip", ContentEncoding::Gzip),
            ("br;q=0, gzip;q=0.5", ContentEncoding::Gzip),
            ("BR; q=1.0", ContentEncoding::Brotli),
            ("br;q=0", ContentEncoding::Identity),
            ("", ContentEncoding::Identity),
            ("bread", ContentEncoding::Identity),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(accepted).unwrap());
            assert_eq!(packed.for_client(&headers).0, expected, "{accepted}");
        }
    }

    #[test]
    fn what_one_reader_loads_weighs_less_than_60_kib_on_the_wire() {
        // What HTTP adds to each file.
        const HEAD: usize = 500;
        let length = |packed: &Packed| packed.brotli.unwrap_or(packed.plain).len() + HEAD;
        // Only an installation loads the large icons, and nobody loads two languages at once.
        let loaded = ASSETS.iter().filter(|asset| !asset.route.contains("/icon-512"));
        let (words, rest) = loaded.partition::<Vec<_>, _>(|asset| asset.route.contains("/words/"));
        let words = words.into_iter().map(|asset| length(&asset.packed)).max().unwrap();
        let rest = rest.into_iter().map(|asset| length(&asset.packed)).sum::<usize>();
        let weight = length(&PAGE) + words + rest;
        assert!(weight < 60 * 1024, "{weight} bytes");
    }

    #[test]
    fn the_page_names_what_is_served_and_nothing_of_another_host() {
        let page = std::str::from_utf8(PAGE.plain).unwrap();
        let named = page.split('"').filter(|text| text.starts_with("/assets/")).collect::<Vec<_>>();
        assert!(named.len() > 5, "{page}");
        for route in named {
            assert!(ASSETS.iter().any(|asset| asset.route == route), "{route}");
        }
        assert!(!page.contains("//") && !page.contains('{'), "{page}");
    }
}
