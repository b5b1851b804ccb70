//! `tweetty users new-api-key`: for one user, or for those of a file.
#![expect(clippy::doc_markdown, reason = "the comments of arguments are help texts, which are no Markdown")]

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::SecondsFormat;
use clap::Args;
use serde::Serialize;
use tweetty_domain::{ApiKey, Nickname, Operations, Timestamp, User, UserId};

use super::people_file::{self, Format};
use super::{listed, who};
use crate::cli::key::GivenKey;
use crate::cli::keys_file::KeysTo;
use crate::cli::lost_keys::{NewKeys, unshown};
use crate::config::{Refusal, Span, local_path};
use crate::output::{Answer, Output};
use crate::wiring::Wired;

#[derive(Debug, Args)]
pub(super) struct NewApiKey {
    /// Who gets the key: a nickname, or an id such as '#7'
    #[arg(value_name = "USER", required_unless_present = "of")]
    user: Option<String>,
    /// Give a key to each user of this file, all or none; its first line names its columns, and an external_id, else a login,
    /// else a nickname identifies the user
    #[arg(long, value_name = "FILE", value_parser = local_path(), requires = "keys_to",
          conflicts_with_all = ["user", "api_key"])]
    of: Option<PathBuf>,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    keys_to: KeysTo,
    /// Let the old keys work for so long, such as 36h; without it they end now, within five seconds
    /// where a server runs
    #[arg(long, value_name = "DURATION")]
    keep_old_for: Option<Span>,
    #[command(flatten)]
    key: GivenKey,
}

#[derive(Serialize)]
struct Replaced {
    id: i64,
    nickname: String,
    /// None where it went into a file.
    api_key: Option<String>,
    old_keys_end_at: String,
}

impl Answer for Replaced {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { id, nickname, api_key, old_keys_end_at } = self;
        let Some(api_key) = api_key else {
            return writeln!(
                to,
                "user #{id}, {nickname}, has a new key; the old ones end at {old_keys_end_at}"
            );
        };
        writeln!(
            to,
            "user #{id}, {nickname}, has a new key, shown only this once; the old ones end at {old_keys_end_at}:"
        )?;
        writeln!(to, "{api_key}")
    }
}

/// Users of a file who have new keys.
#[derive(Serialize)]
struct ReplacedMany {
    users: Vec<ReplacedUser>,
    old_keys_end_at: String,
}

#[derive(Serialize)]
struct ReplacedUser {
    id: i64,
    nickname: String,
}

impl Answer for ReplacedMany {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        let (count, end) = (self.users.len(), &self.old_keys_end_at);
        writeln!(to, "{count} users have new keys; the old ones end at {end}")
    }
}

impl NewApiKey {
    pub(super) async fn run(
        self,
        Wired { microblog, operations, .. }: &Wired,
        output: Output,
        new_keys: &NewKeys,
    ) -> anyhow::Result<()> {
        let now = operations.now();
        let old_until = self.keep_old_for.map(|keep| later(now, keep)).transpose()?;
        let end = old_until.unwrap_or(now).to_rfc3339_opts(SecondsFormat::Millis, true);
        if let Some(file) = &self.of {
            return self.many(file, operations, old_until, end, output).await;
        }
        let user = who::find(microblog, self.user.as_deref().unwrap_or_default()).await?;
        let key = self.key.or_made()?;
        self.give(operations, &[(&user, key.clone())], old_until).await?;
        let replaced = Replaced {
            id: user.id.get(),
            nickname: user.nickname.as_str().to_owned(),
            api_key: self.keys_to.path().is_none().then(|| key.reveal().to_owned()),
            old_keys_end_at: end,
        };
        output
            .show(&replaced)
            .map_err(|error| unshown(&error, &self.what_stands(&replaced, user.id, new_keys)))
    }

    /// Gives keys to the users of a file.
    async fn many(
        &self,
        path: &Path,
        operations: &Operations,
        old_until: Option<Timestamp>,
        old_keys_end_at: String,
        output: Output,
    ) -> anyhow::Result<()> {
        const NOBODY: &str = "nobody got a key";
        let file = people_file::read(path, &self.format, NOBODY)?;
        let users = listed::users(operations, &file, NOBODY).await?;
        let keys = users.iter().map(|user| Ok((user, ApiKey::generate()?)));
        let keys = keys.collect::<tweetty_domain::Result<Vec<_>>>()?;
        self.give(operations, &keys, old_until).await?;
        let replaced =
            |user: &User| ReplacedUser { id: user.id.get(), nickname: user.nickname.as_str().to_owned() };
        let users = users.iter().map(replaced).collect();
        Ok(output.show(&ReplacedMany { users, old_keys_end_at })?)
    }

    /// Gives the users those keys, all or none; where they go into a file, they are in it before.
    async fn give(
        &self,
        operations: &Operations,
        keys: &[(&User, ApiKey)],
        old_until: Option<Timestamp>,
    ) -> anyhow::Result<()> {
        let mut keys_file = self.keys_to.file()?;
        if let Some(keys_file) = &mut keys_file {
            keys_file
                .write(keys.iter().map(|(user, key)| -> (&Nickname, &ApiKey) { (&user.nickname, key) }))?;
        }
        let keys = keys.iter().map(|(user, key)| (user.id, key.clone())).collect::<Vec<_>>();
        let replaced = operations.replace_keys(&keys, old_until).await;
        if let Some(keys_file) = keys_file {
            keys_file.keep_unless_refused(&replaced);
        }
        Ok(replaced?)
    }

    /// What has changed although the answer was lost.
    fn what_stands(&self, replaced: &Replaced, id: UserId, new_keys: &NewKeys) -> String {
        let Replaced { nickname, old_keys_end_at, .. } = replaced;
        let ended = match self.keep_old_for {
            Some(_) => format!("the old ones end at {old_keys_end_at}"),
            None => "the old ones have ended".to_owned(),
        };
        if let Some(path) = self.keys_to.path() {
            return format!("user #{id}, {nickname}, has the key that is in {}, and {ended}", path.display());
        }
        if self.key.is_given() {
            return format!("user #{id}, {nickname}, has the key that was given, and {ended}");
        }
        let command = new_keys.of_ids(&[id]);
        let keep = self.keep_old_for.map(|span| format!(" --keep-old-for {span}")).unwrap_or_default();
        format!(
            "user #{id}, {nickname}, has a new key, which is lost, and {ended}; to give another: {command}{keep}"
        )
    }
}

fn later(now: Timestamp, span: Span) -> Result<Timestamp, Refusal> {
    let end = now.checked_add_signed(span.delta());
    end.ok_or_else(|| Refusal::usage("--keep-old-for", format_args!("{span} is longer than time goes on")))
}
