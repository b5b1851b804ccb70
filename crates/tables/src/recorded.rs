//! A source with one more record in its log.

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream;
use tweetty_domain::{Entry, Result};

use crate::{AUDIT_LOG, Row, Rows, Source, Table, log_row};

/// A source whose log ends with an entry of its own: what records the loading is loaded with the rest.
pub struct Recorded {
    source: Box<dyn Source>,
    id: i64,
    record: Row,
}

impl Recorded {
    /// That source with that entry behind its log.
    ///
    /// # Errors
    /// Those of the source.
    pub async fn new(mut source: Box<dyn Source>, entry: Entry) -> Result<Self> {
        let id = source.last_id(&AUDIT_LOG).await? + 1;
        let record = log_row(id, entry);
        Ok(Self { source, id, record })
    }
}

#[async_trait]
impl Source for Recorded {
    fn rows(&mut self, table: &'static Table) -> Option<Rows<'_>> {
        let rows = self.source.rows(table);
        if *table != AUDIT_LOG {
            return rows;
        }
        let rows = rows.unwrap_or_else(|| stream::empty().boxed());
        Some(rows.chain(stream::iter([Ok(vec![self.record.clone()])])).boxed())
    }

    async fn last_id(&mut self, table: &'static Table) -> Result<i64> {
        if *table == AUDIT_LOG { Ok(self.id) } else { self.source.last_id(table).await }
    }

    fn expected_rows(&self, table: &'static Table) -> Option<u64> {
        self.source.expected_rows(table)
    }
}
