//! The port of the log.

use std::sync::Arc;

use async_trait::async_trait;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tweetty_domain::{Audit, By, Entry, Nickname, Outcome, Record, RecordId, Result, Timestamp, UserId};
use tweetty_tables::{action_of, by_of, columns_of, name_of};

use crate::Store;
use crate::connection::{Connection, Patience};
use crate::failure::Failure;
use crate::statement::{Bind, Statement, sql};

/// Also a store that is not migrated yet takes the record of an operator, such as that of the backup before the upgrade.
const RECORD: &str = "
    INSERT INTO audit_log (at, os_user, sudo_user, action, user_id, outcome, detail)
    VALUES (:at, :os_user, :sudo_user, :action, :user, :outcome, :detail)";

const RECORD_OF_USER: &str = "
    INSERT INTO audit_log (at, os_user, sudo_user, action, user_id, outcome, detail, by_user_id)
    VALUES (:at, :os_user, :sudo_user, :action, :user, :outcome, :detail, :by_user)";

const RECORD_EACH: &str = "
    INSERT INTO audit_log (at, os_user, sudo_user, action, user_id, outcome, detail, by_user_id)
    SELECT :at, :os_user, :sudo_user, :action, id, :outcome, :detail, :by_user
    FROM unnest(:users) WITH ORDINALITY AS added (id, place)
    ORDER BY place";

const RECORDS: &str = "
    SELECT audit_log.id, at, os_user, sudo_user, action, user_id, outcome, detail, by_user_id, users.nickname
    FROM audit_log
    LEFT JOIN users ON users.id = audit_log.user_id
    WHERE audit_log.id > :after
      AND at >= :since
    ORDER BY audit_log.id
    LIMIT :limit";

type Columns = (
    BigInt,
    Timestamptz,
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
    Timestamp,
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
        self.recorded(Patience::Operator, Some(entry), |()| true, |_| async { Ok(()) }.boxed()).await
    }

    async fn records(
        &self,
        since: Option<Timestamp>,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<Record>> {
        self.connections.read(move |connection| records(connection, since, after, limit).boxed()).await
    }
}

impl Store {
    /// Makes a change and records it by the entry in the same transaction; what has `changed` nothing is not recorded.
    pub(crate) async fn recorded<T, F>(
        &self,
        patience: Patience,
        entry: Option<Entry>,
        changed: fn(&T) -> bool,
        change: F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Connection) -> BoxFuture<'c, Result<T, Failure>> + Send + Sync + 'static,
    {
        let work = Arc::new((entry, change));
        self.connections
            .transaction(patience, move |connection| {
                let work = Arc::clone(&work);
                async move {
                    let (entry, change) = &*work;
                    let outcome = change(connection).await?;
                    record(connection, entry.as_ref().filter(|_| changed(&outcome))).await?;
                    Ok(outcome)
                }
                .boxed()
            })
            .await
    }
}

/// Adds the entry, where there is one.
pub(crate) async fn record(connection: &mut Connection, entry: Option<&Entry>) -> Result<(), Failure> {
    let Some(entry) = entry else { return Ok(()) };
    let user = Bind::MaybeBigInt(entry.user.map(UserId::get));
    let insert = if matches!(entry.by, By::User(_)) { RECORD_OF_USER } else { RECORD };
    statement(insert, entry).bind("user", user).execute(connection).await?;
    Ok(())
}

/// Adds the entry for each of those users, in their order.
pub(crate) async fn record_each(
    connection: &mut Connection,
    entry: Option<&Entry>,
    users: Vec<i64>,
) -> Result<(), Failure> {
    let Some(entry) = entry else { return Ok(()) };
    statement(RECORD_EACH, entry).bind("users", users).execute(connection).await?;
    Ok(())
}

fn statement(statement: &'static str, entry: &Entry) -> Statement<()> {
    let (os_user, sudo_user, by_user) = columns_of(entry.by.clone());
    sql::<()>(statement)
        .bind("at", entry.at)
        .bind("os_user", os_user)
        .bind("sudo_user", Bind::MaybeText(sudo_user))
        .bind("by_user", Bind::MaybeBigInt(by_user.map(UserId::get)))
        .bind("action", name_of(&entry.action))
        .bind("outcome", entry.outcome.as_str())
        .bind("detail", entry.detail.as_deref())
}

/// The records since that moment, behind `after`.
pub(crate) async fn records(
    connection: &mut Connection,
    since: Option<Timestamp>,
    after: Option<RecordId>,
    limit: u32,
) -> Result<Vec<Record>, Failure> {
    let found = sql::<Columns>(RECORDS)
        .bind("after", after.map_or(0, RecordId::get))
        .bind("since", since.unwrap_or(Timestamp::UNIX_EPOCH))
        .bind("limit", limit)
        .load::<Row>(connection)
        .await?;
    found.into_iter().map(|row| Ok(read(row)?)).collect()
}

fn read(
    (id, at, os_user, sudo_user, action, user, outcome, detail, by_user, nickname): Row,
) -> Result<Record> {
    let entry = Entry {
        at,
        by: by_of(os_user, sudo_user, by_user.map(UserId::stored)),
        action: action_of(action),
        user: user.map(UserId::stored),
        outcome: Outcome::stored(&outcome)?,
        detail,
    };
    Ok(Record { id: RecordId::stored(id), entry, nickname: nickname.map(Nickname::stored) })
}
