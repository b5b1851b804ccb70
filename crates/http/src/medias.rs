//! Uploading images.

use std::time::Duration;

use actix_web::web::Data;
use paperclip::actix::{Apiv2Schema, CreatedJson, api_v2_operation, web};
use serde::Serialize;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::Options;
use crate::blog::Blog;
use crate::caller::Caller;
use crate::error::ApiError;
use crate::form::Form;
use crate::measures;
use crate::once::Once;
use crate::reply::{Created, Reply};

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/api/medias").route(web::post().to(upload)));
}

/// Uploads an image
///
/// JPEG, PNG, GIF or WebP, told by its content; the file's name and declared type don't matter. It is kept without its
/// metadata. One that no tweet has after a day is removed.
#[api_v2_operation(tags("medias"), operation_id = "uploadMedia")]
async fn upload(
    blog: Data<Blog>,
    turns: Data<Turns>,
    Caller(me): Caller,
    Once(once): Once,
    form: Form,
) -> Reply<Created<Uploaded>> {
    let measured = measures::Upload::begin();
    let receiving = async {
        let _turn = turns.wait().await?;
        let upload = form.receive(&blog).await?;
        blog.write(async move |blog| blog.upload(me, upload, once).await).await
    };
    let media = receiving.await;
    measured.end(&media);
    Ok(CreatedJson(Uploaded { result: true, media_id: media?.get() }))
}

/// The image that was uploaded.
#[derive(Serialize, Apiv2Schema)]
struct Uploaded {
    /// Always true.
    result: bool,
    /// Its id, for `tweet_media_ids`.
    media_id: i64,
}

/// Bounds how many uploads come in at the same time.
pub(crate) struct Turns {
    free: Semaphore,
    patience: Duration,
}

impl Turns {
    pub(crate) fn new(options: &Options) -> Self {
        Self { free: Semaphore::new(options.uploads), patience: options.upload_wait }
    }

    async fn wait(&self) -> Result<SemaphorePermit<'_>, ApiError> {
        match tokio::time::timeout(self.patience, self.free.acquire()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(ApiError::unavailable("too many uploads at the same time")),
        }
    }
}
