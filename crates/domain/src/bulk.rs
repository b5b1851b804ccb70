//! Loading a whole company at once, and reading one.

use async_trait::async_trait;

use crate::{Holdings, NewUser, Result, Timestamp, TweetId, TweetText, UserId};

/// A user with the counters that the follows will give her.
#[derive(Debug, Clone)]
pub struct BulkUser {
    /// Who it is; ids are given out from 1 without gaps.
    pub id: UserId,
    /// The user; her key is stored only where [`BulkUser::has_key`] says so.
    pub user: NewUser,
    /// Whether she gets her key.
    pub has_key: bool,
    /// How many will follow her.
    pub followers_count: u32,
    /// How many she will follow.
    pub following_count: u32,
}

/// A tweet with the counter that the likes will give it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BulkTweet {
    /// Which; ids are given out from 1 without gaps.
    pub id: TweetId,
    /// Who wrote it.
    pub author: UserId,
    /// What.
    pub text: TweetText,
    /// How many will like it.
    pub like_count: u32,
    /// When.
    pub created_at: Timestamp,
}

/// A like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BulkLike {
    /// What is liked.
    pub tweet: TweetId,
    /// Who likes it.
    pub user: UserId,
}

/// A follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BulkFollow {
    /// Who follows.
    pub follower: UserId,
    /// Whom.
    pub followee: UserId,
}

/// A whole company, told row by row so that it need never be in memory. Its counters agree with its rows,
/// no row comes twice, and each list comes in ascending order of its key.
pub trait Company: Send {
    /// The users.
    fn users(&mut self) -> Box<dyn Iterator<Item = BulkUser> + Send + '_>;
    /// Who follows whom, by follower and followee.
    fn follows(&mut self) -> Box<dyn Iterator<Item = BulkFollow> + Send + '_>;
    /// The tweets.
    fn tweets(&mut self) -> Box<dyn Iterator<Item = BulkTweet> + Send + '_>;
    /// The likes, by tweet and user.
    fn likes(&mut self) -> Box<dyn Iterator<Item = BulkLike> + Send + '_>;
}

/// The port of whole stores.
#[async_trait]
pub trait Bulk: Send + Sync {
    /// Loads everything in one transaction and prepares the store for reading it. The log becomes that of the holdings.
    /// Error: [`crate::Error::NotEmpty`] where there are users already.
    async fn load(&self, holdings: Box<dyn Holdings>) -> Result<()>;

    /// Everything that the store holds now, whatever happens to it later.
    async fn read(&self) -> Result<Box<dyn Holdings>>;
}
