//! `tweetty seed`

use std::io::{self, Write};
use std::process::ExitCode;

use chrono::{DateTime, NaiveDate, NaiveTime, SubsecRound as _};
use clap::Args;
use serde::Serialize;
use tweetty_domain::{Action, ApiKey, Clock as _, Limits, SystemClock, Timestamp};
use tweetty_tables::Invented;

use super::lost_keys::{NewKeys, unshown};
use crate::config::{DatabaseSettings, Refusal};
use crate::output::{Answer, Output};
use crate::seed::{Plan, SeededCompany};
use crate::wiring::{self, Place};

/// The company is Zipf-like: a few are followed, write and are liked much, most a little. The same seed and end give
/// the same data, but for the keys. The tweets are of the last three years before the end. The users probe10,
/// probe100, probe1000, probe5000 and probe20000, as far as they fit into the company, follow exactly so many; their
/// follows are part of --follows, and they alone get keys.
#[derive(Debug, Args)]
pub(crate) struct Seed {
    /// How many users, the probes among them
    #[arg(long, value_name = "NUMBER")]
    users: u64,
    /// How many tweets
    #[arg(long, value_name = "NUMBER")]
    tweets: u64,
    /// How many likes
    #[arg(long, value_name = "NUMBER")]
    likes: u64,
    /// How many follows, those of the probes among them
    #[arg(long, value_name = "NUMBER")]
    follows: u64,
    /// Another seed gives another company of the same figures
    #[arg(long = "seed", value_name = "NUMBER", default_value_t = 1)]
    number: u64,
    /// Where its history ends: a day such as 2026-11-30, before whose first moment in UTC everything lies, a moment such as
    /// 2026-11-30T15:00:00Z, or `now`; the end of 2025 by default
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    #[command(flatten)]
    database: DatabaseSettings,
}

#[derive(Serialize)]
struct Seeded {
    users: u64,
    tweets: u64,
    likes: u64,
    follows: u64,
    probes: Vec<Probe>,
}

#[derive(Serialize)]
struct Probe {
    nickname: String,
    following: u32,
    api_key: String,
}

impl Answer for Seeded {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        let Self { users, tweets, likes, follows, probes } = self;
        writeln!(to, "seeded {users} users, {tweets} tweets, {likes} likes, {follows} follows")?;
        if probes.is_empty() {
            return writeln!(
                to,
                "no probe user fits; `tweetty users new-api-key '#1'` gives the first user a key"
            );
        }
        writeln!(to, "keys of the probe users, shown only now:")?;
        for Probe { nickname, api_key, .. } in probes {
            writeln!(to, "{nickname:10} {api_key}")?;
        }
        Ok(())
    }
}

impl Seed {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let Self { users, tweets, likes, follows, number, until, database } = self;
        let mut plan = Plan::new(users, tweets, likes, follows, number)
            .map_err(|problem| Refusal::usage("seed", problem))?;
        if let Some(text) = &until {
            plan = plan.until(end(text, SystemClock.now())?);
        }
        let wired = wiring::open(&database, None, Limits::default(), Place::Make).await?;
        if !wired.operations.is_empty().await? {
            return Err(Refusal::world("seed", "the store has users already; name an empty one").into());
        }
        let sizes = plan.probes().to_vec();
        let keys = sizes.iter().map(|_| ApiKey::generate()).collect::<Result<Vec<_>, _>>()?;
        let hashes = keys.iter().map(ApiKey::hash).collect();
        let company = SeededCompany::new(plan, hashes);
        let figures = format!("{users} users, {tweets} tweets, {likes} likes, {follows} follows");
        wired.load(Box::new(Invented(company)), Action::Seed, figures).await?;
        let probe = |(following, key): (u32, ApiKey)| Probe {
            nickname: format!("probe{following}"),
            following,
            api_key: key.reveal().to_owned(),
        };
        let probes = sizes.into_iter().zip(keys).map(probe).collect();
        let seeded = Seeded { users, tweets, likes, follows, probes };
        output.show(&seeded).map_err(|error| {
            let nicknames = seeded.probes.iter().map(|probe| probe.nickname.as_str()).collect::<Vec<_>>();
            let lost = if nicknames.is_empty() {
                String::new()
            } else {
                let command = NewKeys::with(&database, output).of_nicknames(&nicknames);
                format!(", but the keys of the probe users are lost; to give new ones: {command}")
            };
            unshown(&error, &format!("the company is in the store{lost}"))
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Where a history may end, written as a day or a moment.
fn end(text: &str, now: Timestamp) -> Result<Timestamp, Refusal> {
    let day = |text: &str| text.parse::<NaiveDate>().map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let moment = |text| DateTime::parse_from_rfc3339(text).map(|moment| moment.to_utc().trunc_subsecs(3));
    let end = if text == "now" { Ok(now) } else { day(text).or_else(|_| moment(text)) };
    let end = end.map_err(|_| {
        let form = "write a day such as 2026-11-30, a moment such as 2026-11-30T15:00:00Z, or now";
        Refusal::usage("--until", format_args!("{text:?}: {form}"))
    })?;
    if end > now {
        return Err(Refusal::usage("--until", format_args!("{text} lies in the future")));
    }
    let first = DateTime::UNIX_EPOCH + SeededCompany::LEAD;
    if end < first {
        return Err(Refusal::usage("--until", format_args!("{text} lies before {}", first.date_naive())));
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn an_end_is_a_day_a_moment_or_now() {
        let now = at("2026-11-30T15:00:00.5Z");
        for (text, expected) in [
            ("2026-11-30", "2026-11-30T00:00:00Z"),
            ("2026-11-30T16:00:00+02:00", "2026-11-30T14:00:00Z"),
            ("2026-11-30T14:59:59.1239Z", "2026-11-30T14:59:59.123Z"),
            ("1973-01-30", "1973-01-30T00:00:00Z"),
            ("now", "2026-11-30T15:00:00.5Z"),
        ] {
            assert_eq!(end(text, now).unwrap(), at(expected), "{text}");
        }
    }

    #[test]
    fn an_end_in_the_future_or_before_all_counting_is_refused() {
        let now = at("2026-11-30T15:00:00Z");
        for (text, problem) in [
            ("2026-12-01", "lies in the future"),
            ("2026-11-30T15:00:01Z", "lies in the future"),
            ("1973-01-29", "lies before 1973-01-30"),
            ("yesterday", "write a day"),
            ("2026-13-01", "write a day"),
            ("30.11.2026", "write a day"),
            ("", "write a day"),
        ] {
            let refusal = end(text, now).unwrap_err();
            assert!(refusal.is_usage() && refusal.to_string().contains(problem), "{text}: {refusal}");
        }
    }
}
