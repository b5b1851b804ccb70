//! The port of whole stores.

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use tweetty_domain::Result;

use crate::{Row, SchemaDifference, Table};

/// Rows by ascending key, in pages of some thousands at most; none follows an error.
pub type Rows<'a> = BoxStream<'a, Result<Vec<Row>>>;

/// The rows of all tables at one moment, read page by page so that they need never be in memory.
#[async_trait]
pub trait Source: Send {
    /// The rows of a table, from the first, however often they are asked for; texts are ordered by their bytes. `None`
    /// where it has nothing to say of that table: whatever a store has there stays.
    fn rows(&mut self, table: &'static Table) -> Option<Rows<'_>>;

    /// The highest id that was ever given out in a table with ids, whether it is in use or not; 0 where there was none.
    async fn last_id(&mut self, table: &'static Table) -> Result<i64>;

    /// How many rows there will be, where that is known beforehand.
    fn expected_rows(&self, _table: &'static Table) -> Option<u64> {
        None
    }
}

/// The port of a store as a whole.
#[async_trait]
pub trait WholeStore: Send + Sync {
    /// Loads everything in one transaction and prepares the store for reading it. Rows that were in the tables go, but for
    /// those of tables of which the source says nothing.
    /// Error: [`tweetty_domain::Error::NotEmpty`] where there are users already.
    async fn load(&self, source: Box<dyn Source>) -> Result<()>;

    /// Everything that the store holds now, whatever happens to it later.
    async fn read(&self) -> Result<Box<dyn Source>>;

    /// How the schema differs from the one that the migrations make.
    async fn schema_differences(&self) -> Result<Vec<SchemaDifference>>;
}
