//! The pool, and how work is done on its connections.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use diesel::sql_types::Bool;
use diesel_async::pooled_connection::deadpool::{Hook, HookError, Object, Pool, PoolError};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, PoolableConnection, RecyclingMethod,
};
use diesel_async::{
    AsyncConnection, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _, TransactionManager,
};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::time::timeout;
use tracing::Instrument as _;
use tweetty_adapter::{Held, Party, Shares, Sharing, with_causes};
use tweetty_domain::{Error, Result, crash_point};

use crate::Options;
use crate::concurrency::Reads;
use crate::failure::Failure;
use crate::measures::{self, Load};
use crate::opener::Opener;
use crate::statement::sql;

pub(crate) type Connection = AsyncPgConnection;
type Manager = <Connection as AsyncConnection>::TransactionManager;

/// Where the database is on this machine it has the processors that we see. One read more for each keeps them busy while
/// others are being read out of memory, and sent: with 2 processors 4 reads at once answered the most, and the soonest.
const READS_A_PROCESSOR: usize = 2;

/// Collisions are rare and short; more than this in a row is something else.
const MOST_ATTEMPTS: u32 = 5;

/// Reads a table, too: that it can be read is part of the answer.
const IS_READ_ONLY: &str = "
    SELECT CAST(current_setting('transaction_read_only') AS boolean), EXISTS (SELECT FROM users)";

const NONE_FREE: &str = "no connection to the database came free in time";

const READ_ONLY: &str = "the database is read-only, as a standby is, or one whose disk is full; let the URL name the \
                         primary, or several hosts of which one is, or make this one take writes";

/// Who waits for the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// A request, for a bounded time.
    Request,
    /// An operator, as long as it takes.
    Operator,
}

/// The connections of a store. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Connections {
    pool: Pool<Connection>,
    /// Who may read on one of the pool's connections, whose own queue knows no users.
    reads: Reads,
    /// Who may write on one of them.
    writes: Shares,
    /// One connection beside the others, opened when it is first asked whether the database is there.
    watch: Pool<Connection>,
    opener: Opener,
    wait: Duration,
    statement_timeout: Duration,
}

impl Connections {
    pub(crate) fn new(url: &str, options: &Options) -> Result<Self> {
        let opener = Opener::new(url, options)?;
        let connections = options.connections.max(1);
        // The rest is there for reads while all writes hang, and the other way round.
        let most = (connections * 3 / 4).max(1);
        let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let reads = if opener.is_here() {
            Reads::fixed((processors * READS_A_PROCESSOR).min(most))
        } else {
            Reads::adapting(most, opener.runtime())
        };
        Ok(Self {
            pool: pool(&opener, connections)?,
            reads,
            writes: Shares::new(Sharing::halves(most)),
            watch: pool(&opener, 1)?,
            opener,
            wait: options.wait,
            statement_timeout: options.statement_timeout,
        })
    }

    pub(crate) fn opener(&self) -> &Opener {
        &self.opener
    }

    /// Sets the gauges of the pool.
    pub(crate) fn measure(&self) {
        let pool = self.pool.status();
        let (reads, waiting) =
            (self.reads.turns.places(), self.reads.turns.waiting() + self.writes.waiting());
        let (most, open, idle) = (pool.max_size, pool.size, pool.available);
        measures::set_pool(&Load { most, reads, open, idle, waiting });
    }

    /// Whether there is a connection to be had.
    pub(crate) async fn check(&self) -> Result<()> {
        self.lease(&self.reads.turns).await.map(Lease::give_back)
    }

    /// Reads. A caller that drops it early gives the connection up, since an answer may still be on its way.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, Failure>> + Send,
    {
        let span = tracing::info_span!(target: "tweetty::trace", "postgres read");
        let reading = async {
            let lease = self.lease(&self.reads.turns).await?;
            let outcome = self.read_on(lease, work).await;
            self.reads.end();
            outcome
        };
        reading.instrument(span).await
    }

    /// Whether the database is there and takes writes, asked on a connection that is kept for it: whether there is much
    /// to do is another question.
    pub(crate) async fn ready(&self) -> Result<()> {
        // A second look where the first was at an old connection: a new one may lead to the primary.
        for _ in 0..2 {
            let lease = self.lease_of(&self.watch, None).await?;
            let connected = lease.connected();
            let asked = self.read_on(lease, |connection| is_read_only(connection).boxed());
            if !asked.await? {
                self.opener.primacy().saw_writable(connected);
                return Ok(());
            }
            if !self.opener.primacy().saw_read_only(connected) {
                break;
            }
        }
        Err(Error::unavailable(READ_ONLY))
    }

    /// Reads on the connection that is kept for such looks, however busy the others are.
    pub(crate) async fn beside<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, Failure>> + Send,
    {
        let lease = self.lease_of(&self.watch, None).await?;
        self.read_on(lease, work).await
    }

    async fn read_on<T, F>(&self, mut lease: Lease, work: F) -> Result<T>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, Failure>> + Send,
    {
        let started = Instant::now();
        let Ok(outcome) = timeout(self.most_time(), work(lease.connection()?)).await else {
            return Err(Error::unavailable("the database did not answer in time"));
        };
        let outcome = outcome
            .map_err(|failure| failure.into_error(self.is_late(Patience::Request, started, &mut lease)));
        lease.give_back();
        outcome
    }

    /// Writes by one statement, which is a transaction of its own; it is never cut short.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c mut Connection) -> BoxFuture<'c, Result<T, Failure>>,
    {
        self.attempts(Patience::Request, work).await
    }

    /// Writes by several statements in one transaction.
    pub(crate) async fn transaction<T, F>(&self, patience: Patience, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Connection) -> BoxFuture<'c, Result<T, Failure>> + Send + Sync + 'static,
    {
        let work = std::sync::Arc::new(work);
        self.in_a_task(patience, move |connection| {
            let work = std::sync::Arc::clone(&work);
            async move { in_transaction(connection, patience, &*work).await }.boxed()
        })
        .await
    }

    /// Lets the work go on to its end even where nobody waits for it any more.
    async fn in_a_task<T, F>(&self, patience: Patience, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Connection) -> BoxFuture<'c, Result<T, Failure>> + Send + Sync + 'static,
    {
        let connections = self.clone();
        let span = tracing::info_span!(target: "tweetty::trace", "postgres transaction");
        let attempts = async move { connections.attempts(patience, work).await };
        let attempts = Party::current().on_behalf(attempts.instrument(span));
        let task = self.opener.runtime().spawn(attempts);
        task.await.map_err(Error::internal)?
    }

    async fn attempts<T, F>(&self, patience: Patience, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c mut Connection) -> BoxFuture<'c, Result<T, Failure>>,
    {
        let begun = Instant::now();
        let mut attempt = 1;
        loop {
            let mut lease = self.lease(&self.writes).await?;
            let started = Instant::now();
            let outcome = match patience {
                Patience::Operator => work(lease.connection()?).await,
                Patience::Request => match timeout(self.most_time(), work(lease.connection()?)).await {
                    Ok(outcome) => outcome,
                    Err(_) => return Err(Error::unavailable("the database did not answer in time")),
                },
            };
            let failure = match outcome {
                Ok(outcome) => {
                    lease.give_back();
                    return Ok(outcome);
                }
                Err(failure) => failure,
            };
            let late = self.is_late(patience, started, &mut lease);
            let elsewhere = failure.is_read_only() && self.opener.primacy().saw_read_only(lease.connected());
            lease.give_back();
            let again = (failure.is_worth_another_try() || elsewhere) && attempt < MOST_ATTEMPTS && !late;
            if !again || (patience == Patience::Request && begun.elapsed() >= self.most_time()) {
                return Err(failure.into_error(late));
            }
            tracing::debug!(attempt, ?failure, "a write collided and is tried again");
            attempt += 1;
        }
    }

    /// Whether a failure came because the time was up or because the connection is gone.
    fn is_late(&self, patience: Patience, started: Instant, lease: &mut Lease) -> bool {
        let broken = lease.connection().is_ok_and(PoolableConnection::is_broken);
        let time_is_up = started.elapsed() >= self.wait.min(self.statement_timeout);
        broken || (patience == Patience::Request && time_is_up)
    }

    /// What the server should have ended by itself; a server that hangs does not.
    fn most_time(&self) -> Duration {
        self.statement_timeout + self.wait
    }

    /// A connection of the pool, in turn.
    async fn lease(&self, turns: &Shares) -> Result<Lease> {
        let turn = turns.take(1, self.wait).await.map_err(|_| Error::unavailable(NONE_FREE))?;
        self.lease_of(&self.pool, Some(turn)).await
    }

    async fn lease_of(&self, pool: &Pool<Connection>, turn: Option<Held>) -> Result<Lease> {
        match timeout(self.wait, pool.get()).await {
            Ok(Ok(object)) => Ok(Lease { object: Some(object), _turn: turn }),
            Ok(Err(PoolError::Backend(error))) => Err(Error::unavailable(with_causes(&error))),
            Ok(Err(error)) => Err(Error::unavailable(with_causes(&error))),
            Err(_) => Err(Error::unavailable(NONE_FREE)),
        }
    }
}

/// So many connections at most, each opened when it is needed.
fn pool(opener: &Opener, connections: usize) -> Result<Pool<Connection>> {
    let mut config = ManagerConfig::default();
    // A look at the connection's state, no question to the server: a broken one is thrown away.
    config.recycling_method = RecyclingMethod::Fast;
    let (opener, known) = (opener.clone(), opener.clone());
    config.custom_setup = Box::new(move |_| {
        let opener = opener.clone();
        async move { opener.for_requests().await }.boxed()
    });
    // The manager needs no URL of its own, so the password lies in one place only.
    let manager = AsyncDieselConnectionManager::new_with_config("", config);
    let kept = Hook::sync_fn(move |_, metrics| {
        let kept = known.primacy().keeps(metrics.created);
        kept.then_some(()).ok_or_else(|| HookError::message("it may lead to a server that takes no writes"))
    });
    Pool::builder(manager).max_size(connections).pre_recycle(kept).build().map_err(Error::internal)
}

async fn is_read_only(connection: &mut Connection) -> Result<bool, Failure> {
    let (read_only, _) = sql::<(Bool, Bool)>(IS_READ_ONLY).get_result::<(bool, bool)>(connection).await?;
    Ok(read_only)
}

async fn in_transaction<T, F>(connection: &mut Connection, patience: Patience, work: &F) -> Result<T, Failure>
where
    F: for<'c> Fn(&'c mut Connection) -> BoxFuture<'c, Result<T, Failure>>,
{
    Manager::begin_transaction(connection).await?;
    crash_point("a transaction is begun");
    if patience == Patience::Operator {
        connection.batch_execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0").await?;
    }
    match work(connection).await {
        Ok(outcome) => {
            Manager::commit_transaction(connection).await?;
            crash_point("it is committed");
            Ok(outcome)
        }
        Err(failure) => {
            // A connection that can't even roll back is broken, which the pool sees.
            Manager::rollback_transaction(connection).await.ok();
            Err(failure)
        }
    }
}

/// A pooled connection at work. Unless it is given back it is closed: nobody else may get its late answers.
struct Lease {
    object: Option<Object<Connection>>,
    /// Given back behind the connection.
    _turn: Option<Held>,
}

impl Lease {
    fn connection(&mut self) -> Result<&mut Connection> {
        let object = self.object.as_mut().ok_or_else(|| Error::internal("the connection was given back"))?;
        Ok(&mut **object)
    }

    /// When the connection was made.
    fn connected(&self) -> Instant {
        self.object.as_ref().map_or_else(Instant::now, |object| Object::metrics(object).created)
    }

    fn give_back(mut self) {
        drop(self.object.take());
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            drop(Object::take(object));
        }
    }
}
