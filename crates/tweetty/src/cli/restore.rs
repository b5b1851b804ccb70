//! `tweetty restore`
#![expect(clippy::doc_markdown, reason = "the comments of arguments are help texts, which are no Markdown")]

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use tweetty_domain::{Action, Limits};

use super::check::Findings;
use crate::backup::Source;
use crate::config::{DatabaseSettings, Environment, MediaSettings, local_path};
use crate::output::{Answer, Output};
use crate::wiring::{self, Place};

/// Refuses a database with users and a folder with other images. Every file is compared with its sum. What is broken off
/// can be begun again. PostgreSQL needs its own program pg_restore.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup
    #[arg(long, value_name = "FOLDER", value_parser = local_path())]
    from: PathBuf,
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    media: MediaSettings,
}

#[derive(Debug, Serialize)]
struct Restored {
    begun_at: String,
    images: u64,
    /// Uploads that came while the backup was made, and whose rows it does not have.
    images_left_out: u64,
    check: Findings,
}

impl Answer for Restored {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { begun_at, images, images_left_out, check } = self;
        let images = images - images_left_out;
        writeln!(to, "restored the backup of {begun_at} with {images} images")?;
        check.text(to)
    }
}

impl Restore {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let database = wiring::database(self.database.url(&Environment::of_process())?);
        let backup = Source::open(&self.from)?;
        let _lock = database.alone().await?;
        let media = wiring::storage(&self.media.media, Place::Make)?;
        backup.refuse_a_full_place(&*database, &*media).await?;
        backup.restore(&*database, &*media).await?;
        let tuning = self.database.tuning();
        let wired =
            wiring::open_at(database, tuning, Some(&self.media), Limits::default(), None, Place::Make)
                .await?;
        wired.verify_schema().await?;
        let operations = &wired.operations;
        let images_left_out = operations.settle().await?;
        let detail = format!("the backup of {}", backup.begun_at());
        operations.record(Action::Restore, None, Some(detail)).await?;
        let checked = operations.check().await?;
        let clean = checked.is_clean();
        output.show(&Restored {
            begun_at: backup.begun_at().to_owned(),
            images: backup.images(),
            images_left_out,
            check: Findings::new(checked, None),
        })?;
        Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
