//! The service's own OpenAPI document, against which every answer of these tests is held.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::answer::Answer;
use crate::schema::Schema;

/// The closed list of codes, each with its status; a body that does not arrive in time counts as unreadable, and a
/// range that an image does not have as not acceptable.
pub(crate) const CODES: [(&str, u16); 14] = [
    ("bad_request", 400),
    ("unauthorized", 401),
    ("forbidden", 403),
    ("not_found", 404),
    ("method_not_allowed", 405),
    ("conflict", 409),
    ("payload_too_large", 413),
    ("unsupported_media_type", 415),
    ("validation_error", 422),
    ("rate_limited", 429),
    ("internal_error", 500),
    ("unavailable", 503),
    ("bad_request", 408),
    ("validation_error", 416),
];

/// The document, read once from a running service.
pub(crate) struct Document(pub(crate) Value);

impl Document {
    /// Every operation as method (upper case) and path template, with what the document says of it.
    pub(crate) fn operations(&self) -> BTreeMap<(String, String), &Value> {
        let paths = self.0["paths"].as_object().expect("the document has paths");
        let mut operations = BTreeMap::new();
        for (template, item) in paths {
            for (method, operation) in item.as_object().unwrap() {
                if ["get", "post", "put", "delete", "patch"].contains(&method.as_str()) {
                    operations.insert((method.to_uppercase(), template.clone()), operation);
                }
            }
        }
        operations
    }

    /// The documented methods of a path template.
    pub(crate) fn methods(&self, template: &str) -> BTreeSet<String> {
        self.operations().into_keys().filter(|(_, path)| path == template).map(|(method, _)| method).collect()
    }

    /// The template that a path follows: the one with the fewest parameters, since literal segments go first.
    pub(crate) fn template(&self, path: &str) -> Option<&str> {
        let path = path.split('?').next().unwrap();
        let follows =
            |template: &&String| {
                let (wanted, given) = (template.split('/'), path.split('/'));
                wanted.clone().count() == given.clone().count()
                    && wanted.zip(given).all(|(want, have)| {
                        if want.starts_with('{') { !have.is_empty() } else { want == have }
                    })
            };
        let paths = self.0["paths"].as_object().unwrap();
        paths.keys().filter(follows).min_by_key(|template| template.matches('{').count()).map(String::as_str)
    }

    /// Fails the test unless the document allows that answer, and every failure has the contract's form.
    pub(crate) fn judge(&self, method: &str, path: &str, answer: &Answer) {
        let what = || format!("{method} {path} answered {answer}");
        assert_ne!(answer.status, 500, "{}", what());
        if method == "HEAD" || method == "OPTIONS" {
            return;
        }
        if answer.status >= 400 {
            answer.has_the_form_of_a_failure();
        }
        let Some(template) = self.template(path) else { return };
        let methods = self.methods(template);
        if !methods.contains(method) {
            // Who has no key learns nothing of the methods either.
            if answer.status == 401 && template.starts_with("/api/") {
                return;
            }
            assert_eq!(answer.status, 405, "{}", what());
            assert_eq!(answer.allowed_methods(), methods, "{}", what());
            return;
        }
        let operation = self.operations()[&(method.to_owned(), template.to_owned())];
        let documented = &operation["responses"][answer.status.to_string()];
        assert!(documented.is_object(), "the status is not documented: {}", what());
        let documented = match documented.get("$ref") {
            Some(reference) => self.0.pointer(&reference.as_str().unwrap()[1..]).unwrap(),
            None => documented,
        };
        self.judge_body(documented, answer, &what);
    }

    fn judge_body(&self, documented: &Value, answer: &Answer, what: &dyn Fn() -> String) {
        let Some(content) = documented["content"].as_object() else {
            assert!(answer.body.is_empty(), "a body is not documented: {}", what());
            return;
        };
        let given = answer.header("content-type").unwrap_or_default();
        let media_type = given.split(';').next().unwrap();
        let described = content.get(media_type).or_else(|| content.get("image/*"));
        let described = described.unwrap_or_else(|| panic!("{media_type:?} is not documented: {}", what()));
        if media_type == "application/json"
            && let Some(value) = described.get("schema")
        {
            let objections = Schema { document: &self.0, value }.objections(&answer.json(), "");
            assert!(objections.is_empty(), "{objections:#?}\n{}", what());
        }
    }
}
