//! `tweetty check`

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use tweetty_domain::{Checked, Discrepancy, Limits, Repaired};

use crate::config::{DatabaseSettings, MediaSettings};
use crate::output::{Answer, Output};
use crate::wiring::{self, Place};

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Count the counters anew and move files without a row that are older than a day to the trash of the folder, from
    /// where a server erases them 30 days later; forget the smaller copies of images that lack one, so that
    /// `tweetty media variants` makes them anew; then check again
    #[arg(long)]
    repair: bool,
    /// Declare that this folder of images belongs to this database, although they don't seem to fit: images were lost,
    /// or the folder was put together by hand
    #[arg(long)]
    claim_media: bool,
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    media: MediaSettings,
}

/// At most a thousand findings of each kind are printed.
#[derive(Debug, Serialize)]
pub(super) struct Findings {
    clean: bool,
    repaired: Option<Mended>,
    discrepancies: Vec<Finding>,
    missing_files: Vec<String>,
    stray_files: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Mended {
    counters: u64,
    files: u64,
    files_left: u64,
    variants: u64,
    avatars: u64,
}

impl From<Repaired> for Mended {
    fn from(Repaired { counters, files, files_left, variants, avatars }: Repaired) -> Self {
        Self { counters, files, files_left, variants, avatars }
    }
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Finding {
    Counter { what: String, stored: i64, counted: i64 },
    Rows { what: String, count: u64 },
}

impl From<Discrepancy> for Finding {
    fn from(discrepancy: Discrepancy) -> Self {
        match discrepancy {
            Discrepancy::Counter { what, stored, counted } => Self::Counter { what, stored, counted },
            Discrepancy::Rows { what, count } => Self::Rows { what, count },
        }
    }
}

impl Findings {
    pub(super) fn new(checked: Checked, repaired: Option<Mended>) -> Self {
        Self {
            clean: checked.is_clean(),
            repaired,
            discrepancies: checked.discrepancies.into_iter().map(Finding::from).collect(),
            missing_files: checked.missing_files.iter().map(ToString::to_string).collect(),
            stray_files: checked.stray_files.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Answer for Findings {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        if let Some(Mended { counters, files, files_left, variants, avatars }) = &self.repaired {
            writeln!(to, "repaired: {counters} counters, {files} files moved to the trash")?;
            if *files_left > 0 {
                writeln!(
                    to,
                    "{files_left} files without a row were left alone: they can't be moved, or they are more than 100 and \
                     most of the folder; is the database an old copy?"
                )?;
            }
            if *variants > 0 {
                writeln!(
                    to,
                    "images that lacked smaller copies: {variants}; `tweetty media variants` makes them anew"
                )?;
            }
            if *avatars > 0 {
                writeln!(to, "avatars that lacked a file, and were taken away: {avatars}")?;
            }
        }
        for finding in &self.discrepancies {
            match finding {
                Finding::Counter { what, stored, counted } => {
                    writeln!(to, "{what} is {stored}, its rows say {counted}")?;
                }
                Finding::Rows { what, count } => writeln!(to, "{what}: {count}")?,
            }
        }
        for name in &self.missing_files {
            writeln!(to, "the file of image {name} is missing")?;
        }
        for name in &self.stray_files {
            writeln!(to, "the file {name} is older than an hour and no row knows it")?;
        }
        if self.clean { writeln!(to, "all is as it should be") } else { Ok(()) }
    }
}

impl Check {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let place = if self.claim_media { Place::Claim } else { Place::Existing };
        let wired = wiring::open(&self.database, Some(&self.media), Limits::default(), place).await?;
        wired.verify_schema().await?;
        let operations = &wired.operations;
        let mut checked = operations.check().await?;
        let mut repaired = None;
        if self.repair && !checked.is_clean() {
            repaired = Some(Mended::from(operations.repair().await?));
            checked = operations.check().await?;
        }
        let clean = checked.is_clean();
        output.show(&Findings::new(checked, repaired))?;
        Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
