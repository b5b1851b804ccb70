//! The name of one request, in its answer and in the log.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::http::header::HeaderMap;

/// The header that carries it both ways.
pub(crate) const HEADER: &str = "x-request-id";

/// 1 to 64 letters, digits, dots, hyphens or underscores: safe in a header and in a log line.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// The client's own id where it is well-formed, else a new one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(HEADER);
        let given = match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok().and_then(Self::given),
            // Of several ids none is the client's own.
            _ => None,
        };
        given.unwrap_or_else(Self::new)
    }

    /// The id that is written so.
    pub(crate) fn given(text: &str) -> Option<Self> {
        let acceptable = (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        acceptable.then(|| Self(text.to_owned()))
    }

    /// Unique among the processes of a company by a random start, within one by counting; it is no secret.
    fn new() -> Self {
        static START: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(std::process::id()));
        static COUNT: AtomicU64 = AtomicU64::new(0);
        Self(format!("{:016x}-{:x}", *START, COUNT.fetch_add(1, Ordering::Relaxed)))
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_well_formed_id_of_the_client_is_kept_and_any_other_replaced() {
        assert_eq!(RequestId::given("Trace_1.a-b").unwrap().as_str(), "Trace_1.a-b");
        for text in ["", "a b", "a\nlevel=error", "é", &"x".repeat(65)] {
            assert!(RequestId::given(text).is_none(), "{text:?}");
        }
        let made = RequestId::of(&HeaderMap::new());
        assert!(RequestId::given(made.as_str()).is_some());
        assert_ne!(made.as_str(), RequestId::of(&HeaderMap::new()).as_str());
    }
}
