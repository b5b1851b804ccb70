//! `tweetty tweets …`: what operators do with tweets. It works beside a running server.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde::Serialize;
use tweetty_domain::{Invalid, Limits, Reason, TweetId};

use crate::config::{DatabaseSettings, MediaSettings};
use crate::output::{Answer, Output, complain};
use crate::wiring::{self, Place};

#[derive(Debug, Args)]
pub(crate) struct Tweets {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    database: DatabaseSettings,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Remove a tweet with its likes and images, for good; its author is shown the reason for 30 days
    Remove(Remove),
}

#[derive(Debug, Args)]
struct Remove {
    /// The id of the tweet, as the address of its page has it
    #[arg(value_name = "ID", value_parser = tweet_id)]
    tweet: TweetId,
    /// Why: 1 to 280 characters, which the author and the audit log get
    #[arg(long, value_name = "TEXT", value_parser = Reason::parse)]
    reason: Reason,
    #[command(flatten)]
    media: MediaSettings,
}

#[derive(Debug, Serialize)]
struct Removed {
    id: i64,
}

impl Answer for Removed {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "removed tweet {} with its likes and images", self.id)
    }
}

impl Tweets {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let Command::Remove(Remove { tweet, reason, media }) = self.command;
        let wired = wiring::open(&self.database, Some(&media), Limits::default(), Place::Existing).await?;
        if !wired.operations.remove_tweet(tweet, reason).await? {
            complain(
                "warning: files of its images are still there, since a backup is being made or the folder can't be \
                 written; `tweetty check --repair` and every server remove them when they are a day old",
            );
        }
        output.show(&Removed { id: tweet.get() })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn tweet_id(text: &str) -> Result<TweetId, Invalid> {
    text.strip_prefix('#').unwrap_or(text).parse().ok().and_then(TweetId::new).ok_or(Invalid::Id)
}
