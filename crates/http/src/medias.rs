//! Uploading images.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::web::Data;
use paperclip::actix::{Apiv2Schema, CreatedJson, api_v2_operation, web};
use serde::Serialize;
use tweetty_domain::{MediaId, Microblog, UserId};

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
        let turn = turns.wait(me).await?;
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
/// Seconds after which somebody who sends too many at once may try again.
const RETRY_AFTER: u64 = 2;

/// Bounds how many uploads come in at the same time, and how many of them are one user's: who sends slowly must not keep
/// everybody else waiting.
pub(crate) struct Turns {
    places: Places,
    share: usize,
    senders: Arc<Mutex<Senders>>,
}

/// How many uploads of each user are under way or waiting.
type Senders = HashMap<UserId, usize>;

impl Turns {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            places: Places::new("uploads", options.uploads, options.uploads, options.upload_wait),
            share: (options.uploads / 4).max(ONE_TWEET),
            senders: Arc::default(),
        }
    }

    async fn wait(&self, user: UserId) -> Result<(Place, Share), ApiError> {
        let share = Share::take(&self.senders, user, self.share)?;
        Ok((self.places.wait().await?, share))
    }
}

/// One of the uploads that a user may have under way.
struct Share {
    senders: Arc<Mutex<Senders>>,
    user: UserId,
}

impl Share {
    fn take(senders: &Arc<Mutex<Senders>>, user: UserId, most: usize) -> Result<Self, ApiError> {
        let mut counted = senders.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = counted.entry(user).or_default();
        if *taken >= most {
            return Err(ApiError::rate_limited(RETRY_AFTER));
        }
        *taken += 1;
        Ok(Self { senders: Arc::clone(senders), user })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut counted = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = counted.get_mut(&self.user) {
            *taken -= 1;
            if *taken == 0 {
                counted.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn nobody_has_more_than_a_quarter_of_the_places_and_others_find_one() {
        let turns = Turns::new(&Options { uploads: 64, ..Options::default() });
        let (ann, bob) = (UserId::stored(1), UserId::stored(2));
        let mut held = Vec::new();
        for _ in 0..16 {
            held.push(turns.wait(ann).await.unwrap());
        }
        assert_eq!(turns.wait(ann).await.err().unwrap().respond(None).status(), 429);
        assert!(turns.wait(bob).await.is_ok());
        held.pop();
        assert!(turns.wait(ann).await.is_ok());
        drop(held);
        assert!(turns.senders.lock().unwrap().is_empty(), "who has none under way is forgotten");
    }
}
