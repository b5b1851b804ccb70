//! The port of whole stores.
//!
//! Everything is copied into tables without foreign keys and secondary indexes, which are then built by sorting: many
//! times faster than row by row. It all is one transaction; the tables are locked until its end.

use async_trait::async_trait;
use tokio_postgres::{Client, Transaction};
use tweetty_domain::{Error, Result};
use tweetty_tables::{SchemaDifference, Source, TABLES, Table, WholeStore};

use crate::Store;
use crate::copy::copy;
use crate::failure::failed;
use crate::schema_differences::schema_differences;
use crate::snapshot::Snapshot;

/// Waits for transactions that add users, so that the look whether there are any sees theirs.
const LOCK: &str = "LOCK TABLE users IN ACCESS EXCLUSIVE MODE";

/// What is dropped before and created after: a statement each way. Foreign keys come first when dropping, since they
/// rest on indexes, and last when creating.
const REBUILT: &str = "
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)),
           1 AS place
    FROM pg_constraint
    WHERE contype = 'f'
      AND conrelid = ANY (CAST($1 AS text[])::regclass[])
    UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid), 2
    FROM pg_index
    WHERE indrelid = ANY (CAST($1 AS text[])::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
    ORDER BY place";

#[async_trait]
impl WholeStore for Store {
    async fn load(&self, mut source: Box<dyn Source>) -> Result<()> {
        let mut client = self.connections.opener().plain().await?;
        load(&mut client, source.as_mut()).await?;
        // Outside of the transaction, as it must be: the planner needs to know what is there now.
        client.batch_execute(&format!("VACUUM (ANALYZE) {}", Table::names())).await.map_err(failed)
    }

    async fn read(&self) -> Result<Box<dyn Source>> {
        Ok(Box::new(Snapshot::begin(self.connections.opener()).await?))
    }

    async fn schema_differences(&self) -> Result<Vec<SchemaDifference>> {
        schema_differences(&self.connections.opener().plain().await?).await
    }
}

async fn load(client: &mut Client, source: &mut dyn Source) -> Result<()> {
    let transaction = client.transaction().await.map_err(failed)?;
    transaction.batch_execute(LOCK).await.map_err(failed)?;
    let anybody = transaction.query_one("SELECT EXISTS (SELECT FROM users)", &[]).await.map_err(failed)?;
    if anybody.get(0) {
        return Err(Error::NotEmpty);
    }
    let names = TABLES.iter().map(|table| table.name).collect::<Vec<_>>();
    let rebuilt = transaction.query(REBUILT, &[&names]).await.map_err(failed)?;
    for statements in &rebuilt {
        transaction.batch_execute(statements.get(0)).await.map_err(failed)?;
    }
    for table in TABLES {
        let Some(rows) = source.rows(table) else { continue };
        transaction.batch_execute(&format!("TRUNCATE {}", table.name)).await.map_err(failed)?;
        copy(&transaction, table, rows).await?;
        if table.has_ids() {
            raise_sequence(&transaction, table, source.last_id(table).await?).await?;
        }
    }
    let prepare = format!("SET LOCAL maintenance_work_mem = '512MB'; ANALYZE {}", Table::names());
    transaction.batch_execute(&prepare).await.map_err(failed)?;
    for statements in rebuilt.iter().rev() {
        tracing::debug!(statement = statements.get::<_, &str>(1), "building");
        transaction.batch_execute(statements.get(1)).await.map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)
}

/// The next ids follow on the loaded ones, and on those that were given out before.
async fn raise_sequence(transaction: &Transaction<'_>, table: &Table, last: i64) -> Result<()> {
    let name = table.name;
    let raise = format!(
        "SELECT setval(pg_get_serial_sequence('{name}', 'id'), highest)
         FROM (SELECT GREATEST(max(id), $1) AS highest FROM {name}) AS ids
         WHERE highest > 0"
    );
    transaction.execute(&raise, &[&last]).await.map_err(failed)?;
    Ok(())
}
