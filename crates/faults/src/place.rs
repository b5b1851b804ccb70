//! A store with a server on it, in a folder of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use tempfile::TempDir;
use tokio::task::block_in_place;
use tweetty_cluster::{Cluster, Options};
use tweetty_trial::{Result, Server, Setup, tweetty};

use crate::person::{Person, connections};

/// The name of the database of PostgreSQL.
pub(crate) const DATABASE: &str = "tweetty";

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    Postgres,
    Sqlite,
}

impl Store {
    pub(crate) const BOTH: &[Self] = &[Self::Postgres, Self::Sqlite];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        }
    }
}

/// The server ends before its database, and the folder last.
pub(crate) struct Place {
    server: Option<Server>,
    pub(crate) setup: Setup,
    cluster: Option<Cluster>,
    pub(crate) folder: TempDir,
}

impl Place {
    /// An empty store that nobody serves yet. A PostgreSQL is durable where it is asked to be; the machine never fails
    /// here, so that this costs time and changes nothing else.
    pub(crate) fn prepare(store: Store, durable: bool) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("tweetty-faults-").tempdir()?;
        let (database, cluster) = match store {
            Store::Sqlite => (sqlite(folder.path()), None),
            Store::Postgres => {
                let cluster = block_in_place(|| {
                    let cluster = Cluster::with(&Options { durable, ..Options::default() });
                    cluster.execute("postgres", &format!("CREATE DATABASE {DATABASE}"));
                    cluster
                });
                (cluster.url(DATABASE), Some(cluster))
            }
        };
        let setup = Setup::new(database, folder.path().to_owned())?;
        Ok(Self { server: None, setup, cluster, folder })
    }

    /// An empty store with a server.
    pub(crate) fn open(store: Store, durable: bool) -> Result<Self> {
        let mut place = Self::prepare(store, durable)?;
        place.start()?;
        Ok(place)
    }

    /// Starts the server and waits until it is ready.
    pub(crate) fn start(&mut self) -> Result<()> {
        self.server = Some(block_in_place(|| Server::start(self.setup.clone()))?);
        Ok(())
    }

    /// Starts the server without waiting, as a supervisor does.
    pub(crate) fn spawn(&mut self) -> Result<()> {
        self.server = Some(Server::spawn(self.setup.clone())?);
        Ok(())
    }

    pub(crate) fn server(&mut self) -> Result<&mut Server> {
        self.server.as_mut().ok_or_else(|| "there is no server".into())
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.setup.address
    }

    pub(crate) fn cluster(&self) -> Result<&Cluster> {
        self.cluster.as_ref().ok_or_else(|| "there is no PostgreSQL".into())
    }

    /// Runs SQL in the database of PostgreSQL.
    pub(crate) fn sql(&self, sql: &str) -> Result<String> {
        let cluster = self.cluster()?;
        Ok(block_in_place(|| cluster.execute(DATABASE, sql)))
    }

    /// Runs SQL in a session of its own, to its end.
    pub(crate) fn session(&self, sql: &str) -> Result<std::process::Child> {
        let mut psql = self.cluster()?.psql(DATABASE);
        Ok(psql.args(["-c", sql]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
    }

    /// So many new users with keys.
    pub(crate) fn people(&self, prefix: &str, count: usize) -> Result<Vec<Person>> {
        let http = connections()?;
        let rows = (0..count).map(|number| format!("{prefix}-{number},,,{}\n", key(prefix, number)));
        let header = "nickname,first_name,last_name,api_key\n".to_owned();
        let file = self.folder.path().join("people.csv");
        std::fs::write(&file, std::iter::once(header).chain(rows).collect::<String>())?;
        let imported = self.command(&["users", "import", &file.display().to_string()])?;
        let ids = imported["users"].as_array().into_iter().flatten().filter_map(|user| user["id"].as_i64());
        let person = |(number, id)| Person::new(id, key(prefix, number), http.clone());
        Ok(ids.enumerate().map(person).collect())
    }

    /// What `tweetty check` finds; nothing where all is as it should be.
    pub(crate) fn check(&self) -> Result<Option<String>> {
        let found = self.command(&["check"])?;
        Ok((found["clean"] != Value::Bool(true)).then(|| found.to_string()))
    }

    /// Runs a command of the operator on this store; answers its JSON.
    pub(crate) fn command(&self, arguments: &[&str]) -> Result<Value> {
        let mut command = tweetty()?;
        command.args(arguments).arg("--json").env("TWEETTY_DATABASE_URL", &self.setup.database);
        command.env("TWEETTY_MEDIA", &self.setup.media);
        let output = block_in_place(|| command.output())?;
        serde_json::from_slice(&output.stdout).map_err(|_| {
            let said = String::from_utf8_lossy(&output.stderr);
            format!("tweetty {}: {}", arguments.join(" "), said.trim()).into()
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Its data goes with it, so that nobody needs an end in order.
        if let Some(mut server) = self.server.take() {
            server.kill().ok();
        }
    }
}

/// The URL of an SQLite database in a folder.
pub(crate) fn sqlite(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("tweetty.db").display())
}

fn key(prefix: &str, number: usize) -> String {
    format!("fault-run-key-of-{prefix}-{number:06}")
}
