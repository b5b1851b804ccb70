//! The keys that users hold.

use async_trait::async_trait;

use crate::{Entry, KeyHash, Person, Result, Timestamp, UserId};

/// A key of a user, known by its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its hash.
    pub hash: KeyHash,
    /// When the user got it.
    pub created_at: Timestamp,
    /// From when on it is nobody's; `None` where it does not end by itself.
    pub ends_at: Option<Timestamp>,
}

/// The port of keys. Each method is one transaction, and an entry is recorded in it; a change that finds nothing to change
/// leaves no entry.
#[cfg_attr(test, mockall::automock)]
#[async_trait]
pub trait Keys: Send + Sync {
    /// Who holds the key now; one that ended at or before `now`, and one of a deactivated user, is nobody's.
    async fn find_by_key(&self, key: KeyHash, now: Timestamp) -> Result<Option<Person>>;

    /// The keys that a user holds now, the oldest first.
    async fn keys_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Key>>;

    /// Gives a user one more key; false where there is no such user. Errors: [`crate::Error::KeyTaken`],
    /// [`crate::Error::Deactivated`].
    async fn add_key(&self, user: UserId, key: Key, entry: Option<Entry>) -> Result<bool>;

    /// Ends one key of a user at that moment; false where the user holds no such key then.
    async fn end_key(&self, user: UserId, key: KeyHash, at: Timestamp, entry: Option<Entry>) -> Result<bool>;

    /// Gives a user a new key. The others end at once, or at `old_until` unless they end before.
    /// False where there is no such user. Errors: [`crate::Error::KeyTaken`], [`crate::Error::Deactivated`].
    async fn replace_key(
        &self,
        user: UserId,
        key: KeyHash,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<bool>;

    /// Gives each of those users a new key, or none of them; with an entry for each, about that user. The others end as in
    /// [`Keys::replace_key`]. Errors: those of it, and [`crate::Error::NotFound`] of the first missing user.
    async fn replace_keys(
        &self,
        keys: Vec<(UserId, KeyHash)>,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<()>;
}
