//! Loading at once.

use async_trait::async_trait;
use tweetty_domain::{Bulk, Company, Error, Result};

use super::{Memory, Written};

#[async_trait]
impl Bulk for Memory {
    async fn load(&self, mut company: Box<dyn Company>) -> Result<()> {
        let mut state = self.state();
        if !state.users.is_empty() {
            return Err(Error::NotEmpty);
        }
        for row in company.users() {
            if row.has_key {
                state.keys.insert(*row.user.key.as_bytes(), (row.id, None));
            }
            state.last[0] = row.id.get();
            state.users.insert(row.id, row.user);
        }
        state.follows = company.follows().map(|row| (row.follower, row.followee)).collect();
        for row in company.tweets() {
            state.last[1] = row.id.get();
            let (author, text, created_at) = (row.author, row.text, row.created_at);
            state.tweets.insert(row.id, Written { author, text, attachments: Vec::new(), created_at });
        }
        state.likes = company.likes().map(|row| (row.tweet, row.user)).collect();
        Ok(())
    }
}
