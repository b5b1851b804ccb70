//! The threads of the readers, each with a connection of its own, and the queue in front of them. Whoever has read takes
//! the next from the queue by itself: what it read before is still at hand, and nobody has to be woken for it.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use diesel::SqliteConnection;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use tweetty_domain::{Error, Result};

use crate::connection::Database;
use crate::failure::Failure;

/// Something to read, which answers by itself whoever asked for it.
struct Reading {
    /// Set by whoever comes first: the thread that begins, or the caller who gives up.
    claimed: Arc<AtomicBool>,
    work: Box<dyn FnOnce(&mut Desk) + Send>,
}

/// How much a thread may have read that nobody has taken yet: more would only lie in memory. It goes on when half of that
/// is taken, since to wake it for each would cost more than reading.
pub(crate) const UNTAKEN: usize = 16;
/// How long it waits then; whoever has asked may be too busy to take anything.
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
    most: usize,
    state: Mutex<State>,
    /// There is something to read, or no more to come.
    called: Condvar,
    /// A thread has ended, or something that was read is taken.
    advanced: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Reading>,
    running: usize,
    idle: usize,
    untaken: usize,
    closed: bool,
}

/// What was read, until it is taken or nobody wants it any more.
pub(crate) struct Read<T> {
    outcome: Option<T>,
    threads: Arc<Threads>,
}

/// How busy the readers are.
pub(crate) struct Load {
    pub(crate) most: usize,
    pub(crate) in_use: usize,
    /// Open, but not in use.
    pub(crate) idle: usize,
    /// What waits to be read.
    pub(crate) waiting: usize,
}

impl Threads {
    pub(crate) fn new(database: Database, most: usize) -> Self {
        let (state, called, advanced) = (Mutex::default(), Condvar::new(), Condvar::new());
        Self { database, most: most.max(1), state, called, advanced }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn load(&self) -> Load {
        let State { queue, running, idle, .. } = &*self.state();
        let waiting = queue.iter().filter(|reading| !reading.is_claimed()).count();
        Load { most: self.most, in_use: running.saturating_sub(*idle), idle: *idle, waiting }
    }

    /// Puts something at the end of the queue. It is not read where `claimed` is set before its turn comes.
    pub(crate) fn read(
        self: &Arc<Self>,
        claimed: Arc<AtomicBool>,
        work: impl FnOnce(&mut Desk) + Send + 'static,
    ) -> Result<()> {
        let mut state = self.state();
        // While all threads hang, nobody else takes them away.
        while state.queue.front().is_some_and(Reading::is_claimed) {
            state.queue.pop_front();
        }
        if state.closed {
            return Err(Error::unavailable("the store is closed"));
        }
        // Those who are idle may have been called already, as many as wait.
        if state.idle <= state.queue.len() && state.running < self.most {
            match self.start_one() {
                Ok(()) => state.running += 1,
                Err(error) if state.running == 0 => return Err(error),
                // Those who run will come to it.
                Err(_) => (),
            }
        }
        state.queue.push_back(Reading { claimed, work: Box::new(work) });
        if state.idle > 0 {
            self.called.notify_one();
        }
        Ok(())
    }

    fn start_one(self: &Arc<Self>) -> Result<()> {
        let threads = Arc::clone(self);
        let desk = Desk { database: self.database.clone(), connection: None };
        let thread = std::thread::Builder::new().name("sqlite-reader".to_owned());
        thread.spawn(move || threads.run(desk)).map(drop).map_err(Error::unavailable)
    }

    fn run(&self, desk: Desk) {
        let _running = Running(self);
        // Dropped before the thread is counted out: its connection is closed by then.
        let mut desk = desk;
        while let Some(reading) = self.next() {
            let begins = !reading.claimed.swap(true, Ordering::AcqRel);
            if begins && catch_unwind(AssertUnwindSafe(|| (reading.work)(&mut desk))).is_err() {
                desk.connection = None;
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

    /// What is to be read next, waited for; nothing once all is read and no more will come.
    fn next(&self) -> Option<Reading> {
        let mut state = self.state();
        if state.untaken >= self.most_untaken() {
            let many = |state: &mut State| state.untaken > self.few_untaken() && !state.closed;
            let paused = self.advanced.wait_timeout_while(state, LONGEST_PAUSE, many);
            state = paused.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.idle += 1;
        let mut state = self
            .called
            .wait_while(state, |state| state.queue.is_empty() && !state.closed)
            .unwrap_or_else(PoisonError::into_inner);
        state.idle -= 1;
        state.queue.pop_front()
    }

    /// Takes nothing more, and waits so long at most until what waits is read and the connections are closed.
    pub(crate) fn close(&self, patience: Duration) {
        let mut state = self.state();
        state.closed = true;
        self.called.notify_all();
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

impl Reading {
    fn is_claimed(&self) -> bool {
        self.claimed.load(Ordering::Acquire)
    }
}

impl Desk {
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
