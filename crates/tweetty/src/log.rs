//! The log on standard error: text for people, JSON for machines.
#![expect(clippy::doc_markdown, reason = "the comments of settings are help texts, which are no Markdown")]

use std::io::{IsTerminal as _, stderr};

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

use crate::config::{Environment, Refusal};

const LEVEL: &str = "TWEETTY_LOG_LEVEL";

/// The settings of the log.
#[derive(Debug, Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct LogSettings {
    /// Form of the log on standard error [default: text on a terminal, else json]
    #[arg(long, env = "TWEETTY_LOG_FORMAT", value_name = "FORMAT", global = true)]
    log_format: Option<Format>,

    /// What to log: error, warn, info, debug, trace, or a filter such as info,tweetty_http=debug [default: info for
    /// serve, else warn; the environment's RUST_LOG is read where TWEETTY_LOG_LEVEL is not set]
    #[arg(long, env = LEVEL, value_name = "FILTER", global = true)]
    log_level: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One line for a person
    Text,
    /// One JSON object a line
    Json,
}

impl LogSettings {
    /// Starts logging, once a process.
    pub(crate) fn start(&self, usual: &str, environment: &Environment) -> Result<(), Refusal> {
        let (name, filter) = match (&self.log_level, environment.get("RUST_LOG")) {
            (Some(level), _) => (LEVEL, level.clone()),
            (None, Some(filter)) => ("RUST_LOG", filter),
            (None, None) => (LEVEL, usual.to_owned()),
        };
        let filter = EnvFilter::builder()
            .parse(&filter)
            .map_err(|problem| Refusal::usage(name, format_args!("{filter:?}: {problem}")))?;
        let usual_format = if stderr().is_terminal() { Format::Text } else { Format::Json };
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
        let started = match self.log_format.unwrap_or(usual_format) {
            Format::Text => log.with_ansi(stderr().is_terminal()).try_init(),
            Format::Json => log.json().flatten_event(true).try_init(),
        };
        started.map_err(|problem| Refusal::world(LEVEL, problem))
    }
}
