//! How a user is shown: never with her keys.

use std::io::{self, Write};

use chrono::SecondsFormat;
use serde::Serialize;
use tweetty_domain::{PersonName, User};

use crate::output::Answer;

/// Everything about a user but her secrets.
#[derive(Debug, Serialize)]
pub(super) struct UserView {
    id: i64,
    nickname: String,
    first_name: Option<String>,
    last_name: Option<String>,
    followers_count: u64,
    following_count: u64,
    created_at: String,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        let name = |name: Option<PersonName>| name.map(|name| name.as_str().to_owned());
        Self {
            id: user.id.get(),
            nickname: user.nickname.as_str().to_owned(),
            first_name: name(user.first_name),
            last_name: name(user.last_name),
            followers_count: user.followers_count,
            following_count: user.following_count,
            created_at: user.created_at.to_rfc3339_opts(SecondsFormat::Millis, true),
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
        writeln!(to, "{:>8}  {}", format!("#{}", self.id), name.trim_end())
    }
}

impl Answer for UserView {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "id         {}", self.id)?;
        writeln!(to, "nickname   {}", self.nickname)?;
        writeln!(to, "first name {}", self.first_name.as_deref().unwrap_or("-"))?;
        writeln!(to, "last name  {}", self.last_name.as_deref().unwrap_or("-"))?;
        writeln!(to, "followers  {}", self.followers_count)?;
        writeln!(to, "following  {}", self.following_count)?;
        writeln!(to, "created    {}", self.created_at)
    }
}
