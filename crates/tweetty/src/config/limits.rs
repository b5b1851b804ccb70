//! What users may send and are shown.

use clap::Args;
use tweetty_domain::{Limits, Quota, UploadQuotas};

use super::{KeySettings, Refusal, Size, between};

const UPLOAD_SIZE: &str = "TWEETTY_UPLOAD_SIZE";
const IMAGE_MEMORY: &str = "TWEETTY_IMAGE_MEMORY";

/// The settings of [`Limits`].
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitSettings {
    /// The longest tweet, in Unicode characters
    #[arg(long, env = "TWEETTY_TWEET_LENGTH", value_name = "CHARACTERS", default_value_t = Limits::default().tweet_length,
          value_parser = between(1_usize, 10_000))]
    tweet_length: usize,

    /// The most images that one tweet has
    #[arg(long, env = "TWEETTY_ATTACHMENTS", value_name = "NUMBER", default_value_t = Limits::default().attachments,
          value_parser = between(0_usize, 100))]
    attachments: usize,

    /// The longest description of an image, in Unicode characters
    #[arg(long, env = "TWEETTY_DESCRIPTION_LENGTH", value_name = "CHARACTERS", default_value_t = Limits::default().description_length,
          value_parser = between(1_usize, 10_000))]
    description_length: usize,

    /// The largest file that is uploaded, at most half of the memory for images
    #[arg(long, env = UPLOAD_SIZE, value_name = "SIZE", default_value_t = Size(Limits::default().upload_bytes))]
    upload_size: Size,

    /// The largest image, in pixels of one frame
    #[arg(long, env = "TWEETTY_IMAGE_PIXELS", value_name = "PIXELS", default_value_t = Limits::default().image_pixels,
          value_parser = between(1_u64, 1_000_000_000))]
    image_pixels: u64,

    /// The longest animation, in frames
    #[arg(long, env = "TWEETTY_IMAGE_FRAMES", value_name = "FRAMES", default_value_t = Limits::default().image_frames,
          value_parser = between(1_u32, 10_000))]
    image_frames: u32,

    /// The memory that images take while they are decoded: the most for one, and for all at the same time
    #[arg(long, env = IMAGE_MEMORY, value_name = "SIZE", default_value_t = Size(Limits::default().image_memory))]
    image_memory: Size,

    /// The largest page of any list, and the usual one where a client names none
    #[arg(long, env = "TWEETTY_PAGE_SIZE", value_name = "ENTRIES", default_value_t = Limits::default().page_size,
          value_parser = between(1_u32, 1000))]
    page_size: u32,

    /// The highest page number that is shown; pages behind it are empty, and a walk by cursor has no such end
    #[arg(long, env = "TWEETTY_DEEPEST_PAGE", value_name = "NUMBER", default_value_t = Limits::default().deepest_page,
          value_parser = between(1_u64, 1_000_000))]
    deepest_page: u64,

    /// The most likers that a tweet names; its count is true whatever this is
    #[arg(long, env = "TWEETTY_EMBEDDED_LIKERS", value_name = "NUMBER", default_value_t = Limits::default().embedded_likers,
          value_parser = between(1_u32, 10_000))]
    embedded_likers: u32,

    /// The most followers, and the most followees, that a profile names; the counts are true
    #[arg(long, env = "TWEETTY_EMBEDDED_PEOPLE", value_name = "NUMBER", default_value_t = Limits::default().embedded_people,
          value_parser = between(1_u32, 10_000))]
    embedded_people: u32,

    /// Tweets that a user may publish within 24 hours; 0 for any number
    #[arg(long, env = "TWEETTY_TWEETS_PER_DAY", value_name = "NUMBER", default_value_t = shown(Limits::default().tweets_per_day))]
    tweets_per_day: u64,

    /// Images that a user may upload within 24 hours; 0 for any number
    #[arg(long, env = "TWEETTY_UPLOADS_PER_DAY", value_name = "NUMBER", default_value_t = shown(Limits::default().uploads.images))]
    uploads_per_day: u64,

    /// Bytes of images that a user may upload within 24 hours, as they are kept, without their smaller copies; 0 for any number
    #[arg(long, env = "TWEETTY_UPLOAD_BYTES_PER_DAY", value_name = "SIZE", default_value_t = Size(shown(Limits::default().uploads.bytes)),
          value_parser = Size::or_none)]
    upload_bytes_per_day: Size,

    /// Images of a user that no tweet shows yet; 0 for any number. They are removed after a day
    #[arg(long, env = "TWEETTY_UPLOADS_UNATTACHED", value_name = "NUMBER", default_value_t = shown(Limits::default().uploads.unattached))]
    uploads_unattached: u64,

    /// The most announcements that stand at a time
    #[arg(long, env = "TWEETTY_ANNOUNCEMENTS", value_name = "NUMBER", default_value_t = Limits::default().announcements,
          value_parser = between(1_u32, 20))]
    announcements: u32,

    /// Show images to users alone: a request for one needs a key, its address is not enough
    #[arg(long, env = "TWEETTY_MEDIA_SIGN_IN")]
    media_sign_in: bool,

    #[command(flatten)]
    keys: KeySettings,
}

/// As a number of a setting, where 0 is any number.
fn shown(quota: Quota) -> u64 {
    quota.most().unwrap_or(0)
}

impl LimitSettings {
    /// The limits of the microblog. A file lies in memory while it is decoded, so its size is bounded by that.
    pub(crate) fn limits(&self) -> Result<Limits, Refusal> {
        if self.upload_size.0 > self.image_memory.0 / 2 {
            let (size, memory) = (self.upload_size, self.image_memory);
            let problem = format!(
                "{size} is more than half of {IMAGE_MEMORY}, {memory}; lower the one or raise the other"
            );
            return Err(Refusal::usage(UPLOAD_SIZE, problem));
        }
        Ok(Limits {
            tweet_length: self.tweet_length,
            attachments: self.attachments,
            description_length: self.description_length,
            upload_bytes: self.upload_size.0,
            image_pixels: self.image_pixels,
            image_frames: self.image_frames,
            image_memory: self.image_memory.0,
            page_size: self.page_size,
            deepest_page: self.deepest_page,
            embedded_likers: self.embedded_likers,
            embedded_people: self.embedded_people,
            tweets_per_day: Quota::of(self.tweets_per_day),
            uploads: UploadQuotas {
                images: Quota::of(self.uploads_per_day),
                bytes: Quota::of(self.upload_bytes_per_day.0),
                unattached: Quota::of(self.uploads_unattached),
            },
            announcements: self.announcements,
            keys: self.keys.rules(),
            media_sign_in: self.media_sign_in,
        })
    }
}
