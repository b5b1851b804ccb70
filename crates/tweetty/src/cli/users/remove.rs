//! `tweetty users remove`: asks nothing, since scripts call it, and says whom it removed.

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;
use tweetty_domain::Microblog;

use super::who;
use crate::config::MediaSettings;
use crate::output::{Answer, Output, complain};

#[derive(Debug, Args)]
pub(super) struct Remove {
    /// Whom to remove; nothing asks whether you are sure
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    pub(super) media: MediaSettings,
}

#[derive(Debug, Serialize)]
struct Removed {
    id: i64,
    nickname: String,
}

impl Answer for Removed {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { id, nickname } = self;
        writeln!(to, "removed user #{id}, {nickname}, with her tweets, likes, follows, keys and images")
    }
}

impl Remove {
    pub(super) async fn run(self, microblog: &Microblog, output: Output) -> anyhow::Result<()> {
        let user = who::find(microblog, &self.user).await?;
        if !microblog.remove_user(user.id).await?.files_gone {
            complain(
                "warning: files of her images are still there, since a backup is being made or the folder can't be \
                 written; `tweetty check --repair` and every server remove them when they are a day old",
            );
        }
        Ok(output.show(&Removed { id: user.id.get(), nickname: user.nickname.as_str().to_owned() })?)
    }
}
