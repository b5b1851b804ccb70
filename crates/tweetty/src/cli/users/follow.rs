//! `tweetty users follow`, `unfollow` and `followed`

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;
use tweetty_domain::{Change, Microblog, User};

use super::who;
use crate::output::{Answer, Output};
use crate::wiring::Wired;

#[derive(Debug, Args)]
pub(super) struct Pair {
    /// Who follows: a nickname, or an id such as '#7'
    #[arg(value_name = "FOLLOWER")]
    follower: String,
    /// Whom: a nickname, or an id such as '#7'
    #[arg(value_name = "FOLLOWEE")]
    followee: String,
}

/// Whether one follows the other now, and whether that is new; asking changes nothing.
#[derive(Debug, Serialize)]
struct Relation {
    follower: String,
    followee: String,
    follows: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<bool>,
}

impl Answer for Relation {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { follower, followee, follows, changed } = self;
        let does = match (follows, changed) {
            (true, Some(true)) => "follows from now on",
            (true, Some(false)) => "followed already",
            (true, None) => "follows",
            (false, Some(true)) => "no longer follows",
            (false, Some(false)) => "did not follow",
            (false, None) => "does not follow",
        };
        writeln!(to, "{follower} {does} {followee}")
    }
}

impl Pair {
    pub(super) async fn follow(self, wired: &Wired, output: Output) -> anyhow::Result<()> {
        let (follower, followee) = self.users(&wired.microblog).await?;
        let change = wired.operations.follow(follower.id, followee.id).await?;
        show(&follower, &followee, true, Some(change), output)
    }

    pub(super) async fn unfollow(self, wired: &Wired, output: Output) -> anyhow::Result<()> {
        let (follower, followee) = self.users(&wired.microblog).await?;
        let change = wired.operations.unfollow(follower.id, followee.id).await?;
        show(&follower, &followee, false, Some(change), output)
    }

    pub(super) async fn followed(self, microblog: &Microblog, output: Output) -> anyhow::Result<()> {
        let (follower, followee) = self.users(microblog).await?;
        let follows = microblog.follows(follower.id, followee.id).await?;
        show(&follower, &followee, follows, None, output)
    }

    async fn users(&self, microblog: &Microblog) -> anyhow::Result<(User, User)> {
        Ok((who::find(microblog, &self.follower).await?, who::find(microblog, &self.followee).await?))
    }
}

fn show(
    follower: &User,
    followee: &User,
    follows: bool,
    change: Option<Change>,
    output: Output,
) -> anyhow::Result<()> {
    Ok(output.show(&Relation {
        follower: follower.nickname.as_str().to_owned(),
        followee: followee.nickname.as_str().to_owned(),
        follows,
        changed: change.map(|change| change == Change::Made),
    })?)
}
