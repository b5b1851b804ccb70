//! What an operator does is told in the log.

use std::sync::Arc;

use super::Microblog;
use crate::{Action, Entry, Outcome, Record, RecordId, Result, Timestamp, UserId, Users};

/// A change that is one transaction: its entry is part of it. A change that fails is told afterwards.
pub(super) struct Acting<'a> {
    microblog: &'a Microblog,
    users: Arc<dyn Users>,
    entry: Option<Entry>,
}

impl Acting<'_> {
    /// People, whose changes are told.
    pub(super) fn users(&self) -> &dyn Users {
        self.users.as_ref()
    }

    /// Passes the result on; a failure is told in the log, as far as that can be reached.
    pub(super) async fn told<T>(self, result: Result<T>) -> Result<T> {
        if let (Err(error), Some(entry)) = (&result, self.entry) {
            let detail = Some(error.told().to_owned());
            self.microblog
                .stores
                .audit
                .record(Entry { outcome: Outcome::Failed, detail, ..entry })
                .await
                .ok();
        }
        result
    }
}

impl Microblog {
    /// People, in the hands of whoever operates this microblog.
    pub(super) fn acting(&self, action: Action, user: Option<UserId>, detail: Option<String>) -> Acting<'_> {
        let entry = self.entry(action, user, Outcome::Done, detail);
        let users = match &entry {
            Some(entry) => self.stores.audit.acting(entry.clone()),
            None => Arc::clone(&self.stores.users),
        };
        Acting { microblog: self, users, entry }
    }

    /// An entry of this moment; none where no operator acts.
    pub fn entry(
        &self,
        action: Action,
        user: Option<UserId>,
        outcome: Outcome,
        detail: Option<String>,
    ) -> Option<Entry> {
        let operator = self.operator.as_deref()?.clone();
        Some(Entry { at: self.stores.clock.now(), operator, action, user, outcome, detail })
    }

    /// Tells in the log what is no transaction of the store.
    pub async fn record(
        &self,
        action: Action,
        user: Option<UserId>,
        outcome: Outcome,
        detail: Option<String>,
    ) -> Result<()> {
        match self.entry(action, user, outcome, detail) {
            Some(entry) => self.stores.audit.record(entry).await,
            None => Ok(()),
        }
    }

    /// Does what is more than one transaction. Its begin is told first, so that nothing happens untold, and its end with
    /// the detail that it answers.
    pub async fn long_action<T>(
        &self,
        action: Action,
        user: Option<UserId>,
        detail: Option<String>,
        work: impl AsyncFnOnce() -> Result<(T, String)>,
    ) -> Result<T> {
        self.record(action.clone(), user, Outcome::Begun, detail).await?;
        match work().await {
            Ok((answer, detail)) => {
                self.record(action, user, Outcome::Done, Some(detail)).await?;
                Ok(answer)
            }
            Err(error) => {
                self.record(action, user, Outcome::Failed, Some(error.told().to_owned())).await.ok();
                Err(error)
            }
        }
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::MockAudit;
    use crate::microblog::test::{Ports, noon, user};
    use crate::user::MockUsers;
    use crate::{Changes, Error, Operator};

    fn operator() -> Operator {
        Operator { os_user: "root".to_owned(), sudo_user: Some("ann".to_owned()) }
    }

    #[tokio::test]
    async fn an_operator_changes_people_through_the_log() {
        let mut ports = Ports::default();
        ports.audit.expect_acting().times(1).returning(|entry| {
            assert_eq!((entry.at, entry.operator, entry.outcome), (noon(), operator(), Outcome::Done));
            assert_eq!((entry.action, entry.user), (Action::UPDATE_USER, Some(user(7))));
            assert_eq!(entry.detail.unwrap(), "first name");
            let mut users = MockUsers::new();
            users.expect_update().times(1).returning(|_, _| Ok(true));
            Arc::new(users)
        });
        let microblog = ports.microblog().operated_by(operator());
        microblog
            .update_user(user(7), Changes { first_name: Some(None), ..Changes::default() })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn without_an_operator_nothing_is_told() {
        let mut ports = Ports::default();
        ports.users.expect_update().times(1).returning(|_, _| Ok(true));
        ports.microblog().update_user(user(7), Changes::default()).await.unwrap();
    }

    #[tokio::test]
    async fn what_was_refused_is_told_without_a_name() {
        let mut ports = Ports::default();
        let taken = || Error::NicknameTaken(crate::Nickname::stored("Secret Name".to_owned()));
        ports.audit.expect_acting().returning(move |_| {
            let mut users = MockUsers::new();
            users.expect_update().returning(move |_, _| Err(taken()));
            Arc::new(users)
        });
        ports
            .audit
            .expect_record()
            .withf(|entry| {
                entry.outcome == Outcome::Failed && entry.detail.as_deref() == Some("the nickname is taken")
            })
            .times(1)
            .returning(|_| Ok(()));
        let microblog = ports.microblog().operated_by(operator());
        assert!(microblog.update_user(user(7), Changes::default()).await.is_err());
    }

    #[tokio::test]
    async fn a_long_action_is_told_before_it_begins_and_not_begun_where_that_fails() {
        let mut ports = Ports { audit: MockAudit::new(), ..Ports::default() };
        ports.audit.expect_record().times(1).returning(|_| Err(Error::unavailable("gone")));
        ports.upkeep.expect_repair_counters().never();
        assert!(ports.microblog().operated_by(operator()).repair().await.is_err());
    }
}
