//! `tweetty users update`

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;
use tweetty_domain::{Changes, Nickname, PersonName};

use super::view::UserView;
use super::who;
use crate::output::{Answer, Output};
use crate::wiring::Wired;

#[derive(Debug, Args)]
#[group(required = false)]
pub(super) struct Update {
    /// Whom to change: a nickname, or an id such as '#7'
    #[arg(value_name = "USER")]
    user: String,
    #[command(flatten)]
    changes: GivenChanges,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct GivenChanges {
    /// Her new nickname
    #[arg(short, long, value_name = "NICKNAME", value_parser = Nickname::parse)]
    nickname: Option<Nickname>,
    /// Her new first name
    #[arg(short, long, value_name = "NAME", value_parser = PersonName::parse)]
    first_name: Option<PersonName>,
    /// Her new last name
    #[arg(short, long, value_name = "NAME", value_parser = PersonName::parse)]
    last_name: Option<PersonName>,
    /// Take her first name away
    #[arg(long, conflicts_with = "first_name")]
    reset_first_name: bool,
    /// Take her last name away
    #[arg(long, conflicts_with = "last_name")]
    reset_last_name: bool,
}

impl GivenChanges {
    fn changes(self) -> Changes {
        let name = |new: Option<PersonName>, reset| if reset { Some(None) } else { new.map(Some) };
        Changes {
            nickname: self.nickname,
            first_name: name(self.first_name, self.reset_first_name),
            last_name: name(self.last_name, self.reset_last_name),
        }
    }
}

/// A user as she is from now on.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Updated(UserView);

impl Answer for Updated {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        write!(to, "now: ")?;
        self.0.line(to)
    }
}

impl Update {
    pub(super) async fn run(
        self,
        Wired { microblog, operations, .. }: &Wired,
        output: Output,
    ) -> anyhow::Result<()> {
        let id = who::find(microblog, &self.user).await?.id;
        operations.update_user(id, self.changes.changes()).await?;
        Ok(output.show(&Updated(UserView::from(microblog.user(id).await?)))?)
    }
}
