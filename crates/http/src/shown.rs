//! Values as JSON shows them, each with what the document says of it.

use chrono::{NaiveDate, SecondsFormat};
use paperclip::v2::models::DefaultSchemaRaw;
use paperclip::v2::schema::Apiv2Schema;
use serde::{Serialize, Serializer};
use serde_json::json;
use tweetty_domain::{
    AnnouncementId, Designation, ImageDescription, ImageFormat, KeyId, KeyLabel, MediaId, Nickname,
    PersonName, Reason, Role, Timestamp, TweetId, TweetText, UserId,
};

use crate::schema;

/// The largest integer that JavaScript keeps exact.
pub(crate) const EXACT: i64 = 9_007_199_254_740_991;

/// A value of a kind of its own: what it is made of, and what the document says of it beyond that.
macro_rules! value {
    ($($(#[$doc:meta])+ $visibility:vis $name:ident($inner:ty) = $more:tt;)+) => {$(
        $(#[$doc])+
        #[derive(serde::Serialize)]
        $visibility struct $name($visibility $inner);

        impl paperclip::v2::schema::Apiv2Schema for $name {
            fn raw_schema() -> paperclip::v2::models::DefaultSchemaRaw {
                crate::schema::with::<$inner>(&serde_json::json!($more))
            }
        }
    )+};
}
pub(crate) use value;

value! {
    /// What every success says of itself.
    pub(crate) True(bool) = {"enum": [true]};
    /// How many there are of something.
    pub(crate) Count(u64) = {"minimum": 0};
    /// An address that may be relative to this server's.
    pub(crate) Address(String) = {"format": "uri-reference"};
    /// Where a list goes on, opaque to the client; null, but there, where it ends.
    pub(crate) NextCursor(Option<String>) = {"nullable": true, "maxLength": 100};
}

/// A value of the microblog.
pub(crate) struct Shown<T>(pub(crate) T);

macro_rules! shown {
    ($($type:ty: $json:ty = $more:tt, $show:expr;)+) => {$(
        impl Serialize for Shown<$type> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let show: fn(&$type) -> $json = $show;
                show(&self.0).serialize(serializer)
            }
        }

        impl Apiv2Schema for Shown<$type> {
            fn raw_schema() -> DefaultSchemaRaw {
                schema::with::<$json>(&json!($more))
            }
        }
    )+};
}

shown! {
    UserId: i64 = {"minimum": 1, "maximum": EXACT}, |id| id.get();
    TweetId: i64 = {"minimum": 1, "maximum": EXACT}, |id| id.get();
    MediaId: i64 = {"minimum": 1, "maximum": EXACT}, |id| id.get();
    AnnouncementId: i64 = {"minimum": 1, "maximum": EXACT}, |id| id.get();
    KeyId: i64 = {"minimum": 1, "maximum": EXACT}, |id| id.get();
    Option<KeyLabel>: Option<&str> =
        {"nullable": true, "minLength": 1, "maxLength": 100}, |label| label.as_ref().map(KeyLabel::as_str);
    Option<NaiveDate>: Option<String> = {"nullable": true, "format": "date"}, |day| day.map(|day| day.to_string());
    Option<Timestamp>: Option<String> = {"nullable": true, "format": "date-time"}, |moment| moment.map(rfc3339);
    TweetText: &str = {}, TweetText::as_str;
    Nickname: &str = {"minLength": 1, "maxLength": 50}, Nickname::as_str;
    Option<PersonName>: Option<&str> =
        {"nullable": true, "minLength": 1, "maxLength": 100}, |name| name.as_ref().map(PersonName::as_str);
    Option<Designation>: Option<&str> =
        {"nullable": true, "minLength": 1, "maxLength": 200}, |text| text.as_ref().map(Designation::as_str);
    Option<ImageDescription>: Option<&str> =
        {"nullable": true, "minLength": 1}, |text| text.as_ref().map(ImageDescription::as_str);
    Reason: &str = {"minLength": 1}, Reason::as_str;
    Role: &str = {"enum": Role::ALL.map(Role::as_str)}, |role| role.as_str();
    ImageFormat: &str = {"enum": ImageFormat::ALL.map(ImageFormat::media_type)}, |format| format.media_type();
    Timestamp: String = {"format": "date-time"}, |moment| rfc3339(*moment);
}

/// A moment as clients read it.
pub(crate) fn rfc3339(moment: Timestamp) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}
