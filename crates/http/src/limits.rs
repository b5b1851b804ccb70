//! What this server accepts, so that a client needs no constants.

use actix_web::web::Data;
use paperclip::actix::{Apiv2Schema, api_v2_operation, web};
use serde::Serialize;
use tweetty_domain::{IMAGE_SIDE, ImageFormat, Limits, REASON_LENGTH};

use crate::blog::Blog;
use crate::reply::{Found, Reply};
use crate::shown::{True, value};

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/api/limits").route(web::get().to(limits)));
}

/// What this server accepts and shows
///
/// No key is needed.
///
/// ```json
/// "{limits}"
/// ```
#[api_v2_operation(tags("service"), operation_id = "limits")]
async fn limits(blog: Data<Blog>) -> Reply<Found<LimitsFound>> {
    Ok(Found(LimitsFound::from(blog.limits())))
}

/// What this server accepts and shows.
#[derive(Serialize, Apiv2Schema)]
pub(crate) struct LimitsFound {
    /// Always true.
    result: True,
    /// The longest tweet, in Unicode scalar values.
    tweet_length: usize,
    /// The most images of a tweet.
    attachments: usize,
    /// The longest description of an image, in Unicode scalar values.
    description_length: usize,
    /// The longest reason for which another user's tweet is removed, in Unicode scalar values.
    reason_length: usize,
    /// The largest upload, in bytes.
    upload_bytes: u64,
    /// The media types of images that are accepted.
    image_formats: Vec<String>,
    /// The largest image, in pixels of one frame.
    image_pixels: u64,
    /// The longest side of an image, in pixels.
    image_side: u32,
    /// The longest animation, in frames.
    image_frames: u32,
    /// The memory that an image may take while it is decoded, its file included, in bytes.
    image_memory: u64,
    /// The largest page of any list, and the one where no `limit` is given.
    page_size: u32,
    /// The highest page number (`offset`): pages behind it are empty. A walk by `cursor` has no such end.
    deepest_page: u64,
    /// The most likers that a tweet names.
    embedded_likers: u32,
    /// The most followers, and the most followees, that a profile names.
    embedded_people: u32,
    /// The most tweets that a user publishes within 24 hours; null for any number.
    tweets_per_day: PerDay,
    /// The most images that a user uploads within 24 hours; null for any number.
    uploads_per_day: PerDay,
    /// The most bytes of images that a user uploads within 24 hours, as they are kept and without their smaller copies;
    /// null for any number.
    upload_bytes_per_day: PerDay,
    /// The most images of a user that no tweet shows; they are removed after a day. Null for any number.
    uploads_unattached: PerDay,
    /// The most announcements that stand at a time.
    announcements: u32,
    /// The most keys that a user may make.
    keys_per_user: u32,
    /// The longest lifetime of a new key, in seconds; null for any.
    key_lifetime: Lifetime,
    /// How long before its end a key is said to end soon, in seconds.
    key_warning: i64,
    /// Whether images are shown to users alone, who send their key for them as for the API.
    media_sign_in: bool,
}

value! {
    /// So many within 24 hours; null for any number.
    PerDay(Option<u64>) = {"nullable": true, "minimum": 1};
    /// How long in seconds; null for ever.
    Lifetime(Option<i64>) = {"nullable": true, "minimum": 0};
}

impl From<&Limits> for LimitsFound {
    fn from(limits: &Limits) -> Self {
        Self {
            result: True(true),
            tweet_length: limits.tweet_length,
            attachments: limits.attachments,
            description_length: limits.description_length,
            reason_length: REASON_LENGTH,
            upload_bytes: limits.upload_bytes,
            image_formats: ImageFormat::ALL.map(|format| format.media_type().to_owned()).to_vec(),
            image_pixels: limits.image_pixels,
            image_side: IMAGE_SIDE,
            image_frames: limits.image_frames,
            image_memory: limits.image_memory,
            page_size: limits.page_size,
            deepest_page: limits.deepest_page,
            embedded_likers: limits.embedded_likers,
            embedded_people: limits.embedded_people,
            tweets_per_day: PerDay(limits.tweets_per_day.most()),
            uploads_per_day: PerDay(limits.uploads.images.most()),
            upload_bytes_per_day: PerDay(limits.uploads.bytes.most()),
            uploads_unattached: PerDay(limits.uploads.unattached.most()),
            announcements: limits.announcements,
            keys_per_user: limits.keys.most,
            key_lifetime: Lifetime(limits.keys.lifetime.map(|lifetime| lifetime.num_seconds())),
            key_warning: limits.keys.warning.num_seconds(),
            media_sign_in: limits.media_sign_in,
        }
    }
}
