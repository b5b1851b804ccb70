//! The connections that read. In WAL mode they wait for no writer, and no writer waits for them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::{Connection as _, SqliteConnection};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tweetty_domain::{Error, Result};

use crate::Options;
use crate::connection::Database;
use crate::failure::Failure;

/// Up to a number of connections, opened when first needed.
pub(crate) struct Readers {
    database: Database,
    idle: Mutex<Vec<SqliteConnection>>,
    places: Arc<Semaphore>,
    wait: Duration,
}

impl Readers {
    pub(crate) fn new(database: Database, options: &Options) -> Self {
        let places = Arc::new(Semaphore::new(options.readers.clamp(1, Semaphore::MAX_PERMITS)));
        Self { database, idle: Mutex::default(), places, wait: options.wait }
    }

    /// Reads by one statement.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        let reading = move |readers: &Self| {
            let mut connection = readers.take()?;
            let outcome = work(&mut connection);
            readers.put_back(connection);
            Ok(outcome?)
        };
        self.in_turn(reading).await
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

    async fn in_turn<T: Send + 'static>(
        self: &Arc<Self>,
        reading: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = timeout(self.wait, Arc::clone(&self.places).acquire_owned())
            .await
            .map_err(|_| Error::unavailable("all readers are busy"))?
            .map_err(Error::internal)?;
        let readers = Arc::clone(self);
        let reading = tokio::task::spawn_blocking(move || {
            let _place = place;
            reading(&readers)
        });
        reading.await.map_err(Error::internal)?
    }

    fn take(&self) -> Result<SqliteConnection> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| self.database.reading(), Ok)
    }

    fn put_back(&self, mut connection: SqliteConnection) {
        if !AnsiTransactionManager::is_broken_transaction_manager(&mut connection) {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}
