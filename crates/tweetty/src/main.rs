//! The tweetty command: serves the microblog, and is the operator's hand in it.

mod cli;
mod config;
mod demo;
mod log;
mod output;
mod seed;
mod wiring;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    cli::run().await
}
