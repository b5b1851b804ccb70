//! What paperclip can't say of the API: what stands behind its texts, and what `document.json` says of all operations.

use serde_json::{Map, Value, json};
use tweetty_domain::Limits;

use crate::error::CODES;
use crate::limits::LimitsFound;
use crate::schema;

/// `document` is merged into the document; `failures` has a description and a message for each status.
const COMPLETION: &str = include_str!("document.json");

/// Completes the document that paperclip collected.
pub(super) fn complete(document: &mut Value, limits: &Limits) {
    let mut tables = serde_json::from_str::<Value>(COMPLETION).unwrap_or_default();
    schema::unpack(document);
    schema::merge(document, tables["document"].take());
    document["components"]["responses"] = failures(&tables["failures"]);
    for operation in values_mut(&mut document["paths"]).flat_map(values_mut) {
        complete_operation(operation);
    }
    fill_in(document, &json!(LimitsFound::from(limits)));
}

/// A text that is the name of a limit in braces becomes its value, and `{limits}` all of them; within a longer text the
/// name is replaced.
fn fill_in(value: &mut Value, limits: &Value) {
    match value {
        Value::String(text) if text == "{limits}" => *value = limits.clone(),
        Value::String(text) => {
            for (name, limit) in limits.as_object().into_iter().flatten() {
                let name = format!("{{{name}}}");
                if *text == name {
                    *value = limit.clone();
                    return;
                }
                *text = text.replace(&name, &limit.to_string());
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| fill_in(value, limits)),
        Value::Object(fields) => fields.values_mut().for_each(|value| fill_in(value, limits)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn values_mut(value: &mut Value) -> impl Iterator<Item = &mut Value> {
    value.as_object_mut().into_iter().flat_map(Map::values_mut)
}

/// One response of each status, for operations to refer to.
fn failures(table: &Value) -> Value {
    let failure = |(status, code): &(actix_web::http::StatusCode, &str)| {
        let [description, message] = [0, 1].map(|part| &table[status.as_str()][part]);
        let mut response = json!({
            "description": description,
            "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/Failure"},
                "example": {"result": false, "error_type": code, "error_message": message}
            }}
        });
        let header = match status.as_u16() {
            405 => Some("Allow"),
            416 => Some("Content-Range"),
            429 | 503 => Some("Retry-After"),
            _ => None,
        };
        if let Some(header) = header {
            response["headers"][header] = reference("headers", header);
        }
        (status.as_str().to_owned(), response)
    };
    CODES.iter().map(failure).collect::<Map<_, _>>().into()
}

fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}

/// Every operation can fail with 405 and 500, and one that needs a key with three more. Its failures are those that are
/// described for all.
fn complete_operation(operation: &mut Value) {
    let example = take_example(operation);
    let mut failures = vec![405, 500];
    if operation["security"].is_array() {
        failures.extend([401, 429, 503]);
    }
    let responses = &mut operation["responses"];
    for status in failures {
        responses[status.to_string()] = Value::Null;
    }
    for (status, response) in responses.as_object_mut().into_iter().flatten() {
        if status.starts_with(['4', '5']) {
            *response = reference("responses", status);
        } else if let Some(example) = &example {
            response["content"]["application/json"]["example"] = example.clone();
        }
    }
}

/// The example of an answer ends the comment of its handler, as a block of JSON.
fn take_example(operation: &mut Value) -> Option<Value> {
    let description = operation["description"].as_str()?;
    let (text, example) = description.split_once("```json\n")?;
    let example = serde_json::from_str(example.trim().strip_suffix("```")?).ok();
    match text.trim_end().to_owned() {
        text if text.is_empty() => drop(operation.as_object_mut()?.remove("description")),
        text => operation["description"] = text.into(),
    }
    example
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use actix_web::body::to_bytes;

    use super::*;
    use crate::error::ApiError;
    use crate::part::Part;

    fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
        let paths = document["paths"].as_object().unwrap().iter();
        paths.flat_map(|(path, operations)| {
            let operations = operations.as_object().unwrap().iter();
            operations.map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
    }

    fn document() -> Value {
        super::super::document(&Limits::default())
    }

    fn failure() -> Value {
        document()["components"]["schemas"]["Failure"].take()
    }

    #[test]
    fn every_operation_says_all_that_a_client_must_know() {
        let document = document();
        assert!(operations(&document).next().is_some());
        for (route, operation) in operations(&document) {
            assert!(operation["summary"].is_string(), "{route}: no summary");
            assert!(operation["operationId"].is_string(), "{route}: no operation id");
            assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{route}: not one tag");
            let open = !route.contains("/api/") || route.ends_with("/api/limits");
            assert_eq!(operation["security"].is_array(), !open, "{route}: security");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("500") && responses.contains_key("405"), "{route}: failures");
            for (status, response) in responses {
                let referred = response.get("$ref").is_some();
                let typed = response["content"]
                    .as_object()
                    .is_some_and(|content| content.values().all(|content| content["schema"].is_object()));
                assert!(referred || typed || status == "304", "{route} {status}: no schema");
                let exemplified = response["content"]["application/json"]["example"].is_object();
                assert!(referred || exemplified || route.contains("/media/"), "{route} {status}: no example");
            }
        }
    }

    #[test]
    fn every_status_of_a_failure_is_described() {
        let tables = serde_json::from_str::<Value>(COMPLETION).unwrap();
        let described = tables["failures"].as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(described, CODES.map(|(status, _)| status.as_str().to_owned()).into());
    }

    #[test]
    fn references_lead_somewhere_and_no_text_holds_what_is_said_behind_it() {
        fn check(value: &Value, document: &Value) {
            match value {
                Value::String(text) => {
                    assert!(!text.contains(['\0', '{']) && !text.contains("```"), "{text:?}");
                    assert!(!text.starts_with('#') || document.pointer(&text[1..]).is_some(), "{text}");
                }
                Value::Array(values) => values.iter().for_each(|value| check(value, document)),
                Value::Object(fields) => {
                    fields
                        .iter()
                        .filter(|(key, _)| *key != "pattern")
                        .for_each(|(_, value)| check(value, document));
                }
                _ => {}
            }
        }
        let document = document();
        check(&document, &document);
    }

    #[test]
    fn the_document_tells_the_limits_of_this_server() {
        let limits = Limits { tweet_length: 500, page_size: 50, ..Limits::default() };
        let document = super::super::document(&limits);
        let draft = &document["components"]["schemas"]["NewTweet"]["properties"];
        assert_eq!(draft["tweet_data"]["maxLength"], 500);
        assert_eq!(draft["tweet_media_ids"]["nullable"], true);
        let parameters = document["paths"]["/api/tweets"]["get"]["parameters"].as_array().unwrap();
        let limit = parameters.iter().find(|parameter| parameter["name"] == "limit").unwrap();
        assert_eq!((&limit["schema"]["maximum"], &limit["required"]), (&json!(50), &Value::Null));
        let example =
            &document["paths"]["/api/limits"]["get"]["responses"]["200"]["content"]["application/json"];
        assert_eq!(example["example"]["tweet_length"], 500);
        let file = &document["paths"]["/api/medias"]["post"]["requestBody"]["content"]["multipart/form-data"];
        let file = &file["schema"]["properties"]["file"]["description"];
        assert_eq!(file, "The image, at most 10485760 bytes", "within a text, too");
    }

    #[test]
    fn the_codes_of_failures_are_a_closed_list() {
        let codes = failure()["properties"]["error_type"]["enum"].as_array().unwrap().len();
        assert_eq!(codes, 12);
    }

    #[actix_web::test]
    async fn whatever_may_not_be_ready_stands_in_the_document_as_it_is_answered() {
        let documented = failure()["properties"]["not_ready"]["items"]["enum"].take();
        let unready = ApiError::not_ready(Part::ALL.to_vec(), "");
        let message = unready.to_string();
        let answer = to_bytes(unready.respond(None).into_body()).await.unwrap();
        let answer = serde_json::from_slice::<Value>(&answer).unwrap();
        assert_eq!(answer["not_ready"], documented);
        assert!(Part::ALL.iter().all(|part| message.contains(part.name())), "{message}");
        assert_eq!(documented, json!(Part::ALL.map(Part::name)));
    }
}
