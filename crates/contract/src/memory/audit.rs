//! The log.

use async_trait::async_trait;
use tweetty_domain::{Audit, Entry, Record, RecordId, Result, Timestamp, UserId};

use super::{Memory, State};

impl State {
    /// Adds the entry, where there is one.
    pub(super) fn record(&mut self, entry: Option<Entry>) {
        if let Some(entry) = entry {
            let id = RecordId::stored(self.next("audit_log"));
            self.log.push((id, entry));
        }
    }

    /// Whether something was changed; only then the entry is added.
    pub(super) fn changed(&mut self, changed: bool, entry: Option<Entry>) -> bool {
        self.record(entry.filter(|_| changed));
        changed
    }
}

#[async_trait]
impl Audit for Memory {
    async fn record(&self, entry: Entry) -> Result<()> {
        self.state().record(Some(entry));
        Ok(())
    }

    async fn records(
        &self,
        since: Option<Timestamp>,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<Record>> {
        let state = self.state();
        let behind = state.log.iter().filter(|(id, _)| Some(*id) > after);
        let young = behind.filter(|(_, entry)| since.is_none_or(|since| entry.at >= since));
        let nickname = |user: UserId| state.users.get(&user).map(|user| user.nickname.clone());
        let record = |(id, entry): &(RecordId, Entry)| Record {
            id: *id,
            entry: entry.clone(),
            nickname: entry.user.and_then(nickname),
        };
        Ok(young.take(limit as usize).map(record).collect())
    }
}
