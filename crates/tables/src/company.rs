//! Companies that are invented for trials.

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream;
use tweetty_domain::{NewKey, NewUser, Result, Timestamp, TweetId, TweetText, User, UserId};

use crate::{Row, Rows, STORE_IDENTITY, Source, Table, user_row};

/// A user with the counters that the follows will give them.
#[derive(Debug, Clone)]
pub struct CompanyUser {
    /// Which; ids are given out from 1 without gaps.
    pub id: UserId,
    /// The user.
    pub user: NewUser,
    /// How many will follow them.
    pub followers_count: u32,
    /// How many they will follow.
    pub following_count: u32,
}

/// A tweet with the counter that the likes will give it.
#[derive(Debug, Clone)]
pub struct CompanyTweet {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompanyLike {
    /// What is liked.
    pub tweet: TweetId,
    /// Who likes it.
    pub user: UserId,
}

/// A follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompanyFollow {
    /// Who follows.
    pub follower: UserId,
    /// Whom.
    pub followee: UserId,
}

/// A company that is made up row by row, so that it need never be in memory. Its counters agree with its rows, no row
/// comes twice, and each list comes in ascending order of its key.
pub trait Company: Send {
    /// The users.
    fn users(&self) -> Box<dyn Iterator<Item = CompanyUser> + Send + '_>;
    /// Who follows whom, by follower and followee.
    fn follows(&self) -> Box<dyn Iterator<Item = CompanyFollow> + Send + '_>;
    /// The tweets.
    fn tweets(&self) -> Box<dyn Iterator<Item = CompanyTweet> + Send + '_>;
    /// The likes, by tweet and user.
    fn likes(&self) -> Box<dyn Iterator<Item = CompanyLike> + Send + '_>;

    /// How many rows a table will have, where that is known beforehand.
    fn expected_rows(&self, _table: &'static Table) -> Option<u64> {
        None
    }
}

/// Rows that are made up at a time.
const PAGE: usize = 1024;

/// An invented company as the rows of a store. The store that takes it in keeps its own id.
pub struct Invented<C>(pub C);

#[async_trait]
impl<C: Company> Source for Invented<C> {
    fn rows(&mut self, table: &'static Table) -> Option<Rows<'_>> {
        let company = &self.0;
        let rows: Box<dyn Iterator<Item = Row> + Send + '_> = match table.name {
            "users" => Box::new(company.users().map(user)),
            "api_keys" => {
                let keys = company.users().filter_map(key);
                Box::new((1_i64..).zip(keys).map(|(id, row)| [vec![id.into()], row].concat()))
            }
            "follows" => {
                Box::new(company.follows().map(|row| vec![row.follower.into(), row.followee.into()]))
            }
            "tweets" => Box::new(company.tweets().map(tweet)),
            "likes" => Box::new(company.likes().map(|row| vec![row.tweet.into(), row.user.into()])),
            _ if *table == STORE_IDENTITY => return None,
            _ => Box::new(std::iter::empty()),
        };
        Some(stream::iter(rows).chunks(PAGE).map(Ok).boxed())
    }

    async fn last_id(&mut self, _table: &'static Table) -> Result<i64> {
        Ok(0)
    }

    fn expected_rows(&self, table: &'static Table) -> Option<u64> {
        self.0.expected_rows(table)
    }
}

fn user(user: CompanyUser) -> Row {
    let CompanyUser { id, user, followers_count, following_count } = user;
    let NewUser { nickname, first_name, last_name, created_at, .. } = user.clone();
    user_row(User {
        id,
        nickname,
        first_name,
        last_name,
        particulars: user.particulars,
        avatar: None,
        deactivated_at: None,
        followers_count: followers_count.into(),
        following_count: following_count.into(),
        created_at,
    })
}

/// A key as a row, but for the id.
fn key(CompanyUser { id, user: NewUser { key, created_at, .. }, .. }: CompanyUser) -> Option<Row> {
    let NewKey { hash, label, ends_at } = key?;
    let last_used_on = None::<Timestamp>;
    Some(vec![hash.into(), id.into(), created_at.into(), ends_at.into(), label.into(), last_used_on.into()])
}

fn tweet(tweet: CompanyTweet) -> Row {
    let CompanyTweet { id, author, text, like_count, created_at } = tweet;
    vec![id.into(), author.into(), text.into(), like_count.into(), created_at.into()]
}
