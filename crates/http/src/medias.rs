//! Uploading images.

use actix_web::web::Data;
use paperclip::actix::{Apiv2Schema, CreatedJson, api_v2_operation, web};
use serde::Serialize;

use crate::blog::Blog;
use crate::caller::Caller;
use crate::form::Form;
use crate::measures;
use crate::once::Once;
use crate::places::Places;
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
        let turn = turns.0.wait().await?;
        let upload = form.receive(&blog).await?;
        let work = async move |blog: Microblog| {
            // A client that is gone leaves its picture to be decoded all the same.
            let _turn = turn;
            blog.upload(me, upload, once).await
        };
        blog.write(work).await
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
pub(crate) struct Turns(pub(crate) Places);
