//! Opening connections, each on the runtime on which the store was connected.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use tokio::runtime::Handle;
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;
use tweetty_adapter::with_causes;
use tweetty_domain::{Error, Result};

use crate::Options;
use crate::address::Address;
use crate::primacy::Primacy;
use crate::tls;

/// A transaction of a request never waits for anything but the database; one that does so long has lost its process.
const MOST_IDLE: Duration = Duration::from_mins(1);

/// Opens connections to one database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Opener {
    shared: Arc<Shared>,
    runtime: Handle,
}

struct Shared {
    address: Address,
    primacy: Primacy,
    tls: MakeRustlsConnect,
    wait: Duration,
    statement_timeout: Duration,
}

impl Opener {
    pub(crate) fn new(url: &str, options: &Options) -> Result<Self> {
        let address = Address::parse(url).map_err(Error::internal)?;
        let runtime = Handle::try_current().map_err(Error::internal)?;
        let tls = tls::connector(&address)?;
        let (wait, statement_timeout) = (options.wait, options.statement_timeout);
        let shared = Shared { address, primacy: Primacy::new(), tls, wait, statement_timeout };
        Ok(Self { shared: Arc::new(shared), runtime })
    }

    /// Whether the database is on this machine.
    pub(crate) fn is_here(&self) -> bool {
        self.shared.address.is_here()
    }

    /// What is known of whether the server takes writes.
    pub(crate) fn primacy(&self) -> &Primacy {
        &self.shared.primacy
    }

    /// The runtime that drives the connections.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// A connection for requests, whose statements are bounded in time.
    pub(crate) async fn for_requests(&self) -> ConnectionResult<AsyncPgConnection> {
        let Shared { wait, statement_timeout, .. } = *self.shared;
        self.open(&session(statement_timeout, wait, MOST_IDLE)).await
    }

    /// A connection for an operator's work, which may take its time.
    pub(crate) async fn for_operators(&self) -> Result<AsyncPgConnection> {
        self.open(&session(Duration::ZERO, Duration::ZERO, Duration::ZERO))
            .await
            .map_err(|error| Error::unavailable(with_causes(&error)))
    }

    /// A connection of the driver's own kind, for what diesel can't do; it may take its time.
    pub(crate) async fn plain(&self) -> Result<Client> {
        let opener = self.clone();
        let client = self.bounded(async move {
            let client = opener.client().await?;
            client.batch_execute(&session(Duration::ZERO, Duration::ZERO, Duration::ZERO)).await?;
            Ok::<_, tokio_postgres::Error>(client)
        });
        client.await.map_err(Error::unavailable)
    }

    /// A connection on which nothing is set; why there is none else.
    pub(crate) async fn bare(&self) -> Result<Client, String> {
        let opener = self.clone();
        self.bounded(async move { opener.client().await }).await
    }

    async fn client(&self) -> Result<Client, tokio_postgres::Error> {
        let (client, connection) = self.shared.connect().await?;
        self.runtime.spawn(connection);
        Ok(client)
    }

    async fn open(&self, session: &str) -> ConnectionResult<AsyncPgConnection> {
        let (opener, session) = (self.clone(), session.to_owned());
        let connection = self.bounded(async move {
            let (client, connection) =
                opener.shared.connect().await.map_err(|error| bad(with_causes(&error)))?;
            let mut connection =
                AsyncPgConnection::try_from_client_and_connection(client, connection).await?;
            let set = connection.batch_execute(&session).await;
            set.map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok::<_, ConnectionError>(connection)
        });
        connection.await.map_err(bad)
    }

    /// Runs it on the store's runtime: that of the caller, an actix worker's say, may end before the connection.
    pub(crate) async fn bounded<T, E>(
        &self,
        opening: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, String>
    where
        T: Send + 'static,
        E: std::error::Error + Send + 'static,
    {
        let wait = self.shared.wait;
        // The timer must be made over there too: it ends with the runtime on which it was made.
        let task = self.runtime.spawn(async move { tokio::time::timeout(wait, opening).await });
        match task.await {
            Ok(Ok(Ok(opened))) => Ok(opened),
            Ok(Ok(Err(error))) => Err(with_causes(&error)),
            Ok(Err(_)) => Err("the database did not answer in time".to_owned()),
            Err(error) => Err(with_causes(&error)),
        }
    }
}

type Driver = tokio_postgres::Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

impl Shared {
    /// A connection to a server that takes writes, of all hosts and addresses that the URL names; else to one that can
    /// at least be read. Where the URL says which of the two it wants, to that.
    async fn connect(&self) -> Result<(Client, Driver), tokio_postgres::Error> {
        let config = &self.address.config;
        if config.get_target_session_attrs() != TargetSessionAttrs::Any {
            return config.connect(self.tls.clone()).await;
        }
        let begun = Instant::now();
        let mut writing = config.clone();
        writing.target_session_attrs(TargetSessionAttrs::ReadWrite);
        let error = match writing.connect(self.tls.clone()).await {
            Ok(connected) => {
                self.primacy.saw_writable(begun);
                return Ok(connected);
            }
            Err(error) => error,
        };
        let read_only = takes_no_writes(&error);
        if read_only {
            self.primacy.saw_read_only(begun);
        }
        // The error is that of the last host; another may be there for reading.
        if !read_only && !has_several_hosts(config) {
            return Err(error);
        }
        config.connect(self.tls.clone()).await.map_err(|_| error)
    }
}

/// What the driver says of a server that is asked for a session that may write and has none: an error of its own, not of
/// the system.
fn takes_no_writes(error: &tokio_postgres::Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| {
        cause.kind() == io::ErrorKind::PermissionDenied && cause.raw_os_error().is_none()
    })
}

fn has_several_hosts(config: &Config) -> bool {
    config.get_hosts().len().max(config.get_hostaddrs().len()) > 1
}

fn bad(message: String) -> ConnectionError {
    ConnectionError::BadConnection(message)
}

/// What every connection relies on (0 is no limit), whatever the defaults of the server, the database or the role are.
fn session(statement_timeout: Duration, lock_timeout: Duration, idle_timeout: Duration) -> String {
    format!(
        "SET statement_timeout = {};
         SET lock_timeout = {};
         SET idle_in_transaction_session_timeout = {};
         SET default_transaction_isolation = 'read committed';
         -- Acknowledged means durable; a stricter setting than 'on', for replicas, is kept.
         SELECT set_config('synchronous_commit', 'on', false)
         WHERE current_setting('synchronous_commit') = 'off';
         -- The feed's plans are right for every viewer; planning it for one takes longer than running it.
         SET plan_cache_mode = force_generic_plan;
         SET jit = off;
         SET TIME ZONE 'UTC'",
        statement_timeout.as_millis(),
        lock_timeout.as_millis(),
        idle_timeout.as_millis()
    )
}

#[cfg(test)]
mod tests {
    use tweetty_cluster::Cluster;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_acknowledged_is_durable_whatever_the_database_says() {
        let database = Cluster::shared().database();
        for (set, used) in [("off", "on"), ("on", "on"), ("remote_apply", "remote_apply")] {
            let name = database.execute("SELECT current_database()");
            database.execute(&format!("ALTER DATABASE \"{name}\" SET synchronous_commit = {set}"));
            let client = Opener::new(&database.url(), &Options::default()).unwrap().plain().await.unwrap();
            let setting = client.query_one("SHOW synchronous_commit", &[]).await.unwrap();
            assert_eq!(setting.get::<_, &str>(0), used, "{set}");
        }
    }
}
