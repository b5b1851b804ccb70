//! The command line: one file a command.

mod adopt;
mod audit;
mod backup;
mod cells;
mod check;
mod copy;
mod healthcheck;
mod key;
mod keys_file;
mod lost_keys;
mod media;
mod migrate;
mod openapi;
mod private_file;
mod restore;
mod seed;
mod serve;
mod shell;
mod tweets;
mod users;

use std::io;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::config::{self, Environment, Refusal, Unknown};
use crate::log::LogSettings;
use crate::monitoring::Monitoring;
use crate::output::{Output, complain};

/// A corporate microblog: one binary serves it and manages its users
#[derive(Debug, Parser)]
#[command(name = "tweetty", version, max_term_width = 110, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Answer with one JSON document on standard output; errors stay text on standard error
    #[arg(long, global = true)]
    json: bool,

    #[command(flatten)]
    log: LogSettings,
}

const AFTER_HELP: &str = "Every setting is a flag and an environment variable; the flag wins, and a variable with an \
    empty value counts as absent.\nExit status: 0 done, 1 refused or failed, 2 wrong usage.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the microblog; creates the folders, the database and its tables where they are missing
    Serve(Box<serve::Serve>),
    /// Bring the database up to this version and say what was done
    Migrate(migrate::Migrate),
    /// Add, find, change and remove users
    Users(users::Users),
    /// Remove tweets
    Tweets(tweets::Tweets),
    /// Fill an empty store with a company of any size, for trials and benchmarks
    Seed(seed::Seed),
    /// Copy the database and the images into a folder, while people write
    Backup(backup::Backup),
    /// Restore a backup into an empty database and an empty folder of images
    Restore(restore::Restore),
    /// Copy a company from one database into another, empty one, and compare them row by row
    Copy(copy::Copy),
    /// Take a company over from the database and the pictures of the server that it had before
    Adopt(adopt::Adopt),
    /// See to the images in the media folder
    Media(media::Media),
    /// Read the log of what operators changed
    Audit(audit::Audit),
    /// Prove that counters, rows and files agree; exit status 1 where they don't
    Check(check::Check),
    /// Print the OpenAPI document
    Openapi(openapi::OpenApi),
    /// Exit with status 0 where the server at --bind is ready
    Healthcheck(healthcheck::Healthcheck),
}

/// The whole command line.
pub(crate) fn command() -> clap::Command {
    config::prepared(Cli::command())
}

/// Reads the command line and does what it says.
pub(crate) async fn run() -> ExitCode {
    let command = command();
    let parsed = command.clone().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return refuse_usage(&command, &error),
    };
    match cli.run().await {
        Ok(status) => status,
        Err(error) => failed(&error),
    }
}

impl Cli {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let output = Output { json: self.json };
        let environment = Environment::of_process();
        let (usual_log, monitoring) = match self.command {
            Command::Serve(_) => ("info", Monitoring::start(&environment)?),
            _ => ("warn", Monitoring::default()),
        };
        self.log.start(usual_log, &environment, monitoring.listeners())?;
        // What asks every few seconds whether the server is ready would say it as often.
        if !matches!(self.command, Command::Healthcheck(_)) {
            warn_of_unknown_settings();
        }
        let outcome = match self.command {
            Command::Serve(serve) => serve.run(output).await,
            Command::Migrate(migrate) => migrate.run(output).await,
            Command::Users(users) => users.run(output).await,
            Command::Tweets(tweets) => tweets.run(output).await,
            Command::Seed(seed) => seed.run(output).await,
            Command::Backup(backup) => backup.run(output).await,
            Command::Restore(restore) => restore.run(output).await,
            Command::Copy(copy) => copy.run(output).await,
            Command::Adopt(adopt) => adopt.run(output).await,
            Command::Media(media) => media.run(output).await,
            Command::Audit(audit) => audit.run(output).await,
            Command::Check(check) => check.run(output).await,
            Command::Openapi(openapi) => openapi.run(),
            Command::Healthcheck(healthcheck) => healthcheck.run(output),
        };
        monitoring.finish().await;
        outcome
    }
}

fn warn_of_unknown_settings() {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for Unknown { name, meant } in config::unknown_settings(&command(), names) {
        let cure = match meant {
            Some(meant) => format!("do you mean {meant}?"),
            None => "`tweetty serve --help` lists all settings".to_owned(),
        };
        tracing::warn!("the variable {name} is no setting and is ignored; {cure}");
    }
}

fn refuse_usage(command: &clap::Command, error: &clap::Error) -> ExitCode {
    match config::first_line(command, error) {
        Some(refusal) => complain(&refusal.to_string()),
        None => error.print().unwrap_or_default(),
    }
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn failed(error: &anyhow::Error) -> ExitCode {
    // A reader that closed our standard output has seen enough: `tweetty users list | head`.
    if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    complain(&format!("{error:#}"));
    match error.downcast_ref::<Refusal>() {
        Some(refusal) if refusal.is_usage() => ExitCode::from(2),
        _ => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        config::prepared(Cli::command()).debug_assert();
    }

    #[test]
    fn every_setting_with_a_variable_is_named_like_its_flag() {
        fn look(command: &clap::Command, seen: &mut usize) {
            for argument in command.get_arguments() {
                let (Some(variable), Some(flag)) = (argument.get_env(), argument.get_long()) else {
                    continue;
                };
                let expected = format!("TWEETTY_{}", flag.to_uppercase().replace('-', "_"));
                let plural = format!("{expected}S");
                let variable = variable.to_str().unwrap();
                assert!(variable == expected || (flag == "cors-origin" && variable == plural), "{variable}");
                *seen += 1;
            }
            command.get_subcommands().for_each(|inner| look(inner, seen));
        }
        let mut seen = 0;
        look(&Cli::command(), &mut seen);
        assert!(seen > 30, "{seen}");
    }
}
