//! Bringing the schema up to this version.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use diesel::migration::{Migration, MigrationSource as _, MigrationVersion};
use diesel::pg::Pg;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use tweetty_domain::{Error, Result};

use crate::opener::Opener;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Held by whoever migrates; the number means nothing but "tweetty's migrations".
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
    let versions = known.iter().map(|migration| migration.name().version()).collect::<HashSet<_>>();
    if is_current(&mut connection, &versions) {
        return Ok(Vec::new());
    }
    let applied = connection.applied_migrations().map_err(Error::internal)?;
    if let Some(unknown) = applied.iter().find(|version| !versions.contains(*version)) {
        return Err(Error::internal(format!(
            "the store is newer than this version of tweetty, which does not know migration {unknown}; use the version that wrote it, or a later one"
        )));
    }
    let pending = connection.pending_migrations(MIGRATIONS).map_err(Error::internal)?;
    for migration in &pending {
        connection.run_migration(migration).map_err(Error::internal)?;
    }
    Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

/// Whether all is applied and nothing else. Diesel would make sure of its table first, for which a role that may only read
/// and write rows has no right.
fn is_current(
    connection: &mut AsyncConnectionWrapper<AsyncPgConnection>,
    versions: &HashSet<MigrationVersion<'_>>,
) -> bool {
    let applied =
        diesel::sql_query("SELECT version FROM __diesel_schema_migrations").load::<Applied>(connection);
    applied.is_ok_and(|applied| {
        applied.len() == versions.len()
            && applied.into_iter().all(|row| versions.contains(&MigrationVersion::from(row.version)))
    })
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
