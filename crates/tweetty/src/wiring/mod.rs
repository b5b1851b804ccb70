//! The composition root: the only place that knows all adapters.

mod no_images;
mod store;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tweetty_domain::{
    Bulk, Clock, Error, Feeds, Images, Limits, Microblog, Stores, SystemClock, Tweets, Upkeep, Users,
};
use tweetty_media::Folder;

use crate::config::{DatabaseSettings, DatabaseUrl, Environment, MEDIA, MediaSettings, Refusal};
use no_images::NoImages;
use store::Database;
pub(crate) use store::Store;

/// The setting that is to blame where a database can't be used.
const DATABASE: &str = "TWEETTY_DATABASE_URL";
/// How long a start may wait for a database that does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A microblog on its stores.
pub(crate) struct Wired {
    /// The microblog.
    pub(crate) microblog: Microblog,
    /// The adapters behind it.
    pub(crate) store: Store,
    /// Loads a company at once.
    pub(crate) bulk: Arc<dyn Bulk>,
    /// The migrations that opening the store applied.
    pub(crate) migrations: Vec<String>,
    /// Which store it is, without its password.
    pub(crate) database: DatabaseUrl,
}

/// What to do where there is no database yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Make it.
    Create,
    /// Refuse: an empty one is of no use to the command, and a mistyped path should not leave one behind.
    Refuse,
}

/// Opens the store and brings its schema up to this version. Without media settings the images can't be used.
pub(crate) async fn open(
    database: &DatabaseSettings,
    media: Option<&MediaSettings>,
    limits: Limits,
    missing: Missing,
) -> anyhow::Result<Wired> {
    let clock = SystemClock;
    let url = database.url(&Environment::of_process())?;
    let (ports, database, migrations) = match &url {
        DatabaseUrl::Sqlite(path) => {
            if missing == Missing::Refuse && !path.exists() {
                let problem =
                    format!("{url}: there is no such file; `tweetty serve` or `tweetty migrate` makes it");
                return Err(Refusal::world(DATABASE, problem).into());
            }
            let options = tweetty_sqlite::Options {
                readers: readers(database.database_connections),
                wait: database.database_wait.0,
                ..tweetty_sqlite::Options::default()
            };
            let store = tweetty_sqlite::Store::open(path, &options).map_err(|error| refused(&url, &error))?;
            let migrations = store.migrate().await.map_err(|error| refused(&url, &error))?;
            (Ports::of(store.clone()), Database::Sqlite(store), migrations)
        }
        DatabaseUrl::Postgres(secret) => {
            let options = tweetty_postgres::Options {
                connections: database.database_connections as usize,
                wait: database.database_wait.0,
                statement_timeout: database.statement_timeout.0,
            };
            let connecting =
                tokio::time::timeout(PATIENCE, tweetty_postgres::Store::connect(secret, &options));
            let store = match connecting.await {
                Ok(connected) => connected.map_err(|error| refused(&url, &error))?,
                Err(_) => return Err(refused(&url, &Error::unavailable("no answer within 5 s")).into()),
            };
            let migrations = store.migrate().await.map_err(|error| refused(&url, &error))?;
            (Ports::of(store.clone()), Database::Postgres(store), migrations)
        }
    };
    let folder = media.map(|settings| folder(&settings.media, &limits, &clock)).transpose()?;
    let images: Arc<dyn Images> = match &folder {
        Some(folder) => Arc::new(folder.clone()),
        None => Arc::new(NoImages),
    };
    let Ports { users, tweets, feeds, upkeep, bulk } = ports;
    let stores = Stores { users, tweets, feeds, upkeep, images, clock: Arc::new(clock) };
    let store = Store { database, folder };
    Ok(Wired { microblog: Microblog::new(stores, limits), store, bulk, migrations, database: url })
}

/// Reading SQLite is work of our own processors: more readers than keep them busy only take memory.
fn readers(most: u32) -> usize {
    let busy = std::thread::available_parallelism().map_or(4, |processors| 2 * processors.get());
    busy.min(most as usize)
}

/// The right to serve an SQLite database, which one process at a time has; PostgreSQL needs none.
pub(crate) fn lock(database: &DatabaseSettings) -> anyhow::Result<Option<tweetty_sqlite::Lock>> {
    let url = database.url(&Environment::of_process())?;
    match &url {
        DatabaseUrl::Sqlite(path) => {
            Ok(Some(tweetty_sqlite::lock(path).map_err(|error| refused(&url, &error))?))
        }
        DatabaseUrl::Postgres(_) => Ok(None),
    }
}

fn folder(path: &Path, limits: &Limits, clock: &dyn Clock) -> anyhow::Result<Folder> {
    match Folder::open(path, limits, clock, &tweetty_media::Options::default()) {
        Ok(folder) => Ok(folder),
        Err(error) => Err(Refusal::world(MEDIA, reason(&error)).into()),
    }
}

/// A database that can't be used, with the cure.
fn refused(url: &DatabaseUrl, error: &Error) -> Refusal {
    let cure = match (error, url) {
        (Error::Unavailable(_), DatabaseUrl::Postgres(_)) => {
            "; start that database, or correct the host, user, password or name in the URL"
        }
        _ => "",
    };
    Refusal::world(DATABASE, format!("{url}: {}{cure}", reason(error)))
}

/// What an adapter says, without the words that tell a client to come back later.
fn reason(error: &Error) -> String {
    match error {
        Error::Unavailable(cause) | Error::Internal(cause) => cause.to_string(),
        other => other.to_string(),
    }
}

/// One store behind all the ports of storage.
struct Ports {
    users: Arc<dyn Users>,
    tweets: Arc<dyn Tweets>,
    feeds: Arc<dyn Feeds>,
    upkeep: Arc<dyn Upkeep>,
    bulk: Arc<dyn Bulk>,
}

impl Ports {
    fn of<S: Users + Tweets + Feeds + Upkeep + Bulk + 'static>(store: S) -> Self {
        let store = Arc::new(store);
        Self {
            users: Arc::clone(&store) as Arc<dyn Users>,
            tweets: Arc::clone(&store) as Arc<dyn Tweets>,
            feeds: Arc::clone(&store) as Arc<dyn Feeds>,
            upkeep: Arc::clone(&store) as Arc<dyn Upkeep>,
            bulk: store,
        }
    }
}
