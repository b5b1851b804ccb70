//! The port of whole stores.
//!
//! Tables are filled in the order of their keys; the other indexes are built after that, each by one sort.

use async_trait::async_trait;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use futures_util::TryStreamExt as _;
use tokio::sync::mpsc;
use tweetty_domain::{Error, Result};
use tweetty_tables::{Row, SchemaDifference, Source, TABLES, Table, WholeStore};

use crate::Store;
use crate::failure::Failure;
use crate::schema::users;
use crate::schema_differences::schema_differences;
use crate::snapshot::Snapshot;
use crate::statement::{json_names, sql};

/// More gain nothing: most of the time goes into the rows themselves.
const ROWS_A_STATEMENT: usize = 200;
/// How far the source may be ahead of the database.
const STEPS_AHEAD: usize = 2;

/// Indexes and triggers that the schema created by a statement of their own.
const REBUILDABLE: &str = "
    SELECT type, name, sql
    FROM sqlite_schema
    WHERE type IN ('index', 'trigger')
      AND sql IS NOT NULL
      AND tbl_name IN (SELECT value FROM json_each(?1))";

/// An id that is gone is never given out again.
const RAISE_SEQUENCE: &str = "
    UPDATE sqlite_sequence
    SET seq = max(seq, ?1)
    WHERE name = ?2";
const BEGIN_SEQUENCE: &str = "
    INSERT INTO sqlite_sequence (name, seq)
    SELECT ?1, ?2
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)";

/// What the thread that writes does next.
enum Step {
    Clear(&'static Table),
    Insert(&'static Table, Vec<Row>),
    RaiseIds(&'static Table, i64),
    /// Without it nothing is kept: the source is incomplete.
    Finish,
}

#[async_trait]
impl WholeStore for Store {
    async fn load(&self, source: Box<dyn Source>) -> Result<()> {
        let (sender, steps) = mpsc::channel(STEPS_AHEAD);
        let loading = self.writer.alone(move |connection| {
            // A large cache while indexes are sorted and built; it goes back to its size, and the log to the disk.
            connection.batch_execute("PRAGMA cache_size = -131072")?;
            let loaded = connection.immediate_transaction(|connection| load(connection, steps));
            connection.batch_execute("PRAGMA cache_size = -16000; PRAGMA shrink_memory")?;
            loaded?;
            connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
            Ok(())
        });
        let ((), loaded) = tokio::join!(read_out(source, sender), loading);
        loaded
    }

    async fn read(&self) -> Result<Box<dyn Source>> {
        Ok(Box::new(Snapshot::begin(self.database.clone()).await?))
    }

    async fn schema_differences(&self) -> Result<Vec<SchemaDifference>> {
        self.readers.read(schema_differences).await
    }
}

/// Turns the source into steps, no faster than they are done. Where nobody takes them, the writer says why.
async fn read_out(mut source: Box<dyn Source>, steps: mpsc::Sender<Result<Step>>) {
    if let Err(error) = send_steps(source.as_mut(), &steps).await {
        steps.send(Err(error)).await.ok();
    }
}

async fn send_steps(source: &mut dyn Source, steps: &mpsc::Sender<Result<Step>>) -> Result<()> {
    let send = async |step| steps.send(Ok(step)).await.map_err(Error::internal);
    for table in TABLES {
        let Some(mut pages) = source.rows(table) else { continue };
        send(Step::Clear(table)).await?;
        while let Some(page) = pages.try_next().await? {
            send(Step::Insert(table, page)).await?;
        }
        drop(pages);
        if table.has_ids() {
            send(Step::RaiseIds(table, source.last_id(table).await?)).await?;
        }
    }
    send(Step::Finish).await
}

fn load(connection: &mut SqliteConnection, mut steps: mpsc::Receiver<Result<Step>>) -> Result<(), Failure> {
    if diesel::select(diesel::dsl::exists(users::table.select(users::id))).get_result(connection)? {
        return Err(Error::NotEmpty.into());
    }
    // Bots may come before their owners.
    connection.batch_execute("PRAGMA defer_foreign_keys = ON")?;
    let names = json_names(TABLES.iter().map(|table| table.name));
    let rebuildable = sql::<(Text, Text, Text)>(REBUILDABLE).bind(names);
    let rebuildable = rebuildable.load::<(String, String, String)>(connection)?;
    for (kind, name, _) in &rebuildable {
        connection.batch_execute(&format!("DROP {kind} \"{name}\""))?;
    }
    let mut full = String::new();
    loop {
        match steps.blocking_recv().ok_or_else(|| Error::internal("the source of the rows ended early"))?? {
            Step::Clear(table) => {
                connection.batch_execute(&format!("DELETE FROM {}", table.name))?;
                full = insert(table, ROWS_A_STATEMENT);
            }
            Step::Insert(table, page) => {
                let mut rows = page.into_iter();
                while rows.len() > 0 {
                    let count = rows.len().min(ROWS_A_STATEMENT);
                    let statement =
                        if count == ROWS_A_STATEMENT { full.clone() } else { insert(table, count) };
                    let values = rows.by_ref().take(count).flatten().map(Into::into).collect();
                    sql::<()>(statement).bind_all(values).execute(connection)?;
                }
            }
            Step::RaiseIds(table, last) => {
                sql::<()>(RAISE_SEQUENCE).bind(last).bind(table.name).execute(connection)?;
                sql::<()>(BEGIN_SEQUENCE).bind(table.name).bind(last).execute(connection)?;
            }
            Step::Finish => break,
        }
    }
    for (_, _, statement) in &rebuildable {
        connection.batch_execute(statement)?;
    }
    // The search index, then what the planner knows of the tables.
    connection.batch_execute("INSERT INTO user_names (user_names) VALUES ('rebuild')")?;
    connection.batch_execute("ANALYZE")?;
    Ok(())
}

/// The statement that inserts so many rows.
fn insert(table: &Table, rows: usize) -> String {
    let width = table.columns.len();
    let row = |row: usize| {
        let places = (1..=width).map(|column| format!("?{}", row * width + column)).collect::<Vec<_>>();
        format!("({})", places.join(", "))
    };
    let values = (0..rows).map(row).collect::<Vec<_>>().join(", ");
    format!("INSERT INTO {} ({}) VALUES {values}", table.name, table.column_names())
}
