//! The one connection that writes, on a thread of its own.
//!
//! Whatever waits while the last commit reaches the disk becomes one transaction: a savepoint for each write, one
//! commit for all, and only then the answers. So a refused write harms no other, a lone one waits for nobody, and
//! many at once pay for one sync.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::result::Error as DieselError;
use diesel::{Connection as _, SqliteConnection};
use tokio::sync::oneshot;
use tracing::Instrument as _;
use tweetty_adapter::{Abandoned, Queue, Refused, Taker, Terms, Waiting};
use tweetty_domain::{Error, Result, crash_point};

use crate::connection::Database;
use crate::failure::Failure;
use crate::{Options, measures};

/// How many writes share a commit at most.
const GROUP: usize = 256;

/// Answers a waiting caller how the write ended.
type Answer = Box<dyn FnOnce() + Send>;

struct Write {
    /// Whether it handles its transactions itself.
    alone: bool,
    work: Box<dyn FnOnce(&mut SqliteConnection) -> Answer + Send>,
}

/// The queue in front of the connection that writes.
pub(crate) struct Writer {
    queue: Queue<Write>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread; it ends when the [`Writer`] is closed or gone, and its queue is empty.
    pub(crate) fn start(database: Database, options: &Options) -> Result<Self> {
        let connection = database.writing()?;
        let terms = Terms {
            room: options.waiting_writes,
            // A group takes of everybody in turn; one write more of somebody takes no time from others.
            share: usize::MAX,
            wait: options.wait,
            abandoned: Abandoned::Done,
        };
        let (queue, writes) = Queue::new(terms);
        let thread = Thread { database, connection: Some(connection) };
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || thread.run(&writes))
            .map_err(Error::unavailable)?;
        Ok(Self { queue, thread: Mutex::new(Some(thread)) })
    }

    /// Takes no more writes, lets those be done that wait, and closes the connection.
    pub(crate) fn close(&self) {
        self.queue.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the writer panicked");
        }
    }

    /// How many writes wait.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.waiting()
    }

    /// Does the work in a transaction and answers after its commit. Once queued it is done also if the caller goes away.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        let span = tracing::info_span!(target: "tweetty::trace", "sqlite write");
        self.submit(false, |connection| connection.transaction(work)).instrument(span).await
    }

    /// Does the work, which begins and commits its own transactions, beside no other.
    pub(crate) async fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        self.submit(true, work).await
    }

    /// Whether the thread still takes writes.
    pub(crate) fn is_running(&self) -> bool {
        self.queue.is_open()
    }

    async fn submit<T: Send + 'static>(
        &self,
        alone: bool,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        let write = |answer: oneshot::Sender<_>| {
            let work = Box::new(move |connection: &mut SqliteConnection| {
                let outcome = work(connection);
                // The caller may be gone; the write stands all the same.
                Box::new(move || drop(answer.send(outcome))) as Answer
            });
            Write { alone, work }
        };
        Ok(self.queue.ask(write).await.map_err(refused)??)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn refused(refused: Refused) -> Error {
    Error::unavailable(match refused {
        Refused::Busy => "the writer is busy",
        Refused::Closed => "the writer has ended",
        Refused::Unanswered => "the write did not reach the disk",
    })
}

struct Thread {
    database: Database,
    /// None after a failure that leaves a connection in doubt.
    connection: Option<SqliteConnection>,
}

impl Thread {
    fn run(mut self, writes: &Taker<Write>) {
        loop {
            let waiting = writes.take_blocking(GROUP);
            if waiting.is_empty() {
                return;
            }
            let mut group = Vec::new();
            for write in waiting {
                if write.work.alone {
                    self.perform(std::mem::take(&mut group));
                    self.perform(vec![write]);
                } else {
                    group.push(write);
                }
            }
            self.perform(group);
        }
    }

    /// A write that is not answered is dropped, which its caller notices.
    fn perform(&mut self, writes: Vec<Waiting<Write>>) {
        if writes.is_empty() {
            return;
        }
        let connection = match self.connection.take().map_or_else(|| self.database.writing(), Ok) {
            Ok(connection) => connection,
            Err(error) => return tracing::error!(%error, "the database can't be opened for writing"),
        };
        let (size, started) = (writes.len(), std::time::Instant::now());
        // A connection that a panic left is in doubt: it goes down with the closure, which rolls back.
        let performed = catch_unwind(AssertUnwindSafe(move || {
            let mut connection = connection;
            let answers = commit_together(&mut connection, writes);
            (connection, answers)
        }));
        let Ok((mut connection, answers)) = performed else {
            return tracing::error!("a write panicked");
        };
        if !AnsiTransactionManager::is_broken_transaction_manager(&mut connection) {
            self.connection = Some(connection);
        }
        measures::committed(size, started.elapsed());
        match answers {
            Ok(answers) => {
                crash_point("the write is committed");
                for answer in answers {
                    answer();
                }
            }
            Err(error) => tracing::error!(%error, "writes were not committed"),
        }
    }
}

fn commit_together(
    connection: &mut SqliteConnection,
    writes: Vec<Waiting<Write>>,
) -> Result<Vec<Answer>, DieselError> {
    if writes.iter().any(|write| write.work.alone) {
        return Ok(writes.into_iter().filter_map(|write| begin(write, connection)).collect());
    }
    connection.immediate_transaction(|connection| {
        let mut answers = Vec::with_capacity(writes.len());
        for write in writes {
            answers.extend(begin(write, connection));
            // When the disk is full, for instance, SQLite rolls back everything by itself.
            let depth =
                AnsiTransactionManager::transaction_manager_status_mut(connection).transaction_depth()?;
            if depth.is_none() {
                return Err(DieselError::BrokenTransactionManager);
            }
        }
        Ok(answers)
    })
}

fn begin(write: Waiting<Write>, connection: &mut SqliteConnection) -> Option<Answer> {
    write.perform(|write| (write.work)(connection))
}

#[cfg(test)]
#[path = "lanes_test.rs"]
mod tests;
