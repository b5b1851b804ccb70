//! What the document says beyond what paperclip can. On the way to OpenAPI 3 paperclip drops what it does not know, but it
//! carries texts unharmed: what else is to be said of something travels behind its title or its description as JSON.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::mem::take;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use paperclip::actix::OperationModifier;
use paperclip::v2::models::{
    DefaultOperationRaw, DefaultParameterRaw, DefaultSchemaRaw, Either, ParameterIn, Response,
};
use paperclip::v2::schema::Apiv2Schema;
use serde_json::{Value, json};

/// Begins each piece of JSON behind a text.
const MORE: char = '\0';

/// Says more of what has that title or description.
pub(crate) fn add(text: &mut Option<String>, more: &Value) {
    let text = text.get_or_insert_default();
    text.push(MORE);
    text.push_str(&more.to_string());
}

/// The schema of a type with more that is said of it. The limits of the server go by their names there: `"{page_size}"`.
pub(crate) fn with<T: Apiv2Schema>(more: &Value) -> DefaultSchemaRaw {
    let mut schema = T::raw_schema();
    add(&mut schema.title, more);
    schema
}

/// A parameter of that schema.
pub(crate) fn parameter(in_: ParameterIn, name: String, schema: DefaultSchemaRaw) -> DefaultParameterRaw {
    let mut description = schema.description;
    for more in split(&schema.title.unwrap_or_default()).1 {
        add(&mut description, &json!({"schema": more}));
    }
    let (required, data_type, format) = (in_ == ParameterIn::Path, schema.data_type, schema.format);
    DefaultParameterRaw { in_, name, description, required, data_type, format, ..Default::default() }
}

/// The operation can fail with those statuses, too.
pub(crate) fn fails(operation: &mut DefaultOperationRaw, statuses: &[u16]) {
    let failure = |status: &u16| (status.to_string(), Either::Right(Response::default()));
    operation.responses.extend(statuses.iter().map(failure));
}

/// The operation can fail with that status, too, which nothing else that it takes says.
pub(crate) struct Fails<const STATUS: u16>;

impl<const STATUS: u16> FromRequest for Fails<STATUS> {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self))
    }
}

impl<const STATUS: u16> Apiv2Schema for Fails<STATUS> {}

impl<const STATUS: u16> OperationModifier for Fails<STATUS> {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        fails(operation, &[STATUS]);
    }
}

/// Defines the structure and each one within it under its own name; paperclip would write these out wherever they stand. A
/// field that is a structure has no description of its own: the document only refers to the structure there.
pub(crate) fn define<T: Apiv2Schema>(definitions: &mut BTreeMap<String, DefaultSchemaRaw>) {
    named(T::raw_schema(), definitions);
}

/// The schema itself, or a reference to it where it has a name.
fn named(
    mut schema: DefaultSchemaRaw,
    definitions: &mut BTreeMap<String, DefaultSchemaRaw>,
) -> DefaultSchemaRaw {
    for part in schema.properties.values_mut().chain(&mut schema.items) {
        **part = named(take(part), definitions);
    }
    let Some(name) = schema.name.clone() else { return schema };
    let reference = Some(format!("#/definitions/{name}"));
    definitions.insert(name, DefaultSchemaRaw { reference: None, ..schema });
    DefaultSchemaRaw { reference, ..Default::default() }
}

/// A text and what is said behind it.
fn split(text: &str) -> (&str, Vec<Value>) {
    let mut parts = text.split(MORE);
    let own = parts.next().unwrap_or_default();
    (own, parts.filter_map(|more| serde_json::from_str(more).ok()).collect())
}

/// Puts whatever is said behind texts where it belongs, everywhere in the document.
pub(crate) fn unpack(value: &mut Value) {
    for key in ["title", "description"] {
        let Some(text) = value.get(key).and_then(Value::as_str).filter(|text| text.contains(MORE)) else {
            continue;
        };
        let (own, more) = split(text);
        match own.to_owned() {
            own if own.is_empty() => drop(value.as_object_mut().and_then(|fields| fields.remove(key))),
            own => value[key] = own.into(),
        }
        for more in more {
            merge(value, more);
        }
    }
    match value {
        Value::Array(values) => values.iter_mut().for_each(unpack),
        Value::Object(fields) => fields.values_mut().for_each(unpack),
        _ => {}
    }
}

/// Objects are merged field by field, what is in a list comes behind what is there, anything else is replaced.
pub(crate) fn merge(target: &mut Value, more: Value) {
    match (target, more) {
        (Value::Object(target), Value::Object(more)) => {
            for (key, value) in more {
                merge(target.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(target), Value::Array(more)) => target.extend(more),
        (target, more) => *target = more,
    }
}

#[cfg(test)]
mod tests {
    use paperclip::actix::Apiv2Schema;

    use super::*;

    /// A part.
    #[derive(Apiv2Schema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Part {
        /// What it is.
        what: String,
    }

    #[derive(Apiv2Schema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Whole {
        part: Part,
        /// More of them.
        parts: Vec<Part>,
    }

    #[test]
    fn a_structure_within_another_is_defined_under_its_own_name() {
        let mut definitions = BTreeMap::new();
        define::<Whole>(&mut definitions);
        let defined = serde_json::to_value(definitions).unwrap();
        let part = json!({"$ref": "#/definitions/Part"});
        assert_eq!(defined["Whole"]["properties"]["part"], part);
        let parts = json!({"type": "array", "description": "More of them.", "items": part});
        assert_eq!(defined["Whole"]["properties"]["parts"], parts);
        assert_eq!(defined["Part"]["description"], "A part.");
        assert_eq!(defined["Part"]["properties"]["what"]["type"], "string");
    }

    #[test]
    fn what_is_said_behind_a_text_is_put_where_it_belongs() {
        let mut text = Some("A text".to_owned());
        add(&mut text, &json!({"a": {"b": 1}, "list": [2]}));
        add(&mut text, &json!({"a": {"c": 3}}));
        let mut title = None;
        add(&mut title, &json!({"d": 4}));
        let mut document = json!({"in": [{"description": text, "title": title, "list": [1], "a": 0}]});
        unpack(&mut document);
        let unpacked = json!({"description": "A text", "list": [1, 2], "a": {"b": 1, "c": 3}, "d": 4});
        assert_eq!(document, json!({"in": [unpacked]}));
    }
}
