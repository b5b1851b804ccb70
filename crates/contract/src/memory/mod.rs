//! The naive model: everything in one heap behind one lock, sorted and counted anew whenever somebody looks.
//!
//! Nothing here is quick, and no counter is stored: what it answers is right because it is plain.

mod audit;
mod feeds;
mod keys;
mod tweets;
mod upkeep;
mod users;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tweetty_domain::{
    Error, Fingerprint, IdempotencyKey, ImageName, MediaId, NewImage, NewUser, Person, Record, Result,
    StoreId, Timestamp, TweetId, TweetText, UserId,
};

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

#[derive(Clone, Default)]
struct State {
    /// Each with the key of her creation, which [`State::keys`] alone decides about.
    users: BTreeMap<UserId, NewUser>,
    /// By the hashes of the keys.
    keys: BTreeMap<[u8; 32], HeldKey>,
    /// Follower and followee.
    follows: BTreeSet<(UserId, UserId)>,
    tweets: BTreeMap<TweetId, Written>,
    likes: BTreeSet<(TweetId, UserId)>,
    images: BTreeMap<MediaId, NewImage>,
    guards: Vec<Guarded>,
    log: Vec<Record>,
    /// The highest id that each table ever gave out.
    last: BTreeMap<&'static str, i64>,
    /// Given when somebody asks for it first.
    id: Option<StoreId>,
}

#[derive(Clone)]
struct Written {
    author: UserId,
    text: TweetText,
    attachments: Vec<MediaId>,
    created_at: Timestamp,
}

#[derive(Clone)]
struct HeldKey {
    holder: UserId,
    created_at: Timestamp,
    end: Option<Timestamp>,
}

impl HeldKey {
    fn is_valid(&self, now: Timestamp) -> bool {
        self.end.is_none_or(|end| end > now)
    }
}

/// What is remembered of a guarded write.
#[derive(Clone)]
struct Guarded {
    user: UserId,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
    /// The id of what came of it.
    outcome: i64,
    created_at: Timestamp,
}

impl State {
    fn id(&mut self) -> Result<StoreId> {
        let id = self.id.map_or_else(StoreId::random, Ok).map_err(Error::internal)?;
        self.id = Some(id);
        Ok(id)
    }

    /// Someone who is known to exist.
    fn person(&self, id: UserId) -> Person {
        Person { id, nickname: self.users[&id].nickname.clone() }
    }

    /// At most `most` of those people: the viewer first where she is among them, then by id.
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
        self.tweets.values().any(|tweet| tweet.attachments.contains(&image))
    }

    fn remove_tweet(&mut self, tweet: TweetId) -> Vec<ImageName> {
        self.likes.retain(|(liked, _)| *liked != tweet);
        let attachments = self.tweets.remove(&tweet).map(|tweet| tweet.attachments).unwrap_or_default();
        attachments.iter().filter_map(|image| self.images.remove(image)).map(|image| image.name).collect()
    }

    /// Removes all that is a user's; answers the files of their images.
    fn remove_all_of(&mut self, user: UserId) -> Vec<ImageName> {
        let images = self.images.values().filter(|image| image.owner == user);
        let files = images.map(|image| image.name).collect();
        let tweets = self.tweets.iter().filter(|(_, tweet)| tweet.author == user).map(|(id, _)| *id);
        for tweet in tweets.collect::<Vec<_>>() {
            self.remove_tweet(tweet);
        }
        self.likes.retain(|(_, liker)| *liker != user);
        self.follows.retain(|(follower, followee)| *follower != user && *followee != user);
        self.keys.retain(|_, key| key.holder != user);
        self.guards.retain(|guard| guard.user != user);
        self.images.retain(|_, image| image.owner != user);
        files
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
