//! Reading the whole store as it is at one moment, page by page.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use diesel::connection::SimpleConnection as _;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::prelude::*;
use diesel::row::{self, Field as _, NamedRow};
use diesel::sql_types::{BigInt, Binary, Text, Untyped};
use diesel::sqlite::{Sqlite, SqliteType};
use futures_util::{StreamExt as _, stream};
use tweetty_domain::{Error, Result};
use tweetty_tables::{Row, Rows, Source, Table, Value};

use crate::connection::Database;
use crate::failure::Failure;
use crate::statement::sql;

/// Rows that are in memory at a time.
const PAGE: usize = 4096;

/// The moment is that of the first look, so there is one at once.
const BEGIN: &str = "BEGIN; SELECT 1 FROM users LIMIT 1";
const LAST_ID: &str = "SELECT seq FROM sqlite_sequence WHERE name = ?1";

/// A connection in a transaction, which sees no change that comes after its begin.
pub(crate) struct Snapshot(Arc<Mutex<SqliteConnection>>);

impl Snapshot {
    pub(crate) async fn begin(database: Database) -> Result<Self> {
        let begun = tokio::task::spawn_blocking(move || {
            let mut connection = database.reading()?;
            connection.batch_execute(BEGIN).map_err(Failure::from)?;
            Ok(Self(Arc::new(Mutex::new(connection))))
        });
        begun.await.map_err(Error::internal)?
    }
}

#[async_trait]
impl Source for Snapshot {
    fn rows(&mut self, table: &'static Table) -> Option<Rows<'_>> {
        let connection = &self.0;
        let pages = stream::try_unfold(Some(Row::new()), move |after| async move {
            let Some(after) = after else { return Ok(None) };
            let page = on_thread(connection, move |connection| page(connection, table, after)).await?;
            let last = if page.len() < PAGE { None } else { page.last() };
            let next = last.map(|row| row[..table.key].to_vec());
            Ok::<_, Error>(if page.is_empty() { None } else { Some((page, next)) })
        });
        Some(pages.boxed())
    }

    async fn last_id(&mut self, table: &'static Table) -> Result<i64> {
        on_thread(&self.0, |connection| {
            let last = sql::<BigInt>(LAST_ID).bind(table.name).get_result::<i64>(connection);
            Ok(last.optional()?.unwrap_or(0))
        })
        .await
    }
}

async fn on_thread<T: Send + 'static>(
    connection: &Arc<Mutex<SqliteConnection>>,
    read: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
) -> Result<T> {
    let connection = Arc::clone(connection);
    let reading = tokio::task::spawn_blocking(move || {
        read(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
    });
    Ok(reading.await.map_err(Error::internal)??)
}

/// The rows behind those key values; the first page where there are none.
fn page(connection: &mut SqliteConnection, table: &Table, after: Row) -> Result<Vec<Row>, Failure> {
    let key = table.key().iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
    let behind = match after.len() {
        0 => String::new(),
        columns => {
            let places = (1..=columns).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ");
            format!("WHERE ({key}) > ({places})")
        }
    };
    let (columns, name) = (table.column_names(), table.name);
    let statement = format!("SELECT {columns} FROM {name} {behind} ORDER BY {key} LIMIT {PAGE}");
    let values = after.into_iter().map(Into::into).collect();
    let rows = sql::<Untyped>(statement).bind_all(values).load::<Values>(connection)?;
    Ok(rows.into_iter().map(|Values(row)| row).collect())
}

/// The values of a row, whatever its columns are.
struct Values(Row);

impl QueryableByName<Sqlite> for Values {
    fn build<'a>(row: &impl NamedRow<'a, Sqlite>) -> deserialize::Result<Self> {
        let value = |column| {
            let field = row::Row::get(row, column).ok_or("a row is shorter than its columns")?;
            let Some(value) = field.value() else { return Ok(Value::Null) };
            Ok(match value.value_type() {
                None => Value::Null,
                Some(SqliteType::Binary) => Value::Bytes(<_ as FromSql<Binary, Sqlite>>::from_sql(value)?),
                Some(SqliteType::Text) => Value::Text(<_ as FromSql<Text, Sqlite>>::from_sql(value)?),
                Some(_) => Value::Integer(<_ as FromSql<BigInt, Sqlite>>::from_sql(value)?),
            })
        };
        (0..row::Row::field_count(row)).map(value).collect::<deserialize::Result<Row>>().map(Self)
    }
}
