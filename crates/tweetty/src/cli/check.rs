//! `tweetty check`

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use tweetty_domain::{Checked, Discrepancy, Limits};

use crate::config::{DatabaseSettings, MediaSettings};
use crate::output::{Answer, Output};
use crate::wiring::{self, Missing};

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Count the counters anew and remove files without a row that are older than a day, then check again
    #[arg(long)]
    repair: bool,
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    media: MediaSettings,
}

/// At most a thousand findings of each kind are told.
#[derive(Debug, Serialize)]
struct Findings {
    clean: bool,
    repaired: Option<Repaired>,
    discrepancies: Vec<Finding>,
    missing_files: Vec<String>,
    stray_files: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Repaired {
    counters: u64,
    files: u64,
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
    fn new(checked: Checked, repaired: Option<Repaired>) -> Self {
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
        if let Some(Repaired { counters, files }) = &self.repaired {
            writeln!(to, "repaired: {counters} counters, {files} files removed")?;
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
        let wired =
            wiring::open(&self.database, Some(&self.media), Limits::default(), Missing::Refuse).await?;
        let mut checked = wired.microblog.check().await?;
        let mut repaired = None;
        if self.repair && !checked.is_clean() {
            let (counters, files) = wired.microblog.repair().await?;
            repaired = Some(Repaired { counters, files });
            checked = wired.microblog.check().await?;
        }
        let clean = checked.is_clean();
        output.show(&Findings::new(checked, repaired))?;
        Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
