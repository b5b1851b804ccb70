//! Makes a company: by the command that seeds one, and the people whom the rows need besides.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;
use tweetty_trial::{tweetty, whole};

use crate::company::Company;
use crate::options::Sizes;
use crate::{Result, viewers};

/// Seeds an empty store and adds the people.
pub(crate) fn make(database: &str, sizes: Sizes, ports: &viewers::Ports) -> Result<Company> {
    writeln!(std::io::stderr(), "seeding {} tweets, kept for the next run …", whole(sizes.tweets.into()))
        .ok();
    let seeded = seed(database, sizes)?;
    let mut probes = BTreeMap::new();
    for probe in seeded["probes"].as_array().into_iter().flatten() {
        let (Some(following), Some(key)) = (probe["following"].as_u64(), probe["api_key"].as_str()) else {
            return Err(format!("tweetty seed printed a probe without key: {probe}").into());
        };
        probes.insert(following, key.to_owned());
    }
    viewers::arrange(ports, sizes, probes)
}

/// Seeds an empty store and answers what it said: the keys of the probe users.
fn seed(database: &str, sizes: Sizes) -> Result<Value> {
    let mut command = tweetty()?;
    command.args(["seed", "--json", "--until", "now", "--database-url", database]);
    let Sizes { users, tweets, likes, follows, .. } = sizes;
    for (name, number) in [("users", users), ("tweets", tweets), ("likes", likes), ("follows", follows)] {
        command.arg(format!("--{name}={number}"));
    }
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?} failed").into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
