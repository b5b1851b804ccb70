//! Keys that users make and end themselves.

use super::Microblog;
use crate::keys::key_end;
use crate::{ApiKey, Error, Holder, Key, KeyId, KeyLabel, NewKey, Result, Subject, Timestamp, UserId};

impl Microblog {
    /// The caller's keys, the oldest first.
    pub async fn keys(&self, me: UserId) -> Result<Vec<Key>> {
        self.stores.keys.keys_of(me, self.stores.clock.now()).await
    }

    /// Makes one more key of the caller. The key itself is nowhere else.
    ///
    /// # Errors
    /// [`crate::Invalid::EndedKey`], [`crate::Invalid::LongLivedKey`], [`Error::TooManyKeys`]; [`Error::UnknownKey`] where
    /// the caller has left meanwhile.
    pub async fn make_key(
        &self,
        me: UserId,
        label: KeyLabel,
        ends_at: Option<Timestamp>,
    ) -> Result<(Key, ApiKey)> {
        let (rules, now) = (self.limits().keys, self.stores.clock.now());
        let ends_at = key_end(ends_at, now, rules.lifetime)?;
        let key = ApiKey::generate()?;
        let new = NewKey { hash: key.hash(), label: Some(label.clone()), ends_at };
        let made = self.stores.keys.add_key(me, new, now, Some(rules.most), None).await;
        let id = match made {
            Ok(Some(id)) => id,
            Ok(None) | Err(Error::Deactivated(_)) => return Err(Error::UnknownKey),
            Err(error) => return Err(error),
        };
        Ok((Key { id, label: Some(label), created_at: now, last_used_on: None, ends_at }, key))
    }

    /// Ends a key of the caller.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the caller holds no such key.
    pub async fn end_key(&self, me: UserId, key: KeyId) -> Result<()> {
        let ended = self.stores.keys.end_key(me, key, self.stores.clock.now(), None).await?;
        if ended { Ok(()) } else { Err(Error::NotFound(Subject::Key)) }
    }

    /// Records that those keys were used today.
    pub async fn record_use(&self, keys: Vec<KeyId>) -> Result<()> {
        self.stores.keys.record_use(keys, self.stores.clock.now().date_naive()).await
    }

    /// Whether no use of that key is recorded today.
    pub fn is_first_use_today(&self, holder: &Holder) -> bool {
        let today = self.stores.clock.now().date_naive();
        holder.last_used_on.is_none_or(|day| day < today)
    }

    /// The end of that key, where it is so near that the holder is warned.
    pub fn near_end(&self, holder: &Holder) -> Option<Timestamp> {
        let warned_until = self.stores.clock.now().checked_add_signed(self.limits().keys.warning);
        holder.ends_at.filter(|end| warned_until.is_none_or(|until| *end <= until))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::stores::test::{Ports, holder, noon, user};
    use crate::{Invalid, KeyRules, Limits, Nickname};

    fn label() -> KeyLabel {
        KeyLabel::parse("laptop").unwrap()
    }

    #[tokio::test]
    async fn a_made_key_has_a_label_and_an_end_and_counts_against_the_limit() {
        let mut ports = Ports::default();
        let rules = KeyRules { most: 3, lifetime: Some(TimeDelta::days(30)), warning: TimeDelta::days(7) };
        let end = Some(noon() + TimeDelta::days(30));
        ports.keys.expect_add_key().times(1).returning(move |_, new, at, most, entry| {
            assert_eq!((new.label, new.ends_at, at, most), (Some(label()), end, noon(), Some(3)));
            assert!(entry.is_none(), "what users do is no operator's");
            Ok(Some(KeyId::stored(5)))
        });
        let microblog = Microblog::new(ports.stores(), Limits { keys: rules, ..Limits::default() });
        let (made, key) = microblog.make_key(user(1), label(), None).await.unwrap();
        assert_eq!((made.id, made.ends_at, made.created_at), (KeyId::stored(5), end, noon()));
        assert!(key.credential().is_unguessable());
        let late = Some(noon() + TimeDelta::days(31));
        let refused = microblog.make_key(user(1), label(), late).await;
        assert!(matches!(refused, Err(Error::Invalid(Invalid::LongLivedKey { .. }))));
    }

    #[tokio::test]
    async fn somebody_who_has_left_makes_no_key() {
        let answers: [fn() -> Result<Option<KeyId>>; 2] =
            [|| Ok(None), || Err(Error::Deactivated(Nickname::stored("ann")))];
        for answer in answers {
            let mut ports = Ports::default();
            ports.keys.expect_add_key().returning(move |_, _, _, _, _| answer());
            let refused = ports.microblog().make_key(user(1), label(), None).await;
            assert!(matches!(refused, Err(Error::UnknownKey)));
        }
    }

    #[tokio::test]
    async fn the_end_of_a_key_is_near_once_the_time_of_warnings_has_begun() {
        let microblog = Ports::default().microblog();
        let ends = |days| Holder { ends_at: Some(noon() + TimeDelta::days(days)), ..holder(1) };
        assert_eq!(microblog.near_end(&holder(1)), None, "a key without an end");
        assert_eq!(microblog.near_end(&ends(15)), None);
        assert_eq!(microblog.near_end(&ends(14)), ends(14).ends_at);
    }

    #[tokio::test]
    async fn the_first_use_of_a_day_is_to_be_recorded() {
        let microblog = Ports::default().microblog();
        let used =
            |days| Holder { last_used_on: Some((noon() - TimeDelta::days(days)).date_naive()), ..holder(1) };
        assert!(microblog.is_first_use_today(&holder(1)) && microblog.is_first_use_today(&used(1)));
        assert!(!microblog.is_first_use_today(&used(0)) && !microblog.is_first_use_today(&used(-1)));
    }

    #[tokio::test]
    async fn another_user_s_key_is_not_found() {
        let mut ports = Ports::default();
        ports.keys.expect_end_key().returning(|_, _, _, _| Ok(false));
        let refused = ports.microblog().end_key(user(1), KeyId::stored(7)).await;
        assert!(matches!(refused, Err(Error::NotFound(Subject::Key))));
    }
}
