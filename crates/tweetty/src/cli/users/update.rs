//! `tweetty users update`

use std::io::{self, Write};

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use tweetty_domain::{Changes, ListName, Microblog, Nickname, PersonName, User, UserId};

use super::particulars::GivenParticulars;
use super::view::UserView;
use super::who;
use crate::config::Refusal;
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
#[group(required = true, multiple = true, args = [
    "nickname", "first_name", "last_name", "login", "email", "external_id", "title", "department", "role", "managed_by", "owner",
    "reset_first_name", "reset_last_name", "reset_login", "reset_email", "reset_external_id", "reset_title",
    "reset_department", "reset_managed_by", "reset_owner",
])]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
struct GivenChanges {
    /// The new nickname
    #[arg(short, long, value_name = "NICKNAME", value_parser = Nickname::parse)]
    nickname: Option<Nickname>,
    /// The new first name
    #[arg(short, long, value_name = "NAME", value_parser = PersonName::parse)]
    first_name: Option<PersonName>,
    /// The new last name
    #[arg(short, long, value_name = "NAME", value_parser = PersonName::parse)]
    last_name: Option<PersonName>,
    #[command(flatten)]
    particulars: GivenParticulars,
    /// The list or directory that decides about the user from now on, as `users sync --source` names it
    #[arg(long, value_name = "LIST", value_parser = ListName::parse)]
    managed_by: Option<ListName>,
    /// The new owner of a bot: a nickname, or an id such as '#7'
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// Make a bot of a person; no list of people manages it any more
    #[arg(long, requires = "owner")]
    bot: bool,
    /// Take the first name away
    #[arg(long, conflicts_with = "first_name")]
    reset_first_name: bool,
    /// Take the last name away
    #[arg(long, conflicts_with = "last_name")]
    reset_last_name: bool,
    /// Take the login away
    #[arg(long, conflicts_with = "login")]
    reset_login: bool,
    /// Take the e-mail address away
    #[arg(long, conflicts_with = "email")]
    reset_email: bool,
    /// Take the external id away
    #[arg(long, conflicts_with = "external_id")]
    reset_external_id: bool,
    /// Take the job title away
    #[arg(long, conflicts_with = "title")]
    reset_title: bool,
    /// Take the department away
    #[arg(long, conflicts_with = "department")]
    reset_department: bool,
    /// Let no list decide about the user any more
    #[arg(long, conflicts_with = "managed_by")]
    reset_managed_by: bool,
    /// Make a person of a bot
    #[arg(long, conflicts_with = "owner")]
    reset_owner: bool,
}

/// What becomes of a field: a new value, none, or what it was.
#[expect(clippy::option_option, reason = "that is how changes say it")]
fn field<T>(new: Option<T>, reset: bool) -> Option<Option<T>> {
    if reset { Some(None) } else { new.map(Some) }
}

impl GivenChanges {
    /// The new owner, where one is named; a person becomes a bot only with `--bot`.
    async fn owner(&self, microblog: &Microblog, of: &User) -> anyhow::Result<Option<UserId>> {
        let Some(owner) = &self.owner else { return Ok(None) };
        if !self.bot && !of.is_bot() {
            let problem = format!("{:?} is no bot; --bot makes one of a person", of.nickname.as_str());
            return Err(Refusal::world("--owner", problem).into());
        }
        Ok(Some(who::find(microblog, owner).await.context("--owner")?.id))
    }

    fn changes(self, owner: Option<UserId>) -> Changes {
        let GivenParticulars { login, email, external_id, title, department, role } = self.particulars;
        Changes {
            nickname: self.nickname,
            first_name: field(self.first_name, self.reset_first_name),
            last_name: field(self.last_name, self.reset_last_name),
            login: field(login, self.reset_login),
            email: field(email, self.reset_email),
            external_id: field(external_id, self.reset_external_id),
            title: field(title, self.reset_title),
            department: field(department, self.reset_department),
            managed_by: field(self.managed_by, self.reset_managed_by),
            role,
            owner: field(owner, self.reset_owner),
        }
    }
}

/// A user as they are from now on.
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
        let user = who::find(microblog, &self.user).await?;
        let owner = self.changes.owner(microblog, &user).await?;
        let id = user.id;
        operations.update_user(id, self.changes.changes(owner)).await?;
        Ok(output.show(&Updated(UserView::from(microblog.user(id).await?)))?)
    }
}
