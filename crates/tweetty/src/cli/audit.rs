//! `tweetty audit`

use std::io::{self, Write};
use std::process::ExitCode;

use chrono::{DateTime, SecondsFormat};
use clap::Args;
use serde::Serialize;
use tweetty_domain::{Limits, Record, RecordId, Timestamp, UserId};
use tweetty_tables::{columns_of, name_of};

use crate::config::{DatabaseSettings, Refusal, Span};
use crate::output::{Output, stream};
use crate::wiring::{self, Place, Wired};

/// Records that are read at a time.
const PAGE: u32 = 1000;

/// Each change that an operator makes leaves a record, in the transaction of the change itself, and so does what a moderator
/// removes. Users are known by their
/// ids there; the names that are shown are those of today.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Only what happened since then: a time such as 2026-11-24T10:00:00Z, or a duration such as 7d
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only what was recorded behind the record of that id
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(0..))]
    after: Option<i64>,
    /// Writes each record as a line of JSON, as programs that collect logs read it
    #[arg(long)]
    json_lines: bool,
    #[command(flatten)]
    database: DatabaseSettings,
}

#[derive(Debug, Serialize)]
struct Line {
    id: i64,
    at: String,
    /// None where a user did it through the API.
    os_user: Option<String>,
    sudo_user: Option<String>,
    /// That user.
    by_user_id: Option<i64>,
    action: String,
    user_id: Option<i64>,
    /// The user's name of today; none where they are gone.
    nickname: Option<String>,
    outcome: &'static str,
    detail: Option<String>,
}

impl Line {
    fn of(Record { id, entry, nickname }: Record) -> Self {
        let (os_user, sudo_user, by_user) = columns_of(entry.by);
        Self {
            id: id.get(),
            at: entry.at.to_rfc3339_opts(SecondsFormat::Millis, true),
            os_user: by_user.is_none().then_some(os_user),
            sudo_user,
            by_user_id: by_user.map(UserId::get),
            action: name_of(&entry.action).to_owned(),
            user_id: entry.user.map(UserId::get),
            nickname: nickname.map(|nickname| nickname.as_str().to_owned()),
            outcome: entry.outcome.as_str(),
            detail: entry.detail,
        }
    }

    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { at, action, outcome, .. } = self;
        let os_user = self.os_user.as_deref().unwrap_or_default();
        let by = match (self.by_user_id, &self.sudo_user) {
            (Some(id), _) => format!("user #{id}"),
            (None, Some(sudo_user)) => format!("{sudo_user} as {os_user}"),
            (None, None) => os_user.to_owned(),
        };
        write!(to, "{at}  {by:16} {action:18} {outcome:6}")?;
        if let Some(id) = self.user_id {
            write!(to, " #{id}")?;
        }
        for more in [&self.nickname, &self.detail].into_iter().flatten() {
            write!(to, " {more}")?;
        }
        writeln!(to)
    }
}

/// How the records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Json,
    JsonLines,
}

impl Form {
    /// Writes what stands before the first record.
    fn begin(self, to: &mut dyn Write) -> io::Result<()> {
        if self == Self::Json { write!(to, "{{\"records\":[") } else { Ok(()) }
    }

    fn add(self, line: &Line, is_first: bool, to: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Text => line.text(to),
            Self::Json => {
                write!(to, "{}", if is_first { "" } else { "," })?;
                Ok(serde_json::to_writer(to, line)?)
            }
            Self::JsonLines => {
                serde_json::to_writer(&mut *to, line)?;
                writeln!(to)
            }
        }
    }

    /// Writes what stands behind the last record.
    fn end(self, is_empty: bool, to: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Text if is_empty => writeln!(to, "no records"),
            Self::Text | Self::JsonLines => Ok(()),
            Self::Json => writeln!(to, "]}}"),
        }
    }
}

impl Audit {
    /// Writes each page of the log before the next is read, however long the log is.
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let wired = wiring::open(&self.database, None, Limits::default(), Place::Existing).await?;
        let Wired { operations, .. } = &wired;
        let since = self.since.as_deref().map(|text| moment(text, operations.now())).transpose()?;
        let form = match (self.json_lines, output.json) {
            (true, _) => Form::JsonLines,
            (false, true) => Form::Json,
            (false, false) => Form::Text,
        };
        let (mut after, mut is_empty) = (self.after.map(RecordId::stored), true);
        stream(|to| form.begin(to))?;
        loop {
            let page = operations.records(since, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            stream(|to| {
                for record in page {
                    form.add(&Line::of(record), is_empty, to)?;
                    is_empty = false;
                }
                Ok(())
            })?;
        }
        stream(|to| form.end(is_empty, to))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A moment, or how long ago it was.
fn moment(text: &str, now: Timestamp) -> Result<Timestamp, Refusal> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(moment.to_utc());
    }
    let span = text.parse::<Span>().ok().and_then(|span| now.checked_sub_signed(span.delta()));
    span.ok_or_else(|| {
        Refusal::usage(
            "--since",
            format_args!("{text:?}: write a time such as 2026-11-24T10:00:00Z, or a duration such as 7d"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_or_how_long_ago() {
        let now = DateTime::parse_from_rfc3339("2026-11-24T12:00:00Z").unwrap().to_utc();
        let read = |text| moment(text, now).unwrap().to_rfc3339_opts(SecondsFormat::Secs, true);
        assert_eq!(read("2026-11-24T10:00:00+02:00"), "2026-11-24T08:00:00Z");
        assert_eq!(read("1d"), "2026-11-23T12:00:00Z");
        assert!(moment("yesterday", now).is_err());
    }
}
