//! `tweetty copy`

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use tweetty_domain::{Action, Limits};
use tweetty_tables::{Compared, compare};

use crate::backup::hex;
use crate::config::{DatabaseUrl, Refusal, Secret, Span, Tuning};
use crate::output::{Answer, Output};
use crate::progress::Watched;
use crate::wiring::{self, Database, Place, Wired};

/// Rows keep their ids and times, keys keep working. The images stay where they are: serve the new database with the same
/// folder. No server may use either database. Everything is loaded in one transaction: what is broken off leaves the
/// target empty, and can be begun again.
#[derive(Debug, Args)]
pub(crate) struct Copy {
    /// The database with the company; a URL with a password belongs into the environment, where others can't see it
    #[arg(long, env = "TWEETTY_FROM", value_name = "URL")]
    from: Secret,
    /// The database to fill, sqlite:// or postgres://; it is made or migrated, and must have no users
    #[arg(long, env = "TWEETTY_TO", value_name = "URL")]
    to: Secret,
    /// Copy nothing, only compare the two row by row
    #[arg(long)]
    verify: bool,
}

#[derive(Debug, Serialize)]
struct Copied {
    from: String,
    to: String,
    equal: bool,
    lists: Vec<List>,
}

/// What two databases have in common in one table.
#[derive(Debug, Serialize)]
pub(super) struct List {
    name: &'static str,
    rows: u64,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    differs_at: Option<u64>,
}

impl From<Compared> for List {
    fn from(Compared { table, rows, digest, differs_at }: Compared) -> Self {
        Self { name: table.title, rows, sha256: hex(&digest), differs_at }
    }
}

impl List {
    /// Whether nothing differs.
    pub(super) fn is_equal(&self) -> bool {
        self.differs_at.is_none()
    }

    /// A line for each.
    pub(super) fn show(lists: &[Self], to: &mut dyn Write) -> io::Result<()> {
        let width = lists.iter().map(|list| list.name.len()).max().unwrap_or(0);
        for Self { name, rows, sha256, differs_at } in lists {
            match differs_at {
                None => writeln!(to, "{name:width$} {rows:>10} equal  {sha256}")?,
                Some(place) => writeln!(to, "{name:width$} {rows:>10} equal, but row {place} differs")?,
            }
        }
        Ok(())
    }
}

impl Answer for Copied {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        List::show(&self.lists, to)?;
        if self.equal {
            writeln!(to, "{} and {} are equal", self.from, self.to)
        } else {
            writeln!(to, "{} and {} differ", self.from, self.to)
        }
    }
}

impl Copy {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let (from, to) = (url("TWEETTY_FROM", &self.from)?, url("TWEETTY_TO", &self.to)?);
        if from == to {
            return Err(Refusal::usage("TWEETTY_TO", "a database can't be copied into itself").into());
        }
        let (from, to) = (wiring::database(from), wiring::database(to));
        // Before anything is made beside them.
        wiring::refuse_missing(&*from).await?;
        if self.verify {
            wiring::refuse_missing(&*to).await?;
        }
        let _locks = (from.alone().await?, to.alone().await?);
        let source = open(from, Place::Existing).await?;
        let target = open(to, if self.verify { Place::Existing } else { Place::Make }).await?;
        source.verify_schema().await?;
        target.verify_schema().await?;
        if !self.verify {
            fill(&source, &target).await?;
        }
        let lists = verified(&source, &target).await?.into_iter().map(List::from).collect::<Vec<_>>();
        let equal = lists.iter().all(List::is_equal);
        let answer = Copied {
            from: source.database.url().to_string(),
            to: target.database.url().to_string(),
            equal,
            lists,
        };
        output.show(&answer)?;
        Ok(if equal { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// The database that a setting names.
pub(super) fn url(setting: &str, secret: &Secret) -> Result<DatabaseUrl, Refusal> {
    DatabaseUrl::parse(secret.reveal()).map_err(|problem| Refusal::usage(setting, problem))
}

async fn open(database: Arc<dyn Database>, place: Place) -> anyhow::Result<Wired> {
    let patient = Span(std::time::Duration::from_mins(1));
    let tuning = Tuning { connections: 4, wait: patient, statement_timeout: patient };
    wiring::open_at(database, tuning, None, Limits::default(), None, place).await
}

/// Loads all rows, and with them the audit entry of it.
async fn fill(source: &Wired, target: &Wired) -> anyhow::Result<()> {
    if !target.operations.is_empty().await? {
        let problem = format!(
            "{} has users already; name an empty one, or add --verify to compare",
            target.database.url()
        );
        return Err(Refusal::world("TWEETTY_TO", problem).into());
    }
    let detail = format!("from {}", source.database.url());
    Ok(target.load(source.whole.read().await?, Action::Copy, detail).await?)
}

async fn verified(source: &Wired, target: &Wired) -> anyhow::Result<Vec<Compared>> {
    let mut ours = Watched::new(source.whole.read().await?);
    let mut theirs = target.whole.read().await?;
    Ok(compare(&mut ours, theirs.as_mut()).await?)
}
