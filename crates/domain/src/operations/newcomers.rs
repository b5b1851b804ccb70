//! Whether there is room for newcomers, and what they are called.

use std::collections::HashSet;

use super::Operations;
use crate::{Identifier, Nickname, Result, User};

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

    /// Nicknames for newcomers as they are wished; where one is taken, or among the `reserved` (folded), with a number
    /// behind it.
    ///
    /// # Errors
    /// Those of [`Nickname::numbered`].
    pub async fn free_nicknames(
        &self,
        wishes: &[Nickname],
        mut reserved: HashSet<String>,
    ) -> Result<Vec<Nickname>> {
        let mut made = vec![None; wishes.len()];
        let mut numbers = vec![0; wishes.len()];
        loop {
            let mut candidates = Vec::new();
            for ((wish, made), number) in wishes.iter().zip(&mut made).zip(&mut numbers) {
                if made.is_some() {
                    continue;
                }
                loop {
                    *number += 1;
                    let nickname = wish.numbered(*number)?;
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
    async fn newcomers_get_the_nicknames_that_they_wish_or_nearly_those_and_nobody_elses() {
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
                    avatar: None,
                    deactivated_at: None,
                    followers_count: 0,
                    following_count: 0,
                    created_at: noon(),
                }),
                _ => None,
            });
            Ok(holders.collect())
        });
        let wishes = ["ann", "Ann", "bob", "eve", "eve", "kim"].map(|wish| Nickname::parse(wish).unwrap());
        let reserved = HashSet::from(["ann3".to_owned()]);
        let made = ports.operated().free_nicknames(&wishes, reserved).await.unwrap();
        let made = made.iter().map(Nickname::as_str).collect::<Vec<_>>();
        assert_eq!(made, ["ann4", "Ann5", "bob2", "eve", "eve2", "kim"]);
    }
}
