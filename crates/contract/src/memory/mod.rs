//! The naive model: everything in one heap behind one lock, sorted and counted anew whenever somebody looks.
//!
//! Nothing here is quick, and no counter is stored: what it answers is right because it is plain.

mod announcements;
mod audit;
mod feeds;
mod keys;
mod presence;
mod state;
mod tweets;
mod upkeep;
mod users;
mod whole;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tweetty_domain::{Error, MediaId, Person, Result, StoreId, TweetId, User, UserId};

use state::{Attached, Guarded, HeldKey, State, Written};

/// A store in memory; its clones share their content.
#[derive(Clone, Default)]
pub struct Memory {
    state: Arc<Mutex<State>>,
}

impl Memory {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn id(&mut self) -> Result<StoreId> {
        let id = self.id.map_or_else(StoreId::random, Ok).map_err(Error::internal)?;
        self.id = Some(id);
        Ok(id)
    }

    /// Someone who is known to exist.
    fn person(&self, id: UserId) -> Person {
        let user = self.users[&id].clone();
        let bot = user.is_bot();
        let User { nickname, first_name, last_name, avatar, .. } = user;
        Person { id, nickname, first_name, last_name, avatar, bot }
    }

    /// At most `most` of those people: the viewer first where they are among them, then by id.
    fn named(&self, ids: impl Iterator<Item = UserId>, viewer: UserId, most: u32) -> Vec<Person> {
        let mut ids = ids.collect::<Vec<_>>();
        ids.sort_by_key(|id| (*id != viewer, *id));
        ids.truncate(most as usize);
        ids.into_iter().map(|id| self.person(id)).collect()
    }

    fn followers(&self, user: UserId) -> impl Iterator<Item = UserId> {
        self.follows.iter().filter(move |(_, followee)| *followee == user).map(|(follower, _)| *follower)
    }

    fn following(&self, user: UserId) -> impl Iterator<Item = UserId> {
        self.follows.iter().filter(move |(follower, _)| *follower == user).map(|(_, followee)| *followee)
    }

    fn likers(&self, tweet: TweetId) -> impl Iterator<Item = UserId> {
        let everybody = (tweet, UserId::stored(0))..=(tweet, UserId::stored(i64::MAX));
        self.likes.range(everybody).map(|(_, user)| *user)
    }

    fn is_attached(&self, image: MediaId) -> bool {
        self.tweets.values().any(|tweet| tweet.attachments.iter().any(|attached| attached.image == image))
    }

    /// The next id of that table.
    fn next(&mut self, table: &'static str) -> i64 {
        let last = self.last.entry(table).or_default();
        *last += 1;
        *last
    }
}

/// How many entries stand before a page of that 1-based number.
fn before(page: u64, size: u32) -> usize {
    usize::try_from(page.saturating_sub(1).saturating_mul(size.into())).unwrap_or(usize::MAX)
}
