//! How a connection to the database comes about.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{Bool, Text};
use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection};
use tweetty_domain::{Error, Result};

use crate::failure::{Failure, is_locked};
use crate::private;
use crate::statement::sql;

/// Older ones can damage a database in WAL mode.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// `synchronous = FULL`: what was committed survives a loss of power. `secure_delete`: what was deleted does not linger in
/// free pages. What stands in the schema is not trusted: a view or trigger calls no function that could do harm.
const FOR_ALL: &str = "
    PRAGMA trusted_schema = OFF;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -4000;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA secure_delete = ON;
";
const FACTS: &str = "SELECT sqlite_version(), journal_mode, sqlite_compileoption_used('ENABLE_QPSG') FROM pragma_journal_mode";
/// How long a connection that may not switch to WAL waits before it tries again.
const NEXT_TRY: Duration = Duration::from_millis(5);
const FOR_READERS: &str = "PRAGMA query_only = ON;";
/// A like touches eight pages anywhere in the file. A checkpoint writes each page back once however often it changed, so
/// it comes after 16 MiB of log instead of 4.
const FOR_THE_WRITER: &str = "PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000;";

/// A database file and how long to wait for another process that writes to it.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    url: String,
    busy_timeout: Duration,
}

impl Database {
    /// Makes sure that the file is there and that this SQLite may be trusted with it.
    pub(crate) fn create(path: &Path, busy_timeout: Duration) -> Result<Self> {
        let unusable = |cause: &dyn Display| unusable(path, cause);
        create_file(path).map_err(|error| unusable(&error))?;
        let url = url(path).ok_or_else(|| unusable(&"the path of a database must be UTF-8"))?;
        let database = Self { url, busy_timeout };
        let mut connection = database.connect().map_err(|error| unusable(&error))?;
        let (version, journal, keeps_plans) = sql::<(Text, Text, Bool)>(FACTS)
            .get_result::<(String, String, bool)>(&mut connection)
            .map_err(|error| unusable(&error))?;
        refuse_older_than_trusted(&version)?;
        if journal != "wal" {
            return Err(unusable(&"its file system can't hold a write-ahead log"));
        }
        if !keeps_plans {
            tracing::warn!(
                "SQLite was compiled without .cargo/config.toml: it plans statements anew at each use"
            );
        }
        Ok(database)
    }

    /// A connection that may write.
    pub(crate) fn writing(&self) -> Result<SqliteConnection> {
        self.with(FOR_THE_WRITER)
    }

    /// A connection that can't write.
    pub(crate) fn reading(&self) -> Result<SqliteConnection> {
        self.with(FOR_READERS)
    }

    fn with(&self, pragmas: &str) -> Result<SqliteConnection> {
        let mut connection = self.connect().map_err(Error::unavailable)?;
        connection.batch_execute(pragmas).map_err(Failure::from)?;
        Ok(connection)
    }

    fn connect(&self) -> Result<SqliteConnection, Box<dyn std::error::Error + Send + Sync>> {
        let mut connection = SqliteConnection::establish(&self.url)?;
        // The timeout comes first: switching to WAL needs the lock too.
        connection.batch_execute(&format!("PRAGMA busy_timeout = {}", self.busy_timeout.as_millis()))?;
        self.log_ahead(&mut connection)?;
        connection.batch_execute(FOR_ALL)?;
        Ok(connection)
    }

    /// Several that switch a new file to WAL at once each hold what another one needs. SQLite ends such a wait at once,
    /// whatever the timeout is.
    fn log_ahead(&self, connection: &mut SqliteConnection) -> diesel::QueryResult<()> {
        let begun = Instant::now();
        loop {
            match connection.batch_execute("PRAGMA journal_mode = WAL") {
                Err(error) if is_locked(&error) && begun.elapsed() < self.busy_timeout => {
                    std::thread::sleep(NEXT_TRY);
                }
                outcome => return outcome,
            }
        }
    }
}

/// SQLite gives the files beside the database the database's mode.
fn create_file(path: &Path) -> std::io::Result<()> {
    private::make_folder_of(path)?;
    private::open(path).map(drop)
}

/// An absolute path is never mistaken for a URI or for `:memory:`.
fn url(path: &Path) -> Option<String> {
    std::path::absolute(path).ok().map(PathBuf::into_os_string)?.into_string().ok()
}

/// What keeps a place from holding a database, and the cure.
pub(crate) fn unusable(path: &Path, cause: &dyn Display) -> Error {
    Error::unavailable(format!(
        "{}: {cause}; name the file of a database, or of a new one, in a folder where the user who runs tweetty may write",
        path.display()
    ))
}

fn refuse_older_than_trusted(version: &str) -> Result<()> {
    if parts(version) >= OLDEST_SQLITE {
        return Ok(());
    }
    let [major, minor, patch] = OLDEST_SQLITE;
    Err(Error::internal(format!("SQLite {version} is linked, {major}.{minor}.{patch} or newer is needed")))
}

fn parts(version: &str) -> [u32; 3] {
    let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
    std::array::from_fn(|_| numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn an_older_sqlite_is_refused_by_its_version() {
        for trusted in ["3.51.3", "3.53.2", "3.100.0", "4.0.0"] {
            assert!(refuse_older_than_trusted(trusted).is_ok(), "{trusted}");
        }
        for older in ["3.51.2", "3.9.9", "2.99.99", "", "unknown"] {
            let refusal = refuse_older_than_trusted(older).unwrap_err().to_string();
            assert!(refusal.contains(older) && refusal.contains("3.51.3 or newer"), "{refusal}");
        }
    }

    #[test]
    fn several_that_open_a_new_database_at_once_wait_for_each_other() {
        for _ in 0..50 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.db");
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| Database::create(&path, Duration::from_secs(5)).unwrap());
                }
            });
        }
    }

    #[test]
    fn the_sqlite_that_is_linked_keeps_the_plans_of_statements() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection =
            Database::create(&folder.path().join("a.db"), Duration::from_secs(1)).unwrap().reading().unwrap();
        let (.., keeps_plans) =
            sql::<(Text, Text, Bool)>(FACTS).get_result::<(String, String, bool)>(&mut connection).unwrap();
        assert!(keeps_plans, ".cargo/config.toml is not heeded");
    }

    #[test]
    fn the_schema_is_neither_trusted_nor_written_by_hand() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::create(&folder.path().join("a.db"), Duration::from_secs(1)).unwrap();
        let mut connection = database.writing().unwrap();
        let trusted = sql::<diesel::sql_types::BigInt>("SELECT trusted_schema FROM pragma_trusted_schema");
        assert_eq!(trusted.get_result::<i64>(&mut connection).unwrap(), 0);
        let rewritten = "PRAGMA writable_schema = ON; CREATE TABLE t (x); DELETE FROM sqlite_schema";
        let refusal = connection.batch_execute(rewritten).unwrap_err().to_string();
        assert!(refusal.contains("may not be modified"), "{refusal}");
    }

    #[cfg(unix)]
    #[test]
    fn the_files_are_for_their_owner_only_and_the_folder_is_made() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/file:strange?name#.db");
        let database = Database::create(&path, Duration::from_secs(1)).unwrap();
        let mut connection = database.writing().unwrap();
        connection.batch_execute("CREATE TABLE t (x); INSERT INTO t VALUES (1)").unwrap();
        let files = fs::read_dir(path.parent().unwrap()).unwrap().map(Result::unwrap).collect::<Vec<_>>();
        assert_eq!(files.len(), 3, "the database, its write-ahead log and that one's index");
        for file in files {
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        }
        for made in ["a", "a/b"] {
            let mode = fs::metadata(folder.path().join(made)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700, "{made}");
        }
    }

    #[test]
    fn a_file_that_is_no_database_is_refused_by_its_name_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        fs::write(&path, "My notes are no database. ".repeat(100)).unwrap();
        let refusal = Database::create(&path, Duration::from_secs(1)).unwrap_err().to_string();
        assert!(refusal.contains("notes.txt") && refusal.contains("not a database"), "{refusal}");
        assert!(fs::read_to_string(&path).unwrap().starts_with("My notes"));
    }

    #[test]
    fn a_reading_connection_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::create(&folder.path().join("t.db"), Duration::from_secs(1)).unwrap();
        let refusal = database.reading().unwrap().batch_execute("CREATE TABLE t (x)").unwrap_err();
        assert!(refusal.to_string().contains("readonly"), "{refusal}");
    }
}
