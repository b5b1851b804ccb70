//! The log of what operators did: who, when, what, to whom, and how it ended.
//!
//! It names users by their ids alone, so that it can be kept when they are gone and says nothing of them then.

use async_trait::async_trait;

use crate::{Error, RecordId, Result, Timestamp, UserId};

/// Who acts, as the operating system knows them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Operator {
    /// The user as whom the command runs.
    pub os_user: String,
    /// The user who called it through sudo, as sudo says.
    pub sudo_user: Option<String>,
}

/// Declares the actions, each with its name in the log. Names are never changed or used again: old logs have them.
macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident = $name:literal,)*) => {
        /// What is done.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])* $action,)*
            /// What only another version does, by its name.
            Other(String),
        }

        impl Action {
            /// Its name in the log.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$action => $name,)*
                    Self::Other(name) => name,
                }
            }

            /// For adapters: the action of that name.
            pub fn stored(name: String) -> Self {
                match name.as_str() {
                    $($name => Self::$action,)*
                    _ => Self::Other(name),
                }
            }
        }
    };
}

actions! {
    /// A user is added.
    AddUser = "users add",
    /// A user's names are changed.
    UpdateUser = "users update",
    /// A user is removed with everything that is theirs.
    RemoveUser = "users remove",
    /// A user gets a new key.
    ReplaceKey = "users new-api-key",
    /// A user's data leaves the store as an archive.
    ExportUser = "users export",
    /// A user follows another.
    Follow = "users follow",
    /// A user follows another no longer.
    Unfollow = "users unfollow",
    /// The schema is brought up to a version.
    Migrate = "migrate",
    /// Counters and files are mended.
    Repair = "check --repair",
    /// The folder of images is declared to be the database's.
    ClaimMedia = "check --claim-media",
    /// An empty store is filled for trials.
    Seed = "seed",
    /// The store comes from a backup.
    Restore = "restore",
    /// The store comes from another one.
    Copy = "copy",
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
    /// What was recorded.
    pub entry: Entry,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_read_as_it_was_stored_also_where_another_version_did_it() {
        assert_eq!(Action::stored("users new-api-key".to_owned()), Action::ReplaceKey);
        for name in ["users add", "check --repair", "check --claim-media", "copy", "", "what is to come"] {
            assert_eq!(Action::stored(name.to_owned()).as_str(), name);
        }
    }
}
