//! Whole stores.

use async_trait::async_trait;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tweetty_domain::{Error, Result};
use tweetty_tables::Value::Integer;
use tweetty_tables::{Rows, SchemaDifference, Source, TABLES, Table, WholeStore};

use super::{Memory, State};

#[async_trait]
impl WholeStore for Memory {
    async fn load(&self, mut source: Box<dyn Source>) -> Result<()> {
        let mut loaded = State { id: self.state().id, ..State::default() };
        for table in TABLES {
            let Some(rows) = source.rows(table) else { continue };
            let rows = rows.try_concat().await?;
            let mut last = if table.has_ids() { source.last_id(table).await? } else { 0 };
            for row in rows {
                if let (true, Integer(id)) = (table.has_ids(), &row[0]) {
                    last = last.max(*id);
                }
                loaded.take_in(table, &row);
            }
            loaded.last.insert(table.name, last);
        }
        let mut state = self.state();
        if !state.users.is_empty() {
            return Err(Error::NotEmpty);
        }
        *state = loaded;
        Ok(())
    }

    async fn read(&self) -> Result<Box<dyn Source>> {
        let mut state = self.state();
        state.id()?;
        Ok(Box::new(state.clone()))
    }

    async fn schema_differences(&self) -> Result<Vec<SchemaDifference>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Source for State {
    fn rows(&mut self, table: &'static Table) -> Option<Rows<'_>> {
        Some(stream::iter([Ok(self.table(table))]).boxed())
    }

    async fn last_id(&mut self, table: &'static Table) -> Result<i64> {
        Ok(self.last.get(table.name).copied().unwrap_or_default())
    }
}
