//! `tweetty users new-api-key`

use std::io::{self, Write};

use chrono::SecondsFormat;
use clap::Args;
use serde::Serialize;
use tweetty_domain::{Timestamp, UserId};

use super::who;
use crate::cli::key::GivenKey;
use crate::cli::lost_keys::{NewKeys, unshown};
use crate::config::{Refusal, Span};
use crate::output::{Answer, Output};
use crate::wiring::Wired;

#[derive(Debug, Args)]
pub(super) struct NewApiKey {
    /// Who gets the key: a nickname, or an id such as '#7'
    #[arg(value_name = "USER")]
    user: String,
    /// Let her old keys work for so long, such as 36h; without it they end now, within five seconds
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
    api_key: String,
    old_keys_end_at: String,
}

impl Answer for Replaced {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { id, nickname, api_key, old_keys_end_at } = self;
        writeln!(
            to,
            "user #{id}, {nickname}, has a new key, shown only this once; the old ones end at {old_keys_end_at}:"
        )?;
        writeln!(to, "{api_key}")
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
        let user = who::find(microblog, &self.user).await?;
        let key = self.key.or_made()?;
        operations.replace_key(user.id, &key, old_until).await?;
        let replaced = Replaced {
            id: user.id.get(),
            nickname: user.nickname.as_str().to_owned(),
            api_key: key.reveal().to_owned(),
            old_keys_end_at: old_until.unwrap_or(now).to_rfc3339_opts(SecondsFormat::Millis, true),
        };
        output
            .show(&replaced)
            .map_err(|error| unshown(&error, &self.what_stands(&replaced, user.id, new_keys)))
    }

    /// What has changed although the answer was lost.
    fn what_stands(&self, replaced: &Replaced, id: UserId, new_keys: &NewKeys) -> String {
        let Replaced { nickname, old_keys_end_at, .. } = replaced;
        let ended = match self.keep_old_for {
            Some(_) => format!("the old ones end at {old_keys_end_at}"),
            None => "the old ones have ended".to_owned(),
        };
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
