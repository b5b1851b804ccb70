//! `tweetty users follow`, `unfollow` and `followed`

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;
use tweetty_domain::{Change, Microblog, User};

use super::who;
use crate::cli::shell::quoted;
use crate::config::Refusal;
use crate::output::{Answer, Output, complain};
use crate::wiring::Wired;

#[derive(Debug, Args)]
pub(super) struct Pair {
    /// Who follows: a nickname, or an id such as '#7'
    #[arg(long, value_name = "USER", required_unless_present = "words", requires = "followee")]
    follower: Option<String>,
    /// Whom: a nickname, or an id such as '#7'
    #[arg(long, value_name = "USER", required_unless_present = "words", requires = "follower")]
    followee: Option<String>,
    /// The same without options, the follower first; other programs have it the other way round
    #[arg(value_names = ["FOLLOWER", "FOLLOWEE"], num_args = 2, conflicts_with_all = ["follower", "followee"])]
    words: Option<Vec<String>>,
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
        let [follower, followee] = match (self.words.as_deref(), &self.follower, &self.followee) {
            (Some([follower, followee]), ..) => {
                complain(&format!(
                    "warning: {0} is taken for the follower, and {1} for the user who is followed; the server that many \
                     companies come from had these two words the other way round. To be sure, write --follower {0} \
                     --followee {1}, or --follower {1} --followee {0}",
                    quoted(follower),
                    quoted(followee)
                ));
                [follower, followee]
            }
            (_, Some(follower), Some(followee)) => [follower, followee],
            _ => return Err(Refusal::usage("--follower", "name two users").into()),
        };
        Ok((who::find(microblog, follower).await?, who::find(microblog, followee).await?))
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
