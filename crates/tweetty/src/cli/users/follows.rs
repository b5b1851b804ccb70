//! Whom those who join follow from the beginning.

use anyhow::Context as _;
use clap::Args;
use tweetty_domain::{Microblog, UserId};

use super::who;
use crate::config::Refusal;

const SETTING: &str = "--follow";

/// Users who are followed by those who join.
#[derive(Debug, Args)]
pub(super) struct Follows {
    /// Users whom everybody who joins follows from the beginning: nicknames, or ids such as '#7', parted by commas; an empty
    /// text is nobody
    #[arg(long, env = "TWEETTY_FOLLOW", value_name = "USER", value_delimiter = ',')]
    follow: Vec<String>,
}

impl Follows {
    /// Finds them, each once, before anything is written.
    pub(super) async fn users(&self, microblog: &Microblog) -> anyhow::Result<Vec<UserId>> {
        let mut users = Vec::new();
        for word in self.follow.iter().map(|word| word.trim()).filter(|word| !word.is_empty()) {
            let user = who::find(microblog, word).await.context(SETTING)?;
            if !user.is_active() {
                return Err(
                    Refusal::world(SETTING, format!("{word:?} is deactivated; name somebody else")).into()
                );
            }
            if !users.contains(&user.id) {
                users.push(user.id);
            }
        }
        Ok(users)
    }

    /// Refuses that one of them leaves while others join.
    pub(super) fn refuse_leaver(
        follows: &[UserId],
        mut leaving: impl Iterator<Item = UserId>,
        so: &str,
    ) -> Result<(), Refusal> {
        match leaving.find(|user| follows.contains(user)) {
            None => Ok(()),
            Some(user) => {
                let problem =
                    format!("user #{user} would be deactivated by this file; name somebody else; {so}");
                Err(Refusal::world(SETTING, problem))
            }
        }
    }
}
