//! Reading the whole store as it is at one moment, row by row.

use async_trait::async_trait;
use futures_util::future::ready;
use futures_util::{StreamExt as _, TryFutureExt as _, TryStreamExt as _};
use tokio_postgres::Client;
use tweetty_domain::Result;
use tweetty_tables::{Column, Kind, Row, Rows, Source, Table, Value};

use crate::failure::failed;
use crate::opener::Opener;

/// Rows that are in memory at a time.
const PAGE: usize = 1024;

/// The moment is that of the first look, so there is one at once.
const BEGIN: &str = "
    BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
    SELECT FROM users LIMIT 1";

/// A connection in a transaction, which sees no change that comes after its begin.
pub(crate) struct Snapshot(Client);

impl Snapshot {
    pub(crate) async fn begin(opener: &Opener) -> Result<Self> {
        let client = opener.plain().await?;
        client.batch_execute(BEGIN).await.map_err(failed)?;
        Ok(Self(client))
    }
}

#[async_trait]
impl Source for Snapshot {
    /// The server sends no more than is taken from it.
    fn rows(&mut self, table: &'static Table) -> Option<Rows<'_>> {
        let client = &self.0;
        let rows = async move { client.query_raw(&select(table), [0_i64; 0]).await };
        let rows = rows.try_flatten_stream().map_err(failed);
        let rows = rows.and_then(move |row| ready(values(table, &row)));
        Some(rows.try_chunks(PAGE).map_err(|broken| broken.1).boxed())
    }

    async fn last_id(&mut self, table: &'static Table) -> Result<i64> {
        let last = format!(
            "SELECT COALESCE(pg_sequence_last_value(CAST(pg_get_serial_sequence('{}', 'id') AS regclass)), 0)",
            table.name
        );
        Ok(self.0.query_one(&last, &[]).await.map_err(failed)?.get(0))
    }
}

/// All rows by ascending key; texts by their bytes, whatever the database's language is.
fn select(table: &Table) -> String {
    let read = |Column { name, kind, .. }: &Column| match kind {
        Kind::Id | Kind::Integer => format!("CAST({name} AS BIGINT)"),
        Kind::Time => format!("CAST(floor(extract(epoch FROM {name}) * 1000) AS BIGINT)"),
        Kind::Text | Kind::Bytes => (*name).to_owned(),
    };
    let order = |Column { name, kind, .. }: &Column| match kind {
        Kind::Text => format!("{name} COLLATE \"C\""),
        _ => (*name).to_owned(),
    };
    let columns = table.columns.iter().map(read).collect::<Vec<_>>().join(", ");
    let key = table.key().iter().map(order).collect::<Vec<_>>().join(", ");
    format!("SELECT {columns} FROM {} ORDER BY {key}", table.name)
}

fn values(table: &Table, row: &tokio_postgres::Row) -> Result<Row> {
    let value = |(place, column): (usize, &Column)| {
        let value = match column.kind {
            Kind::Id | Kind::Integer | Kind::Time => row.try_get::<_, Option<i64>>(place).map(Value::from),
            Kind::Text => row.try_get::<_, Option<String>>(place).map(Value::from),
            Kind::Bytes => {
                let bytes = row.try_get::<_, Option<Vec<u8>>>(place);
                bytes.map(|bytes| bytes.map_or(Value::Null, Value::Bytes))
            }
        };
        value.map_err(failed)
    };
    table.columns.iter().enumerate().map(value).collect()
}
