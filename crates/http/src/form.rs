//! Multipart forms with one file, read piece by piece and never held whole.

use std::future::{Ready, ready};
use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, dev};
use futures_util::StreamExt as _;
use paperclip::actix::Apiv2Schema;
use tokio::time::{Instant, timeout, timeout_at};
use tweetty_domain::{Microblog, Upload};

use crate::Options;
use crate::blog::Blog;
use crate::body::{is_encoded, is_of_type};
use crate::error::ApiError;
use crate::measures;

/// The field that holds the file.
const FIELD: &str = "file";
/// The most parts of a form, and the size in bytes up to which those that nobody asked for are read over.
const PARTS: usize = 20;
const OTHER_PART: usize = 64 * 1024;

/// A form on its way in.
#[derive(Apiv2Schema)]
#[openapi(empty)]
pub(crate) struct Form {
    parts: Multipart,
    piece_timeout: Duration,
    deadline: Instant,
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
            parts: Multipart::new(request.headers(), payload.take()),
            piece_timeout: options.body_timeout,
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
        while let Some(mut part) = next(&mut self.parts, self.piece_timeout).await? {
            parts += 1;
            if parts > PARTS {
                return Err(ApiError::bad_request(format!("the form has more than {PARTS} parts")));
            }
            if file.is_none() && part.name() == Some(FIELD) {
                let mut upload = blog.read(async |blog: Microblog| blog.receive_upload().await).await?;
                while let Some(piece) = next(&mut part, self.piece_timeout).await? {
                    measures::received(piece.len());
                    upload.write(&piece).await?;
                }
                file = Some(upload);
            } else {
                self.skip(part).await?;
            }
        }
        file.ok_or_else(|| ApiError::bad_request("the form has no file in the field `file`"))
    }

    async fn skip(&self, mut part: Field) -> Result<(), ApiError> {
        let mut size = 0;
        while let Some(piece) = next(&mut part, self.piece_timeout).await? {
            size += piece.len();
            if size > OTHER_PART {
                let message = format!("a part other than the file is larger than {OTHER_PART} bytes");
                return Err(ApiError::too_large(message));
            }
        }
        Ok(())
    }
}

/// The next part, or the next piece of one, unless it doesn't come in time.
async fn next<T>(
    stream: &mut (impl futures_util::Stream<Item = Result<T, MultipartError>> + Unpin),
    patience: Duration,
) -> Result<Option<T>, ApiError> {
    let next = timeout(patience, stream.next()).await.map_err(|_| ApiError::slow_body())?;
    let broken = |error: MultipartError| ApiError::bad_request(format!("the form can't be read: {error}"));
    next.transpose().map_err(broken)
}
