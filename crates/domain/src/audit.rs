//! The log of what operators did: who, when, what, to whom, and how it ended.
//!
//! It names users by their ids alone, so that it can be kept when they are gone and tells nothing of them then.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{Error, RecordId, Result, Timestamp, UserId, Users};

/// Who acts, as the operating system knows her.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Operator {
    /// The user as whom the command runs.
    pub os_user: String,
    /// The user who called it through sudo, as sudo says.
    pub sudo_user: Option<String>,
}

/// What is done, in the words of the command line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Action(Cow<'static, str>);

impl Action {
    /// A user is added.
    pub const ADD_USER: Self = Self(Cow::Borrowed("users add"));
    /// A user's names are changed.
    pub const UPDATE_USER: Self = Self(Cow::Borrowed("users update"));
    /// A user is removed with everything that is hers.
    pub const REMOVE_USER: Self = Self(Cow::Borrowed("users remove"));
    /// A user gets a new key.
    pub const REPLACE_KEY: Self = Self(Cow::Borrowed("users new-api-key"));
    /// A user's data leaves the store as an archive.
    pub const EXPORT_USER: Self = Self(Cow::Borrowed("users export"));
    /// A user follows another.
    pub const FOLLOW: Self = Self(Cow::Borrowed("users follow"));
    /// A user follows another no longer.
    pub const UNFOLLOW: Self = Self(Cow::Borrowed("users unfollow"));
    /// The schema is brought up to a version.
    pub const MIGRATE: Self = Self(Cow::Borrowed("migrate"));
    /// Counters and files are mended.
    pub const REPAIR: Self = Self(Cow::Borrowed("check --repair"));
    /// The folder of images is declared to be the database's.
    pub const CLAIM_MEDIA: Self = Self(Cow::Borrowed("check --claim-media"));
    /// An empty store is filled for trials.
    pub const SEED: Self = Self(Cow::Borrowed("seed"));
    /// The store comes from a backup.
    pub const RESTORE: Self = Self(Cow::Borrowed("restore"));
    /// The store comes from another one.
    pub const COPY: Self = Self(Cow::Borrowed("copy"));

    /// For adapters: an action as a store holds it.
    pub fn stored(text: String) -> Self {
        Self(Cow::Owned(text))
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How far an action has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It has begun. Where no later record tells of its end, it was broken off.
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
    pub operator: Operator,
    /// What.
    pub action: Action,
    /// Whose account it was about.
    pub user: Option<UserId>,
    /// How it ended.
    pub outcome: Outcome,
    /// What there is to add.
    pub detail: Option<String>,
}

/// An entry in its place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Record {
    /// Its place; a later one has a higher id.
    pub id: RecordId,
    /// What it tells.
    pub entry: Entry,
}

/// The port of the log. It only grows.
#[cfg_attr(test, mockall::automock)]
#[async_trait]
pub trait Audit: Send + Sync {
    /// The same people; what is changed through this port is told by that entry, in the transaction of the change:
    /// both are there or neither. Where users are added there is an entry for each, which names her. A change that
    /// finds nothing to change leaves no entry.
    fn acting(&self, entry: Entry) -> Arc<dyn Users>;

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
