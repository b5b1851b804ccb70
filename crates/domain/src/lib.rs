//! The microblog itself: its rules, its values and the ports through which it reaches the world.
//!
//! Nothing here knows of the web, of a database, of files or of JSON. A value that exists is valid; a rule
//! stands here once. [`Microblog`] is what people do and [`Operations`] what operators do, one method per use case; the
//! adapters implement the ports ([`Users`], [`Keys`], [`Tweets`], [`Feeds`], [`Announcements`], [`Images`], [`Upkeep`], [`Audit`],
//! [`Clock`]).

mod announcement;
mod api_key;
mod audit;
mod avatar;
mod belonging;
mod change;
mod clock;
mod crash;
mod description;
mod error;
mod excerpt;
mod feed;
mod foreign;
mod id;
mod idempotency;
mod image;
mod image_name;
mod invalid;
mod keys;
mod limits;
mod microblog;
mod name;
mod operations;
mod particulars;
mod period;
mod quota;
mod reason;
mod role;
mod roster;
mod search;
mod store_id;
mod stores;
mod tweet;
mod upkeep;
mod user;
mod user_changes;
mod variant;
mod visible;

pub use announcement::{Acknowledged, Announced, Announcement, Announcements, NewAnnouncement};
pub use api_key::{ApiKey, Credential, KeyFingerprint, KeyHash, SHORT_KEY};
pub use audit::{Action, Audit, By, Entry, Operator, Outcome, Record};
pub use avatar::Avatar;
pub use change::Change;
pub use clock::{Clock, SystemClock, Timestamp};
#[cfg(debug_assertions)]
pub use crash::arm;
pub use crash::crash_point;
pub use description::ImageDescription;
pub use error::{Error, Result, Subject};
pub use excerpt::Excerpt;
pub use feed::{
    Attachment, Embedded, FeedPage, FeedQuery, Feeds, Liker, Order, PageSize, Position, Scope, Start, Tweet,
};
pub use foreign::ForeignFormat;
pub use id::{AnnouncementId, KeyId, MediaId, RecordId, RemovalId, TweetId, UserId};
pub use idempotency::{Fingerprint, Guard, IdempotencyKey, Once};
pub use image::{ImageReader, ImageRecord, Images, Incoming, OpenImage, StoredFile, StoredImage, Upload};
pub use image_name::{ImageFormat, ImageName};
pub use invalid::Invalid;
pub use keys::{Holder, Key, KeyRules, Keys, NewKey};
pub use limits::{IMAGE_SIDE, Limits};
pub use microblog::Microblog;
pub use name::{Nickname, PersonName, folded};
pub use operations::{
    Actor, Checked, Newcomer, Operations, Removed, Repaired, SYNC_STEP, Swept, VariantsMade,
};
pub use particulars::{Designation, Email, ExternalId, KeyLabel, ListName, Login, Particulars};
pub use period::Period;
pub use quota::{Counted, DecisiveUploads, Quota, UploadQuotas, UsedUp};
pub use reason::{REASON_LENGTH, Reason};
pub use role::Role;
pub use roster::{AtMost, Conflict, FoundBy, ListRules, Move, Plan, Unplannable};
pub use search::{NamePart, searchable};
pub use store_id::{Claim, Found, Mismatch, StoreId};
pub use stores::Stores;
pub use tweet::{Attachments, Liked, NewImage, NewRemoval, NewTweet, Removal, Removals, TweetText, Tweets};
pub use upkeep::{Discrepancy, Upkeep};
pub use user::{
    Deactivated, Identifier, NewUser, Owner, People, PeopleStart, Person, PersonChange, Profile, User, Users,
    Whom,
};
pub use user_changes::Changes;
pub use variant::{ImageFiles, Variant, Variants};
