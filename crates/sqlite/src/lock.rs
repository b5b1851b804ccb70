//! One server a database: the one that serves holds this lock.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use tweetty_domain::{Error, Result};

use crate::{connection, private};

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
    private::make_folder_of(&beside).map_err(|error| failed(&error))?;
    let file = private::open(&beside).map_err(|error| failed(&error))?;
    // A user who may read it may hold it, and keep the server from starting. Another owner's is not ours to change.
    private::close_to_others(&file).ok();
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

    #[cfg(unix)]
    #[test]
    fn the_lock_is_for_its_owner_only_also_where_an_older_version_made_it() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/tweetty.db");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        drop(lock(&path).unwrap());
        assert_eq!((mode(&lock_path(&path)), mode(path.parent().unwrap())), (0o600, 0o700));
        std::fs::set_permissions(lock_path(&path), PermissionsExt::from_mode(0o644)).unwrap();
        std::fs::set_permissions(path.parent().unwrap(), PermissionsExt::from_mode(0o750)).unwrap();
        drop(lock(&path).unwrap());
        assert_eq!(mode(&lock_path(&path)), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o750, "what somebody set stays");
    }
}
