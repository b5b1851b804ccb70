//! `tweetty users remove`: says whom, and asks; scripts answer by `--yes`.

use std::io::{self, BufRead, IsTerminal as _, Write};

use clap::Args;
use serde::Serialize;
use tweetty_domain::{Invalid, Nickname, User, UserId};

use super::view::UserView;
use super::who;
use crate::config::{MediaSettings, Refusal};
use crate::output::{Answer, Output, complain};
use crate::wiring::Wired;

#[derive(Debug, Args)]
pub(super) struct Remove {
    /// Whom to remove: a nickname, or an id such as '#7'
    #[arg(value_name = "USER")]
    user: String,
    /// The id of the user, besides the nickname: where the two are not of one user, nobody is removed
    #[arg(long, value_name = "ID", value_parser = user_id)]
    id: Option<UserId>,
    /// Remove without asking; needed where no terminal is there to ask on
    #[arg(short, long)]
    yes: bool,
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
        writeln!(to, "removed user #{id}, {nickname}, with their tweets, likes, follows, keys and images")
    }
}

impl Remove {
    pub(super) async fn run(
        self,
        Wired { microblog, operations, .. }: &Wired,
        output: Output,
    ) -> anyhow::Result<()> {
        let user = who::find_surely(microblog, &self.user, self.id).await?;
        if !self.yes {
            confirm(&user)?;
        }
        if !operations.remove_user(user.id).await?.files_gone {
            complain(
                "warning: files of their images are still there, since a backup is being made or the folder can't \
                 be written; `tweetty check --repair` and every server remove them when they are a day old",
            );
        }
        Ok(output.show(&Removed { id: user.id.get(), nickname: user.nickname.as_str().to_owned() })?)
    }
}

/// Asks on the terminal; refuses where there is none, or where the answer is another.
fn confirm(user: &User) -> anyhow::Result<()> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        let problem = format!(
            "standard input or standard error is no terminal to ask on; add --yes to remove {}",
            described(user)
        );
        return Err(Refusal::usage("--yes", problem).into());
    }
    if agreed(user, &mut io::stdin().lock(), &mut io::stderr())? {
        return Ok(());
    }
    let problem = "the answer was not the nickname; nobody was removed";
    Err(Refusal::world(described(user), problem).into())
}

/// Whether the answer is the nickname: a yes is typed too easily for what can't be undone.
fn agreed(user: &User, answer: &mut impl BufRead, ask: &mut impl Write) -> io::Result<bool> {
    let User { followers_count, following_count, created_at, .. } = user;
    writeln!(
        ask,
        "{}, here since {}: {followers_count} followers, {following_count} followees\n\
         The user and their tweets, likes, follows, keys and images will be erased for good.",
        described(user),
        created_at.format("%Y-%m-%d")
    )?;
    write!(ask, "Type the nickname to remove this user: ")?;
    ask.flush()?;
    let mut typed = String::new();
    answer.read_line(&mut typed)?;
    Ok(Nickname::stored(typed).folded() == user.nickname.folded())
}

fn described(user: &User) -> String {
    let (id, nickname) = (user.id, user.nickname.as_str());
    let name = UserView::from(user.clone()).full_name();
    if name.is_empty() {
        format!("user #{id}, {nickname}")
    } else {
        format!("user #{id}, {nickname} ({name})")
    }
}

fn user_id(text: &str) -> Result<UserId, Invalid> {
    text.parse().ok().and_then(UserId::new).ok_or(Invalid::Id)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use tweetty_domain::{Nickname, Particulars, PersonName};

    use super::*;

    #[test]
    fn only_the_nickname_typed_again_agrees() {
        let user = User {
            id: UserId::stored(7),
            nickname: Nickname::stored("Жанна Lee"),
            first_name: Some(PersonName::stored("Жанна")),
            last_name: None,
            particulars: Particulars::default(),
            avatar: None,
            deactivated_at: None,
            followers_count: 12,
            following_count: 3,
            created_at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
        };
        for (typed, expected) in [
            ("Жанна Lee\n", true),
            (" жанна lee \n", true),
            ("y\n", false),
            ("yes\n", false),
            ("\n", false),
            ("", false),
            ("#7\n", false),
            ("\nЖанна Lee\n", false),
        ] {
            let mut asked = Vec::new();
            assert_eq!(agreed(&user, &mut typed.as_bytes(), &mut asked).unwrap(), expected, "{typed:?}");
            let asked = String::from_utf8(asked).unwrap();
            for word in ["user #7, Жанна Lee (Жанна)", "2023-11-14", "12 followers, 3 followees"] {
                assert!(asked.contains(word), "{asked}");
            }
        }
    }
}
