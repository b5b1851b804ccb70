//! Uploading images.

use actix_web::web::Data;
use paperclip::actix::{Apiv2Schema, CreatedJson, api_v2_operation, web};
use serde::Serialize;
use tweetty_adapter::Sharing;
use tweetty_domain::{MediaId, Microblog};

use crate::Options;
use crate::blog::Blog;
use crate::caller::Caller;
use crate::error::ApiError;
use crate::form::Form;
use crate::measures;
use crate::once::Once;
use crate::places::{Place, Places};
use crate::reply::{Created, Reply};
use crate::shown::{Shown, True};

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/api/medias").route(web::post().to(upload)));
}

/// Uploads an image
///
/// JPEG, PNG, GIF or WebP, known by its content; the file's name and declared type don't matter. It is kept without its
/// metadata; of an animated PNG the first picture is kept. HEIC and AVIF are 415 with what to do about it. One that no
/// tweet has after a day is removed.
///
/// ```json
/// {"result": true, "media_id": 5}
/// ```
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
        let turn = turns.wait().await?;
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
    Ok(CreatedJson(Uploaded { result: True(true), media_id: Shown(media?) }))
}

/// The image that was uploaded.
#[derive(Serialize, Apiv2Schema)]
struct Uploaded {
    /// Always true.
    result: True,
    /// Its id, for `tweet_media_ids`.
    media_id: Shown<MediaId>,
}

/// As many pictures as a tweet may have: a page that sends them all at once is no crowd.
const ONE_TWEET: usize = 10;

/// Bounds how many uploads come in at the same time, and how many of them are one user's: who sends slowly must not keep
/// everybody else waiting.
pub(crate) struct Turns(Places);

impl Turns {
    pub(crate) fn new(options: &Options) -> Self {
        let places = options.uploads;
        let sharing = Sharing { places, share: (places / 4).max(ONE_TWEET), room: places, patient: 0 };
        Self(Places::new("uploads", sharing, options.upload_wait))
    }

    /// Waits for the turn of an upload.
    pub(crate) async fn wait(&self) -> Result<Place, ApiError> {
        self.0.wait().await
    }
}

#[cfg(test)]
mod tests {
    use tweetty_adapter::Party;

    use super::*;

    #[actix_web::test]
    async fn nobody_has_more_than_a_quarter_of_the_places_and_others_find_one() {
        let turns = Turns::new(&Options { uploads: 64, ..Options::default() });
        let (ann, bob) = (Party::User(1), Party::User(2));
        let mut held = Vec::new();
        for _ in 0..16 {
            held.push(ann.on_behalf(turns.wait()).await.unwrap());
        }
        assert_eq!(ann.on_behalf(turns.wait()).await.err().unwrap().respond(None).status(), 429);
        assert!(bob.on_behalf(turns.wait()).await.is_ok());
        held.pop();
        assert!(ann.on_behalf(turns.wait()).await.is_ok());
    }
}
