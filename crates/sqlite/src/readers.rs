//! The connections that read. In WAL mode they wait for no writer, and no writer waits for them.

use std::sync::Arc;
use std::time::Duration;

use diesel::{Connection as _, SqliteConnection};
use tokio::sync::{Mutex as AsyncMutex, oneshot};
use tokio::time::timeout;
use tracing::Instrument as _;
use tweetty_adapter::{Abandoned, Party, Queue, Refused, Terms};
use tweetty_domain::{Error, Result};

use crate::Options;
use crate::connection::Database;
use crate::failure::Failure;
use crate::reader_threads::{Desk, Read, Reading, Threads};

/// How many reads wait at most; those behind them wait for room.
const ROOM: usize = 4096;

/// Up to a number of connections, opened when first needed.
pub(crate) struct Readers {
    database: Database,
    queue: Queue<Reading>,
    threads: Arc<Threads>,
    beside: Arc<AsyncMutex<()>>,
    wait: Duration,
    statement_timeout: Duration,
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

impl Readers {
    pub(crate) fn new(database: Database, options: &Options) -> Self {
        let terms = Terms {
            room: ROOM,
            // The other half is there when others come: what reads can't be sent away.
            share: options.readers.div_ceil(2),
            wait: options.wait,
            abandoned: Abandoned::Dropped,
        };
        let (queue, taker) = Queue::new(terms);
        let threads = Arc::new(Threads::new(database.clone(), taker, options.readers));
        Self {
            database,
            queue,
            threads,
            beside: Arc::default(),
            wait: options.wait,
            statement_timeout: options.statement_timeout,
        }
    }

    pub(crate) fn load(&self) -> Load {
        let (running, idle) = (self.threads.running(), self.queue.idle());
        let in_use = running.saturating_sub(idle);
        Load { most: self.threads.most, in_use, idle, waiting: self.queue.waiting() }
    }

    /// Lets nobody in any more, waits a while for those who read, and closes the connections.
    pub(crate) async fn close(&self) {
        self.queue.close();
        let _beside = timeout(self.wait, self.beside.lock()).await;
        let (threads, patience) = (Arc::clone(&self.threads), self.wait);
        tokio::task::spawn_blocking(move || threads.close(patience)).await.ok();
    }

    /// Reads by one statement. Where that is for somebody's request, it is ended when the time for statements is up.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        let span = tracing::info_span!(target: "tweetty::trace", "sqlite read");
        let most = (Party::current() != Party::Service).then_some(self.statement_timeout);
        let reading = move |desk: &mut Desk| match most {
            Some(most) => tweetty_interrupt::within(most, || desk.on_a_connection(work)),
            None => desk.on_a_connection(work),
        };
        self.in_turn(reading).instrument(span).await
    }

    /// Reads by several statements that all see the same moment.
    pub(crate) async fn snapshot<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        self.read(|connection| connection.transaction(work)).await
    }

    /// Reads likewise, on a connection that is opened for that: the check of a full-text index believes what a used
    /// connection remembers of it, and takes the writes of others for damage.
    pub(crate) async fn fresh_snapshot<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        let database = self.database.clone();
        self.in_turn(move |_| Ok(database.reading()?.transaction(work)?)).await
    }

    /// Reads at once, though all others are busy: whether the database can be read at all is another question than
    /// whether there is much to do. One at a time: where the disk hangs, the others wait here and not on a thread each.
    pub(crate) async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        let alone = Arc::clone(&self.beside).lock_owned().await;
        let database = self.database.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let _alone = alone;
            Ok(work(&mut database.reading()?)?)
        });
        reading.await.map_err(Error::internal)?
    }

    /// Waits in the queue for a while. What has begun goes on also if the caller goes away.
    async fn in_turn<T: Send + 'static>(
        &self,
        reading: impl FnOnce(&mut Desk) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let threads = Arc::clone(&self.threads);
        let reading = |answer: oneshot::Sender<_>| -> Reading {
            Box::new(move |desk| drop(answer.send(threads.untaken(reading(desk)))))
        };
        let asked = self.queue.put(reading).await.map_err(refused)?;
        self.threads.start(|| self.queue.is_short())?;
        let read = asked.answer().await.map_err(refused)?;
        Read::take(read).ok_or_else(broken_off)?
    }
}

fn refused(refused: Refused) -> Error {
    match refused {
        Refused::Busy => Error::unavailable("all readers are busy"),
        Refused::Closed => Error::unavailable("the store is closed"),
        Refused::Unanswered => broken_off(),
    }
}

fn broken_off() -> Error {
    Error::internal("reading broke off")
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue.close();
        self.threads.close(self.wait);
    }
}
