//! Copies of the database by PostgreSQL's own programs, consistent while others write.

use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio_postgres::Client;
use tokio_postgres::config::{Config, Host, SslMode};
use tweetty_domain::{Error, Result};
use tweetty_tables::{Difference, FIRST, Table, refuse_foreign};

use crate::address::{Address, Verification};
use crate::contents::foreign_contents;
use crate::failure::failed;
use crate::opener::Opener;
use crate::schema_differences::schema_differences;
use crate::{Options, pooler, rights};

const USERS: &str = "SELECT count(*) FROM (SELECT FROM users LIMIT 1) AS anybody";
const OF_ANY_PROGRAM: &str = "
    SELECT count(*) FILTER (WHERE relname = ANY ($1)), count(*)
    FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind = 'r'
      AND nspname NOT IN ('pg_catalog', 'information_schema')";
const OTHERS: &str = "
    SELECT count(*)
    FROM pg_stat_activity
    WHERE datname = current_database()
      AND application_name = $1";

/// The connections of a process that has just ended linger for a moment.
const LOOKS: u32 = 12;
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// Dumps the database to the new file `to` in the custom format.
///
/// # Errors
/// [`Error::Unavailable`] with what `pg_dump` says, or where it is missing; [`Error::Internal`] where the URL leads to a
/// pooler that gives sessions no process of their own, or its role can't read everything.
pub async fn back_up(url: &str, to: &Path) -> Result<()> {
    rights::refuse_a_reader_of_less_than_all(&look(url).await?).await?;
    let mut dump = program("pg_dump", url)?;
    dump.args([
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        "--no-password",
        "--file",
    ]);
    run(dump.arg(to)).await.map(drop)
}

/// Restores a dump that [`back_up`] wrote into the database: whole or not at all.
///
/// # Errors
/// [`Error::NotEmpty`] where somebody is in it; [`Error::Unavailable`] with what `pg_restore` says, where that is
/// missing, or where a server uses the database; [`Error::Internal`] where the dump holds more than tables of ours.
pub async fn restore(from: &Path, url: &str) -> Result<()> {
    let client = look(url).await?;
    if !is_empty(&client).await? {
        return Err(Error::NotEmpty);
    }
    if is_used(&client, url).await? {
        return Err(Error::unavailable("a server uses this database; stop it first"));
    }
    refuse_foreign(foreign_contents(&contents(from).await?))?;
    clear(&client).await?;
    drop(client);
    let mut restore = program("pg_restore", url)?;
    restore.args([
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
        "--no-password",
    ]);
    let address = Address::parse(url).map_err(Error::internal)?;
    restore.arg("--dbname").arg(database_of(&address.config));
    run(restore.arg(from)).await?;
    // The list of contents names no columns. A dump of an earlier version lacks what migrations will make.
    let client = look(url).await?;
    let mut differences = schema_differences(&client).await?;
    differences.retain(|difference| difference.how != Difference::Missing);
    if let Err(foreign) = refuse_foreign(differences) {
        clear(&client).await?;
        return Err(foreign);
    }
    Ok(())
}

/// What the dump would make.
async fn contents(dump: &Path) -> Result<String> {
    let mut list = Command::new("pg_restore");
    list.arg("--list").arg(dump).stdin(Stdio::null()).kill_on_drop(true);
    run(&mut list).await
}

/// Whether a restored database may take that place: it has no tables, or ours, in which nobody ever was.
///
/// # Errors
/// [`Error::Unavailable`] where it can't be reached; [`Error::Internal`] where it is vacant and the URL's role may not
/// make the tables.
pub async fn is_vacant(url: &str) -> Result<bool> {
    let client = look(url).await?;
    let vacant = is_empty(&client).await?;
    if vacant {
        rights::refuse_another_than_the_owner(&client).await?;
    }
    Ok(vacant)
}

/// Whether a tweetty is connected to the database.
///
/// # Errors
/// [`Error::Unavailable`] where it can't be reached.
pub async fn is_in_use(url: &str) -> Result<bool> {
    is_used(&look(url).await?, url).await
}

/// A connection under another name than that of a tweetty at work: it may linger for a moment when it is closed.
pub(crate) async fn look(url: &str) -> Result<Client> {
    let opener = Opener::new(url, &Options::default())?;
    pooler::refuse_shared_processes(&opener).await?;
    let client = opener.plain().await?;
    client.batch_execute("SET application_name = 'tweetty looking'").await.map_err(failed)?;
    Ok(client)
}

/// Drops all our tables: those of a fresh installation are empty, and a dump brings its own.
async fn clear(client: &Client) -> Result<()> {
    let drop = format!("DROP TABLE IF EXISTS {}, __diesel_schema_migrations", Table::names());
    client.batch_execute(&drop).await.map_err(failed)
}

async fn is_empty(client: &Client) -> Result<bool> {
    let first = FIRST.as_slice();
    let tables = client.query_one(OF_ANY_PROGRAM, &[&first]).await.map_err(failed)?;
    match (tables.get::<_, i64>(0), tables.get::<_, i64>(1)) {
        (_, 0) => Ok(true),
        (4, _) => Ok(client.query_one(USERS, &[]).await.map_err(failed)?.get::<_, i64>(0) == 0),
        // Another program's.
        _ => Ok(false),
    }
}

async fn is_used(client: &Client, url: &str) -> Result<bool> {
    let address = Address::parse(url).map_err(Error::internal)?;
    let name = address.config.get_application_name().unwrap_or_default();
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        if client.query_one(OTHERS, &[&name]).await.map_err(failed)?.get::<_, i64>(0) == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A program of PostgreSQL that finds the database in its environment: arguments could be seen by others.
fn program(name: &str, url: &str) -> Result<Command> {
    let address = Address::parse(url).map_err(Error::internal)?;
    let mut command = Command::new(name);
    command.envs(environment(&address)).stdin(Stdio::null()).kill_on_drop(true);
    Ok(command)
}

/// What the program writes on its standard output.
async fn run(command: &mut Command) -> Result<String> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let ended = command.output().await.map_err(|error| {
        Error::unavailable(format!(
            "{name}: {error}; install PostgreSQL's client programs, as new as the server"
        ))
    })?;
    if ended.status.success() {
        return Ok(String::from_utf8_lossy(&ended.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
    Err(Error::unavailable(if said.is_empty() { format!("{name}: {}", ended.status) } else { said }))
}

/// What libpq reads: the same as the URL says.
fn environment(address: &Address) -> Vec<(&'static str, OsString)> {
    let config = &address.config;
    let joined = |parts: Vec<String>| OsString::from(parts.join(","));
    let host = |host: &Host| match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(folder) => folder.display().to_string(),
    };
    let mut variables =
        vec![("PGDATABASE", database_of(config).into()), ("PGSSLMODE", ssl_mode(address).into())];
    if !config.get_hosts().is_empty() {
        variables.push(("PGHOST", joined(config.get_hosts().iter().map(host).collect())));
    }
    if !config.get_hostaddrs().is_empty() {
        variables
            .push(("PGHOSTADDR", joined(config.get_hostaddrs().iter().map(ToString::to_string).collect())));
    }
    if !config.get_ports().is_empty() {
        variables.push(("PGPORT", joined(config.get_ports().iter().map(ToString::to_string).collect())));
    }
    if let Some(user) = config.get_user() {
        variables.push(("PGUSER", user.into()));
    }
    if let Some(password) = config.get_password() {
        variables.push(("PGPASSWORD", String::from_utf8_lossy(password).into_owned().into()));
    }
    if let Some(roots) = &address.roots {
        variables.push(("PGSSLROOTCERT", roots.into()));
    }
    variables
}

/// Without a name the database is called as its user.
fn database_of(config: &Config) -> String {
    config.get_dbname().or(config.get_user()).unwrap_or("postgres").to_owned()
}

fn ssl_mode(address: &Address) -> &'static str {
    match (address.config.get_ssl_mode(), address.verification) {
        (SslMode::Disable, _) => "disable",
        (_, Verification::Full) => "verify-full",
        (_, Verification::Authority) => "verify-ca",
        (SslMode::Require, Verification::Nothing) => "require",
        _ => "prefer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libpq_is_told_what_the_url_says_and_no_argument_holds_the_password() {
        let url = "postgres://ann:p%40ss@db.example:5433/blog?sslmode=verify-full&sslrootcert=/ca.pem";
        let command = program("pg_dump", url).unwrap();
        let command = command.as_std();
        assert_eq!(command.get_args().count(), 0);
        let variable = |name: &str| {
            let found = command.get_envs().find(|(known, _)| *known == name);
            found.and_then(|(_, value)| value).map(|value| value.to_string_lossy().into_owned())
        };
        for (name, value) in [
            ("PGHOST", "db.example"),
            ("PGPORT", "5433"),
            ("PGUSER", "ann"),
            ("PGPASSWORD", "p@ss"),
            ("PGDATABASE", "blog"),
            ("PGSSLMODE", "verify-full"),
            ("PGSSLROOTCERT", "/ca.pem"),
        ] {
            assert_eq!(variable(name).as_deref(), Some(value), "{name}");
        }
    }
}
