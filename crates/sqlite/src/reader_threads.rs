//! The threads of the readers, each with a connection of its own. One that has read takes the next from the queue by
//! itself: what it read before is still at hand, and nobody has to be woken for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use diesel::SqliteConnection;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use tweetty_adapter::{Taker, Waiting};
use tweetty_domain::{Error, Result};

use crate::connection::Database;
use crate::failure::Failure;

/// Something to read, which answers by itself.
pub(crate) type Reading = Box<dyn FnOnce(&mut Desk) + Send>;

/// How much a thread may have read that nobody has taken yet: more would only lie in memory. It goes on when half of that
/// is taken, since to wake it for each would cost more than reading.
pub(crate) const UNTAKEN: usize = 16;
/// How long it waits then; the callers may be too busy to take anything.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// What a thread reads with.
pub(crate) struct Desk {
    database: Database,
    /// Opened when it is first needed; none after a failure that leaves it in doubt.
    connection: Option<SqliteConnection>,
}

/// Up to a number of threads, started when first needed.
pub(crate) struct Threads {
    database: Database,
    taker: Taker<Reading>,
    pub(crate) most: usize,
    state: Mutex<State>,
    /// A thread has ended, or something that was read is taken.
    advanced: Condvar,
}

#[derive(Default)]
struct State {
    running: usize,
    untaken: usize,
    closed: bool,
}

/// What was read, until it is taken or nobody wants it any more.
pub(crate) struct Read<T> {
    outcome: Option<T>,
    threads: Arc<Threads>,
}

impl Threads {
    pub(crate) fn new(database: Database, taker: Taker<Reading>, most: usize) -> Self {
        Self { database, taker, most: most.max(1), state: Mutex::default(), advanced: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn running(&self) -> usize {
        self.state().running
    }

    /// Starts another thread where there may be one, and where it is needed.
    pub(crate) fn start(self: &Arc<Self>, needed: impl FnOnce() -> bool) -> Result<()> {
        let mut state = self.state();
        if state.closed || state.running == self.most || !needed() {
            return Ok(());
        }
        let threads = Arc::clone(self);
        let desk = Desk { database: self.database.clone(), connection: None };
        let thread = std::thread::Builder::new().name("sqlite-reader".to_owned());
        match thread.spawn(move || threads.run(desk)) {
            Ok(_) => state.running += 1,
            Err(error) if state.running == 0 => return Err(Error::unavailable(error)),
            // Those who run will come to it.
            Err(_) => (),
        }
        Ok(())
    }

    fn run(&self, desk: Desk) {
        let _running = Running(self);
        // Dropped before the thread is counted out: its connection is closed by then.
        let mut desk = desk;
        loop {
            self.pause();
            let next = self.taker.take_blocking(1);
            if next.is_empty() {
                return;
            }
            for waiting in next {
                desk.read(waiting);
            }
        }
    }

    fn most_untaken(&self) -> usize {
        UNTAKEN * self.most
    }

    fn few_untaken(&self) -> usize {
        self.most_untaken() / 2
    }

    /// Counts something that was read as untaken.
    pub(crate) fn untaken<T>(self: &Arc<Self>, outcome: T) -> Read<T> {
        self.state().untaken += 1;
        Read { outcome: Some(outcome), threads: Arc::clone(self) }
    }

    /// Waits for a while where much is untaken.
    fn pause(&self) {
        let state = self.state();
        if state.untaken >= self.most_untaken() {
            let many = |state: &mut State| state.untaken > self.few_untaken() && !state.closed;
            drop(self.advanced.wait_timeout_while(state, LONGEST_PAUSE, many));
        }
    }

    /// Starts no more threads, and waits so long at most until the connections are closed. The queue is closed before.
    pub(crate) fn close(&self, patience: Duration) {
        let mut state = self.state();
        state.closed = true;
        self.advanced.notify_all();
        drop(self.advanced.wait_timeout_while(state, patience, |state| state.running > 0));
    }
}

impl<T> Read<T> {
    /// Takes it.
    pub(crate) fn take(mut self) -> Option<T> {
        self.outcome.take()
    }
}

impl<T> Drop for Read<T> {
    fn drop(&mut self) {
        let mut state = self.threads.state();
        state.untaken -= 1;
        if state.untaken == self.threads.few_untaken() {
            self.threads.advanced.notify_all();
        }
    }
}

/// A thread, until it has ended.
struct Running<'a>(&'a Threads);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.state().running -= 1;
        self.0.advanced.notify_all();
    }
}

impl Desk {
    fn read(&mut self, waiting: Waiting<Reading>) {
        let reading = waiting.perform(|reading| catch_unwind(AssertUnwindSafe(|| reading(self))));
        if let Some(Err(_)) = reading {
            self.connection = None;
        }
    }

    /// Reads on the connection that is kept.
    pub(crate) fn on_a_connection<T>(
        &mut self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure>,
    ) -> Result<T> {
        let mut connection = self.connection.take().map_or_else(|| self.database.reading(), Ok)?;
        let outcome = work(&mut connection);
        if !AnsiTransactionManager::is_broken_transaction_manager(&mut connection) {
            self.connection = Some(connection);
        }
        Ok(outcome?)
    }
}
