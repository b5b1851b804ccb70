//! How a user is shown: never with their keys.

use std::io::{self, Write};

use chrono::SecondsFormat;
use serde::Serialize;
use tweetty_domain::{
    Avatar, Designation, Email, ExternalId, ListName, Login, Particulars, PersonName, Role, User, UserId,
};

use crate::output::Answer;

/// Everything about a user but their secrets.
#[derive(Debug, Serialize)]
pub(super) struct UserView {
    id: i64,
    nickname: String,
    first_name: Option<String>,
    last_name: Option<String>,
    login: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
    title: Option<String>,
    department: Option<String>,
    managed_by: Option<String>,
    role: &'static str,
    bot: bool,
    owner_id: Option<i64>,
    avatar: Option<String>,
    active: bool,
    deactivated_at: Option<String>,
    followers_count: u64,
    following_count: u64,
    created_at: String,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        let moment = |moment: tweetty_domain::Timestamp| moment.to_rfc3339_opts(SecondsFormat::Millis, true);
        let name = |name: Option<PersonName>| name.map(|name| name.as_str().to_owned());
        let designation = |text: Option<Designation>| text.map(|text| text.as_str().to_owned());
        let active = user.is_active();
        let Particulars { login, email, external_id, title, department, managed_by, role, owner } =
            user.particulars;
        Self {
            id: user.id.get(),
            nickname: user.nickname.as_str().to_owned(),
            first_name: name(user.first_name),
            last_name: name(user.last_name),
            login: login.as_ref().map(Login::as_str).map(str::to_owned),
            email: email.as_ref().map(Email::as_str).map(str::to_owned),
            external_id: external_id.as_ref().map(ExternalId::as_str).map(str::to_owned),
            title: designation(title),
            department: designation(department),
            managed_by: managed_by.as_ref().map(ListName::as_str).map(str::to_owned),
            role: role.as_str(),
            bot: owner.is_some(),
            owner_id: owner.map(UserId::get),
            avatar: user.avatar.as_ref().map(Avatar::to_string),
            active,
            deactivated_at: user.deactivated_at.map(moment),
            followers_count: user.followers_count,
            following_count: user.following_count,
            created_at: moment(user.created_at),
        }
    }
}

impl UserView {
    /// The first and the last name, as far as there are any.
    pub(super) fn full_name(&self) -> String {
        [self.first_name.as_deref(), self.last_name.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The user in one line of a list.
    pub(super) fn line(&self, to: &mut dyn Write) -> io::Result<()> {
        let name = format!("{:24} {}", self.nickname, self.full_name());
        let role =
            if self.role == Role::default().as_str() { String::new() } else { format!(" ({})", self.role) };
        let owner = self.owner_id.map(|owner| format!(" (bot of #{owner})")).unwrap_or_default();
        let deactivated = if self.active { "" } else { " (deactivated)" };
        writeln!(to, "{:>8}  {}{role}{owner}{deactivated}", format!("#{}", self.id), name.trim_end())
    }
}

impl Answer for UserView {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "id         {}", self.id)?;
        writeln!(to, "nickname   {}", self.nickname)?;
        writeln!(to, "first name {}", self.first_name.as_deref().unwrap_or("-"))?;
        writeln!(to, "last name  {}", self.last_name.as_deref().unwrap_or("-"))?;
        for (title, value) in [
            ("login      ", &self.login),
            ("e-mail     ", &self.email),
            ("external   ", &self.external_id),
            ("title      ", &self.title),
            ("department ", &self.department),
            ("managed by ", &self.managed_by),
            ("avatar     ", &self.avatar),
            ("deactivated ", &self.deactivated_at),
        ] {
            if let Some(value) = value {
                writeln!(to, "{title}{value}")?;
            }
        }
        writeln!(to, "role       {}", self.role)?;
        if let Some(owner) = self.owner_id {
            writeln!(to, "bot of     #{owner}")?;
        }
        writeln!(to, "followers  {}", self.followers_count)?;
        writeln!(to, "following  {}", self.following_count)?;
        writeln!(to, "created    {}", self.created_at)
    }
}
