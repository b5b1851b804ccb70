//! What can go wrong, in the words of the microblog.

use crate::{MediaId, Mismatch, Nickname, TweetId, UserId};

/// The result of every use case and every port.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whatever lies behind a failure of an adapter; for the log, never for the client.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a use case did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value is not acceptable.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The key is missing, malformed, unknown, expired, or its owner was removed meanwhile.
    #[error("the API key is missing or unknown")]
    UnknownKey,
    /// Only the author may do this.
    #[error("tweet {0} belongs to another user")]
    NotTheAuthor(TweetId),
    /// There is no such thing.
    #[error("there is no {0}")]
    NotFound(Subject),
    /// Another user has the nickname, letter case aside.
    #[error("the nickname {:?} is taken", .0.as_str())]
    NicknameTaken(Nickname),
    /// Another key with the same hash exists; the user who was to get it is named.
    #[error("the key given to {:?} is in use already", .0.as_str())]
    KeyTaken(Nickname),
    /// An idempotency key came again with another body.
    #[error("this Idempotency-Key was used with another request")]
    IdempotencyConflict,
    /// The upload goes on beyond the limit.
    #[error("the file is larger than {limit} bytes")]
    UploadTooLarge {
        /// The most that is accepted, in bytes.
        limit: u64,
    },
    /// The content is none of the image formats.
    #[error("not a JPEG, PNG, GIF or WebP image")]
    UnsupportedImage,
    /// The store must be empty for this, and is not.
    #[error("the store has users already")]
    NotEmpty,
    /// The database and the images don't belong together: nothing is served, removed or restored until they do.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    /// A store can't be reached or has no capacity now; trying again later helps.
    #[error("a store is not available: {0}")]
    Unavailable(#[source] Cause),
    /// A defect of ours or of a store.
    #[error("internal failure: {0}")]
    Internal(#[source] Cause),
}

impl Error {
    /// A failure that time may heal.
    pub fn unavailable(cause: impl Into<Cause>) -> Self {
        Self::Unavailable(cause.into())
    }

    /// A failure that somebody must look at.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::Internal(cause.into())
    }
}

impl Error {
    /// What happened, in words that name no user and tell nothing of a store: for the log.
    pub(crate) fn told(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "not acceptable",
            Self::UnknownKey => "the user is gone",
            Self::NotTheAuthor(_) => "another user's tweet",
            Self::NotFound(_) => "not found",
            Self::NicknameTaken(_) => "the nickname is taken",
            Self::KeyTaken(_) => "the key is in use",
            Self::IdempotencyConflict => "used with another request",
            Self::UploadTooLarge { .. } => "the file is too large",
            Self::UnsupportedImage => "no image",
            Self::NotEmpty => "the store has users already",
            Self::Mismatch(_) => "database and images don't belong together",
            Self::Unavailable(_) => "a store was not available",
            Self::Internal(_) => "an internal failure",
        }
    }
}

/// What was looked for in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Subject {
    /// A user by id.
    #[error("user {0}")]
    User(UserId),
    /// A tweet by id.
    #[error("tweet {0}")]
    Tweet(TweetId),
    /// An image by its name.
    #[error("such image")]
    Image,
    /// A user by nickname.
    #[error("user of that nickname")]
    Nickname,
}

/// Why a value is refused; each text says what is wrong and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// A tweet whose text shows nothing.
    #[error("empty, at least 1 visible character is needed")]
    EmptyText,
    /// A tweet that is too long; lengths in Unicode scalar values.
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
    /// A page number below 1 or beyond reason.
    #[error("a page number is at least 1")]
    PageNumber,
    /// A cursor that this service did not make, or made for another list.
    #[error("not a cursor of this list")]
    Cursor,
    /// Both ways of paging at once.
    #[error("cursor and offset exclude each other")]
    CursorWithOffset,
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
    /// The same image twice in one tweet.
    #[error("media {0} is named twice")]
    RepeatedAttachment(MediaId),
    /// An image that does not exist, is another user's, or is part of a tweet already.
    #[error("media {0} is unknown, another user's or attached already")]
    UnusableAttachment(MediaId),
    /// Following oneself.
    #[error("nobody can follow herself")]
    SelfFollow,
    /// A file without content.
    #[error("the file is empty")]
    EmptyUpload,
    /// A file that starts like an image and is none.
    #[error("the image can't be decoded")]
    UndecodableImage,
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
}
