//! What paperclip can't say of the API, from the tables of `completion.json`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use tweetty_domain::Limits;

use crate::error::CODES;
use crate::part::Part;

/// `document` is merged into the document; `parts` names the structures within others; `properties` and `parameters` complete the schema of whatever has that name,
/// wherever it stands; `failures` and `operations` tell which statuses there are and who answers them.
const COMPLETION: &str = include_str!("completion.json");

/// Completes the document that paperclip collected.
pub(super) fn enrich(document: &mut Value, limits: &Limits) {
    let mut tables = serde_json::from_str::<Value>(COMPLETION).unwrap_or_default();
    fill_in(&mut tables, &figures(limits));
    let schemas = &mut document["components"]["schemas"];
    name_parts(schemas, &tables["parts"]);
    for schema in values_mut(schemas) {
        complete_by_name(&mut schema["properties"], &tables["properties"]);
    }
    merge(document, &tables["document"]);
    document["components"]["schemas"]["Failure"] = failure_schema();
    document["components"]["responses"] = failures(&tables["failures"]);
    for operation in values_mut(&mut document["paths"]).flat_map(values_mut) {
        complete_operation(operation, &tables);
    }
}

/// The limits under the names by which the tables call them: `"{page_size}"`.
fn figures(limits: &Limits) -> [(&'static str, u64); 9] {
    [
        ("{tweet_length}", limits.tweet_length as u64),
        ("{attachments}", limits.attachments as u64),
        ("{upload_bytes}", limits.upload_bytes),
        ("{image_pixels}", limits.image_pixels),
        ("{image_frames}", limits.image_frames.into()),
        ("{image_memory}", limits.image_memory),
        ("{page_size}", limits.page_size.into()),
        ("{embedded_likers}", limits.embedded_likers.into()),
        ("{embedded_people}", limits.embedded_people.into()),
    ]
}

/// A text that is a figure's name becomes the number; within a longer text the name is replaced.
fn fill_in(value: &mut Value, figures: &[(&str, u64)]) {
    match value {
        Value::String(text) => match figures.iter().find(|(name, _)| name == text) {
            Some((_, figure)) => *value = (*figure).into(),
            None => {
                for (name, figure) in figures {
                    if text.contains(name) {
                        *text = text.replace(name, &figure.to_string());
                    }
                }
            }
        },
        Value::Array(values) => values.iter_mut().for_each(|value| fill_in(value, figures)),
        Value::Object(fields) => fields.values_mut().for_each(|value| fill_in(value, figures)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Objects are merged field by field, anything else is replaced.
fn merge(target: &mut Value, patch: &Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(target.entry(key).or_insert(Value::Null), value);
            }
        }
        (target, patch) => *target = patch.clone(),
    }
}

fn values_mut(value: &mut Value) -> impl Iterator<Item = &mut Value> {
    value.as_object_mut().into_iter().flat_map(Map::values_mut)
}

/// paperclip writes a structure out wherever it stands in another one; here each gets its name and is referred to.
fn name_parts(schemas: &mut Value, table: &Value) {
    for part in table.as_array().into_iter().flatten() {
        let (Some(name), Some(place)) = (part[0].as_str(), part[1].as_str()) else { continue };
        if let Some(place) = schemas.pointer_mut(place) {
            let schema = std::mem::replace(place, reference("schemas", name));
            schemas[name] = schema;
        }
    }
}

fn complete_by_name(properties: &mut Value, table: &Value) {
    for (name, property) in properties.as_object_mut().into_iter().flatten() {
        if let Some(patch) = table.get(name) {
            merge(property, patch);
        }
    }
}

fn failure_schema() -> Value {
    let codes = BTreeSet::from(CODES.map(|(_, code)| code));
    json!({
        "type": "object",
        "description": "Why a request was not served.",
        "required": ["error_message", "error_type", "result"],
        "properties": {
            "result": {"type": "boolean", "enum": [false], "description": "Always false."},
            "error_type": {"type": "string", "enum": codes, "description": "What kind of failure it is, for a program."},
            "error_message": {"type": "string", "description": "What is wrong, for a person."},
            "not_ready": {
                "type": "array",
                "items": {"type": "string", "enum": Part::ALL},
                "description": "What can't work now, or that the server is about to stop; only of `/health/ready`."
            }
        }
    })
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

fn complete_operation(operation: &mut Value, tables: &Value) {
    let Some(id) = operation["operationId"].as_str() else { return };
    let table = &tables["operations"][id];
    let once = table["once"].as_bool().filter(|once| *once).map(|_| &tables["once"]);
    let added = table["parameters"].as_array().into_iter().flatten().chain(once).cloned();
    let mut parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    parameters.extend(added);
    for parameter in &mut parameters {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        merge(&mut parameter["schema"], tables["parameters"].get(&name).unwrap_or(&json!({})));
        if parameter["in"] == "query" {
            parameter["allowEmptyValue"] = true.into();
        }
        if let Some(default) = table["defaults"].get(&name) {
            parameter["schema"]["default"] = default.clone();
        }
    }
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    for (status, answer) in operation["responses"].as_object_mut().into_iter().flatten() {
        if let Some(example) = table.get("example").filter(|_| status.starts_with('2')) {
            answer["content"]["application/json"]["example"] = example.clone();
        }
        if table["list"] == true {
            answer["headers"]["Link"] = reference("headers", "Link");
        }
    }
    for status in table["fails"].as_array().into_iter().flatten() {
        let status = status.to_string();
        operation["responses"][&status] = reference("responses", &status);
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;
    use crate::error::ApiError;

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

    #[test]
    fn every_operation_says_all_that_a_client_must_know() {
        let document = document();
        assert_eq!(operations(&document).count(), 19);
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
    fn operations_and_the_tables_name_each_other() {
        let tables = serde_json::from_str::<Value>(COMPLETION).unwrap();
        let told = tables["operations"].as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        let document = document();
        let there = operations(&document)
            .map(|(_, operation)| operation["operationId"].as_str().unwrap().to_owned())
            .collect::<BTreeSet<_>>();
        assert_eq!(told, there);
        let statuses = tables["failures"].as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(statuses, CODES.map(|(status, _)| status.as_str().to_owned()).into());
    }

    #[test]
    fn every_name_in_the_tables_is_used() {
        let tables = serde_json::from_str::<Value>(COMPLETION).unwrap();
        let document = document();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for name in tables["properties"].as_object().unwrap().keys() {
            assert!(schemas.values().any(|schema| schema["properties"].get(name).is_some()), "{name}");
        }
        for (name, schema) in tables["document"]["components"]["schemas"].as_object().unwrap() {
            assert_eq!(schemas[name]["type"], "object", "{name} is no schema of paperclip's");
            for property in schema["properties"].as_object().into_iter().flatten() {
                assert!(schemas[name]["properties"][property.0]["type"].is_string(), "{name}.{}", property.0);
            }
        }
        for part in tables["parts"].as_array().unwrap() {
            let schema = document["components"]["schemas"].pointer(part[1].as_str().unwrap());
            assert!(schema.unwrap()["$ref"].is_string(), "{part}");
        }
        for name in tables["parameters"].as_object().unwrap().keys() {
            let has = |(_, operation): (String, &Value)| {
                operation["parameters"].as_array().into_iter().flatten().any(|given| given["name"] == **name)
            };
            assert!(operations(&document).any(has), "{name}");
        }
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
        assert!(
            !document.to_string().contains("{page_size}") && !document.to_string().contains("{upload_bytes}")
        );
    }

    #[test]
    fn the_codes_of_failures_are_a_closed_list() {
        let codes = failure_schema()["properties"]["error_type"]["enum"].as_array().unwrap().len();
        assert_eq!(codes, 12);
    }

    #[actix_web::test]
    async fn whatever_may_not_be_ready_stands_in_the_document_as_it_is_answered() {
        let documented = failure_schema()["properties"]["not_ready"]["items"]["enum"].take();
        let unready = ApiError::not_ready(Part::ALL.to_vec(), "");
        let message = unready.to_string();
        let answer = to_bytes(unready.respond(None).into_body()).await.unwrap();
        let answer = serde_json::from_slice::<Value>(&answer).unwrap();
        assert_eq!(answer["not_ready"], documented);
        assert!(Part::ALL.iter().all(|part| message.contains(part.name())), "{message}");
        assert_eq!(documented, json!(Part::ALL.map(Part::name)));
    }
}
