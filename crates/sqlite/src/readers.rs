//! The connections that read. In WAL mode they wait for no writer, and no writer waits for them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::{Connection as _, SqliteConnection};
use tokio::sync::{Mutex as AsyncMutex, Semaphore};
use tokio::time::timeout;
use tracing::Instrument as _;
use tweetty_domain::{Error, Result};

use crate::Options;
use crate::connection::Database;
use crate::failure::Failure;

/// Up to a number of connections, opened when first needed.
pub(crate) struct Readers {
    database: Database,
    idle: Mutex<Vec<SqliteConnection>>,
    beside: Arc<AsyncMutex<()>>,
    places: Arc<Semaphore>,
    most: usize,
    waiting: AtomicUsize,
    wait: Duration,
}

/// How busy the readers are.
pub(crate) struct Load {
    pub(crate) most: usize,
    pub(crate) in_use: usize,
    /// Open, but not in use.
    pub(crate) idle: usize,
    /// Requests that wait for a place.
    pub(crate) waiting: usize,
}

impl Readers {
    pub(crate) fn new(database: Database, options: &Options) -> Self {
        let most = options.readers.clamp(1, Semaphore::MAX_PERMITS);
        let places = Arc::new(Semaphore::new(most));
        Self {
            database,
            idle: Mutex::default(),
            beside: Arc::default(),
            places,
            most,
            waiting: AtomicUsize::new(0),
            wait: options.wait,
        }
    }

    pub(crate) fn load(&self) -> Load {
        Load {
            most: self.most,
            in_use: self.most.saturating_sub(self.places.available_permits()),
            idle: self.idle().len(),
            waiting: self.waiting.load(Ordering::Relaxed),
        }
    }

    /// Lets nobody in any more, waits a while for those who read, and closes the connections.
    pub(crate) async fn close(&self) {
        let all = u32::try_from(self.most).unwrap_or(u32::MAX);
        timeout(self.wait, self.places.acquire_many(all)).await.ok();
        self.places.close();
        self.idle().clear();
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads by one statement.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        let span = tracing::info_span!(target: "tweetty::trace", "sqlite read");
        self.in_turn(|readers| readers.on_a_connection(work)).instrument(span).await
    }

    /// Reads by several statements that all see the same moment.
    pub(crate) async fn snapshot<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        self.read(|connection| connection.transaction(work)).await
    }

    /// Reads likewise, on a connection that is opened for that: the check of a full-text index believes what a used
    /// connection remembers of it, and takes the writes of others for damage.
    pub(crate) async fn fresh_snapshot<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        self.in_turn(|readers| Ok(readers.database.reading()?.transaction(work)?)).await
    }

    /// Reads at once, though all places are taken: whoever asks whether the database can be read at all doesn't ask
    /// whether there is much to do. One at a time: where the disk hangs, the others wait here and not on a thread each.
    pub(crate) async fn beside<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        let alone = Arc::clone(&self.beside).lock_owned().await;
        let readers = Arc::clone(self);
        let reading = tokio::task::spawn_blocking(move || {
            let _alone = alone;
            readers.on_a_connection(work)
        });
        reading.await.map_err(Error::internal)?
    }

    async fn in_turn<T: Send + 'static>(
        self: &Arc<Self>,
        reading: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let waiting = Waiting::among(&self.waiting);
        let place = timeout(self.wait, Arc::clone(&self.places).acquire_owned())
            .await
            .map_err(|_| Error::unavailable("all readers are busy"))?
            .map_err(|_| Error::unavailable("the store is closed"))?;
        drop(waiting);
        let readers = Arc::clone(self);
        let reading = tokio::task::spawn_blocking(move || {
            let _place = place;
            reading(&readers)
        });
        reading.await.map_err(Error::internal)?
    }

    fn on_a_connection<T>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure>,
    ) -> Result<T> {
        let mut connection = self.take()?;
        let outcome = work(&mut connection);
        self.put_back(connection);
        Ok(outcome?)
    }

    fn take(&self) -> Result<SqliteConnection> {
        let idle = self.idle().pop();
        idle.map_or_else(|| self.database.reading(), Ok)
    }

    fn put_back(&self, mut connection: SqliteConnection) {
        let broken = AnsiTransactionManager::is_broken_transaction_manager(&mut connection);
        if !broken && !self.places.is_closed() {
            self.idle().push(connection);
        }
    }
}

/// Somebody who waits, until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn among(others: &'a AtomicUsize) -> Self {
        others.fetch_add(1, Ordering::Relaxed);
        Self(others)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
