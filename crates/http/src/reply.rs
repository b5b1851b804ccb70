//! What a handler answers when all is well.

use std::collections::BTreeMap;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder};
use paperclip::actix::{Apiv2Schema, CreatedJson, OperationModifier, web::Json};
use paperclip::v2::models::{DefaultOperationRaw, DefaultSchemaRaw};
use paperclip::v2::schema::Apiv2Schema as Schema;
use serde::Serialize;
use serde_json::{Value, json};
use tweetty_domain::Change;

use crate::Options;
use crate::error::ApiError;
use crate::query;
use crate::schema;
use crate::shown::True;

/// A success or a failure, both in the contract's form.
pub(crate) type Reply<T> = Result<T, ApiError>;

/// 201 with what was made.
pub(crate) type Created<T> = CreatedJson<T>;

/// 200 with what was found.
pub(crate) struct Found<T>(pub(crate) T);

impl<T: Serialize> Responder for Found<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().json(self.0)
    }
}

impl<T> Schema for Found<T> {}

impl<T: Schema> OperationModifier for Found<T> {
    fn update_response(operation: &mut DefaultOperationRaw) {
        Json::<T>::update_response(operation);
    }

    fn update_definitions(definitions: &mut BTreeMap<String, DefaultSchemaRaw>) {
        schema::define::<T>(definitions);
    }
}

/// 200 with a page of a list, and where the list goes on.
pub(crate) struct Page<T> {
    body: Body<T>,
    next_cursor: Option<String>,
}

enum Body<T> {
    Whole(T),
    Pieces(BoxBody),
}

impl<T> Page<T> {
    /// A page; the cursor goes into a `Link` header as well.
    pub(crate) fn of(body: T, next_cursor: Option<String>) -> Self {
        Self { body: Body::Whole(body), next_cursor }
    }

    /// A long page, as the JSON of a `T` that is written while it is sent.
    pub(crate) fn long(json: BoxBody, next_cursor: Option<String>) -> Self {
        Self { body: Body::Pieces(json), next_cursor }
    }
}

impl<T: Serialize> Responder for Page<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        if let (Some(cursor), Some(options)) = (self.next_cursor, request.app_data::<Data<Options>>()) {
            let next = query::following(request.path(), request.query_string(), &cursor);
            let link = format!("<{}>; rel=\"next\"", options.url(&next));
            if let Ok(link) = HeaderValue::try_from(link) {
                response.insert_header((header::LINK, link));
            }
        }
        match self.body {
            Body::Whole(body) => response.json(body),
            Body::Pieces(body) => response.content_type("application/json").body(body),
        }
    }
}

impl<T> Schema for Page<T> {}

impl<T: Schema> OperationModifier for Page<T> {
    fn update_response(operation: &mut DefaultOperationRaw) {
        Found::<T>::update_response(operation);
        let link = json!({"Link": {"$ref": "#/components/headers/Link"}});
        schema::add(&mut operation.description, &json!({"responses": {"200": {"headers": link}}}));
    }

    fn update_definitions(definitions: &mut BTreeMap<String, DefaultSchemaRaw>) {
        Found::<T>::update_definitions(definitions);
    }
}

/// Nothing but success.
#[derive(Serialize, Apiv2Schema)]
struct Success {
    /// Always true.
    result: True,
}

impl Success {
    fn answer(status: StatusCode) -> HttpResponse {
        HttpResponse::build(status).json(Self { result: True(true) })
    }

    fn example() -> Value {
        json!({"content": {"application/json": {"example": {"result": true}}}})
    }
}

/// 200, and no more to say.
pub(crate) struct Done;

impl Responder for Done {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        Success::answer(StatusCode::OK)
    }
}

impl Schema for Done {}

impl OperationModifier for Done {
    fn update_response(operation: &mut DefaultOperationRaw) {
        Found::<Success>::update_response(operation);
        schema::add(&mut operation.description, &json!({"responses": {"200": Success::example()}}));
    }

    fn update_definitions(definitions: &mut BTreeMap<String, DefaultSchemaRaw>) {
        schema::define::<Success>(definitions);
    }
}

/// 201 where something is so from now on, 200 where it had been so before.
pub(crate) struct Settled(pub(crate) Change);

impl Responder for Settled {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        Success::answer(match self.0 {
            Change::Made => StatusCode::CREATED,
            Change::AlreadySo => StatusCode::OK,
        })
    }
}

impl Schema for Settled {}

impl OperationModifier for Settled {
    fn update_response(operation: &mut DefaultOperationRaw) {
        Done::update_response(operation);
        Created::<Success>::update_response(operation);
        schema::add(&mut operation.description, &json!({"responses": {"201": Success::example()}}));
    }

    fn update_definitions(definitions: &mut BTreeMap<String, DefaultSchemaRaw>) {
        Done::update_definitions(definitions);
    }
}
