//! `tweetty users add`

use std::io::{self, Write};

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use tweetty_domain::{Newcomer, Nickname, Particulars, PersonName};

use super::follows::Follows;
use super::particulars::GivenParticulars;
use super::who;
use crate::cli::key::GivenKey;
use crate::cli::lost_keys::{NewKeys, unshown};
use crate::output::{Answer, Output};
use crate::wiring::Wired;

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The unique name: 1 to 50 visible characters of any script
    #[arg(value_name = "NICKNAME", value_parser = Nickname::parse)]
    nickname: Nickname,
    /// The first name
    #[arg(short, long, value_name = "NAME", value_parser = PersonName::parse)]
    first_name: Option<PersonName>,
    /// The last name
    #[arg(short, long, value_name = "NAME", value_parser = PersonName::parse)]
    last_name: Option<PersonName>,
    #[command(flatten)]
    particulars: GivenParticulars,
    /// The user is a program: marked as a bot, and nobody whom a list of people manages
    #[arg(long, requires = "owner")]
    bot: bool,
    /// Who answers for the bot: a nickname, or an id such as '#7'. A bot is deactivated with its owner
    #[arg(long, value_name = "USER", requires = "bot")]
    owner: Option<String>,
    #[command(flatten)]
    key: GivenKey,
    #[command(flatten)]
    follows: Follows,
}

/// A user who was added.
#[derive(Serialize)]
struct Added {
    id: i64,
    nickname: String,
    api_key: String,
}

impl Answer for Added {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "added {} as user #{}; the key is shown only this once:", self.nickname, self.id)?;
        writeln!(to, "{}", self.api_key)
    }
}

impl Add {
    pub(super) async fn run(
        self,
        Wired { microblog, operations, .. }: &Wired,
        output: Output,
        new_keys: &NewKeys,
    ) -> anyhow::Result<()> {
        let Self { nickname, first_name, last_name, particulars, bot: _, owner, key, follows } = self;
        let owner = match &owner {
            Some(owner) => Some(who::find(microblog, owner).await.context("--owner")?.id),
            None => None,
        };
        let follows = follows.users(microblog).await?;
        let is_given = key.is_given();
        let key = key.or_made()?;
        let (shown, api_key) = (nickname.as_str().to_owned(), key.reveal().to_owned());
        let particulars = Particulars { owner, ..particulars.into() };
        let newcomer = Newcomer { nickname, first_name, last_name, particulars, key: Some(key) };
        let ids = operations.add_users(vec![newcomer], &follows).await?;
        let id = *ids.first().context("the store named no id")?;
        let added = Added { id: id.get(), nickname: shown, api_key };
        output.show(&added).map_err(|error| {
            let user = format!("user #{id}, {}, is in the store", added.nickname);
            let lost = || format!("but the key is lost; to give a new one: {}", new_keys.of_ids(&[id]));
            let key = if is_given { "with the key that was given".to_owned() } else { lost() };
            unshown(&error, &format!("{user}, {key}"))
        })
    }
}
