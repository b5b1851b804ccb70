//! SQLite as a kind of database.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use tweetty_domain::{Audit as _, Entry, Found, Result};
use tweetty_sqlite::{Options, Store};

use super::database::{Database, Lock, Opened, Running};
use crate::config::{DatabaseUrl, Tuning};

/// A file, which one server at a time has to itself.
pub(super) struct Sqlite {
    pub(super) url: DatabaseUrl,
    pub(super) path: PathBuf,
}

#[async_trait]
impl Database for Sqlite {
    fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    fn kind(&self) -> &'static str {
        "sqlite"
    }

    fn backup_file(&self) -> &'static str {
        "database.sqlite"
    }

    /// Absolute, since a relative path says little to an operator in the wrong folder.
    fn place(&self) -> String {
        let path = std::path::absolute(&self.path);
        format!("sqlite://{}", path.as_deref().unwrap_or(&self.path).display())
    }

    fn file(&self) -> Option<&Path> {
        Some(&self.path)
    }

    async fn look(&self) -> anyhow::Result<Found> {
        Ok(tweetty_sqlite::look(&self.path).map_err(|error| self.refused(&error))?)
    }

    async fn open(&self, tuning: Tuning) -> anyhow::Result<Opened> {
        let options = Options {
            readers: readers(tuning.connections),
            wait: tuning.wait.0,
            statement_timeout: tuning.statement_timeout.0,
            ..Options::default()
        };
        let store = Store::open(&self.path, &options).map_err(|error| self.refused(&error))?;
        let migrations = store.migrate().await.map_err(|error| self.refused(&error))?;
        tweetty_sqlite::announce_metrics();
        Ok(Opened::new(store, migrations))
    }

    fn lock(&self) -> anyhow::Result<Option<Lock>> {
        let lock = tweetty_sqlite::lock(&self.path).map_err(|error| self.refused(&error))?;
        Ok(Some(Box::new(lock)))
    }

    async fn alone(&self) -> anyhow::Result<Option<Lock>> {
        self.lock()
    }

    async fn is_vacant(&self) -> anyhow::Result<bool> {
        Ok(tweetty_sqlite::is_vacant(&self.path)?)
    }

    async fn record(&self, entry: Entry) -> Result<()> {
        let store = Store::open(&self.path, &Options { readers: 1, ..Options::default() })?;
        let recorded = store.record(entry).await;
        store.close().await;
        recorded
    }

    async fn back_up(&self, to: &Path) -> anyhow::Result<()> {
        let (path, to) = (self.path.clone(), to.to_owned());
        Ok(tokio::task::spawn_blocking(move || tweetty_sqlite::back_up(&path, &to)).await??)
    }

    async fn restore(&self, from: &Path) -> anyhow::Result<()> {
        Ok(tweetty_sqlite::restore(from, &self.path).map_err(|error| self.refused(&error))?)
    }
}

/// Reading SQLite is work of our own processors: more readers than keep them busy only take memory.
fn readers(most: usize) -> usize {
    let busy = std::thread::available_parallelism().map_or(4, |processors| 2 * processors.get());
    busy.min(most)
}

#[async_trait]
impl Running for Store {
    fn measure(&self) {
        Self::measure(self);
    }

    async fn close(&self) {
        Self::close(self).await;
    }
}
