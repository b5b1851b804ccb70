//! Throw-away PostgreSQL clusters, and poolers in front of them, for tests and benchmarks.
//!
//! A [`Cluster`] listens on a unix socket only and ends with the process that started it, even where that
//! process is killed: a watchdog holds the other end of a pipe. Where the variable `TEST_DATABASE_URL` names a
//! running server and a superuser of it, tests that stop nothing use that one. Whatever goes wrong here panics,
//! since no test can go on without its cluster.
#![expect(clippy::panic, clippy::expect_used, reason = "a test without its cluster can't go on")]

mod account;
mod binaries;
mod database;
mod folder;
mod initialised;
mod pooler;
mod server;
mod watchdog;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::AtomicU32;

use account::Account;
use binaries::Binaries;
pub use database::Database;
pub use pooler::{PoolMode, Pooler};
use server::Server;
use watchdog::Watchdog;

/// The superuser of every cluster of our own; the socket asks for no password.
const SUPERUSER: &str = "postgres";

/// How a cluster is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether an acknowledged commit survives the machine: slow, and what a benchmark must measure.
    pub durable: bool,
    /// Where the data lies and stays; without it in a temporary folder that ends with the cluster.
    pub folder: Option<PathBuf>,
    /// PostgreSQL's `shared_buffers`.
    pub shared_buffers: String,
    /// Further settings, each a name and a value.
    pub settings: Vec<(String, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Self { durable: false, folder: None, shared_buffers: "32MB".to_owned(), settings: vec![] }
    }
}

/// A running PostgreSQL.
#[derive(Debug)]
pub struct Cluster {
    binaries: Binaries,
    server: Server,
    databases: AtomicU32,
}

impl Cluster {
    /// The one cluster of this process, started on first use, or the server that `TEST_DATABASE_URL` names.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| Server::given().map_or_else(Self::start, Self::on))
    }

    fn on(server: Server) -> Self {
        Self { binaries: Binaries::find(), server, databases: AtomicU32::new(0) }
    }

    /// A cluster of one's own, for tests that stop it.
    pub fn start() -> Self {
        Self::with(&Options::default())
    }

    /// A cluster set up so.
    pub fn with(options: &Options) -> Self {
        let binaries = Binaries::find();
        let account = Account::unprivileged();
        let folder = folder::make(options, &account);
        // First the watchdog: from here on nothing is left behind.
        let watchdog = Watchdog::start(&folder, options.folder.is_none());
        let data = folder.join("data");
        if !data.join("PG_VERSION").exists() {
            initialised::copy(&binaries, &account, options.durable, &data);
        }
        folder::configure(options, &account, &folder);
        let server = Server::Own { account, folder, _watchdog: watchdog };
        let cluster = Self { binaries, server, databases: AtomicU32::new(0) };
        cluster.start_again();
        cluster
    }

    /// A fresh, empty database, dropped with the value.
    pub fn database(&self) -> Database<'_> {
        Database::create(self, "template0")
    }

    /// A copy of a database to which nobody is connected.
    pub fn database_from(&self, template: &str) -> Database<'_> {
        Database::create(self, template)
    }

    /// The `postgres://` URL of a database of that name.
    pub fn url(&self, database: &str) -> String {
        self.server.url(database)
    }

    /// The folder in which the socket lies.
    pub fn socket_folder(&self) -> &Path {
        self.server.own().1
    }

    /// Runs SQL in a database, as `psql` does; answers what it prints, unaligned and without headings.
    pub fn execute(&self, database: &str, sql: &str) -> String {
        run(self.psql(database).args(["-v", "ON_ERROR_STOP=1", "-c", sql]))
    }

    /// `psql` in a database; it prints unaligned and without headings.
    pub fn psql(&self, database: &str) -> Command {
        let mut psql = Command::new(self.binaries.path("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-d", &self.url(database)]);
        psql
    }

    /// Another client program of the same version, pgbench say, that finds this cluster by itself.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.binaries.path(name));
        command.env("PGHOST", self.socket_folder()).env("PGUSER", SUPERUSER);
        command
    }

    /// Stops the server fast, as an administrator does: connections end at once, transactions are rolled back.
    pub fn stop(&self) {
        self.control(&["-m", "fast", "stop"]);
    }

    /// Stops the server as a crash does; the next start recovers.
    pub fn crash(&self) {
        self.control(&["-m", "immediate", "stop"]);
    }

    /// Starts a stopped server on the same data.
    pub fn start_again(&self) {
        self.control(&["start"]);
    }

    fn control(&self, arguments: &[&str]) {
        let (account, folder) = self.server.own();
        let log = folder.join("log");
        let mut pg_ctl = account.command(&self.binaries.path("pg_ctl"));
        pg_ctl.arg("-s").arg("-w").arg("-D").arg(folder.join("data")).arg("-l").arg(&log).args(arguments);
        // No pipe: the server inherits it, and its other end would never close.
        let ended = pg_ctl.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !ended.expect("pg_ctl can be run").success() {
            let log = std::fs::read_to_string(log).unwrap_or_default();
            panic!("pg_ctl {arguments:?} failed in {}; its log:\n{log}", folder.display());
        }
    }
}

/// Which PostgreSQL clusters are of: `PostgreSQL 17.5`.
pub fn version() -> String {
    let version = run(Command::new(Binaries::find().path("postgres")).arg("--version"));
    version.split_whitespace().nth(2).map_or(version.clone(), |number| format!("PostgreSQL {number}"))
}

/// Gives a file to the account as which servers run, a key for TLS say, which nobody else may own.
pub fn give_to_server(file: &Path) {
    Account::unprivileged().own(file);
}

/// Runs a command to its end and answers what it printed.
fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}
