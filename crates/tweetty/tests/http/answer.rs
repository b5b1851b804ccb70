//! What the service answered.

use std::collections::BTreeSet;
use std::fmt;

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::document::CODES;

/// An answer, read to its end.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// The value of a header, where it is there.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The same answer, which must have that status.
    #[track_caller]
    pub(crate) fn has(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// The JSON of a success of that status.
    #[track_caller]
    pub(crate) fn succeeds(self, status: u16) -> Value {
        let json = self.has(status).json();
        assert_eq!(json["result"], true, "{json}");
        json
    }

    /// The message of a failure of that status; its form has been looked at already.
    #[track_caller]
    pub(crate) fn fails(self, status: u16) -> String {
        self.has(status).json()["error_message"].as_str().unwrap().to_owned()
    }

    /// The methods that the header `Allow` names, but HEAD and OPTIONS.
    pub(crate) fn allowed_methods(&self) -> BTreeSet<String> {
        let allow = self.header("allow").unwrap_or_else(|| panic!("Allow is missing: {self}"));
        let methods = allow.split(',').map(|method| method.trim().to_owned());
        methods.filter(|method| method != "HEAD" && method != "OPTIONS").collect()
    }

    /// Fails the test unless this is exactly what the contract calls a failure.
    pub(crate) fn has_the_form_of_a_failure(&self) {
        assert_eq!(
            self.header("content-type").map(|of| of.starts_with("application/json")),
            Some(true),
            "{self}"
        );
        let json = self.json();
        let keys = json.as_object().map(|object| object.keys().map(String::as_str).collect::<BTreeSet<_>>());
        let mut expected = BTreeSet::from(["error_message", "error_type", "result"]);
        if self.status == 503 && json["not_ready"].is_array() {
            expected.insert("not_ready");
        }
        assert_eq!(keys, Some(expected), "{self}");
        assert_eq!(json["result"], false, "{self}");
        assert!(json["error_message"].as_str().is_some_and(|text| !text.trim().is_empty()), "{self}");
        let code = CODES.iter().find(|(_, status)| *status == self.status);
        let code = code.unwrap_or_else(|| panic!("the contract has no such status: {self}"));
        assert_eq!(json["error_type"], code.0, "{self}");
        if [429, 503].contains(&self.status) {
            let seconds = self.header("retry-after").and_then(|text| text.parse::<u32>().ok());
            assert!(seconds.is_some_and(|seconds| seconds > 0), "Retry-After is missing: {self}");
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body).chars().take(1000).collect::<String>();
        write!(formatter, "{} {:?}\n{body}", self.status, self.headers)
    }
}
