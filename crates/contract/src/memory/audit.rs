//! The log.

use std::sync::Arc;

use async_trait::async_trait;
use tweetty_domain::{Audit, Change, Entry, Record, RecordId, Result, Timestamp, Users};

use super::{Memory, State};

impl State {
    /// Adds the entry, where there is one.
    pub(super) fn tell(&mut self, entry: Option<Entry>) {
        if let Some(entry) = entry {
            let id = RecordId::stored(self.next("audit_log"));
            self.log.push(Record { id, entry });
        }
    }

    /// What came of a change, which is told where it was made.
    pub(super) fn changed(&mut self, made: bool, entry: Option<Entry>) -> Change {
        if made {
            self.tell(entry);
            Change::Made
        } else {
            Change::AlreadySo
        }
    }
}

#[async_trait]
impl Audit for Memory {
    fn acting(&self, entry: Entry) -> Arc<dyn Users> {
        Arc::new(Self { acting: Some(entry), ..self.clone() })
    }

    async fn record(&self, entry: Entry) -> Result<()> {
        self.state().tell(Some(entry));
        Ok(())
    }

    async fn records(
        &self,
        since: Option<Timestamp>,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<Record>> {
        let state = self.state();
        let behind = state.log.iter().filter(|record| Some(record.id) > after);
        let young = behind.filter(|record| since.is_none_or(|since| record.entry.at >= since));
        Ok(young.take(limit as usize).cloned().collect())
    }
}
