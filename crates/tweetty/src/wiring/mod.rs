//! The composition root: the only place that knows all adapters.

mod database;
mod no_images;
mod postgres;
mod sqlite;
mod store;

use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use tweetty_domain::{Action, Actor, Error, Found, Limits, Microblog, Operations, SystemClock, Timestamp};
use tweetty_media::{Folder, KeptImages, Reserve, Room, Storage};
use tweetty_postgres::FormerServer;
use tweetty_tables::{Recorded, Source, WholeStore, refuse_foreign};

use crate::config::{DatabaseSettings, DatabaseUrl, Environment, MEDIA, MediaSettings, Refusal, Tuning};
use crate::operator;
use crate::progress::Watched;
use database::Opened;
pub(crate) use database::{Database, database};
pub(crate) use store::Store;

/// The setting that is to blame where a database can't be used.
const DATABASE: &str = "TWEETTY_DATABASE_URL";

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
    /// Which store it is.
    pub(crate) database: Arc<dyn Database>,
}

impl Wired {
    /// The same, with a longest lifetime of the keys that operators make.
    pub(crate) fn with_key_lifetime(self, lifetime: Option<TimeDelta>) -> Self {
        Self { operations: self.operations.with_key_lifetime(lifetime), ..self }
    }

    /// Loads everything that the source holds into the empty store, and with it the record of that.
    pub(crate) async fn load(
        &self,
        source: Box<dyn Source>,
        action: Action,
        detail: String,
    ) -> Result<(), Refusal> {
        let refused = |error| self.database.refused(&error);
        let source = match self.operations.entry(action, None, Some(detail)) {
            Some(entry) => Box::new(Recorded::new(source, entry).await.map_err(refused)?),
            None => source,
        };
        self.whole.load(Box::new(Watched::new(source))).await.map_err(refused)
    }

    /// Refuses a store whose schema somebody changed: what it does with the rows is nobody's promise.
    pub(crate) async fn verify_schema(&self) -> Result<(), Refusal> {
        let differences = self.whole.schema_differences().await;
        let harmless = differences.and_then(refuse_foreign).map_err(|error| self.database.refused(&error))?;
        if let Some(harmless) = harmless {
            let url = self.database.url();
            tracing::warn!("{url}: the schema has more than tweetty makes, which does no harm: {harmless}");
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
    let url = database.url(&Environment::of_process())?;
    open_at(self::database(url), database.tuning(), media, limits, None, place).await
}

/// Opens the store of that database likewise; with a reserve images are taken only while there is room beside it.
pub(crate) async fn open_at(
    database: Arc<dyn Database>,
    tuning: Tuning,
    media: Option<&MediaSettings>,
    limits: Limits,
    reserve: Option<Reserve>,
    place: Place,
) -> anyhow::Result<Wired> {
    if place != Place::Make {
        refuse_missing(&*database).await?;
    }
    let Opened { mut stores, whole, running, migrations } = database.open(tuning).await?;
    let kept = match media {
        Some(MediaSettings { media }) => {
            let kept = KeptImages::new(storage(media, place)?, &limits, &tweetty_media::Options::default());
            let room = reserve.map(|reserve| Room::new(reserve, media, database.file()));
            Some(match room {
                Some(room) => kept.beside(room),
                None => kept,
            })
        }
        None => None,
    };
    if let Some(kept) = &kept {
        stores.images = Arc::new(kept.clone());
    }
    let wired = Wired {
        operations: Operations::new(stores.clone(), Actor::Operator(operator::current())),
        service: Operations::new(stores.clone(), Actor::Service),
        microblog: Microblog::new(stores, limits),
        store: Store { kind: database.kind(), database: running, images: kept },
        whole,
        migrations,
        database,
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
        belonging.map_err(|error| mismatch(media, wired.database.url(), error))?;
    }
    Ok(wired)
}

/// The database of the server from which companies come, as it is now.
pub(crate) async fn former_server(
    url: &DatabaseUrl,
    time_zone: &str,
    at: Timestamp,
) -> Result<FormerServer, Refusal> {
    const FROM: &str = "TWEETTY_FROM";
    let DatabaseUrl::Postgres(secret) = url else {
        return Err(Refusal::usage(FROM, "that server keeps its data in PostgreSQL; write postgres://…"));
    };
    let opened = FormerServer::open(secret, time_zone, at).await;
    opened.map_err(|error| Refusal::world(FROM, format!("{url}: {}", reason(&error))))
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

/// Refuses a place where there is no store; answers the id and more of the one that is there.
pub(crate) async fn refuse_missing(database: &dyn Database) -> anyhow::Result<Found> {
    let problem = match database.look().await? {
        found @ Found::Store { .. } => return Ok(found),
        Found::Nothing => "there is no store here; `tweetty serve` or `tweetty migrate` makes one",
        Found::AnotherProgram => "this is the database of another program; name that of tweetty",
    };
    Err(Refusal::world(DATABASE, format!("{}: {problem}", database.place())).into())
}

/// Where the images are kept: a folder. One that may not be made may be missing, too: then it holds no images.
pub(crate) fn storage(path: &Path, place: Place) -> anyhow::Result<Arc<dyn Storage>> {
    if place != Place::Make {
        return match std::fs::metadata(path) {
            Ok(found) if !found.is_dir() => {
                Err(Refusal::world(MEDIA, format!("{}: this is no folder", path.display())).into())
            }
            Err(_) if place == Place::Claim => {
                let problem = format!("{}: there is no such folder; make it first", path.display());
                Err(Refusal::world(MEDIA, problem).into())
            }
            _ => Ok(Arc::new(Folder::existing(path))),
        };
    }
    let opened = Folder::open(path, &SystemClock);
    Ok(Arc::new(opened.map_err(|error| Refusal::world(MEDIA, reason(&error)))?))
}

/// What an adapter says, without the words that ask a client to come back later.
fn reason(error: &Error) -> String {
    match error {
        Error::Unavailable(cause) | Error::Internal(cause) => cause.to_string(),
        other => other.to_string(),
    }
}
