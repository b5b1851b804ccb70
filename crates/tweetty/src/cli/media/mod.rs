//! `tweetty media …`: one file a command. They work beside a running server.

mod variants;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct Media {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the smaller copies of images that have none yet, such as those from before there were copies
    Variants(variants::MakeVariants),
}

impl Media {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Variants(variants) => variants.run(output).await,
        }
    }
}
