//! `tweetty openapi`

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Args;

use crate::config::LimitSettings;

/// The document is JSON, with or without `--json`.
#[derive(Debug, Args)]
pub(crate) struct OpenApi {
    #[command(flatten)]
    limits: LimitSettings,
}

impl OpenApi {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", tweetty_http::openapi(&self.limits.limits()?).trim_end())?;
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}
