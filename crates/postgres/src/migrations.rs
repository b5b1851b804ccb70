//! Bringing the schema up to this version.

use std::collections::HashSet;

use diesel::migration::{Migration, MigrationSource as _};
use diesel::pg::Pg;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use tweetty_domain::{Error, Result};

use crate::opener::Opener;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Held by whoever migrates; the number means nothing but "tweetty's migrations".
const LOCK: &str = "SELECT pg_advisory_lock(8390876211)";

/// Applies what is pending, alone among all instances.
pub(crate) async fn apply(opener: &Opener) -> Result<Vec<String>> {
    // A connection of its own: the lock ends with it, whatever happens.
    let mut connection = opener.for_operators().await?;
    connection.batch_execute(LOCK).await.map_err(Error::unavailable)?;
    // Diesel's migrations block the thread on which they run.
    let blocking = opener.runtime().spawn_blocking(move || apply_blocking(connection));
    blocking.await.map_err(Error::internal)?
}

fn apply_blocking(connection: AsyncPgConnection) -> Result<Vec<String>> {
    let mut connection = AsyncConnectionWrapper::<AsyncPgConnection>::from(connection);
    let known: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().map_err(Error::internal)?;
    let versions = known.iter().map(|migration| migration.name().version()).collect::<HashSet<_>>();
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
