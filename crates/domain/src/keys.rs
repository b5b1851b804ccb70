//! The keys that users hold.

use async_trait::async_trait;
use chrono::{NaiveDate, SubsecRound as _, TimeDelta};

use crate::{Entry, Invalid, KeyHash, KeyId, KeyLabel, Result, Timestamp, UserId};

/// A key that a user is to get, known by its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Its hash.
    pub hash: KeyHash,
    /// What it is called.
    pub label: Option<KeyLabel>,
    /// From when on it is nobody's; `None` where it does not end by itself.
    pub ends_at: Option<Timestamp>,
}

impl From<KeyHash> for NewKey {
    /// Without a label and without an end.
    fn from(hash: KeyHash) -> Self {
        Self { hash, label: None, ends_at: None }
    }
}

/// A key of a user, as its holder and operators see it: neither the key nor its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Which key.
    pub id: KeyId,
    /// What it is called.
    pub label: Option<KeyLabel>,
    /// When the user got it.
    pub created_at: Timestamp,
    /// The day, in UTC, on which it was last used, as far as that is recorded.
    pub last_used_on: Option<NaiveDate>,
    /// From when on it is nobody's; `None` where it does not end by itself.
    pub ends_at: Option<Timestamp>,
}

/// The user to whom a key belongs, and what is known of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The user.
    pub user: UserId,
    /// Which of their keys.
    pub key: KeyId,
    /// The day, in UTC, on which it was last used, as far as that is recorded.
    pub last_used_on: Option<NaiveDate>,
    /// When it ends by itself.
    pub ends_at: Option<Timestamp>,
}

/// What a company demands of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRules {
    /// The most keys that a user may hold by making them.
    pub most: u32,
    /// The longest lifetime of a new key; `None` for any.
    pub lifetime: Option<TimeDelta>,
    /// How long before the end of a key its holder is warned.
    pub warning: TimeDelta,
}

/// When a key that is made now ends: as is wished, but within the longest lifetime.
pub(crate) fn key_end(
    wished: Option<Timestamp>,
    now: Timestamp,
    lifetime: Option<TimeDelta>,
) -> Result<Option<Timestamp>, Invalid> {
    let latest =
        lifetime.and_then(|lifetime| now.checked_add_signed(lifetime)).map(|end| end.trunc_subsecs(3));
    let Some(wished) = wished.map(|end| end.trunc_subsecs(3)) else { return Ok(latest) };
    if wished <= now {
        return Err(Invalid::EndedKey);
    }
    match latest {
        Some(latest) if wished > latest => Err(Invalid::LongLivedKey { latest }),
        _ => Ok(Some(wished)),
    }
}

/// The port of keys. Each method is one transaction, and an entry is recorded in it; a change that finds nothing to change
/// leaves no entry.
#[cfg_attr(test, mockall::automock)]
#[async_trait]
pub trait Keys: Send + Sync {
    /// Whose key it is now; one that ended at or before `now`, and one of a deactivated user, is nobody's.
    async fn find_by_key(&self, key: KeyHash, now: Timestamp) -> Result<Option<Holder>>;

    /// The keys that a user holds now, the oldest first; at most the 1000 oldest.
    async fn keys_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Key>>;

    /// Gives a user one more key at that moment, unless they hold `most` then; `None` where there is no such user.
    /// Errors: [`crate::Error::KeyTaken`], [`crate::Error::Deactivated`], [`crate::Error::TooManyKeys`].
    async fn add_key(
        &self,
        user: UserId,
        key: NewKey,
        at: Timestamp,
        most: Option<u32>,
        entry: Option<Entry>,
    ) -> Result<Option<KeyId>>;

    /// Ends one key of a user at that moment; false where the user holds no such key then.
    async fn end_key(&self, user: UserId, key: KeyId, at: Timestamp, entry: Option<Entry>) -> Result<bool>;

    /// Gives a user a new key. The others end at once, or at `old_until` unless they end before.
    /// False where there is no such user. Errors: [`crate::Error::KeyTaken`], [`crate::Error::Deactivated`].
    async fn replace_key(
        &self,
        user: UserId,
        key: NewKey,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<bool>;

    /// Gives each of those users a new key, or none of them; with an entry for each, about that user. The others end as in
    /// [`Keys::replace_key`]. Errors: those of it, and [`crate::Error::NotFound`] of the first missing user.
    async fn replace_keys(
        &self,
        keys: Vec<(UserId, NewKey)>,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<()>;

    /// Records that those keys were used on that day, unless a later day is recorded. Keys that are gone, and those that
    /// something else is changing, are left out.
    async fn record_use(&self, keys: Vec<KeyId>, on: NaiveDate) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stores::test::noon;

    fn days(days: i64) -> Timestamp {
        noon() + TimeDelta::days(days)
    }

    #[test]
    fn a_key_ends_as_is_wished_within_the_longest_lifetime() {
        let month = Some(TimeDelta::days(30));
        for (wished, lifetime, end) in [
            (None, None, Ok(None)),
            (None, month, Ok(Some(days(30)))),
            (Some(days(400)), None, Ok(Some(days(400)))),
            (Some(days(30)), month, Ok(Some(days(30)))),
            (Some(days(31)), month, Err(Invalid::LongLivedKey { latest: days(30) })),
            (Some(noon()), None, Err(Invalid::EndedKey)),
            (Some(days(-1)), month, Err(Invalid::EndedKey)),
            (None, Some(TimeDelta::MAX), Ok(None)),
        ] {
            assert_eq!(key_end(wished, noon(), lifetime), end, "{wished:?} {lifetime:?}");
        }
    }

    proptest! {
        #[test]
        fn no_key_outlives_the_longest_lifetime(wished in proptest::option::of(-10_000_i64..10_000), lifetime in 1_i64..10_000) {
            let end = key_end(wished.map(days), noon(), Some(TimeDelta::days(lifetime)));
            if let Ok(end) = end {
                let end = end.unwrap();
                prop_assert!(end > noon() && end <= days(lifetime));
            } else {
                prop_assert!(wished.is_some_and(|wished| wished <= 0 || wished > lifetime));
            }
        }
    }
}
