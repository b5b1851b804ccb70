//! By which keys people are known.

use async_trait::async_trait;
use tweetty_domain::{Entry, Error, Key, KeyHash, Keys, Person, Result, Timestamp, UserId};

use super::{HeldKey, Memory, State};

impl State {
    /// Ends those keys of a user that last longer; answers whether there were any.
    pub(super) fn end_keys(
        &mut self,
        user: UserId,
        at: Timestamp,
        which: impl Fn(&[u8; 32]) -> bool,
    ) -> bool {
        let held = self.keys.iter_mut().filter(|(hash, key)| key.holder == user && which(hash));
        let lasting = held.map(|(_, key)| key).filter(|key| key.is_valid(at));
        lasting.map(|key| key.end = Some(at)).count() > 0
    }

    /// Whether there is such a user to give it to.
    pub(super) fn add_key(&mut self, user: UserId, key: Key) -> Result<bool> {
        let Some(holder) = self.users.get(&user) else { return Ok(false) };
        if !holder.is_active() {
            return Err(Error::Deactivated(holder.nickname.clone()));
        }
        if self.keys.contains_key(key.hash.as_bytes()) {
            return Err(Error::KeyTaken(holder.nickname.clone()));
        }
        let held = HeldKey { holder: user, created_at: key.created_at, end: key.ends_at };
        self.keys.insert(*key.hash.as_bytes(), held);
        Ok(true)
    }
}

#[async_trait]
impl Keys for Memory {
    async fn find_by_key(&self, key: KeyHash, now: Timestamp) -> Result<Option<Person>> {
        let state = self.state();
        let key = state.keys.get(key.as_bytes()).filter(|key| key.is_valid(now));
        let key = key.filter(|key| state.users[&key.holder].is_active());
        Ok(key.map(|key| state.person(key.holder)))
    }

    async fn keys_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Key>> {
        let state = self.state();
        let held = state.keys.iter().filter(|(_, key)| key.holder == user && key.is_valid(now));
        let key = |(hash, HeldKey { created_at, end, .. }): (&[u8; 32], &HeldKey)| Key {
            hash: KeyHash::stored(*hash),
            created_at: *created_at,
            ends_at: *end,
        };
        let mut keys = held.map(key).collect::<Vec<_>>();
        keys.sort_by_key(|key| key.created_at);
        Ok(keys)
    }

    async fn add_key(&self, user: UserId, key: Key, entry: Option<Entry>) -> Result<bool> {
        let mut state = self.state();
        let added = state.add_key(user, key)?;
        Ok(state.changed(added, entry))
    }

    async fn end_key(&self, user: UserId, key: KeyHash, at: Timestamp, entry: Option<Entry>) -> Result<bool> {
        let mut state = self.state();
        let ended = state.end_keys(user, at, |hash| hash == key.as_bytes());
        Ok(state.changed(ended, entry))
    }

    async fn replace_key(
        &self,
        user: UserId,
        key: KeyHash,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<bool> {
        let mut state = self.state();
        let added = state.add_key(user, Key { hash: key, created_at: now, ends_at: None })?;
        state.end_keys(user, old_until.unwrap_or(now), |hash| hash != key.as_bytes());
        Ok(state.changed(added, entry))
    }

    async fn replace_keys(
        &self,
        keys: Vec<(UserId, KeyHash)>,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<()> {
        let mut state = self.state();
        // In a copy, which is dropped where one of them is refused.
        let mut replaced = state.clone();
        for (user, key) in keys {
            if !replaced.add_key(user, Key { hash: key, created_at: now, ends_at: None })? {
                return Err(Error::no_user(user));
            }
            replaced.end_keys(user, old_until.unwrap_or(now), |hash| hash != key.as_bytes());
            replaced.record(entry.clone().map(|entry| Entry { user: Some(user), ..entry }));
        }
        *state = replaced;
        Ok(())
    }
}
