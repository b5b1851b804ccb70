//! What operators do, and the service by itself: one method per use case. Requests of people can't reach it.

mod adoption;
mod avatars;
mod belonging;
mod check;
mod keys;
mod moderation;
mod newcomers;
mod people;
mod sweep;
mod sync;
mod variants;

use chrono::TimeDelta;

use crate::{Action, Entry, Operator, Outcome, Record, RecordId, Result, Stores, Timestamp, UserId};

pub use check::{Checked, Repaired};
pub use people::{Newcomer, Removed};
pub use sweep::Swept;
pub use sync::SYNC_STEP;
pub use variants::VariantsMade;

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody at the command line, whose changes are recorded in the log.
    Operator(Operator),
    /// The service itself, which leaves no entries.
    Service,
}

/// A store in the hands of an actor.
#[derive(Clone)]
pub struct Operations {
    stores: Stores,
    actor: Actor,
    key_lifetime: Option<TimeDelta>,
}

impl Operations {
    /// Puts those stores into the hands of that actor.
    pub fn new(stores: Stores, actor: Actor) -> Self {
        Self { stores, actor, key_lifetime: None }
    }

    /// The same, with a longest lifetime of the keys that are made.
    #[must_use]
    pub fn with_key_lifetime(self, lifetime: Option<TimeDelta>) -> Self {
        Self { key_lifetime: lifetime, ..self }
    }

    /// The entry of something that is done at this moment; none where no operator acts.
    pub fn entry(&self, action: Action, user: Option<UserId>, detail: Option<String>) -> Option<Entry> {
        let Actor::Operator(operator) = self.actor.clone() else { return None };
        Some(Entry { at: self.now(), by: operator.into(), action, user, outcome: Outcome::Done, detail })
    }

    /// Records what was done, where it is no transaction of the store.
    pub async fn record(&self, action: Action, user: Option<UserId>, detail: Option<String>) -> Result<()> {
        self.append(self.entry(action, user, detail)).await
    }

    async fn append(&self, entry: Option<Entry>) -> Result<()> {
        match entry {
            Some(entry) => self.stores.audit.record(entry).await,
            None => Ok(()),
        }
    }

    /// Does what is more than one transaction. Its begin is recorded first, so that nothing happens unrecorded, and its end
    /// with the detail that it answers.
    async fn long_action<T>(
        &self,
        action: Action,
        work: impl AsyncFnOnce() -> Result<(T, String)>,
    ) -> Result<T> {
        let begun = self.entry(action.clone(), None, None);
        self.append(begun.map(|entry| Entry { outcome: Outcome::Begun, ..entry })).await?;
        let result = work().await;
        let end = self.entry(action, None, None);
        let (answer, detail) = self.stores.settled(result, end.clone()).await?;
        self.append(end.map(|entry| Entry { detail: Some(detail), ..entry })).await?;
        Ok(answer)
    }

    /// The log since that moment, behind `after`.
    pub async fn records(
        &self,
        since: Option<Timestamp>,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<Record>> {
        self.stores.audit.records(since, after, limit).await
    }

    /// Whether the store has no users.
    pub async fn is_empty(&self) -> Result<bool> {
        self.stores.upkeep.is_empty().await
    }

    /// The present moment of the stores' clock.
    pub fn now(&self) -> Timestamp {
        self.stores.clock.now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::test::{Ports, noon, operator, user};
    use crate::{Changes, Error};

    #[tokio::test]
    async fn the_entry_of_an_operator_is_part_of_the_change() {
        let mut ports = Ports::default();
        ports.users.expect_update().times(1).returning(|_, _, entry| {
            let entry = entry.unwrap();
            assert_eq!((entry.at, entry.by, entry.outcome), (noon(), operator().into(), Outcome::Done));
            assert_eq!((entry.action, entry.user), (Action::UpdateUser, Some(user(7))));
            assert_eq!(entry.detail.unwrap(), "first name");
            Ok(true)
        });
        let changes = Changes { first_name: Some(None), ..Changes::default() };
        ports.operated().update_user(user(7), changes).await.unwrap();
    }

    #[tokio::test]
    async fn what_the_service_does_leaves_no_entry() {
        let mut ports = Ports::default();
        ports.users.expect_update().withf(|_, _, entry| entry.is_none()).returning(|_, _, _| Ok(false));
        assert!(ports.service().update_user(user(7), Changes::default()).await.is_err());
    }

    #[tokio::test]
    async fn what_was_refused_is_recorded_without_a_name() {
        let mut ports = Ports::default();
        let taken = || Error::NicknameTaken(crate::Nickname::stored("Secret Name"));
        ports.users.expect_update().returning(move |_, _, _| Err(taken()));
        ports
            .audit
            .expect_record()
            .withf(|entry| {
                entry.outcome == Outcome::Failed && entry.detail.as_deref() == Some("the nickname is taken")
            })
            .times(1)
            .returning(|_| Ok(()));
        assert!(ports.operated().update_user(user(7), Changes::default()).await.is_err());
    }

    #[tokio::test]
    async fn a_long_action_is_recorded_before_it_begins_and_not_begun_where_that_fails() {
        let mut ports = Ports::default();
        ports.audit.expect_record().times(1).returning(|_| Err(Error::unavailable("gone")));
        ports.upkeep.expect_repair_counters().never();
        assert!(ports.operated().repair().await.is_err());
    }
}
