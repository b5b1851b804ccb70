//! One server a database: whoever serves holds this lock.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use tweetty_domain::{Error, Result};

use crate::connection;

/// The right to serve a database; it ends with the value, and with the process however that ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Takes the right to serve the database at `path`, kept as a lock on the file `path` + `.lock`.
///
/// # Errors
/// [`Error::Unavailable`] where another process or [`Lock`] has it, or the file can't be created.
pub fn lock(path: &Path) -> Result<Lock> {
    let beside = lock_path(path);
    let failed = |error: &dyn std::fmt::Display| connection::unusable(path, error);
    if let Some(folder) = beside.parent() {
        std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    }
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&beside)
        .map_err(|error| failed(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(Error::unavailable(format!(
            "{} is being served by another process; stop that one or choose another database",
            path.display()
        ))),
        Err(TryLockError::Error(error)) => Err(failed(&error)),
    }
}

fn lock_path(path: &Path) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    beside.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_server_of_one_database_is_refused_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/tweetty.db");
        let first = lock(&path).unwrap();
        let refusal = lock(&path).unwrap_err();
        assert!(refusal.to_string().contains("served by another process"), "{refusal}");
        assert!(lock(&folder.path().join("other.db")).is_ok());
        drop(first);
        assert!(lock(&path).is_ok());
    }
}
