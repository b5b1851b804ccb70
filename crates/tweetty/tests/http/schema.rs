//! Compares a JSON value with a schema of OpenAPI 3.0, more strictly than a client would: what the schema does not
//! name must not be there, and a keyword that this does not know fails the test instead of being passed over.

use serde_json::{Map, Value};

/// Keywords that explain something to a reader and restrict nothing that is compared here.
const REMARKS: [&str; 8] =
    ["description", "title", "example", "default", "pattern", "readOnly", "deprecated", "externalDocs"];

/// A schema within the document that its references point into.
#[derive(Clone, Copy)]
pub(crate) struct Schema<'a> {
    pub(crate) document: &'a Value,
    pub(crate) value: &'a Value,
}

impl<'a> Schema<'a> {
    fn part(self, value: &'a Value) -> Self {
        Self { value, ..self }
    }

    /// The keywords of the schema, behind its reference where it is one.
    pub(crate) fn keywords(self) -> &'a Map<String, Value> {
        let schema = self.value.as_object().expect("a schema is an object");
        let Some(reference) = schema.get("$ref") else { return schema };
        let pointer = reference.as_str().and_then(|text| text.strip_prefix('#')).expect("a reference within");
        let target = self.document.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is missing"));
        self.part(target).keywords()
    }

    /// Why the value, which stands at `place`, is not what the schema says; nothing where it is.
    pub(crate) fn objections(self, value: &Value, place: &str) -> Vec<String> {
        let keywords = self.keywords();
        if value.is_null() && keywords.get("nullable") == Some(&Value::Bool(true)) {
            return vec![];
        }
        let mut objections = vec![];
        for (keyword, demand) in keywords {
            let fits = match keyword.as_str() {
                "type" => has_type(value, demand.as_str().unwrap()),
                "enum" => demand.as_array().unwrap().contains(value),
                "format" => has_format(value, demand.as_str().unwrap()),
                "minimum" => value.as_f64().is_none_or(|number| number >= demand.as_f64().unwrap()),
                "maximum" => value.as_f64().is_none_or(|number| number <= demand.as_f64().unwrap()),
                "minLength" => length(value).is_none_or(|length| length >= demand.as_u64().unwrap()),
                "maxLength" => length(value).is_none_or(|length| length <= demand.as_u64().unwrap()),
                "minItems" => count(value).is_none_or(|count| count >= demand.as_u64().unwrap()),
                "maxItems" => count(value).is_none_or(|count| count <= demand.as_u64().unwrap()),
                "uniqueItems" => all_different(value),
                "required" => {
                    let missing = demand.as_array().unwrap().iter();
                    let missing = missing.filter(|name| value.get(name.as_str().unwrap()).is_none());
                    objections.extend(missing.map(|name| format!("{place}: {name} is missing")));
                    true
                }
                "properties" => {
                    objections.extend(self.properties(demand, value, place));
                    true
                }
                "items" => {
                    let items = value.as_array().into_iter().flatten().enumerate();
                    let schema = self.part(demand);
                    objections.extend(
                        items.flat_map(|(at, item)| schema.objections(item, &format!("{place}/{at}"))),
                    );
                    true
                }
                "additionalProperties" | "nullable" => true,
                other if REMARKS.contains(&other) => true,
                other => panic!("{place}: the keyword {other:?} is not known here"),
            };
            if !fits {
                objections.push(format!("{place}: {value} is not {keyword} {demand}"));
            }
        }
        objections
    }

    fn properties(self, properties: &'a Value, value: &Value, place: &str) -> Vec<String> {
        let others = self.keywords().get("additionalProperties");
        let others = others.filter(|schema| schema.is_object());
        let mut objections = vec![];
        for (name, inner) in value.as_object().into_iter().flatten() {
            match properties.get(name).or(others) {
                Some(schema) => {
                    objections.extend(self.part(schema).objections(inner, &format!("{place}/{name}")));
                }
                None => objections.push(format!("{place}: {name:?} is not documented")),
            }
        }
        objections
    }
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("there is no type {other:?}"),
    }
}

fn has_format(value: &Value, name: &str) -> bool {
    match name {
        "date-time" => value.as_str().is_none_or(|text| chrono::DateTime::parse_from_rfc3339(text).is_ok()),
        "date" => value.as_str().is_none_or(|text| text.parse::<chrono::NaiveDate>().is_ok()),
        "int32" => value.as_i64().is_none_or(|number| i32::try_from(number).is_ok()),
        "int64" => value.is_i64() || value.is_u64(),
        "uint32" => value.as_u64().is_some_and(|number| u32::try_from(number).is_ok()),
        "uint64" => value.is_u64(),
        "binary" | "uri" | "uri-reference" | "float" | "double" => true,
        other => panic!("the format {other:?} is not known here"),
    }
}

fn length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}

fn count(value: &Value) -> Option<u64> {
    value.as_array().map(|items| items.len() as u64)
}

fn all_different(value: &Value) -> bool {
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    items.iter().enumerate().all(|(at, item)| !items[..at].contains(item))
}

#[test]
fn a_value_that_differs_from_its_schema_in_any_way_is_objected_to() {
    let document = serde_json::json!({"person": {"type": "object", "required": ["id"], "properties": {
        "id": {"type": "integer", "minimum": 1}, "name": {"type": "string", "nullable": true, "maxLength": 3},
        "at": {"type": "string", "format": "date-time"}, "tags": {"type": "array", "maxItems": 1,
        "items": {"type": "string", "enum": ["a"]}}}}});
    let person = serde_json::json!({"$ref": "#/person"});
    let schema = Schema { document: &document, value: &person };
    for fitting in
        [r#"{"id": 1}"#, r#"{"id": 2, "name": null, "at": "2026-11-23T10:15:30.123Z", "tags": ["a"]}"#]
    {
        assert_eq!(schema.objections(&serde_json::from_str(fitting).unwrap(), ""), Vec::<String>::new());
    }
    for wrong in [
        "[]",
        "{}",
        r#"{"id": 0}"#,
        r#"{"id": 1.5}"#,
        r#"{"id": null}"#,
        r#"{"id": 1, "name": "four"}"#,
        r#"{"id": 1, "at": "yesterday"}"#,
        r#"{"id": 1, "tags": ["a", "a"]}"#,
        r#"{"id": 1, "tags": ["b"]}"#,
        r#"{"id": 1, "secret": true}"#,
    ] {
        assert!(!schema.objections(&serde_json::from_str(wrong).unwrap(), "").is_empty(), "{wrong}");
    }
}
