//! The storage ports on an embedded SQLite database.
//!
//! One connection writes, on a thread of its own; some others read. Writes that wait at the same time share one
//! commit, and each is answered after it. Nothing blocks the threads of the async runtime.

mod announcements;
mod audit;
mod avatars;
mod backup;
mod bots;
mod connection;
mod details;
mod failure;
mod feeds;
mod follows;
mod guard;
mod identity;
mod images;
mod keys;
mod likers;
mod lock;
mod measures;
mod migrations;
mod moderation;
mod people;
mod person;
#[cfg(test)]
mod plans_test;
mod popular;
mod presence;
mod private;
mod quota;
mod ranking;
mod reader_threads;
mod readers;
mod rows;
mod schema;
mod schema_differences;
mod search;
mod search_texts;
mod snapshot;
mod spans;
mod statement;
mod tweets;
mod upkeep;
mod users;
mod whole;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tweetty_adapter::{Headroom, Remembered};
use tweetty_domain::{Result, UserId};

use crate::connection::Database;
use crate::people::KnownNames;
use crate::readers::Readers;
use crate::spans::Spans;
use crate::writer::Writer;

pub use backup::{back_up, is_vacant, restore};
pub use identity::look;
pub use lock::{Lock, lock};
pub use measures::announce_metrics;

/// How long a name is trusted after it was asked for.
const TRUSTED: Duration = Duration::from_secs(5);
/// Authors of whom it is remembered how many tweets they may publish.
const MOST_AUTHORS: usize = 20_000;
/// Names that are remembered: some 10 MB of them.
const MOST_NAMES: usize = 100_000;

/// How the store uses its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many connections read at the same time; at least 1.
    pub readers: usize,
    /// The longest wait for the writer or for a reader; then the answer is [`tweetty_domain::Error::Unavailable`].
    pub wait: Duration,
    /// The longest that a request may read; then the answer is that, too. What an operator asks for has no such limit.
    pub statement_timeout: Duration,
    /// How many writes may wait for the writer; at least 1.
    pub waiting_writes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 4,
            wait: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(5),
            waiting_writes: 4096,
        }
    }
}

/// A microblog in one SQLite file. Cheap to clone; its methods need a Tokio runtime with time.
#[derive(Clone)]
pub struct Store {
    // Dropped before the writer: the last connection to close folds the log into the file, and readers can't.
    readers: Arc<Readers>,
    writer: Arc<Writer>,
    names: Arc<KnownNames>,
    /// Which tweets each time has that popular ones were asked of.
    spans: Arc<Spans>,
    /// How many more tweets each author may publish, as far as it was counted lately.
    headroom: Arc<Headroom<UserId>>,
    database: Database,
}

impl Store {
    /// Opens the database, creating its folder and its file (for its owner's eyes only) where they are missing.
    /// Tables are the business of [`Store::migrate`].
    ///
    /// # Errors
    /// [`tweetty_domain::Error::Unavailable`] where the file can't be used; [`tweetty_domain::Error::Internal`]
    /// where the linked SQLite is too old to be trusted.
    pub fn open(path: &Path, options: &Options) -> Result<Self> {
        tweetty_interrupt::prepare();
        let database = Database::create(path, options.wait)?;
        let readers = Readers::new(database.clone(), options);
        Ok(Self {
            readers: Arc::new(readers),
            writer: Arc::new(Writer::start(database.clone(), options)?),
            names: Arc::new(Remembered::new(MOST_NAMES, TRUSTED)),
            spans: Arc::new(Spans::new()),
            headroom: Arc::new(Headroom::new(MOST_AUTHORS, TRUSTED)),
            database,
        })
    }

    /// Applies the migrations that are pending and answers their names. Several processes may do so at once.
    ///
    /// # Errors
    /// [`tweetty_domain::Error::Internal`] where the store is newer than this version; it stays untouched.
    pub async fn migrate(&self) -> Result<Vec<String>> {
        self.writer.alone(migrations::apply).await
    }

    /// Sets the gauges of what is in use and of what waits.
    pub fn measure(&self) {
        measures::set(&self.readers.load(), self.writer.waiting());
    }

    /// Closes the store: no more reads and writes, those that wait are done, and the log becomes a part of the file
    /// again unless another process uses it.
    pub async fn close(&self) {
        self.readers.close().await;
        let writer = Arc::clone(&self.writer);
        tokio::task::spawn_blocking(move || writer.close()).await.ok();
    }
}
