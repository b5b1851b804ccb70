//! `tweetty users keys`: the keys of one user, one by one.

use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat};
use clap::{Args, Subcommand};
use serde::Serialize;
use tweetty_domain::{Key, KeyId, KeyLabel, Timestamp, User};

use super::who;
use crate::cli::key::GivenKey;
use crate::cli::keys_file::KeysTo;
use crate::cli::lost_keys::{NewKeys, unshown};
use crate::config::{Refusal, Span};
use crate::output::{Answer, Output};
use crate::wiring::Wired;

#[derive(Debug, Args)]
pub(super) struct Keys {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the keys that a user holds now: labels and times, never the keys themselves
    List(List),
    /// Give a user one more key and print it, which is shown only this once; the others stay
    Add(Add),
    /// End one key of a user; where a server runs, within five seconds
    End(End),
}

#[derive(Debug, Args)]
struct List {
    /// Whose keys: a nickname, or an id such as '#7'
    #[arg(value_name = "USER")]
    user: String,
}

#[derive(Debug, Args)]
struct Add {
    /// Who gets the key: a nickname, or an id such as '#7'
    #[arg(value_name = "USER")]
    user: String,
    /// What the key is for, such as a device or a program
    #[arg(long, value_name = "TEXT", value_parser = KeyLabel::parse)]
    label: Option<KeyLabel>,
    /// When the key ends: a time such as 2027-03-31T18:00:00Z, or a duration such as 90d [default: as late as --key-lifetime
    /// says]
    #[arg(long, value_name = "TIME|DURATION")]
    ends: Option<String>,
    #[command(flatten)]
    keys_to: KeysTo,
    #[command(flatten)]
    key: GivenKey,
}

#[derive(Debug, Args)]
struct End {
    /// Whose key: a nickname, or an id such as '#7'
    #[arg(value_name = "USER")]
    user: String,
    /// Which key, as `users keys list` numbers them
    #[arg(value_name = "KEY", value_parser = clap::value_parser!(i64).range(1..))]
    key: i64,
}

/// A key without itself.
#[derive(Debug, Serialize)]
struct KeyView {
    id: i64,
    label: Option<String>,
    created_at: String,
    last_used_on: Option<String>,
    ends_at: Option<String>,
}

fn shown(moment: Timestamp) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl From<Key> for KeyView {
    fn from(key: Key) -> Self {
        Self {
            id: key.id.get(),
            label: key.label.map(|label| label.as_str().to_owned()),
            created_at: shown(key.created_at),
            last_used_on: key.last_used_on.map(|day| day.to_string()),
            ends_at: key.ends_at.map(shown),
        }
    }
}

#[derive(Debug, Serialize)]
struct Listed {
    user_id: i64,
    nickname: String,
    keys: Vec<KeyView>,
}

impl Answer for Listed {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        if self.keys.is_empty() {
            return writeln!(to, "user #{}, {}, holds no key", self.user_id, self.nickname);
        }
        for KeyView { id, label, created_at, last_used_on, ends_at } in &self.keys {
            let used =
                last_used_on.as_ref().map_or("never used".to_owned(), |day| format!("last used {day}"));
            let ends = ends_at.as_ref().map(|end| format!(", ends {end}")).unwrap_or_default();
            let label = label.as_deref().unwrap_or("-");
            writeln!(to, "{id:>8}  {label:24} made {created_at}, {used}{ends}")?;
        }
        Ok(())
    }
}

#[derive(Debug, Serialize)]
struct Added {
    user_id: i64,
    nickname: String,
    id: i64,
    ends_at: Option<String>,
    /// None where it went into a file.
    api_key: Option<String>,
}

impl Answer for Added {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { user_id, nickname, id, ends_at, api_key } = self;
        let ends = ends_at.as_ref().map(|end| format!(", which ends at {end}")).unwrap_or_default();
        match api_key {
            None => writeln!(to, "user #{user_id}, {nickname}, has one more key, {id}{ends}"),
            Some(api_key) => {
                writeln!(
                    to,
                    "user #{user_id}, {nickname}, has one more key, {id}{ends}; it is shown only this once:"
                )?;
                writeln!(to, "{api_key}")
            }
        }
    }
}

#[derive(Debug, Serialize)]
struct Ended {
    user_id: i64,
    nickname: String,
    id: i64,
}

impl Answer for Ended {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        writeln!(to, "key {} of user #{}, {}, has ended", self.id, self.user_id, self.nickname)
    }
}

impl Keys {
    pub(super) async fn run(self, wired: &Wired, output: Output, new_keys: &NewKeys) -> anyhow::Result<()> {
        match self.command {
            Command::List(list) => list.run(wired, output).await,
            Command::Add(add) => add.run(wired, output, new_keys).await,
            Command::End(end) => end.run(wired, output).await,
        }
    }
}

impl List {
    async fn run(self, Wired { microblog, operations, .. }: &Wired, output: Output) -> anyhow::Result<()> {
        let User { id, nickname, .. } = who::find(microblog, &self.user).await?;
        let keys = operations.keys_of(id).await?.into_iter().map(KeyView::from).collect();
        Ok(output.show(&Listed { user_id: id.get(), nickname: nickname.as_str().to_owned(), keys })?)
    }
}

impl Add {
    async fn run(
        self,
        Wired { microblog, operations, .. }: &Wired,
        output: Output,
        new_keys: &NewKeys,
    ) -> anyhow::Result<()> {
        let ends_at = self.ends.as_deref().map(|text| end(text, operations.now())).transpose()?;
        let User { id: user, nickname, .. } = who::find(microblog, &self.user).await?;
        let key = self.key.or_made()?;
        let mut keys_file = self.keys_to.file()?;
        if let Some(keys_file) = &mut keys_file {
            keys_file.write([(&nickname, &key)])?;
        }
        let added = operations.add_key(user, &key, self.label, ends_at).await;
        if let Some(keys_file) = keys_file {
            keys_file.keep_unless_refused(&added);
        }
        let (id, ends_at) = added?;
        let added = Added {
            user_id: user.get(),
            nickname: nickname.as_str().to_owned(),
            id: id.get(),
            ends_at: ends_at.map(shown),
            api_key: self.keys_to.path().is_none().then(|| key.reveal().to_owned()),
        };
        output.show(&added).map_err(|error| {
            let has = format!("user #{user}, {}, has one more key, {id}", added.nickname);
            let what = if let Some(path) = self.keys_to.path() {
                format!("the one in {}", path.display())
            } else if self.key.is_given() {
                "the one that was given".to_owned()
            } else {
                format!("which is lost; to end it: {}", new_keys.ending(user, id))
            };
            unshown(&error, &format!("{has}, {what}"))
        })
    }
}

impl End {
    async fn run(self, Wired { microblog, operations, .. }: &Wired, output: Output) -> anyhow::Result<()> {
        let User { id: user, nickname, .. } = who::find(microblog, &self.user).await?;
        operations.end_key(user, KeyId::stored(self.key)).await?;
        Ok(output.show(&Ended {
            user_id: user.get(),
            nickname: nickname.as_str().to_owned(),
            id: self.key,
        })?)
    }
}

/// A moment, or how long it is until then.
fn end(text: &str, now: Timestamp) -> Result<Timestamp, Refusal> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(moment.to_utc());
    }
    let span = text.parse::<Span>().ok().and_then(|span| now.checked_add_signed(span.delta()));
    let wanted = "write a time such as 2027-03-31T18:00:00Z, or a duration such as 90d";
    span.ok_or_else(|| Refusal::usage("--ends", format_args!("{text:?} is neither; {wanted}")))
}
