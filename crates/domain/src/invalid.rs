//! Why a value is refused.

use crate::{MediaId, Timestamp};

/// Why a value is refused; each text says what is wrong and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// A tweet whose text shows nothing.
    #[error("empty, at least 1 visible character is needed")]
    EmptyText,
    /// A tweet or a description that is too long; lengths in Unicode scalar values.
    #[error("{length} characters, at most {limit}")]
    TextTooLong {
        /// How long it is.
        length: usize,
        /// How long it may be.
        limit: usize,
    },
    /// A C0 control character other than tab and line breaks; in a name, any character that can't be seen.
    #[error("contains the control or invisible character U+{0:04X}")]
    ControlCharacter(u32),
    /// A nickname or name of the wrong length; lengths in Unicode scalar values.
    #[error("{length} characters, 1 to {limit} are allowed")]
    NameLength {
        /// How long it is.
        length: usize,
        /// How long it may be.
        limit: usize,
    },
    /// A key that is empty, too long or not of visible ASCII.
    #[error("a key has 1 to 256 visible ASCII characters")]
    Key,
    /// A key that has the form of a made one, but not its checksum.
    #[error("a key of this form ends in a checksum, and this one does not fit; copy the whole key")]
    KeyChecksum,
    /// A key that is to end when it has not begun.
    #[error("the end is not in the future")]
    EndedKey,
    /// A key that is to live longer than keys may.
    #[error("the end is too late; keys end on {} at the latest", .latest.format("%Y-%m-%dT%H:%M:%SZ"))]
    LongLivedKey {
        /// The latest end.
        latest: Timestamp,
    },
    /// An announcement that is to end in the past or beyond a year.
    #[error("the end must be in the future, and within a year")]
    AnnouncementEnd,
    /// An acknowledgement of what asks for none.
    #[error("this announcement asks nobody to acknowledge it")]
    UnaskedAcknowledgement,
    /// Something else than an address for e-mail.
    #[error("an e-mail address is a name, an @ and a domain, without spaces")]
    Email,
    /// A word that is no role.
    #[error("a role is one of member, moderator, communicator")]
    Role,
    /// An idempotency key that is empty, too long or not of visible ASCII.
    #[error("an idempotency key has 1 to 128 visible ASCII characters")]
    IdempotencyKey,
    /// An id that is no positive 64-bit integer.
    #[error("an id is a positive integer")]
    Id,
    /// A page size outside the allowed range.
    #[error("{given} is not between 1 and {limit}")]
    PageSize {
        /// What was asked for.
        given: i64,
        /// The largest page.
        limit: u32,
    },
    /// More embedded people than there may be.
    #[error("{given} is not between 0 and {limit}")]
    Embedded {
        /// How many were asked for.
        given: i64,
        /// The most.
        limit: u32,
    },
    /// A page number below 1 or beyond reason.
    #[error("a page number is at least 1")]
    PageNumber,
    /// A search for nothing.
    #[error("1 to {limit} characters are needed")]
    NamePart {
        /// How long a query may be.
        limit: usize,
    },
    /// More images than a tweet can have.
    #[error("{given} images, at most {limit}")]
    TooManyAttachments {
        /// How many were given.
        given: usize,
        /// How many a tweet can have.
        limit: usize,
    },
    /// More or fewer descriptions than images.
    #[error("{given} descriptions where {needed} are needed: one for each image, null where nothing is said")]
    DescriptionCount {
        /// How many were given.
        given: usize,
        /// How many images there are.
        needed: usize,
    },
    /// The same image twice in one tweet.
    #[error("media {0} is named twice")]
    RepeatedAttachment(MediaId),
    /// An image that does not exist, is another user's, or is part of a tweet already.
    #[error("media {0} is unknown, another user's or attached already")]
    UnusableAttachment(MediaId),
    /// Another user's tweet is removed without a reason.
    #[error("needed to remove another user's tweet")]
    NoReason,
    /// Following oneself.
    #[error("you can't follow yourself")]
    SelfFollow,
    /// Following a deactivated user.
    #[error("this user is deactivated and can't be followed anew")]
    DeactivatedFollowee,
    /// As a bot's owner a deactivated user, or a bot.
    #[error("a bot's owner must be an active user and no bot; name another one")]
    BotOwner,
    /// A bot with a role.
    #[error("a bot can be neither moderator nor communicator")]
    BotRole,
    /// A file without content.
    #[error("the file is empty")]
    EmptyUpload,
    /// A file that starts like an image and is none.
    #[error("the image can't be decoded")]
    UndecodableImage,
    /// A JPEG that hardly any program shows.
    #[error(
        "the image is an uncommon JPEG (arithmetic coding, lossless or more than 8 bits); save it as a usual JPEG or as PNG"
    )]
    UncommonJpeg,
    /// An image whose file ends before all of its pixels have come.
    #[error("the image is cut off, its last part is missing; upload the whole file again")]
    CutOffImage,
    /// An image that is too wide or too high; the limit in pixels.
    #[error("the image has a side of more than {limit} pixels")]
    TooLongSide {
        /// The longest side that is accepted.
        limit: u32,
    },
    /// An image with too many pixels.
    #[error("the image has more than {limit} pixels")]
    TooManyPixels {
        /// The most that is accepted.
        limit: u64,
    },
    /// An animation with too many frames.
    #[error("the animation has more than {limit} frames")]
    TooManyFrames {
        /// The most that is accepted.
        limit: u32,
    },
    /// An image or animation that costs too much memory or time to decode.
    #[error("the image takes too much memory or time to decode")]
    TooCostlyImage,
    /// An image or animation that takes too much processor time.
    #[error("the image takes more than {seconds} s of a processor; fewer pixels or frames take less")]
    TooSlowImage {
        /// How much is granted, in seconds.
        seconds: u64,
    },
}
