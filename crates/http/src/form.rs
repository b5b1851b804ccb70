//! Multipart forms with one file, read piece by piece and never held whole.

use std::future::{Ready, ready};

use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, dev};
use paperclip::actix::OperationModifier;
use paperclip::v2::models::DefaultOperationRaw;
use paperclip::v2::schema::Apiv2Schema;
use serde_json::json;
use tokio::time::{Instant, timeout_at};
use tweetty_domain::{Microblog, Upload};

use crate::Options;
use crate::blog::Blog;
use crate::body::{is_encoded, is_of_type};
use crate::error::ApiError;
use crate::measures;
use crate::multipart::Multipart;
use crate::schema;

/// The field that holds the file.
const FIELD: &str = "file";
/// The most parts of a form.
const PARTS: usize = 20;

/// A form on its way in.
pub(crate) struct Form {
    parts: Multipart,
    deadline: Instant,
}

impl Apiv2Schema for Form {}

impl OperationModifier for Form {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        let file = json!({
            "type": "string", "format": "binary", "description": "The image, at most {upload_bytes} bytes",
        });
        let form = json!({"type": "object", "required": [FIELD], "properties": {FIELD: file}});
        let body = json!({"required": true, "content": {"multipart/form-data": {"schema": form}}});
        schema::add(&mut operation.description, &json!({"requestBody": body}));
        schema::fails(operation, &[400, 408, 413, 415, 422]);
    }
}

impl FromRequest for Form {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        ready(Self::of(request, payload))
    }
}

impl Form {
    fn of(request: &HttpRequest, payload: &mut dev::Payload) -> Result<Self, ApiError> {
        let Some(options) = request.app_data::<Data<Options>>() else {
            return Err(ApiError::internal("the server was put together without its options"));
        };
        if !is_of_type(request.headers(), "multipart/form-data") {
            return Err(ApiError::bad_request("Content-Type: multipart/form-data is needed"));
        }
        if is_encoded(request.headers()) {
            return Err(ApiError::unsupported("Content-Encoding: a compressed body is not accepted"));
        }
        Ok(Self {
            parts: Multipart::of(request, payload.take(), options.body_timeout)?,
            deadline: Instant::now() + options.upload_timeout,
        })
    }

    /// Receives the first part named `file`; the others are read over within bounds.
    pub(crate) async fn receive(self, blog: &Blog) -> Result<Upload, ApiError> {
        let deadline = self.deadline;
        timeout_at(deadline, self.receive_in_time(blog)).await.map_err(|_| ApiError::slow_body())?
    }

    async fn receive_in_time(mut self, blog: &Blog) -> Result<Upload, ApiError> {
        let mut file = None;
        let mut parts = 0;
        while let Some(name) = self.parts.next_part().await? {
            parts += 1;
            if parts > PARTS {
                return Err(ApiError::bad_request(format!("the form has more than {PARTS} parts")));
            }
            if file.is_none() && name == FIELD {
                let mut upload = blog.read(async |blog: Microblog| blog.receive_upload().await).await?;
                while let Some(piece) = self.parts.piece().await? {
                    measures::received(piece.len());
                    upload.write(&piece).await?;
                }
                file = Some(upload);
            }
        }
        file.ok_or_else(|| ApiError::bad_request("the form has no file in the field `file`"))
    }
}
