//! What operators do with keys.

use super::Operations;
use super::people::found;
use crate::keys::key_end;
use crate::{Action, ApiKey, Error, Key, KeyId, KeyLabel, NewKey, Result, Subject, Timestamp, UserId};

impl Operations {
    /// When a key that is made now ends.
    pub(super) fn key_end(&self, wished: Option<Timestamp>) -> Result<Option<Timestamp>> {
        Ok(key_end(wished, self.now(), self.key_lifetime)?)
    }

    /// The keys that a user holds now, the oldest first.
    pub async fn keys_of(&self, user: UserId) -> Result<Vec<Key>> {
        self.stores.keys.keys_of(user, self.now()).await
    }

    /// Gives a user one more key, however many they hold; answers which, and when it ends.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::KeyTaken`], [`Error::Deactivated`], [`crate::Invalid::EndedKey`],
    /// [`crate::Invalid::LongLivedKey`].
    pub async fn add_key(
        &self,
        user: UserId,
        key: &ApiKey,
        label: Option<KeyLabel>,
        ends_at: Option<Timestamp>,
    ) -> Result<(KeyId, Option<Timestamp>)> {
        let ends_at = self.key_end(ends_at)?;
        let new = NewKey { hash: key.hash(), label, ends_at };
        let entry = self.entry(Action::AddKey, Some(user), None);
        let added = self.stores.keys.add_key(user, new, self.now(), None, entry.clone()).await;
        let added = added.and_then(|added| added.ok_or(Error::no_user(user)));
        Ok((self.stores.settled(added, entry).await?, ends_at))
    }

    /// Ends a key of a user.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the user holds no such key.
    pub async fn end_key(&self, user: UserId, key: KeyId) -> Result<()> {
        let entry = self.entry(Action::EndKey, Some(user), Some(format!("key {key}")));
        let ended = self.stores.keys.end_key(user, key, self.now(), entry.clone()).await;
        let ended = ended.and_then(|ended| if ended { Ok(()) } else { Err(Error::NotFound(Subject::Key)) });
        self.stores.settled(ended, entry).await
    }

    /// Gives a user a new key; the old ones end at once, or at that moment.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::KeyTaken`], [`Error::Deactivated`].
    pub async fn replace_key(&self, user: UserId, key: &ApiKey, old_until: Option<Timestamp>) -> Result<()> {
        let entry = self.entry(Action::ReplaceKey, Some(user), None);
        let new = NewKey { ends_at: self.key_end(None)?, ..key.hash().into() };
        let replaced = self.stores.keys.replace_key(user, new, self.now(), old_until, entry.clone()).await;
        self.stores.settled(replaced.and_then(|replaced| found(replaced, user)), entry).await
    }

    /// Gives each of those users a new key, or none of them; the old ones end at once, or at that moment.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::KeyTaken`], [`Error::Deactivated`].
    pub async fn replace_keys(&self, keys: &[(UserId, ApiKey)], old_until: Option<Timestamp>) -> Result<()> {
        let entry = self.entry(Action::ReplaceKey, None, None);
        let ends_at = self.key_end(None)?;
        let new = |key: &ApiKey| NewKey { ends_at, ..key.hash().into() };
        let keys = keys.iter().map(|(user, key)| (*user, new(key))).collect();
        let replaced = self.stores.keys.replace_keys(keys, self.now(), old_until, entry.clone()).await;
        self.stores.settled(replaced, entry).await
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::stores::test::{Ports, noon, user};
    use crate::{Newcomer, Nickname, Outcome, Particulars};

    fn key() -> ApiKey {
        ApiKey::parse("test").unwrap()
    }

    #[tokio::test]
    async fn every_key_that_an_operator_makes_ends_within_the_longest_lifetime() {
        let month = TimeDelta::days(30);
        let end = Some(noon() + month);
        let mut ports = Ports::default();
        ports.keys.expect_add_key().times(1).returning(move |_, key, at, most, _| {
            assert_eq!((key.ends_at, at, most), (end, noon(), None), "however many there are");
            Ok(Some(KeyId::stored(3)))
        });
        ports
            .keys
            .expect_replace_key()
            .withf(move |_, key, _, _, _| key.ends_at == end)
            .returning(|_, _, _, _, _| Ok(true));
        ports
            .keys
            .expect_replace_keys()
            .withf(move |keys, _, _, _| keys[0].1.ends_at == end)
            .returning(|_, _, _, _| Ok(()));
        ports
            .users
            .expect_add()
            .withf(move |users, _| users[0].key.as_ref().is_some_and(|key| key.ends_at == end))
            .returning(|_, _| Ok(vec![user(1)]));
        let operations = ports.operated().with_key_lifetime(Some(month));
        assert_eq!(operations.add_key(user(1), &key(), None, None).await.unwrap(), (KeyId::stored(3), end));
        operations.replace_key(user(1), &key(), None).await.unwrap();
        operations.replace_keys(&[(user(1), key())], None).await.unwrap();
        let nickname = Nickname::parse("ann").unwrap();
        let particulars = Particulars::default();
        let ann = Newcomer { nickname, first_name: None, last_name: None, particulars, key: Some(key()) };
        operations.add_users(vec![ann], &[]).await.unwrap();
        let later = Some(noon() + month + TimeDelta::seconds(1));
        assert!(matches!(operations.add_key(user(1), &key(), None, later).await, Err(Error::Invalid(_))));
    }

    #[tokio::test]
    async fn a_key_that_the_user_does_not_hold_is_not_ended_and_that_is_recorded_as_failed() {
        let mut ports = Ports::default();
        ports.keys.expect_end_key().returning(|_, _, _, _| Ok(false));
        ports
            .audit
            .expect_record()
            .withf(|entry| entry.action == Action::EndKey && entry.outcome == Outcome::Failed)
            .times(1)
            .returning(|_| Ok(()));
        let ended = ports.operated().end_key(user(1), KeyId::stored(7)).await;
        assert!(matches!(ended, Err(Error::NotFound(Subject::Key))));
    }
}
