//! Which keys were used today: recorded together and in the background, once a day for each key.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tweetty_adapter::Party;
use tweetty_domain::{KeyId, Microblog};

/// How long uses are collected before they are written.
const COLLECTED: Duration = Duration::from_secs(1);
/// How many are written by one statement.
const BATCH: usize = 500;
/// How many wait at most; more are noticed when their keys are looked up again.
const MOST: usize = 20_000;

/// Keys whose use waits to be written.
#[derive(Default)]
pub(crate) struct KeyUses(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    keys: HashSet<KeyId>,
    /// Whether a task is writing them.
    is_written: bool,
}

impl KeyUses {
    /// Has the use of a key written soon. No request waits for that, and what can't be written is tried again when the key
    /// is looked up next.
    pub(crate) fn record(self: &Arc<Self>, key: KeyId, microblog: &Microblog) {
        if !self.add(key) {
            return;
        }
        let (uses, microblog) = (Arc::clone(self), microblog.clone());
        tokio::spawn(async move {
            tokio::time::sleep(COLLECTED).await;
            while let Some(keys) = uses.batch() {
                if let Err(error) = Party::Service.on_behalf(microblog.record_use(keys)).await {
                    tracing::debug!(%error, "the use of keys could not be recorded");
                }
            }
        });
    }

    /// Whether somebody has to write them now.
    fn add(&self, key: KeyId) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.keys.len() < MOST {
            waiting.keys.insert(key);
        }
        !std::mem::replace(&mut waiting.is_written, true)
    }

    /// Some of them; `None` once there are none, and then the next one needs a new task.
    fn batch(&self) -> Option<Vec<KeyId>> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let batch = waiting.keys.iter().copied().take(BATCH).collect::<Vec<_>>();
        for key in &batch {
            waiting.keys.remove(key);
        }
        waiting.is_written = !batch.is_empty();
        waiting.is_written.then_some(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_use_is_written_once_by_one_task_at_a_time() {
        let uses = KeyUses::default();
        let key = KeyId::stored;
        assert!(uses.add(key(1)));
        assert!(!uses.add(key(1)) && !uses.add(key(2)), "the first one's task writes them all");
        let mut batch = uses.batch().unwrap();
        batch.sort();
        assert_eq!(batch, [key(1), key(2)]);
        assert!(!uses.add(key(3)), "that task goes on");
        assert_eq!(uses.batch(), Some(vec![key(3)]));
        assert_eq!(uses.batch(), None);
        assert!(uses.add(key(4)), "and its successor begins");
    }

    #[test]
    fn no_more_wait_than_there_is_room_for() {
        let uses = KeyUses::default();
        for number in 1..30_000 {
            uses.add(KeyId::stored(number));
        }
        let mut written = 0;
        while let Some(batch) = uses.batch() {
            assert!(batch.len() <= BATCH);
            written += batch.len();
        }
        assert_eq!(written, MOST);
    }
}
