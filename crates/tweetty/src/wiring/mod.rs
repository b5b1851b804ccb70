//! The composition root: the only place that knows all adapters.

mod no_images;
mod store;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tweetty_domain::{
    Action, Actor, Audit, Error, Feeds, Found, Images, Keys, Limits, Microblog, Operations, Stores,
    SystemClock, Tweets, Upkeep, Users,
};
use tweetty_media::Folder;
use tweetty_tables::{Recorded, Source, WholeStore, refuse_foreign};

use crate::config::{DatabaseSettings, DatabaseUrl, Environment, MEDIA, MediaSettings, Refusal, Tuning};
use crate::operator;
use crate::progress::Watched;
use no_images::NoImages;
use store::Database;
pub(crate) use store::Store;

/// The setting that is to blame where a database can't be used.
const DATABASE: &str = "TWEETTY_DATABASE_URL";
/// How long a start may wait for a database that does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A microblog on its stores.
pub(crate) struct Wired {
    /// What people do.
    pub(crate) microblog: Microblog,
    /// What the user does who runs this process; changes are recorded in the log.
    pub(crate) operations: Operations,
    /// What the service does by itself.
    pub(crate) service: Operations,
    /// The adapters behind it.
    pub(crate) store: Store,
    /// The store as a whole.
    pub(crate) whole: Arc<dyn WholeStore>,
    /// The migrations that opening the store applied.
    pub(crate) migrations: Vec<String>,
    /// Which store it is, without its password.
    pub(crate) database: DatabaseUrl,
}

impl Wired {
    /// Loads everything that the source holds into the empty store, and with it the record of that.
    pub(crate) async fn load(
        &self,
        source: Box<dyn Source>,
        action: Action,
        detail: String,
    ) -> Result<(), Refusal> {
        let refused = |error| refused(&self.database, &error);
        let source = match self.operations.entry(action, None, Some(detail)) {
            Some(entry) => Box::new(Recorded::new(source, entry).await.map_err(refused)?),
            None => source,
        };
        self.whole.load(Box::new(Watched::new(source))).await.map_err(refused)
    }

    /// Refuses a store whose schema somebody changed: what it does with the rows is nobody's promise.
    pub(crate) async fn verify_schema(&self) -> Result<(), Refusal> {
        let differences = self.whole.schema_differences().await;
        let harmless =
            differences.and_then(refuse_foreign).map_err(|error| refused(&self.database, &error))?;
        if let Some(harmless) = harmless {
            tracing::warn!(
                "{}: the schema has more than tweetty makes, which does no harm: {harmless}",
                self.database
            );
        }
        Ok(())
    }
}

/// What a command may do where a store is, or should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Make what is missing: folders, database, tables.
    Make,
    /// Make nothing: an empty store is of no use to the command, and a mistyped path must not leave one behind.
    Existing,
    /// Make nothing, and declare the folder of images to be the database's, whatever they hold.
    Claim,
}

/// Opens the store and brings its schema up to this version. Without media settings the images can't be used.
pub(crate) async fn open(
    database: &DatabaseSettings,
    media: Option<&MediaSettings>,
    limits: Limits,
    place: Place,
) -> anyhow::Result<Wired> {
    open_at(database.url(&Environment::of_process())?, database.tuning(), media, limits, place).await
}

/// Opens the store at that URL likewise.
pub(crate) async fn open_at(
    url: DatabaseUrl,
    tuning: Tuning,
    media: Option<&MediaSettings>,
    limits: Limits,
    place: Place,
) -> anyhow::Result<Wired> {
    if place != Place::Make {
        refuse_missing(&url).await?;
    }
    let (ports, database, migrations) = match &url {
        DatabaseUrl::Sqlite(path) => {
            let options = tweetty_sqlite::Options {
                readers: readers(tuning.connections),
                wait: tuning.wait.0,
                ..tweetty_sqlite::Options::default()
            };
            let store = tweetty_sqlite::Store::open(path, &options).map_err(|error| refused(&url, &error))?;
            let migrations = store.migrate().await.map_err(|error| refused(&url, &error))?;
            (Ports::of(store.clone()), Database::Sqlite(store), migrations)
        }
        DatabaseUrl::Postgres(secret) => {
            let options = tweetty_postgres::Options {
                connections: tuning.connections,
                wait: tuning.wait.0,
                statement_timeout: tuning.statement_timeout.0,
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
    let folder = media.map(|settings| folder(&settings.media, &limits, place)).transpose()?;
    let images: Arc<dyn Images> = match &folder {
        Some(folder) => Arc::new(folder.clone()),
        None => Arc::new(NoImages),
    };
    let Ports { users, keys, tweets, feeds, upkeep, whole, audit } = ports;
    let stores = Stores { users, keys, tweets, feeds, upkeep, images, audit, clock: Arc::new(SystemClock) };
    let store = Store { database, folder };
    let wired = Wired {
        operations: Operations::new(stores.clone(), Actor::Operator(operator::current())),
        service: Operations::new(stores.clone(), Actor::Service),
        microblog: Microblog::new(stores, limits),
        store,
        whole,
        migrations,
        database: url,
    };
    if !wired.migrations.is_empty() {
        let applied = Some(wired.migrations.join(", "));
        wired.operations.record(Action::Migrate, None, applied).await?;
    }
    if let Some(MediaSettings { media }) = media {
        let belonging = match place {
            Place::Make => wired.operations.claim_images().await,
            Place::Existing => wired.operations.verify_images().await,
            Place::Claim => wired.operations.force_claim().await,
        };
        belonging.map_err(|error| mismatch(media, &wired.database, error))?;
    }
    Ok(wired)
}

/// A folder and a database that don't belong together, with the cure.
pub(crate) fn mismatch(media: &Path, database: &DatabaseUrl, error: Error) -> anyhow::Error {
    let Error::Mismatch(mismatch) = error else { return error.into() };
    let problem = format!(
        "{} beside {database}: {mismatch}; `tweetty check --claim-media` is for those that do belong together",
        media.display()
    );
    Refusal::world(MEDIA, problem).into()
}

/// What a look at the database finds, before it is opened.
async fn look(url: &DatabaseUrl) -> Result<Found, Refusal> {
    let found = match url {
        DatabaseUrl::Sqlite(path) => tweetty_sqlite::look(path),
        DatabaseUrl::Postgres(secret) => {
            let looking = tokio::time::timeout(PATIENCE, tweetty_postgres::look(secret)).await;
            looking.unwrap_or_else(|_| Err(Error::unavailable("no answer within 5 s")))
        }
    };
    found.map_err(|error| refused(url, &error))
}

/// Refuses a place where there is no store; answers the id and more of the one that is there.
pub(crate) async fn refuse_missing(url: &DatabaseUrl) -> Result<Found, Refusal> {
    let problem = match look(url).await? {
        found @ Found::Store { .. } => return Ok(found),
        Found::Nothing => "there is no store here; `tweetty serve` or `tweetty migrate` makes one",
        Found::AnotherProgram => "this is the database of another program; name that of tweetty",
    };
    let here = match url {
        // A relative path says little to an operator who is in the wrong folder.
        DatabaseUrl::Sqlite(path) => format!("sqlite://{}", absolute(path).display()),
        DatabaseUrl::Postgres(_) => url.to_string(),
    };
    Err(Refusal::world(DATABASE, format!("{here}: {problem}")))
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Reading SQLite is work of our own processors: more readers than keep them busy only take memory.
fn readers(most: usize) -> usize {
    let busy = std::thread::available_parallelism().map_or(4, |processors| 2 * processors.get());
    busy.min(most)
}

/// The right to serve an SQLite database, which one process at a time has; PostgreSQL needs none.
pub(crate) fn lock(url: &DatabaseUrl) -> anyhow::Result<Option<tweetty_sqlite::Lock>> {
    match url {
        DatabaseUrl::Sqlite(path) => {
            Ok(Some(tweetty_sqlite::lock(path).map_err(|error| refused(url, &error))?))
        }
        DatabaseUrl::Postgres(_) => Ok(None),
    }
}

/// The right to have a database for oneself: no server uses it. On SQLite that lasts as long as the answer lives; on
/// PostgreSQL it is what was seen now.
pub(crate) async fn alone(url: &DatabaseUrl) -> anyhow::Result<Option<tweetty_sqlite::Lock>> {
    if let DatabaseUrl::Postgres(secret) = url
        && tweetty_postgres::is_in_use(secret).await.map_err(|error| refused(url, &error))?
    {
        let problem = format!("{url}: a server, or another command, uses this database; stop it first");
        return Err(Refusal::world(DATABASE, problem).into());
    }
    lock(url)
}

/// The folder of the images. One that may not be made may be missing, too: then it holds no images.
pub(crate) fn folder(path: &Path, limits: &Limits, place: Place) -> anyhow::Result<Folder> {
    let options = tweetty_media::Options::default();
    if place != Place::Make {
        return match std::fs::metadata(path) {
            Ok(found) if !found.is_dir() => {
                Err(Refusal::world(MEDIA, format!("{}: this is no folder", path.display())).into())
            }
            Err(_) if place == Place::Claim => {
                let problem = format!("{}: there is no such folder; make it first", path.display());
                Err(Refusal::world(MEDIA, problem).into())
            }
            _ => Ok(Folder::existing(path, limits, &options)),
        };
    }
    let opened = Folder::open(path, limits, &SystemClock, &options);
    opened.map_err(|error| Refusal::world(MEDIA, reason(&error)).into())
}

/// A database that can't be used, with the cure.
pub(crate) fn refused(url: &DatabaseUrl, error: &Error) -> Refusal {
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
    keys: Arc<dyn Keys>,
    tweets: Arc<dyn Tweets>,
    feeds: Arc<dyn Feeds>,
    upkeep: Arc<dyn Upkeep>,
    whole: Arc<dyn WholeStore>,
    audit: Arc<dyn Audit>,
}

impl Ports {
    fn of<S: Users + Keys + Tweets + Feeds + Upkeep + WholeStore + Audit + 'static>(store: S) -> Self {
        let store = Arc::new(store);
        Self {
            users: Arc::clone(&store) as Arc<dyn Users>,
            keys: Arc::clone(&store) as Arc<dyn Keys>,
            tweets: Arc::clone(&store) as Arc<dyn Tweets>,
            feeds: Arc::clone(&store) as Arc<dyn Feeds>,
            upkeep: Arc::clone(&store) as Arc<dyn Upkeep>,
            whole: Arc::clone(&store) as Arc<dyn WholeStore>,
            audit: store,
        }
    }
}
