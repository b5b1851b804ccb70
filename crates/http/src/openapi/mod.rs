//! The OpenAPI document: paperclip collects the routes, `complete` adds what it can't say.

mod complete;

use std::collections::{HashMap, HashSet};

use actix_web::App;
use actix_web::http::header::EntityTag;
use actix_web::web::Bytes;
use paperclip::actix::{OpenApiExt as _, web};
use serde_json::Value;
use tweetty_domain::Limits;

use crate::tags;

/// Every route of the document.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    for routes in crate::RESOURCES {
        routes(config);
    }
}

/// The OpenAPI 3 document of a server with those limits, as JSON: the bytes that `/openapi.json` answers.
pub fn openapi(limits: &Limits) -> String {
    text(&document(limits))
}

fn text(document: &Value) -> String {
    format!("{document:#}\n")
}

fn document(limits: &Limits) -> Value {
    let mut collected = Value::Null;
    App::new()
        .wrap_api()
        .configure(routes)
        .with_raw_json_spec_v3(|app, document| {
            collected = document;
            app
        })
        .build();
    complete::complete(&mut collected, limits);
    collected
}

/// The document as a running server needs it.
pub(crate) struct Document {
    json: Bytes,
    tag: EntityTag,
    allowed: HashMap<String, String>,
    lists: HashSet<String>,
}

impl Document {
    pub(crate) fn new(limits: &Limits) -> Self {
        let document = document(limits);
        let paths = document["paths"].as_object().into_iter().flatten();
        let allowed = paths.clone().map(|(path, operations)| (path.clone(), methods(operations))).collect();
        let lists = paths.filter(|(_, operations)| is_list(operations)).map(|(path, _)| path.clone());
        let lists = lists.collect();
        let json = Bytes::from(text(&document));
        Self { tag: tags::of(&json), json, allowed, lists }
    }

    /// The document's tag.
    pub(crate) fn tag(&self) -> &EntityTag {
        &self.tag
    }

    /// The document's bytes.
    pub(crate) fn json(&self) -> Bytes {
        self.json.clone()
    }

    /// The methods of a route, for the header `Allow`.
    pub(crate) fn allowed(&self, route: &str) -> Option<&str> {
        self.allowed.get(route).map(String::as_str)
    }

    /// Whether GET of a route answers a page of a list, as long as its `limit` says.
    pub(crate) fn is_list(&self, route: &str) -> bool {
        self.lists.contains(route)
    }
}

fn is_list(operations: &Value) -> bool {
    operations["get"]["parameters"].as_array().into_iter().flatten().any(|it| it["name"] == "limit")
}

fn methods(operations: &Value) -> String {
    let mut methods = Vec::new();
    for method in ["get", "post", "delete"] {
        if operations.get(method).is_some() {
            methods.push(method.to_uppercase());
        }
        if method == "get" && operations.get(method).is_some() {
            methods.push("HEAD".to_owned());
        }
    }
    methods.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_answers_the_same_bytes_as_are_told_without_one() {
        let limits = Limits { tweet_length: 500, ..Limits::default() };
        assert_eq!(Document::new(&limits).json(), openapi(&limits));
    }

    #[test]
    fn a_route_allows_the_methods_of_the_document_and_head_beside_get() {
        let document = Document::new(&Limits::default());
        assert_eq!(document.allowed("/api/tweets"), Some("GET, HEAD, POST"));
        assert_eq!(document.allowed("/api/tweets/{id}/likes"), Some("GET, HEAD, POST, DELETE"));
        assert_eq!(document.allowed("/docs"), None);
    }

    #[test]
    fn every_list_is_known_by_its_limit() {
        let document = Document::new(&Limits::default());
        for (route, is_list) in [
            ("/api/tweets", true),
            ("/api/users", true),
            ("/api/users/{id}/tweets", true),
            ("/api/users/{id}/followers", true),
            ("/api/users/me", false),
            ("/api/medias", false),
        ] {
            assert_eq!(document.is_list(route), is_list, "{route}");
        }
    }
}
