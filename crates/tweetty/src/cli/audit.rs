//! `tweetty audit`

use std::collections::HashMap;
use std::io::{self, Write};
use std::process::ExitCode;

use chrono::{DateTime, SecondsFormat};
use clap::Args;
use serde::Serialize;
use tweetty_domain::{Error, Limits, Microblog, Record, Timestamp, UserId};
use tweetty_tables::name_of;

use crate::config::{DatabaseSettings, Refusal, Span};
use crate::output::{Answer, Output};
use crate::wiring::{self, Place, Wired};

/// Records that are read at a time.
const PAGE: u32 = 1000;

/// Each change that an operator makes leaves a record, in the transaction of the change itself. Users are known by their
/// ids there; the names that are shown are those of today.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Only what happened since then: a time such as 2026-11-24T10:00:00Z, or a duration such as 7d
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    #[command(flatten)]
    database: DatabaseSettings,
}

#[derive(Debug, Serialize)]
struct Log {
    records: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    id: i64,
    at: String,
    os_user: String,
    sudo_user: Option<String>,
    action: String,
    user_id: Option<i64>,
    /// Her name of today; none where she is gone.
    nickname: Option<String>,
    outcome: &'static str,
    detail: Option<String>,
}

impl Answer for Log {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        for line in &self.records {
            let Line { at, os_user, action, outcome, .. } = line;
            let operator = match &line.sudo_user {
                Some(sudo_user) => format!("{sudo_user} as {os_user}"),
                None => os_user.clone(),
            };
            write!(to, "{at}  {operator:16} {action:18} {outcome:6}")?;
            if let Some(id) = line.user_id {
                write!(to, " #{id}")?;
            }
            for told in [&line.nickname, &line.detail].into_iter().flatten() {
                write!(to, " {told}")?;
            }
            writeln!(to)?;
        }
        if self.records.is_empty() { writeln!(to, "no records") } else { Ok(()) }
    }
}

impl Audit {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let wired = wiring::open(&self.database, None, Limits::default(), Place::Existing).await?;
        let Wired { microblog, operations, .. } = &wired;
        let since = self.since.as_deref().map(|text| moment(text, operations.now())).transpose()?;
        let (mut records, mut names, mut after) = (Vec::new(), HashMap::new(), None);
        loop {
            let page = operations.records(since, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for record in page {
                let nickname = match record.entry.user {
                    Some(user) => nickname(microblog, user, &mut names).await?,
                    None => None,
                };
                records.push(line(record, nickname));
            }
        }
        output.show(&Log { records })?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn nickname(
    microblog: &Microblog,
    user: UserId,
    known: &mut HashMap<UserId, Option<String>>,
) -> anyhow::Result<Option<String>> {
    if let Some(nickname) = known.get(&user) {
        return Ok(nickname.clone());
    }
    let nickname = match microblog.user(user).await {
        Ok(user) => Some(user.nickname.as_str().to_owned()),
        Err(Error::NotFound(_)) => None,
        Err(error) => return Err(error.into()),
    };
    known.insert(user, nickname.clone());
    Ok(nickname)
}

fn line(Record { id, entry }: Record, nickname: Option<String>) -> Line {
    Line {
        id: id.get(),
        at: entry.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        os_user: entry.operator.os_user,
        sudo_user: entry.operator.sudo_user,
        action: name_of(&entry.action).to_owned(),
        user_id: entry.user.map(UserId::get),
        nickname,
        outcome: entry.outcome.as_str(),
        detail: entry.detail,
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
