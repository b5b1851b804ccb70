//! Whose server it is.

use std::path::{Path, PathBuf};

use crate::SUPERUSER;
use crate::account::Account;
use crate::watchdog::Watchdog;

/// A server of our own, which we may stop, or one that was given to us.
#[derive(Debug)]
pub(crate) enum Server {
    /// Runs as the account on the data in the folder, where its socket is, too.
    Own { account: Account, folder: PathBuf, _watchdog: Watchdog },
    /// Is reached by this URL, in which no database is named.
    Given(String),
}

impl Server {
    /// The server that `TEST_DATABASE_URL` names, such as the service of a pipeline.
    pub(crate) fn given() -> Option<Self> {
        Self::named(&std::env::var("TEST_DATABASE_URL").ok()?)
    }

    fn named(url: &str) -> Option<Self> {
        if url.is_empty() {
            return None;
        }
        let address = url.split_once("://").map_or("", |(_, address)| address);
        let end = url.len() - address.len() + address.find('/').unwrap_or(address.len());
        assert!(
            end > "postgres://".len() && !address.contains('?'),
            "TEST_DATABASE_URL: not of the form postgres://USER@HOST/DATABASE"
        );
        Some(Self::Given(url[..end].to_owned()))
    }

    /// The URL of a database; the folder of a socket is its percent-encoded host.
    pub(crate) fn url(&self, database: &str) -> String {
        match self {
            Self::Given(url) => format!("{url}/{database}"),
            Self::Own { folder, .. } => {
                let socket = folder.display().to_string().replace('%', "%25").replace('/', "%2F");
                format!("postgres://{SUPERUSER}@{socket}/{database}")
            }
        }
    }

    /// As whom our own runs, and where.
    pub(crate) fn own(&self) -> (&Account, &Path) {
        match self {
            Self::Own { account, folder, .. } => (account, folder),
            Self::Given(_) => panic!("the server of TEST_DATABASE_URL is not ours; use Cluster::start"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_server_is_asked_for_any_database() {
        let server = Server::named("postgres://ann:hush@database:5432/postgres").unwrap();
        assert_eq!(server.url("test_1"), "postgres://ann:hush@database:5432/test_1");
        assert_eq!(Server::named("postgres://database").unwrap().url("x"), "postgres://database/x");
    }

    #[test]
    fn an_empty_name_is_none() {
        assert!(Server::named("").is_none());
    }

    #[test]
    #[should_panic(expected = "TEST_DATABASE_URL: not of the form")]
    fn what_is_no_address_is_refused() {
        Server::named("database");
    }
}
