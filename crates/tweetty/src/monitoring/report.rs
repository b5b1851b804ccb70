//! What a report of an error contains.

use std::collections::BTreeMap;
use std::fmt;

use opentelemetry_http::Bytes;
use sentry_types::protocol::v7::{Envelope, Event, Exception, Level};
use tracing::field::{Field, Visit};

/// Fields of an event that say what happened to which request; nothing else of it is sent.
const TAGS: [&str; 4] = ["request_id", "method", "route", "status"];
/// Fields that say why.
const CAUSES: [&str; 2] = ["cause", "error"];
/// Longer causes are cut, in characters.
const LONGEST: usize = 500;

/// The report of an event of the program, as it is sent.
pub(super) fn of(event: &tracing::Event<'_>, environment: Option<&str>) -> Bytes {
    let mut known = Known::default();
    event.record(&mut known);
    let mut envelope = Vec::new();
    // Writing to memory does not fail.
    Envelope::from(known.event(event.metadata().target(), environment)).to_writer(&mut envelope).ok();
    envelope.into()
}

#[derive(Default)]
struct Known {
    message: String,
    cause: Option<String>,
    tags: BTreeMap<String, String>,
}

impl Known {
    fn event(self, target: &str, environment: Option<&str>) -> Event<'static> {
        // The same failure of the same route is one issue.
        let (title, place) = match (self.tags.get("method"), self.tags.get("route")) {
            (Some(method), Some(route)) => (format!("{method} {route}"), route.clone()),
            _ => (self.message.clone(), target.to_owned()),
        };
        let what = self.cause.as_deref().map_or_else(|| self.message.clone(), presentable);
        Event {
            level: Level::Error,
            platform: "native".into(),
            logger: Some(target.to_owned()),
            culprit: Some(place),
            exception: vec![Exception { ty: title, value: Some(what), ..Exception::default() }].into(),
            release: Some(concat!("tweetty@", env!("CARGO_PKG_VERSION")).into()),
            environment: environment.map(|name| name.to_owned().into()),
            tags: self.tags.into_iter().collect(),
            ..Event::default()
        }
    }

    fn take(&mut self, field: &Field, text: String) {
        match field.name() {
            "message" => self.message = text,
            name if CAUSES.contains(&name) => self.cause = Some(text),
            name if TAGS.contains(&name) => drop(self.tags.insert(name.to_owned(), text)),
            _ => (),
        }
    }
}

impl Visit for Known {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, format!("{value:?}"));
    }
}

/// The first line of a cause: databases name the values of rows in those that follow.
fn presentable(cause: &str) -> String {
    cause.lines().next().unwrap_or_default().chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_without_what_a_database_tells_of_its_rows() {
        assert_eq!(presentable("duplicate key\nDETAIL: Key (name)=(ann)"), "duplicate key");
        assert_eq!(presentable(&"x".repeat(600)).len(), 500);
        assert_eq!(presentable(""), "");
    }
}
