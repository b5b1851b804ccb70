//! `tweetty seed`

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use tweetty_domain::{Action, ApiKey, Limits};
use tweetty_tables::Invented;

use super::lost_keys::{NewKeys, unshown};
use crate::config::{DatabaseSettings, Refusal};
use crate::output::{Answer, Output};
use crate::seed::{Plan, SeededCompany};
use crate::wiring::{self, Place};

/// The company is Zipf-like: a few are followed, write and are liked much, most a little. The same seed gives the same
/// data, but for the keys; its times end with the year 2025. The users probe10, probe100, probe1000, probe5000 and
/// probe20000, as far as they fit into the company, follow exactly so many; their follows are part of --follows, and
/// they alone get keys.
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
        let Self { users, tweets, likes, follows, number, database } = self;
        let plan = Plan::new(users, tweets, likes, follows, number)
            .map_err(|problem| Refusal::usage("seed", problem))?;
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
