//! The command that seeds a company.

use std::process::Stdio;

use serde_json::Value;
use tweetty_trial::tweetty;

use crate::Result;
use crate::options::Sizes;

/// Seeds an empty store and answers what it said: the keys of the probe users.
pub(crate) fn seed(database: &str, sizes: Sizes) -> Result<Value> {
    let mut command = tweetty()?;
    command.args(["seed", "--json", "--database-url", database]);
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
