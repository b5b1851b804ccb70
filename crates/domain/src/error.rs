//! What can go wrong, in the words of the microblog.

use crate::{ExternalId, ForeignFormat, Invalid, Login, Mismatch, Nickname, TweetId, UsedUp, UserId};

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
    /// Another user has the login, letter case aside.
    #[error("the login {:?} is taken", .0.as_str())]
    LoginTaken(Login),
    /// Another user has the external id.
    #[error("the external id {:?} is taken", .0.as_str())]
    ExternalIdTaken(ExternalId),
    /// A deactivated user gets no key.
    #[error("{:?} is deactivated; activate the user first", .0.as_str())]
    Deactivated(Nickname),
    /// The user's bots need an owner.
    #[error("the user owns bots; give them another owner first, or remove them")]
    OwnsBots,
    /// Another key with the same hash exists; the user who was to get it is named.
    #[error("the key given to {:?} is in use already", .0.as_str())]
    KeyTaken(Nickname),
    /// The user holds as many keys as anybody may make.
    #[error("{limit} keys are the most that a user may make; end one first")]
    TooManyKeys {
        /// How many a user may make.
        limit: u32,
    },
    /// Only communicators may do this.
    #[error("only communicators may do this")]
    NotACommunicator,
    /// As many announcements stand as may at a time.
    #[error("{limit} announcements are the most at a time; withdraw one first")]
    TooManyAnnouncements {
        /// How many may stand.
        limit: u32,
    },
    /// The tweet is announced already.
    #[error("tweet {0} is announced already; withdraw that announcement first")]
    AlreadyAnnounced(TweetId),
    /// An idempotency key came again with another body.
    #[error("this idempotency key was used with another request")]
    IdempotencyConflict,
    /// The user has added as much today as anybody may.
    #[error(transparent)]
    QuotaUsedUp(#[from] UsedUp),
    /// The disk is so full that no images are taken; the text says of what it is the disk.
    #[error("no images are taken until there is room on the disk of the {0}")]
    NoRoom(&'static str),
    /// The upload goes on beyond the limit.
    #[error("the file is larger than {limit} bytes")]
    UploadTooLarge {
        /// The most that is accepted, in bytes.
        limit: u64,
    },
    /// The content is none of the image formats.
    #[error("not a JPEG, PNG, GIF or WebP image")]
    UnsupportedImage,
    /// The image has none of the bytes that are wanted of it.
    #[error("the image has {size} bytes, none of them in the range")]
    OutsideImage {
        /// Its size in bytes.
        size: u64,
    },
    /// The content is an image of a format that is not accepted; the text says what to do about it.
    #[error("{0}")]
    ForeignImage(ForeignFormat),
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
    /// There is no such user.
    pub fn no_user(user: UserId) -> Self {
        Self::NotFound(Subject::User(user))
    }

    /// What happened, in words that name no user and nothing of a store: for the log.
    pub(crate) fn summary(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "not acceptable",
            Self::UnknownKey => "the user is gone",
            Self::NotTheAuthor(_) => "another user's tweet",
            Self::NotFound(_) => "not found",
            Self::NicknameTaken(_) => "the nickname is taken",
            Self::LoginTaken(_) => "the login is taken",
            Self::ExternalIdTaken(_) => "the external id is taken",
            Self::Deactivated(_) => "the user is deactivated",
            Self::OwnsBots => "the user owns bots",
            Self::KeyTaken(_) => "the key is in use",
            Self::TooManyKeys { .. } => "as many keys as there may be",
            Self::NotACommunicator => "no communicator",
            Self::TooManyAnnouncements { .. } => "as many announcements as there may be",
            Self::AlreadyAnnounced(_) => "announced already",
            Self::IdempotencyConflict => "used with another request",
            Self::QuotaUsedUp(_) => "the quota of a day is used up",
            Self::NoRoom(_) => "the disk is nearly full",
            Self::UploadTooLarge { .. } => "the file is too large",
            Self::UnsupportedImage => "no image",
            Self::OutsideImage { .. } => "outside the image",
            Self::ForeignImage(_) => "an image of another format",
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
    /// An announcement.
    #[error("such announcement")]
    Announcement,
    /// A key of the user.
    #[error("such key")]
    Key,
    /// A user by nickname.
    #[error("user of that nickname")]
    Nickname,
}
