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
use tweetty_domain::Change;

use crate::Options;
use crate::error::ApiError;
use crate::query;

/// A success or a failure, both in the contract's form.
pub(crate) type Reply<T> = Result<T, ApiError>;

/// 201 with what was made.
pub(crate) type Created<T> = CreatedJson<T>;

/// 200 with what was found, and where the list goes on.
pub(crate) struct Found<T> {
    body: Body<T>,
    next_cursor: Option<String>,
}

enum Body<T> {
    Whole(T),
    Pieces(BoxBody),
}

impl<T> Found<T> {
    /// One thing.
    pub(crate) fn one(body: T) -> Self {
        Self { body: Body::Whole(body), next_cursor: None }
    }

    /// A page of a list; the cursor goes into a `Link` header as well.
    pub(crate) fn page(body: T, next_cursor: Option<String>) -> Self {
        Self { body: Body::Whole(body), next_cursor }
    }

    /// A long page of a list, as the JSON of a `T` that is written while it is sent.
    pub(crate) fn long_page(json: BoxBody, next_cursor: Option<String>) -> Self {
        Self { body: Body::Pieces(json), next_cursor }
    }
}

impl<T: Serialize> Responder for Found<T> {
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

impl<T: Schema> Schema for Found<T> {
    fn name() -> Option<String> {
        T::name()
    }

    fn raw_schema() -> DefaultSchemaRaw {
        T::raw_schema()
    }
}

impl<T: Schema> OperationModifier for Found<T> {
    fn update_response(operation: &mut DefaultOperationRaw) {
        Json::<T>::update_response(operation);
    }
}

/// Nothing but success.
#[derive(Serialize, Apiv2Schema)]
pub(crate) struct Success {
    /// Always true.
    result: bool,
}

impl Success {
    /// 200.
    pub(crate) fn done() -> Found<Self> {
        Found::one(Self { result: true })
    }
}

/// 201 where something is so from now on, 200 where it had been so before.
pub(crate) struct Settled(pub(crate) Change);

impl Responder for Settled {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let status = match self.0 {
            Change::Made => StatusCode::CREATED,
            Change::AlreadySo => StatusCode::OK,
        };
        HttpResponse::build(status).json(Success { result: true })
    }
}

impl Schema for Settled {}

impl OperationModifier for Settled {
    fn update_response(operation: &mut DefaultOperationRaw) {
        Json::<Success>::update_response(operation);
        CreatedJson::<Success>::update_response(operation);
    }

    fn update_definitions(definitions: &mut BTreeMap<String, DefaultSchemaRaw>) {
        Json::<Success>::update_definitions(definitions);
    }
}
