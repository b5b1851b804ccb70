//! The connections that read. In WAL mode they wait for no writer, and no writer waits for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::{Connection as _, SqliteConnection};
use tokio::sync::{Mutex as AsyncMutex, oneshot};
use tokio::time::timeout;
use tracing::Instrument as _;
use tweetty_domain::{Error, Result};

use crate::Options;
use crate::connection::Database;
use crate::failure::Failure;
use crate::reader_threads::{Desk, Load, Read, Threads};

/// Up to a number of connections, opened when first needed.
pub(crate) struct Readers {
    database: Database,
    threads: Arc<Threads>,
    beside: Arc<AsyncMutex<()>>,
    wait: Duration,
}

impl Readers {
    pub(crate) fn new(database: Database, options: &Options) -> Self {
        let threads = Arc::new(Threads::new(database.clone(), options.readers));
        Self { database, threads, beside: Arc::default(), wait: options.wait }
    }

    pub(crate) fn load(&self) -> Load {
        self.threads.load()
    }

    /// Lets nobody in any more, waits a while for those who read, and closes the connections.
    pub(crate) async fn close(&self) {
        let _beside = timeout(self.wait, self.beside.lock()).await;
        let (threads, patience) = (Arc::clone(&self.threads), self.wait);
        tokio::task::spawn_blocking(move || threads.close(patience)).await.ok();
    }

    /// Reads by one statement.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        let span = tracing::info_span!(target: "tweetty::trace", "sqlite read");
        self.in_turn(|desk| desk.on_a_connection(work)).instrument(span).await
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

    /// Reads at once, though all others are busy: whoever asks whether the database can be read at all doesn't ask
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
        let asked = Asked(Arc::default());
        let (sender, mut outcome) = oneshot::channel();
        let threads = Arc::clone(&self.threads);
        self.threads.read(Arc::clone(&asked.0), move |desk| {
            sender.send(threads.untaken(reading(desk))).ok();
        })?;
        let read = match timeout(self.wait, &mut outcome).await {
            Ok(read) => read,
            Err(_) if !asked.0.swap(true, Ordering::AcqRel) => {
                return Err(Error::unavailable("all readers are busy"));
            }
            Err(_) => outcome.await,
        };
        read.ok().and_then(Read::take).ok_or_else(|| Error::internal("reading broke off"))?
    }
}

/// Somebody who asks for something, and wants it no more once this is dropped.
struct Asked(Arc<AtomicBool>);

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.threads.close(self.wait);
    }
}
