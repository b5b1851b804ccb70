//! `tweetty backup`
#![expect(clippy::doc_markdown, reason = "the comments of arguments are help texts, which are no Markdown")]

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use tweetty_domain::{Action, Clock as _, Entry, Found, Outcome, SystemClock};

use crate::backup;
use crate::config::{DatabaseSettings, Environment, MediaSettings, local_path};
use crate::operator;
use crate::output::{Answer, Output, complain};
use crate::wiring::{self, Database, Place};

/// Works beside running servers. PostgreSQL needs its own program pg_dump, as new as the server. The schema stays as it
/// is, so that a new version can back up a store before it upgrades it.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The folder to make; it has that name only when it is complete
    #[arg(long, value_name = "FOLDER", value_parser = local_path())]
    to: PathBuf,
    /// An earlier backup on the same file system: images that it has are linked instead of copied
    #[arg(long, value_name = "FOLDER", value_parser = local_path())]
    since: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    media: MediaSettings,
}

impl Answer for backup::Made {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { folder, database_bytes, images, image_bytes, linked } = self;
        writeln!(
            to,
            "{folder}: a database of {database_bytes} bytes, {images} images of {image_bytes} bytes, {linked} of them linked"
        )
    }
}

impl Backup {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let database = wiring::database(self.database.url(&Environment::of_process())?);
        let found = wiring::refuse_missing(&*database).await?;
        let media = wiring::storage(&self.media.media, Place::Existing)?;
        let fits = found.fits(media.claimed_by().await?, media.is_empty().await?);
        fits.map_err(|mismatch| wiring::mismatch(&self.media.media, database.url(), mismatch.into()))?;
        let store = if let Found::Store { id, .. } = found { id } else { None };
        let backup = backup::Backup {
            database: &*database,
            media: &*media,
            store,
            to: &self.to,
            earlier: self.since.as_deref(),
        };
        let is_recorded = record(&*database, Outcome::Begun, None).await;
        let made = backup.make().await;
        if is_recorded {
            let (outcome, detail) = match &made {
                Ok(made) => (Outcome::Done, Some(format!("{} images", made.images))),
                Err(_) => (Outcome::Failed, None),
            };
            record(&*database, outcome, detail).await;
        }
        output.show(&made?)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Records the backup in the log of its store, which is not opened otherwise: its schema stays as it is. A standby, a role
/// that only reads, or a store from before there was a log is backed up all the same. Answers whether it is recorded.
async fn record(database: &dyn Database, outcome: Outcome, detail: Option<String>) -> bool {
    let (at, operator) = (SystemClock.now(), operator::current());
    let entry = Entry { at, by: operator.into(), action: Action::Backup, user: None, outcome, detail };
    match database.record(entry).await {
        Ok(()) => true,
        Err(error) => {
            let refused = database.refused(&error);
            complain(&format!("warning: this backup does not stand in the audit log: {refused}"));
            false
        }
    }
}
