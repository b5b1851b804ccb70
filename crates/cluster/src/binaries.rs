//! Where the programs of PostgreSQL lie.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

const HELP: &str = "no PostgreSQL server found; install one: `apt-get install -y postgresql`, \
    `dnf install postgresql-server postgresql-contrib` or `brew install postgresql@17`, or name its folder of programs in TEST_PG_BIN";

/// A folder that has both the server and its clients.
#[derive(Debug, Clone)]
pub(crate) struct Binaries(PathBuf);

impl Binaries {
    /// The folder named by `TEST_PG_BIN`, else the first of PATH and the usual places, there the newest version.
    pub(crate) fn find() -> Self {
        if let Some(named) = std::env::var_os("TEST_PG_BIN") {
            let named = PathBuf::from(named);
            assert!(is_complete(&named), "TEST_PG_BIN: {} lacks initdb or postgres", named.display());
            return Self(named);
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let in_path = std::env::split_paths(&path).filter_map(|folder| behind_link(&folder));
        Self(in_path.chain(usual_places()).find(|folder| is_complete(folder)).expect(HELP))
    }

    /// The path of one of the programs.
    pub(crate) fn path(&self, program: &str) -> PathBuf {
        self.0.join(program)
    }
}

/// Debian has only the clients in /usr/bin: both sides must be there.
fn is_complete(folder: &Path) -> bool {
    ["initdb", "postgres", "pg_ctl", "psql"].iter().all(|program| folder.join(program).is_file())
}

/// PATH may hold links to some of the programs; the others lie beside their targets.
fn behind_link(folder: &Path) -> Option<PathBuf> {
    folder.join("initdb").canonicalize().ok()?.parent().map(Path::to_owned)
}

fn usual_places() -> impl Iterator<Item = PathBuf> {
    // Each is a folder, how the names in it begin, and what follows behind them.
    let places = [
        ("/usr/lib/postgresql", "", "bin"),
        ("/usr", "pgsql-", "bin"),
        ("/usr/libexec", "postgresql", ""),
        ("/opt/homebrew/opt", "postgresql", "bin"),
        ("/usr/local/opt", "postgresql", "bin"),
        ("/usr/local", "pgsql", "bin"),
    ];
    places.into_iter().flat_map(|(folder, beginning, behind)| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let begins = |path: &PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(beginning))
        };
        let mut found = entries.filter(begins).collect::<Vec<_>>();
        found.sort_by_key(|path| std::cmp::Reverse(version(path.file_name().unwrap_or_default())));
        found.into_iter().map(move |path| path.join(behind))
    })
}

/// The digits of `17`, `pgsql-17` or `postgresql@17`; 0 where there are none.
fn version(name: &OsStr) -> u32 {
    let digits = name.to_string_lossy().chars().filter(char::is_ascii_digit).collect::<String>();
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_the_one_with_the_highest_number() {
        assert!(version(OsStr::new("postgresql@17")) > version(OsStr::new("postgresql@9")));
        assert_eq!(version(OsStr::new("postgresql")), 0);
    }

    #[test]
    fn a_folder_with_clients_alone_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("psql"), "").unwrap();
        assert!(!is_complete(folder.path()));
    }
}
