//! Keys that could not be shown. The change is in the store all the same: the message says what stands there, and by which
//! command exactly those users get new keys.

use std::fmt::Write as _;
use std::io;

use tweetty_domain::{KeyId, UserId};

use super::shell::quoted;
use crate::config::{DatabaseSettings, DatabaseUrl, Environment};
use crate::output::Output;

/// Runs shorter than this are written out.
const RUN: usize = 3;

/// The command that gives users new keys in the store of this one.
pub(super) struct NewKeys {
    options: String,
}

impl NewKeys {
    /// With the options that this command was given.
    pub(super) fn with(database: &DatabaseSettings, output: Output) -> Self {
        let mut options = String::new();
        if let Some(url) = database.by_flag(&Environment::of_process()) {
            // Another URL may hold a password; this word is none, so that the command can't reach another store.
            let url = match DatabaseUrl::parse(url.reveal()) {
                Ok(url) if !url.may_hold_a_password() => url.to_string(),
                _ => "URL".to_owned(),
            };
            write!(options, " --database-url {}", quoted(&url)).ok();
        }
        if output.json {
            options.push_str(" --json");
        }
        Self { options }
    }

    /// For users of those ids.
    pub(super) fn of_ids(&self, ids: &[UserId]) -> String {
        match ids {
            [id] => self.of(&format!("'#{id}'")),
            _ => format!("for id in {}; do {}; done", runs(ids), self.of("\"#$id\"")),
        }
    }

    /// The command that ends a key instead.
    pub(super) fn ending(&self, user: UserId, key: KeyId) -> String {
        format!("tweetty users keys end '#{user}' {key}{}", self.options)
    }

    /// For users of those nicknames.
    pub(super) fn of_nicknames(&self, nicknames: &[&str]) -> String {
        let words = nicknames.iter().map(|nickname| quoted(nickname)).collect::<Vec<_>>();
        format!("for user in {}; do {}; done", words.join(" "), self.of("\"$user\""))
    }

    fn of(&self, user: &str) -> String {
        format!("tweetty users new-api-key {user}{}", self.options)
    }
}

/// The failure of an output that had keys in it. It is no `io::Error`: a reader who has gone has seen enough elsewhere, but
/// not here.
pub(super) fn unshown(error: &io::Error, what_stands: &str) -> anyhow::Error {
    anyhow::anyhow!("{error}; {what_stands}")
}

/// The ids as words of a shell; those that follow each other are one.
fn runs(ids: &[UserId]) -> String {
    let mut words = Vec::new();
    for run in ids.chunk_by(|one, next| one.get() + 1 == next.get()) {
        match (run.first(), run.last()) {
            (Some(first), Some(last)) if run.len() > RUN => words.push(format!("$(seq {first} {last})")),
            _ => words.extend(run.iter().map(ToString::to_string)),
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_exactly_those_users() {
        let new_keys = NewKeys { options: " --json".to_owned() };
        let ids = |ids: &[i64]| ids.iter().map(|id| UserId::stored(*id)).collect::<Vec<_>>();
        assert_eq!(new_keys.of_ids(&ids(&[7])), "tweetty users new-api-key '#7' --json");
        assert_eq!(
            new_keys.of_ids(&ids(&[1, 2, 3, 5, 6, 7, 8, 10])),
            "for id in 1 2 3 $(seq 5 8) 10; do tweetty users new-api-key \"#$id\" --json; done"
        );
        assert_eq!(
            new_keys.of_nicknames(&["ann", "o'brien"]),
            r#"for user in ann 'o'\''brien'; do tweetty users new-api-key "$user" --json; done"#
        );
    }
}
