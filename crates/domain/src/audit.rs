//! The log of what operators did, and people with a role by it: who, when, what, to whom, and how it ended.
//!
//! It names users by their ids alone, so that it can be kept when they are gone and says nothing of them then.

use async_trait::async_trait;

use crate::{AnnouncementId, Error, Nickname, RecordId, Result, Timestamp, UserId};

/// Who acts, as the operating system knows them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Operator {
    /// The user as whom the command runs.
    pub os_user: String,
    /// The user who called it through sudo, as sudo says.
    pub sudo_user: Option<String>,
}

/// Who did something that the log keeps.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum By {
    /// An operator, at the command line.
    Operator(Operator),
    /// A user, through the API.
    User(UserId),
}

impl From<Operator> for By {
    fn from(operator: Operator) -> Self {
        Self::Operator(operator)
    }
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Action {
    /// A user is added.
    AddUser,
    /// A user's names are changed.
    UpdateUser,
    /// A user is deactivated.
    DeactivateUser,
    /// A user is active again.
    ActivateUser,
    /// A user is made what a list of people says.
    SyncUsers,
    /// A user gets an avatar, or loses it.
    SetAvatar,
    /// A user is removed with everything that is theirs.
    RemoveUser,
    /// A user gets a new key.
    ReplaceKey,
    /// A user gets one more key.
    AddKey,
    /// A key of a user ends.
    EndKey,
    /// A user's data leaves the store as an archive.
    ExportUser,
    /// The whole store is copied to a folder.
    Backup,
    /// A tweet of another user is removed.
    RemoveTweet,
    /// A tweet is announced.
    Announce,
    /// An announcement is taken back.
    Withdraw,
    /// A user follows another.
    Follow,
    /// A user follows another no longer.
    Unfollow,
    /// The schema is brought up to a version.
    Migrate,
    /// Counters and files are mended.
    Repair,
    /// The folder of images is declared to be the database's.
    ClaimMedia,
    /// The variants of images are made that have none yet.
    MakeVariants,
    /// An empty store is filled for trials.
    Seed,
    /// The store comes from a backup.
    Restore,
    /// The store comes from another one.
    Copy,
    /// The store comes from the database of another program.
    Adopt,
    /// What only another version does, by its name in the log.
    Other(String),
}

/// How far an action has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It has begun. Where no later record says how it ended, it was broken off.
    Begun,
    /// It is done.
    Done,
    /// It was refused or failed, and changed nothing unless the detail says so.
    Failed,
}

impl Outcome {
    const ALL: [Self; 3] = [Self::Begun, Self::Done, Self::Failed];

    /// One word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// For adapters: the outcome of that word.
    ///
    /// # Errors
    /// [`Error::Internal`] where there is none.
    pub fn stored(word: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|outcome| outcome.as_str() == word);
        found.ok_or_else(|| Error::internal(format!("{word:?} is no outcome of an action")))
    }
}

/// What the log keeps of an action. No secret and no name of a user stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: By,
    /// What.
    pub action: Action,
    /// Whose account it was about.
    pub user: Option<UserId>,
    /// How it ended.
    pub outcome: Outcome,
    /// What there is to add.
    pub detail: Option<String>,
}

impl Entry {
    /// The entry of what is done with an announcement.
    #[must_use]
    pub fn of_announcement(self, announcement: AnnouncementId) -> Self {
        let more = self.detail.map(|detail| format!(": {detail}")).unwrap_or_default();
        Self { detail: Some(format!("announcement {announcement}{more}")), ..self }
    }

    /// The entry of what becomes of a user's bots by what becomes of the user; whose it is, is said for each of them.
    #[must_use]
    pub fn of_bots(self, owner: UserId) -> Self {
        Self { user: None, detail: Some(format!("with the owner, user {owner}")), ..self }
    }
}

/// An entry in its place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Record {
    /// Its place; a later one has a higher id.
    pub id: RecordId,
    /// What was recorded.
    pub entry: Entry,
    /// Today's name of the user whose account it was about; `None` where there is none.
    pub nickname: Option<Nickname>,
}

/// The port of the log. It only grows.
#[cfg_attr(test, mockall::automock)]
#[async_trait]
pub trait Audit: Send + Sync {
    /// Adds an entry by itself.
    async fn record(&self, entry: Entry) -> Result<()>;

    /// The records since that moment, behind `after`, by ascending id.
    async fn records(
        &self,
        since: Option<Timestamp>,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<Record>>;
}
