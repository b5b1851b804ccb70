//! `tweetty users deactivate` and `activate`

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;
use tweetty_domain::{Change, Deactivated, Person, User};

use super::who;
use crate::output::{Answer, Output};
use crate::wiring::Wired;

#[derive(Debug, Args)]
pub(super) struct Presence {
    /// Who it is: a nickname, or an id such as '#7'
    #[arg(value_name = "USER")]
    user: String,
}

/// Whether a user is active now, and whether that is new.
#[derive(Debug, Serialize)]
struct Now {
    id: i64,
    nickname: String,
    active: bool,
    changed: bool,
    /// Bots that are deactivated with their owner.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bots: Vec<Bot>,
}

#[derive(Debug, Serialize)]
struct Bot {
    id: i64,
    nickname: String,
}

impl From<&Person> for Bot {
    fn from(bot: &Person) -> Self {
        Self { id: bot.id.get(), nickname: bot.nickname.as_str().to_owned() }
    }
}

impl Answer for Now {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { id, nickname, active, changed, bots } = self;
        let is = match (active, changed) {
            (true, true) => {
                "is active again; the keys from before stay ended, `tweetty users new-api-key` gives one"
            }
            (true, false) => "was active already",
            (false, true) => {
                "is deactivated: their keys end within five seconds, their tweets and likes stay"
            }
            (false, false) => "was deactivated already",
        };
        writeln!(to, "user #{id}, {nickname}, {is}")?;
        for Bot { id, nickname } in bots {
            writeln!(to, "bot #{id}, {nickname}, is deactivated with its owner")?;
        }
        if bots.is_empty() {
            return Ok(());
        }
        let (update, activate, key) = ("update '#ID' --owner USER", "activate '#ID'", "new-api-key '#ID'");
        writeln!(
            to,
            "for a bot to go on: `tweetty users {update}`, `tweetty users {activate}`, `tweetty users {key}`"
        )
    }
}

impl Presence {
    pub(super) async fn deactivate(self, wired: &Wired, output: Output) -> anyhow::Result<()> {
        let user = who::find(&wired.microblog, &self.user).await?;
        let Deactivated { change, bots } = wired.operations.deactivate_user(user.id).await?;
        show(&user, false, change, &bots, output)
    }

    pub(super) async fn activate(self, wired: &Wired, output: Output) -> anyhow::Result<()> {
        let user = who::find(&wired.microblog, &self.user).await?;
        let change = wired.operations.activate_user(user.id).await?;
        show(&user, true, change, &[], output)
    }
}

fn show(user: &User, active: bool, change: Change, bots: &[Person], output: Output) -> anyhow::Result<()> {
    let (id, nickname) = (user.id.get(), user.nickname.as_str().to_owned());
    let bots = bots.iter().map(Bot::from).collect();
    Ok(output.show(&Now { id, nickname, active, changed: change == Change::Made, bots })?)
}
