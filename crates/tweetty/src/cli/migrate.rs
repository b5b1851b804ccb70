//! `tweetty migrate`

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use tweetty_domain::Limits;

use crate::config::DatabaseSettings;
use crate::output::{Answer, Output};
use crate::wiring::{self, Place};

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    database: DatabaseSettings,
}

#[derive(Debug, Serialize)]
struct Migrated {
    database: String,
    applied: Vec<String>,
}

impl Answer for Migrated {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        if self.applied.is_empty() {
            return writeln!(to, "{} is up to date; nothing to do", self.database);
        }
        for migration in &self.applied {
            writeln!(to, "applied {migration}")?;
        }
        writeln!(to, "{} is up to date", self.database)
    }
}

impl Migrate {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let wired = wiring::open(&self.database, None, Limits::default(), Place::Make).await?;
        output.show(&Migrated { database: wired.database.url().to_string(), applied: wired.migrations })?;
        Ok(ExitCode::SUCCESS)
    }
}
