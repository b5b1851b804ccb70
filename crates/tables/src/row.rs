//! Rows as lists of values.

use chrono::{NaiveDate, NaiveTime};
use tweetty_domain::{
    AnnouncementId, Avatar, Designation, Email, ExternalId, Fingerprint, IdempotencyKey, ImageDescription,
    ImageName, KeyHash, KeyId, KeyLabel, ListName, Login, MediaId, Nickname, PersonName, Reason, RecordId,
    RemovalId, Role, StoreId, Timestamp, TweetId, TweetText, UserId, Variants,
};

/// A row: a value for each column of its table.
pub type Row = Vec<Value>;

/// What stands in one column of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A number, or the milliseconds since 1970.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Value {
    /// Writes the value so that no two different rows come to the same bytes.
    pub(crate) fn write(&self, to: &mut Vec<u8>) {
        let (kind, bytes) = match self {
            Self::Null => return to.push(0),
            Self::Integer(number) => {
                to.push(1);
                return to.extend(number.to_be_bytes());
            }
            Self::Text(text) => (2, text.as_bytes()),
            Self::Bytes(bytes) => (3, bytes.as_slice()),
        };
        to.push(kind);
        to.extend((bytes.len() as u64).to_be_bytes());
        to.extend(bytes);
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u64> for Value {
    /// A number beyond 63 bits becomes the largest of those.
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Timestamp> for Value {
    fn from(moment: Timestamp) -> Self {
        Self::Integer(moment.timestamp_millis())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<[u8; 32]> for Value {
    fn from(bytes: [u8; 32]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Values of the domain, as the databases hold them.
macro_rules! held_as {
    ($($type:ty => $held:expr;)*) => {
        $(impl From<$type> for Value {
            fn from(value: $type) -> Self {
                let held: fn($type) -> Self = $held;
                held(value)
            }
        })*
    };
}

held_as! {
    UserId => |id| id.get().into();
    TweetId => |id| id.get().into();
    MediaId => |id| id.get().into();
    RecordId => |id| id.get().into();
    StoreId => |id| id.to_string().into();
    Avatar => |avatar| avatar.to_string().into();
    ImageName => |name| name.to_string().into();
    ImageDescription => |description| description.as_str().into();
    Variants => |variants| variants.to_string().into();
    KeyHash => |hash| (*hash.as_bytes()).into();
    AnnouncementId => |id| id.get().into();
    KeyId => |id| id.get().into();
    KeyLabel => |label| label.as_str().into();
    NaiveDate => |day| day.and_time(NaiveTime::MIN).and_utc().into();
    Fingerprint => |sum| (*sum.as_bytes()).into();
    IdempotencyKey => |key| key.as_str().into();
    Nickname => |name| name.as_str().into();
    PersonName => |name| name.as_str().into();
    Login => |login| login.as_str().into();
    Email => |email| email.as_str().into();
    ExternalId => |id| id.as_str().into();
    Designation => |designation| designation.as_str().into();
    RemovalId => |id| id.get().into();
    Reason => |reason| reason.as_str().into();
    Role => |role| role.as_str().into();
    ListName => |name| name.as_str().into();
    TweetText => |text| text.as_str().into();
}
