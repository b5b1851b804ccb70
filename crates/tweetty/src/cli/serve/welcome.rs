//! What `serve` says when it starts.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use serde::Serialize;

use super::DEMO_KEY;
use crate::config::{DatabaseUrl, reachable};
use crate::output::Answer;

/// What is served where.
pub(super) struct Welcome<'a> {
    pub(super) address: SocketAddr,
    pub(super) metrics: Option<SocketAddr>,
    pub(super) database: &'a DatabaseUrl,
    pub(super) media: &'a Path,
    pub(super) migrations: &'a [String],
    pub(super) demo: bool,
    pub(super) empty: bool,
}

/// The first thing on standard output, written once connections are accepted.
#[derive(Debug, Serialize)]
pub(super) struct Serving {
    version: &'static str,
    address: SocketAddr,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<String>,
    database: String,
    media: String,
    applied: Vec<String>,
    demo: bool,
    #[serde(skip)]
    empty: bool,
}

impl Welcome<'_> {
    pub(super) fn answer(&self) -> Serving {
        Serving {
            version: env!("CARGO_PKG_VERSION"),
            address: self.address,
            url: format!("http://{}", reachable(self.address)),
            metrics: self.metrics.map(|address| format!("http://{}/metrics", reachable(address))),
            database: self.database.to_string(),
            media: self.media.display().to_string(),
            applied: self.migrations.to_vec(),
            demo: self.demo,
            empty: self.empty,
        }
    }
}

impl Answer for Serving {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { version, url, metrics, database, media, applied, .. } = self;
        let address = self.address;
        writeln!(to, "tweetty {version} listens on http://{address}")?;
        writeln!(to, "  database  {database}")?;
        writeln!(to, "  images    {media}")?;
        if let Some(metrics) = metrics {
            writeln!(to, "  metrics   {metrics}")?;
        }
        if !applied.is_empty() {
            writeln!(to, "  migrated  {}", applied.join(", "))?;
        }
        writeln!(to, "\nTry next:")?;
        let sign_in = if self.demo { format!("; its key is {DEMO_KEY}") } else { String::new() };
        writeln!(to, "  {url}/      the page{sign_in}")?;
        writeln!(to, "  {url}/docs  the API, to read and to try out")?;
        if self.empty {
            return writeln!(to, "  tweetty users add NICKNAME      the first user and their key");
        }
        let key = if self.demo { DEMO_KEY } else { "YOUR-KEY" };
        writeln!(to, "  curl -H 'api-key: {key}' '{url}/api/tweets?limit=3'")
    }
}
