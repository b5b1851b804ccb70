//! A copy of the database file that is consistent while others write.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::BigInt;
use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection};
use tempfile::NamedTempFile;
use tweetty_domain::{Error, Found, Result};
use tweetty_tables::{SchemaDifference, refuse_foreign};

use crate::connection::{self, Database};
use crate::failure::Failure;
use crate::schema_differences::schema_differences;
use crate::statement::sql;
use crate::{identity, private};

/// Reads in one transaction, which waits for no writer, and writes only what is in use: nothing that was deleted.
const COPY: &str = "VACUUM INTO ?1";
const USERS: &str = "SELECT count(*) FROM (SELECT 1 FROM users LIMIT 1)";

/// Copies the database at `path`, which may be in use, to the new file `to`.
///
/// # Errors
/// [`Error::Unavailable`] where either file can't be used.
pub fn back_up(path: &Path, to: &Path) -> Result<()> {
    let mut connection = Database::create(path, Duration::from_secs(5))?.writing()?;
    let target =
        to.to_str().ok_or_else(|| connection::unusable(to, &"the path of a backup must be UTF-8"))?;
    sql::<()>(COPY).bind(target).execute(&mut connection).map_err(Failure::from)?;
    durable(to).map_err(|error| connection::unusable(to, &error))
}

/// Makes a copy that [`back_up`] wrote the database at `path`: whole or not at all.
///
/// # Errors
/// [`Error::NotEmpty`] where there is a database already, [`Error::Unavailable`] where a file can't be used,
/// [`Error::Internal`] where the copy's schema is not one that we make: a backup is code, too.
pub fn restore(from: &Path, path: &Path) -> Result<()> {
    if !is_vacant(path)? {
        return Err(Error::NotEmpty);
    }
    refuse_foreign(differences_of(from)?)?;
    let place = || {
        // A bare name has no folder of its own to be made or synced.
        let path = &std::path::absolute(path)?;
        private::make_folder_of(path)?;
        // A new file that nobody can have put there before.
        let mut arriving = NamedTempFile::new_in(path.parent().unwrap_or(path))?;
        io::copy(&mut File::open(from)?, arriving.as_file_mut())?;
        for left in ["-wal", "-shm", "-journal"] {
            // What an empty database has left beside it would be taken for a part of this one.
            fs::remove_file(beside(path, left)).or_else(unless_missing)?;
        }
        arriving.as_file().sync_all()?;
        arriving.persist(path).map_err(|refused| refused.error)?;
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    place().map_err(|error: io::Error| connection::unusable(path, &error))
}

/// How the schema of a copy differs from ours; the copy stays as it is.
fn differences_of(copy: &Path) -> Result<Vec<SchemaDifference>> {
    let path =
        copy.to_str().ok_or_else(|| connection::unusable(copy, &"the path of a backup must be UTF-8"))?;
    let opened = SqliteConnection::establish(path);
    let mut connection = opened.map_err(|error| connection::unusable(copy, &error))?;
    connection.batch_execute("PRAGMA query_only = ON").map_err(Failure::from)?;
    Ok(schema_differences(&mut connection)?)
}

/// Whether a restored database may take that place: there is none, or one in which nobody ever was.
///
/// # Errors
/// [`Error::Unavailable`] where the file is no database.
pub fn is_vacant(path: &Path) -> Result<bool> {
    match identity::look(path)? {
        Found::Nothing => Ok(true),
        Found::Store { .. } => {
            let mut connection = Database::create(path, Duration::from_secs(5))?.reading()?;
            Ok(sql::<BigInt>(USERS).get_result::<i64>(&mut connection).map_err(Failure::from)? == 0)
        }
        Found::AnotherProgram => Ok(false),
    }
}

fn unless_missing(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// For its owner's eyes only, and on the disk.
fn durable(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    private::close_to_others(&file)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrations::tests::migrated_at;

    #[test]
    fn a_backup_holds_what_was_committed_and_takes_only_a_vacant_place() {
        let folder = tempfile::tempdir().unwrap();
        let [path, copy, again] = ["t.db", "copy", "new/again.db"].map(|name| folder.path().join(name));
        let mut connection = migrated_at(&path);
        assert!(is_vacant(&path).unwrap() && is_vacant(&again).unwrap());
        let ann =
            "INSERT INTO users (nickname, nickname_folded, searchable, created_at) VALUES ('A', 'a', 'a', 0)";
        connection.batch_execute(ann).unwrap();
        connection.batch_execute("BEGIN IMMEDIATE; UPDATE users SET nickname = 'uncommitted'").unwrap();
        back_up(&path, &copy).unwrap();
        assert!(matches!(restore(&copy, &path), Err(Error::NotEmpty)));
        restore(&copy, &again).unwrap();
        let mut restored = Database::create(&again, Duration::from_secs(1)).unwrap().writing().unwrap();
        let nickname = sql::<diesel::sql_types::Text>("SELECT nickname FROM users");
        assert_eq!(nickname.get_result::<String>(&mut restored).unwrap(), "A");
        assert!(back_up(&path, &copy).is_err(), "a backup is never written over");
    }

    #[cfg(unix)]
    #[test]
    fn a_restored_database_is_a_new_file_for_its_owner_only_whatever_lies_beside_it() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let [path, copy, again, theirs] =
            ["t.db", "copy", "new.db", "theirs"].map(|name| folder.path().join(name));
        drop(migrated_at(&path));
        back_up(&path, &copy).unwrap();
        fs::write(&theirs, "theirs").unwrap();
        std::os::unix::fs::symlink(&theirs, beside(&again, ".restoring")).unwrap();
        restore(&copy, &again).unwrap();
        assert_eq!(fs::read(&theirs).unwrap(), b"theirs", "what somebody else's link names is not written");
        assert_eq!(fs::metadata(&again).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn another_programs_database_is_no_vacant_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.db");
        let mut other = Database::create(&path, Duration::from_secs(1)).unwrap().writing().unwrap();
        other.batch_execute("CREATE TABLE users (x)").unwrap();
        assert!(!is_vacant(&path).unwrap());
    }
}
