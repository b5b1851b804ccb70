//! PostgreSQL as a kind of database.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::timeout;
use tweetty_domain::{Audit as _, Entry, Error, Found, Result};
use tweetty_postgres::{Options, Store};

use super::database::{Database, Lock, Opened, Running};
use super::{DATABASE, reason};
use crate::config::{DatabaseUrl, Refusal, Tuning};

/// How long a start may wait for a database that does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A database of a server, which many may use at a time.
pub(super) struct Postgres {
    pub(super) url: DatabaseUrl,
    /// The URL with its password.
    pub(super) secret: String,
}

#[async_trait]
impl Database for Postgres {
    fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    fn kind(&self) -> &'static str {
        "postgres"
    }

    fn backup_file(&self) -> &'static str {
        "database.dump"
    }

    fn refused(&self, error: &Error) -> Refusal {
        let cure = match error {
            Error::Unavailable(_) => {
                "; start that database, or correct the host, user, password or name in the URL"
            }
            _ => "",
        };
        Refusal::world(DATABASE, format!("{}: {}{cure}", self.url, reason(error)))
    }

    async fn look(&self) -> anyhow::Result<Found> {
        Ok(soon(Box::pin(tweetty_postgres::look(&self.secret)))
            .await
            .map_err(|error| self.refused(&error))?)
    }

    async fn open(&self, tuning: Tuning) -> anyhow::Result<Opened> {
        let options = Options {
            connections: tuning.connections,
            wait: tuning.wait.0,
            statement_timeout: tuning.statement_timeout.0,
        };
        let connecting = soon(Box::pin(Store::connect(&self.secret, &options)));
        let store = connecting.await.map_err(|error| self.refused(&error))?;
        let migrations = store.migrate().await.map_err(|error| self.refused(&error))?;
        tweetty_postgres::announce_metrics();
        Ok(Opened::new(store, migrations))
    }

    fn lock(&self) -> anyhow::Result<Option<Lock>> {
        Ok(None)
    }

    async fn alone(&self) -> anyhow::Result<Option<Lock>> {
        if tweetty_postgres::is_in_use(&self.secret).await.map_err(|error| self.refused(&error))? {
            let problem =
                format!("{}: a server, or another command, uses this database; stop it first", self.url);
            return Err(Refusal::world(DATABASE, problem).into());
        }
        self.lock()
    }

    async fn is_vacant(&self) -> anyhow::Result<bool> {
        Ok(tweetty_postgres::is_vacant(&self.secret).await.map_err(|error| self.refused(&error))?)
    }

    async fn record(&self, entry: Entry) -> Result<()> {
        let options = Options { connections: 1, ..Options::default() };
        let store = soon(Box::pin(Store::connect(&self.secret, &options))).await?;
        store.record(entry).await
    }

    async fn back_up(&self, to: &Path) -> anyhow::Result<()> {
        match tweetty_postgres::back_up(&self.secret, to).await {
            Err(error @ Error::Internal(_)) => Err(self.refused(&error).into()),
            outcome => Ok(outcome?),
        }
    }

    async fn restore(&self, from: &Path) -> anyhow::Result<()> {
        Ok(tweetty_postgres::restore(from, &self.secret).await.map_err(|error| self.refused(&error))?)
    }
}

async fn soon<T>(asking: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(PATIENCE, asking).await.unwrap_or_else(|_| Err(Error::unavailable("no answer within 5 s")))
}

/// Its connections end with the process: nothing is left of them.
#[async_trait]
impl Running for Store {
    fn measure(&self) {
        Self::measure(self);
    }
}
