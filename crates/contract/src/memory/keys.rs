//! By which keys people are known.

use async_trait::async_trait;
use chrono::NaiveDate;
use tweetty_domain::{Entry, Error, Holder, Key, KeyHash, KeyId, Keys, NewKey, Result, Timestamp, UserId};

use super::{HeldKey, Memory, State};

impl State {
    /// Ends those keys of a user that last longer; answers whether there were any.
    pub(super) fn end_keys(&mut self, user: UserId, at: Timestamp, which: impl Fn(KeyId) -> bool) -> bool {
        let held = self.keys.iter_mut().filter(|(id, key)| key.holder == user && which(**id));
        let lasting = held.map(|(_, key)| key).filter(|key| key.is_valid(at));
        lasting.map(|key| key.key.ends_at = Some(at)).count() > 0
    }

    pub(super) fn holds(&self, hash: KeyHash) -> bool {
        self.keys.values().any(|held| held.key.hash == hash)
    }

    /// The id of the key; `None` where there is no such user to give it to.
    pub(super) fn add_key(
        &mut self,
        user: UserId,
        key: NewKey,
        at: Timestamp,
        most: Option<u32>,
    ) -> Result<Option<KeyId>> {
        let Some(holder) = self.users.get(&user) else { return Ok(None) };
        if !holder.is_active() {
            return Err(Error::Deactivated(holder.nickname.clone()));
        }
        if self.holds(key.hash) {
            return Err(Error::KeyTaken(holder.nickname.clone()));
        }
        let held = self.keys.values().filter(|held| held.holder == user && held.is_valid(at)).count();
        if let Some(limit) = most.filter(|most| held >= *most as usize) {
            return Err(Error::TooManyKeys { limit });
        }
        Ok(Some(self.insert_key(user, key, at)))
    }

    pub(super) fn insert_key(&mut self, holder: UserId, key: NewKey, created_at: Timestamp) -> KeyId {
        let id = KeyId::stored(self.next("api_keys"));
        self.keys.insert(id, HeldKey { holder, key, created_at, last_used_on: None });
        id
    }

    /// Whether there is such a user to give it to.
    fn replace_key(
        &mut self,
        user: UserId,
        key: NewKey,
        now: Timestamp,
        until: Option<Timestamp>,
    ) -> Result<bool> {
        let Some(new) = self.add_key(user, key, now, None)? else { return Ok(false) };
        match until {
            Some(until) => drop(self.end_keys(user, until, |id| id != new)),
            None => self.keys.retain(|id, held| held.holder != user || *id == new),
        }
        Ok(true)
    }
}

#[async_trait]
impl Keys for Memory {
    async fn find_by_key(&self, key: KeyHash, now: Timestamp) -> Result<Option<Holder>> {
        let state = self.state();
        let found = state.keys.iter().find(|(_, held)| held.key.hash == key && held.is_valid(now));
        let found = found.filter(|(_, held)| state.users[&held.holder].is_active());
        Ok(found.map(|(id, held)| {
            let (last_used_on, ends_at) = (held.last_used_on, held.key.ends_at);
            Holder { user: held.holder, key: *id, last_used_on, ends_at }
        }))
    }

    async fn keys_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Key>> {
        let state = self.state();
        let held = state.keys.iter().filter(|(_, key)| key.holder == user && key.is_valid(now));
        let key = |(id, held): (&KeyId, &HeldKey)| {
            let HeldKey { key: NewKey { label, ends_at, .. }, created_at, last_used_on, .. } = held.clone();
            Key { id: *id, label, created_at, last_used_on, ends_at }
        };
        let mut keys = held.map(key).collect::<Vec<_>>();
        keys.sort_by_key(|key| (key.created_at, key.id));
        Ok(keys)
    }

    async fn add_key(
        &self,
        user: UserId,
        key: NewKey,
        at: Timestamp,
        most: Option<u32>,
        entry: Option<Entry>,
    ) -> Result<Option<KeyId>> {
        let mut state = self.state();
        let added = state.add_key(user, key, at, most)?;
        state.changed(added.is_some(), entry);
        Ok(added)
    }

    async fn end_key(&self, user: UserId, key: KeyId, at: Timestamp, entry: Option<Entry>) -> Result<bool> {
        let mut state = self.state();
        let ended = state.end_keys(user, at, |id| id == key);
        Ok(state.changed(ended, entry))
    }

    async fn replace_key(
        &self,
        user: UserId,
        key: NewKey,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<bool> {
        let mut state = self.state();
        let replaced = state.replace_key(user, key, now, old_until)?;
        Ok(state.changed(replaced, entry))
    }

    async fn replace_keys(
        &self,
        keys: Vec<(UserId, NewKey)>,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<()> {
        let mut state = self.state();
        // In a copy, which is dropped where one of them is refused.
        let mut replaced = state.clone();
        for (user, key) in keys {
            if !replaced.replace_key(user, key, now, old_until)? {
                return Err(Error::no_user(user));
            }
            replaced.record(entry.clone().map(|entry| Entry { user: Some(user), ..entry }));
        }
        *state = replaced;
        Ok(())
    }

    async fn record_use(&self, keys: Vec<KeyId>, on: NaiveDate) -> Result<()> {
        let mut state = self.state();
        for key in keys {
            if let Some(held) = state.keys.get_mut(&key) {
                held.last_used_on = held.last_used_on.max(Some(on));
            }
        }
        Ok(())
    }
}
