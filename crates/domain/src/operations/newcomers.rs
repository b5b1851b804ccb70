//! Whether there is room for newcomers, and what they are called.

use std::collections::HashSet;

use super::Operations;
use crate::{Identifier, Login, Nickname, Result, User};

/// How many are looked for by one question.
const STEP: usize = 500;

impl Operations {
    /// Those to whom any of that belongs, each once for each step of 500 in which they are found.
    pub async fn holders(&self, of: &[Identifier]) -> Result<Vec<User>> {
        let mut holders = Vec::new();
        for step in of.chunks(STEP) {
            holders.extend(self.stores.users.holders(step.to_vec()).await?);
        }
        Ok(holders)
    }

    /// Nicknames for those who have none, made of their logins; where one is taken, or among the `reserved` (folded), with
    /// a number behind it.
    ///
    /// # Errors
    /// Those of [`Login::nickname`].
    pub async fn free_nicknames(
        &self,
        logins: &[Login],
        mut reserved: HashSet<String>,
    ) -> Result<Vec<Nickname>> {
        let mut made = vec![None; logins.len()];
        let mut numbers = vec![0; logins.len()];
        loop {
            let mut candidates = Vec::new();
            for ((login, made), number) in logins.iter().zip(&mut made).zip(&mut numbers) {
                if made.is_some() {
                    continue;
                }
                loop {
                    *number += 1;
                    let nickname = login.nickname(*number)?;
                    if reserved.insert(nickname.folded()) {
                        candidates.push(Identifier::Nickname(nickname.clone()));
                        *made = Some(nickname);
                        break;
                    }
                }
            }
            let holders = self.holders(&candidates).await?;
            let taken = holders.iter().map(|user| user.nickname.folded()).collect::<HashSet<_>>();
            if taken.is_empty() {
                return Ok(made.into_iter().flatten().collect());
            }
            for nickname in &mut made {
                nickname.take_if(|nickname| taken.contains(&nickname.folded()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::test::{Ports, noon};
    use crate::{Particulars, UserId};

    #[tokio::test]
    async fn nicknames_of_newcomers_are_made_of_their_logins_and_nobody_elses() {
        let taken = ["ann", "Ann2", "bob"];
        let mut ports = Ports::default();
        ports.users.expect_holders().returning(move |of| {
            let is_taken =
                |nickname: &Nickname| taken.iter().any(|taken| taken.to_lowercase() == nickname.folded());
            let holders = of.into_iter().filter_map(|identifier| match identifier {
                Identifier::Nickname(nickname) if is_taken(&nickname) => Some(User {
                    id: UserId::stored(1),
                    nickname,
                    first_name: None,
                    last_name: None,
                    particulars: Particulars::default(),
                    deactivated_at: None,
                    followers_count: 0,
                    following_count: 0,
                    created_at: noon(),
                }),
                _ => None,
            });
            Ok(holders.collect())
        });
        let logins = ["ann@a", "Ann@b", "bob@a", "eve@a", "eve@b", "kim@a"];
        let logins = logins.map(|login| Login::parse(login).unwrap());
        let reserved = HashSet::from(["ann3".to_owned()]);
        let made = ports.operated().free_nicknames(&logins, reserved).await.unwrap();
        let made = made.iter().map(Nickname::as_str).collect::<Vec<_>>();
        assert_eq!(made, ["ann4", "Ann5", "bob2", "eve", "eve2", "kim"]);
    }
}
