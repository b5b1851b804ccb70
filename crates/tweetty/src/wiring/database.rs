//! What each kind of database does in its own way, and which kind a URL names.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use tweetty_domain::{
    Announcements, Audit, Entry, Error, Feeds, Found, Keys, Result, Stores, SystemClock, Tweets, Upkeep,
    Users,
};
use tweetty_tables::WholeStore;

use super::no_images::NoImages;
use super::postgres::Postgres;
use super::sqlite::Sqlite;
use super::{DATABASE, reason};
use crate::config::{DatabaseUrl, Refusal, Tuning};

/// A right that lasts as long as it lives.
pub(crate) type Lock = Box<dyn Send>;

/// A database at its URL. Nothing has to be there yet.
#[async_trait]
pub(crate) trait Database: Send + Sync {
    /// Shown without its password.
    fn url(&self) -> &DatabaseUrl;

    /// The word for its kind, in metrics and in backups.
    fn kind(&self) -> &'static str;

    /// The name of its copy in a backup.
    fn backup_file(&self) -> &'static str;

    /// Where it is, for an operator who finds nothing there.
    fn place(&self) -> String {
        self.url().to_string()
    }

    /// Its file on this machine, where it is one.
    fn file(&self) -> Option<&Path> {
        None
    }

    /// That it can't be used, with the cure.
    fn refused(&self, error: &Error) -> Refusal {
        Refusal::world(DATABASE, format!("{}: {}", self.url(), reason(error)))
    }

    /// What is there, before it is opened.
    async fn look(&self) -> anyhow::Result<Found>;

    /// Opens the store and brings its schema up to this version; makes what is missing. What it counts is visible from
    /// then on.
    async fn open(&self, tuning: Tuning) -> anyhow::Result<Opened>;

    /// The right to serve it, where one process at a time has that.
    fn lock(&self) -> anyhow::Result<Option<Lock>>;

    /// The right to have it for oneself: no server uses it, for as long as the answer lives, or else now.
    async fn alone(&self) -> anyhow::Result<Option<Lock>>;

    /// Whether a backup can be restored here without a loss.
    async fn is_vacant(&self) -> anyhow::Result<bool>;

    /// Adds an entry to the log of the store that is there, as old as it may be: nothing is migrated.
    async fn record(&self, entry: Entry) -> Result<()>;

    /// Copies it into a file, while it is in use.
    async fn back_up(&self, to: &Path) -> anyhow::Result<()>;

    /// Fills it from such a file.
    async fn restore(&self, from: &Path) -> anyhow::Result<()>;
}

/// A store that is open.
pub(crate) struct Opened {
    /// Without images yet.
    pub(super) stores: Stores,
    pub(super) whole: Arc<dyn WholeStore>,
    pub(super) running: Arc<dyn Running>,
    /// The migrations that were applied.
    pub(super) migrations: Vec<String>,
}

impl Opened {
    pub(super) fn new<S>(store: S, migrations: Vec<String>) -> Self
    where
        S: Users
            + Keys
            + Tweets
            + Feeds
            + Announcements
            + Upkeep
            + Audit
            + WholeStore
            + Running
            + Clone
            + 'static,
    {
        let stores = Stores::of(store.clone(), Arc::new(NoImages), Arc::new(SystemClock));
        let store = Arc::new(store);
        Self { stores, whole: store.clone(), running: store, migrations }
    }
}

/// What no use case knows of an open store: how busy it is, and its end.
#[async_trait]
pub(crate) trait Running: Send + Sync {
    /// Sets the gauges of what is in use and of what waits.
    fn measure(&self);

    /// Closes it in good order, where anything is left to do for that.
    async fn close(&self) {}
}

/// The database that a URL names.
pub(crate) fn database(url: DatabaseUrl) -> Arc<dyn Database> {
    match url.clone() {
        DatabaseUrl::Sqlite(path) => Arc::new(Sqlite { url, path }),
        DatabaseUrl::Postgres(secret) => Arc::new(Postgres { url, secret }),
    }
}
