//! The tweetty command: serves the microblog, and is the operator's hand in it.
// The doc comments of settings and commands are their `--help`, for a terminal.
#![allow(rustdoc::bare_urls, rustdoc::broken_intra_doc_links)]

mod backup;
mod cli;
mod config;
mod demo;
mod log;
mod monitoring;
mod operator;
mod output;
mod progress;
mod seed;
mod wiring;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    cli::run().await
}
