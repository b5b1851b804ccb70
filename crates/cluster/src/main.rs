//! Starts a cluster, prints the URL of a database in it and ends with its standard input, for scripts.

use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use tweetty_cluster::{Cluster, Options};

const USAGE: &str =
    "usage: tweetty-cluster [--durable] [--folder FOLDER] [--shared-buffers SIZE] [--set NAME=VALUE]...
Starts a PostgreSQL on a unix socket, prints a postgres:// URL and runs until its standard input ends.";

fn main() -> ExitCode {
    let Some(options) = options(std::env::args().skip(1)) else {
        writeln!(std::io::stderr(), "{USAGE}").ok();
        return ExitCode::from(2);
    };
    let cluster = Cluster::with(&options);
    let count = cluster.execute("postgres", "SELECT count(*) FROM pg_database WHERE datname = 'tweetty'");
    if count == "0" {
        cluster.execute("postgres", "CREATE DATABASE tweetty");
    }
    let mut out = std::io::stdout();
    if writeln!(out, "{}", cluster.url("tweetty")).and_then(|()| out.flush()).is_err() {
        return ExitCode::FAILURE;
    }
    // What comes doesn't matter, only that it ends.
    std::io::stdin().lock().bytes().for_each(drop);
    ExitCode::SUCCESS
}

fn options(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--durable" => options.durable = true,
            "--folder" => options.folder = Some(arguments.next()?.into()),
            "--shared-buffers" => options.shared_buffers = arguments.next()?,
            "--set" => {
                let (name, value) =
                    arguments.next()?.split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned()))?;
                options.settings.push((name, value));
            }
            _ => return None,
        }
    }
    Some(options)
}
