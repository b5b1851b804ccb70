//! The port of the log.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use tweetty_domain::{Audit, Entry, Nickname, Outcome, Record, RecordId, Result, Timestamp, UserId};
use tweetty_tables::{action_of, by_of, columns_of, name_of};

use crate::failure::Failure;
use crate::statement::sql;
use crate::{Store, rows};

/// Also a store that is not migrated yet takes the record of an operator, such as that of the backup before the upgrade.
const RECORD: &str = "
    INSERT INTO audit_log (at, os_user, sudo_user, action, user_id, outcome, detail)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

const RECORD_OF_USER: &str = "
    INSERT INTO audit_log (at, os_user, sudo_user, action, user_id, outcome, detail, by_user_id)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

const RECORDS: &str = "
    SELECT audit_log.id, at, os_user, sudo_user, action, user_id, outcome, detail, by_user_id, users.nickname
    FROM audit_log
    LEFT JOIN users ON users.id = audit_log.user_id
    WHERE audit_log.id > ?1
      AND at >= ?2
    ORDER BY audit_log.id
    LIMIT ?3";

type Columns = (
    BigInt,
    BigInt,
    Text,
    Nullable<Text>,
    Text,
    Nullable<BigInt>,
    Text,
    Nullable<Text>,
    Nullable<BigInt>,
    Nullable<Text>,
);
type Row = (
    i64,
    i64,
    String,
    Option<String>,
    String,
    Option<i64>,
    String,
    Option<String>,
    Option<i64>,
    Option<String>,
);

#[async_trait]
impl Audit for Store {
    async fn record(&self, entry: Entry) -> Result<()> {
        self.recorded(Some(entry), |()| true, |_| Ok(())).await
    }

    async fn records(
        &self,
        since: Option<Timestamp>,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<Record>> {
        self.readers.read(move |connection| records(connection, since, after, limit)).await
    }
}

impl Store {
    /// Makes a change and records it by the entry in the same transaction; what has `changed` nothing is not recorded.
    pub(crate) async fn recorded<T: Send + 'static>(
        &self,
        entry: Option<Entry>,
        changed: fn(&T) -> bool,
        change: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        self.writer
            .write(move |connection| {
                let outcome = change(connection)?;
                record(connection, entry.as_ref().filter(|_| changed(&outcome)))?;
                Ok(outcome)
            })
            .await
    }
}

/// Adds the entry, where there is one.
pub(crate) fn record(connection: &mut SqliteConnection, entry: Option<&Entry>) -> Result<(), Failure> {
    let Some(entry) = entry else { return Ok(()) };
    let (os_user, sudo_user, by_user) = columns_of(entry.by.clone());
    let statement = sql::<()>(if by_user.is_some() { RECORD_OF_USER } else { RECORD })
        .bind(entry.at)
        .bind(os_user)
        .bind(sudo_user.as_deref())
        .bind(name_of(&entry.action))
        .bind(entry.user)
        .bind(entry.outcome.as_str())
        .bind(entry.detail.as_deref());
    let statement = if by_user.is_some() { statement.bind(by_user) } else { statement };
    statement.execute(connection)?;
    Ok(())
}

/// Adds the entry as one about that user.
pub(crate) fn record_about(
    connection: &mut SqliteConnection,
    entry: Option<&Entry>,
    user: UserId,
) -> Result<(), Failure> {
    record(connection, entry.map(|entry| Entry { user: Some(user), ..entry.clone() }).as_ref())
}

/// The records since that moment, behind `after`.
pub(crate) fn records(
    connection: &mut SqliteConnection,
    since: Option<Timestamp>,
    after: Option<RecordId>,
    limit: u32,
) -> Result<Vec<Record>, Failure> {
    let found = sql::<Columns>(RECORDS)
        .bind(after.map_or(0, RecordId::get))
        .bind(since.map_or(i64::MIN, |since| since.timestamp_millis()))
        .bind(limit)
        .load::<Row>(connection)?;
    found.into_iter().map(|row| Ok(read(row)?)).collect()
}

fn read(
    (id, at, os_user, sudo_user, action, user, outcome, detail, by_user, nickname): Row,
) -> Result<Record> {
    let entry = Entry {
        at: rows::moment(at)?,
        by: by_of(os_user, sudo_user, by_user.map(UserId::stored)),
        action: action_of(action),
        user: user.map(UserId::stored),
        outcome: Outcome::stored(&outcome)?,
        detail,
    };
    Ok(Record { id: RecordId::stored(id), entry, nickname: nickname.map(Nickname::stored) })
}
