//! What this microblog accepts and shows; every figure can be configured.

use chrono::TimeDelta;

use crate::{KeyRules, Quota, UploadQuotas};

/// The longest side of an image in pixels. It is the most that JPEG and GIF can hold, hence nothing to configure.
pub const IMAGE_SIDE: u32 = 65_535;

/// The limits that the rules apply and `GET /api/limits` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The longest tweet, in Unicode scalar values.
    pub tweet_length: usize,
    /// The most images that one tweet has.
    pub attachments: usize,
    /// The longest description of an image, in Unicode scalar values.
    pub description_length: usize,
    /// The largest upload, in bytes.
    pub upload_bytes: u64,
    /// The largest image, in pixels of one frame.
    pub image_pixels: u64,
    /// The longest animation, in frames.
    pub image_frames: u32,
    /// The memory that an image and all images together may take while they are decoded, in bytes.
    pub image_memory: u64,
    /// The largest page of any list.
    pub page_size: u32,
    /// The highest number of a page of tweets: those behind it are empty, since finding them means counting all before.
    pub deepest_page: u64,
    /// The most likers that a tweet names.
    pub embedded_likers: u32,
    /// The most followers, and the most followees, that a profile names.
    pub embedded_people: u32,
    /// The most tweets that a user publishes within 24 hours.
    pub tweets_per_day: Quota,
    /// The most that a user uploads within 24 hours.
    pub uploads: UploadQuotas,
    /// The most announcements that stand at a time.
    pub announcements: u32,
    /// What is demanded of keys.
    pub keys: KeyRules,
    /// Whether images are shown to users alone; otherwise to everybody who knows their names.
    pub media_sign_in: bool,
}

impl Limits {
    /// The same without quotas: for what the service itself adds.
    #[must_use]
    pub fn without_quotas(self) -> Self {
        Self { tweets_per_day: Quota::NONE, uploads: UploadQuotas::NONE, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tweet_length: 280,
            attachments: 10,
            description_length: 1500,
            upload_bytes: 10 * 1024 * 1024,
            image_pixels: 40_000_000,
            image_frames: 500,
            image_memory: 256 * 1024 * 1024,
            page_size: 1000,
            deepest_page: 1000,
            embedded_likers: 100,
            embedded_people: 1000,
            tweets_per_day: Quota::of(1000),
            uploads: UploadQuotas {
                images: Quota::of(1000),
                bytes: Quota::of(1024 * 1024 * 1024),
                unattached: Quota::of(200),
            },
            announcements: 5,
            keys: KeyRules { most: 20, lifetime: None, warning: TimeDelta::days(14) },
            media_sign_in: false,
        }
    }
}
