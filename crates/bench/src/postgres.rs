//! The private PostgreSQL: the seeded company in it, a copy for each run, and what it executes.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tweetty_cluster::{Cluster, Options};
use tweetty_trial::process;

use crate::company::{self, Company};
use crate::options::Sizes;
use crate::viewers::Ports;
use crate::{Result, capture, seeding};

/// The company as it was seeded; nobody connects to it but to copy it.
const SEEDED: &str = "seeded";
/// What is measured and written to.
pub(crate) const RUN: &str = "run";
/// By when every connection has noticed a changed setting.
const SETTLING: Duration = Duration::from_millis(300);

/// A durable cluster whose data stays for the next run.
pub(crate) struct Postgres {
    pub(crate) cluster: Cluster,
    folder: PathBuf,
    process: u32,
}

impl Postgres {
    /// Starts it in a folder, on what an earlier run left there.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        let settings = [("log_line_prefix", capture::LINE_PREFIX), ("log_checkpoints", "off")];
        let options = Options {
            durable: true,
            folder: Some(folder.to_owned()),
            shared_buffers: "512MB".to_owned(),
            settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        };
        let cluster = Cluster::with(&options);
        let process = process::postmaster(&folder.join("data"))?;
        Ok(Self { cluster, folder: folder.to_owned(), process })
    }

    /// Its first process.
    pub(crate) fn process(&self) -> u32 {
        self.process
    }

    /// The company in this cluster, seeded now where it is not there yet, and a fresh copy of it to measure.
    pub(crate) fn company(&self, sizes: Sizes) -> Result<Company> {
        self.cluster.execute("postgres", &format!("DROP DATABASE IF EXISTS {RUN} WITH (FORCE)"));
        let company = match company::kept(&self.folder)? {
            Some(company) => company,
            None => self.seed(sizes)?,
        };
        let version = self.cluster.execute("postgres", "SHOW server_version_num").parse::<u32>()?;
        // The other strategy writes every page to the log too.
        let strategy = if version >= 150_000 { "STRATEGY file_copy" } else { "" };
        self.cluster.execute("postgres", &format!("CREATE DATABASE {RUN} TEMPLATE {SEEDED} {strategy}"));
        self.cluster.execute(RUN, "CHECKPOINT");
        Ok(company)
    }

    fn seed(&self, sizes: Sizes) -> Result<Company> {
        self.cluster.execute("postgres", &format!("DROP DATABASE IF EXISTS {SEEDED} WITH (FORCE)"));
        self.cluster.execute("postgres", &format!("CREATE DATABASE {SEEDED}"));
        let url = self.cluster.url(SEEDED);
        let ports = self.ports(SEEDED)?;
        let company = seeding::make(&url, sizes, &ports)?;
        drop(ports);
        self.cluster.execute(SEEDED, "VACUUM (ANALYZE)");
        company::keep(&self.folder, &company)?;
        Ok(company)
    }

    /// The storage ports on one of its databases.
    fn ports(&self, database: &str) -> Result<Ports> {
        let runtime = tokio::runtime::Runtime::new()?;
        let url = self.cluster.url(database);
        let options = tweetty_postgres::Options::default();
        let store = runtime.block_on(async {
            let store = tweetty_postgres::Store::connect(&url, &options).await?;
            store.migrate().await?;
            Ok::<_, tweetty_domain::Error>(std::sync::Arc::new(store))
        })?;
        Ok(Ports { runtime, users: store.clone(), tweets: store.clone(), feeds: store })
    }

    /// Does something while every statement is logged.
    pub(crate) fn logged<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.log_statements("all");
        let done = work();
        self.log_statements("none");
        done
    }

    /// The place at which its log ends now.
    pub(crate) fn end_of_log(&self) -> Result<u64> {
        Ok(std::fs::metadata(self.log())?.len())
    }

    /// What its log says from a place on. A statement stands in it before it is executed.
    pub(crate) fn log_since(&self, place: u64) -> Result<String> {
        let mut log = std::fs::File::open(self.log())?;
        log.seek(SeekFrom::Start(place))?;
        let mut text = Vec::new();
        log.read_to_end(&mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn log_statements(&self, which: &str) {
        self.cluster.execute("postgres", &format!("ALTER SYSTEM SET log_statement = '{which}'"));
        self.cluster.execute("postgres", "SELECT pg_reload_conf()");
        std::thread::sleep(SETTLING);
    }
}
