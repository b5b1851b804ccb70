//! Bringing the schema up to this version.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use diesel::migration::{Migration, MigrationSource as _, MigrationVersion};
use diesel::pg::Pg;
use diesel::sql_types::{Bool, Text};
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use tweetty_domain::{Error, Result};

use crate::opener::Opener;
use crate::rights;
use crate::search_texts;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Held by the process that migrates; the number means nothing but "tweetty's migrations".
const LOCK: &str = "SELECT pg_advisory_lock(8390876211)";
/// How long an instance waits for another that migrates: a start that never ends is seen by nobody.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// A server that does not even say that the time is up has this time besides.
const GRACE: Duration = Duration::from_secs(5);

/// Applies what is pending, alone among all instances.
pub(crate) async fn apply(opener: &Opener, patience: Duration) -> Result<Vec<String>> {
    // A connection of its own: the lock ends with it, whatever happens.
    let mut connection = opener.for_operators().await?;
    let begun = Instant::now();
    let lock = format!("SET lock_timeout = {}; {LOCK}; SET lock_timeout = 0", patience.as_millis());
    match tokio::time::timeout(patience + GRACE, connection.batch_execute(&lock)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) if begun.elapsed() < patience => return Err(Error::unavailable(error)),
        Ok(Err(_)) | Err(_) => return Err(Error::unavailable(held_by_another(patience))),
    }
    // Diesel's migrations block the thread on which they run.
    let blocking = opener.runtime().spawn_blocking(move || apply_blocking(connection));
    blocking.await.map_err(Error::internal)?
}

fn held_by_another(patience: Duration) -> String {
    format!(
        "another process has been migrating this database for more than {} s; wait for its end, or see in pg_locks \
         who holds the advisory lock",
        patience.as_secs()
    )
}

fn apply_blocking(connection: AsyncPgConnection) -> Result<Vec<String>> {
    let mut connection = AsyncConnectionWrapper::<AsyncPgConnection>::from(connection);
    let known: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().map_err(Error::internal)?;
    let known = known.iter().map(|migration| migration.name().version()).collect::<HashSet<_>>();
    let applied = applied(&mut connection);
    if let Some(unknown) = applied.iter().find(|version| !known.contains(*version)) {
        return Err(Error::internal(format!(
            "the store is newer than this version of tweetty, which does not know migration {unknown}; use the version that wrote it, or a later one"
        )));
    }
    if applied.len() == known.len() {
        return Ok(Vec::new());
    }
    apply_pending(&mut connection).map_err(|error| {
        if may_change(&mut connection) {
            return Error::internal(error);
        }
        Error::internal(format!(
            "the store is older than this version, and {error}; run `tweetty migrate` with the role that owns the tables"
        ))
    })
}

fn apply_pending(
    connection: &mut AsyncConnectionWrapper<AsyncPgConnection>,
) -> diesel::migration::Result<Vec<String>> {
    let pending = connection.pending_migrations(MIGRATIONS)?;
    for migration in &pending {
        if migration.name().version() != search_texts::BEFORE.into() {
            connection.run_migration(migration)?;
            continue;
        }
        // Both or none: nothing says of a text how it was folded.
        connection.transaction(|connection| {
            search_texts::fold_anew(connection)?;
            connection.run_migration(migration).map(drop)
        })?;
    }
    Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

/// What was applied; nothing where the table of migrations is not there yet. Diesel would make it first, for which a role
/// that may only read and write rows has no right.
fn applied(connection: &mut AsyncConnectionWrapper<AsyncPgConnection>) -> Vec<MigrationVersion<'static>> {
    let applied =
        diesel::sql_query("SELECT version FROM __diesel_schema_migrations").load::<Applied>(connection);
    applied.into_iter().flatten().map(|row| MigrationVersion::from(row.version)).collect()
}

#[derive(QueryableByName)]
struct Rights {
    #[diesel(sql_type = Bool)]
    may_change: bool,
}

/// Whether it is another trouble than a missing right.
fn may_change(connection: &mut AsyncConnectionWrapper<AsyncPgConnection>) -> bool {
    diesel::sql_query(rights::may_change())
        .get_result::<Rights>(connection)
        .is_ok_and(|rights| rights.may_change)
}

#[cfg(test)]
mod tests {
    use tweetty_cluster::Cluster;

    use super::*;
    use crate::Options;

    #[tokio::test(flavor = "multi_thread")]
    async fn who_waits_too_long_for_another_that_migrates_is_told_so() {
        let database = Cluster::shared().database();
        let opener = Opener::new(&database.url(), &Options::default()).unwrap();
        let mut another = opener.for_operators().await.unwrap();
        another.batch_execute(LOCK).await.unwrap();
        let begun = Instant::now();
        let refusal = apply(&opener, Duration::from_secs(1)).await.unwrap_err().to_string();
        assert!(refusal.contains("migrating this database for more than 1 s"), "{refusal}");
        assert!(begun.elapsed() < GRACE, "{:?}", begun.elapsed());
        drop(another);
        assert!(!apply(&opener, PATIENCE).await.unwrap().is_empty());
    }
}
