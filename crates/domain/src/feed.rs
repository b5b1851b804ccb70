//! Reading tweets: which, in what order, from where.

use async_trait::async_trait;

use crate::{
    ImageDescription, ImageName, Invalid, MediaId, Nickname, People, Person, Result, Timestamp, TweetId,
    TweetText, UserId, Variants,
};

/// A tweet with everything that is shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tweet {
    /// Which tweet.
    pub id: TweetId,
    /// What it says.
    pub text: TweetText,
    /// Who wrote it.
    pub author: Person,
    /// Its images in their order.
    pub attachments: Vec<Attachment>,
    /// Some who like it: the viewer first where they do, then by id.
    pub likers: Vec<Liker>,
    /// Number of likes.
    pub likes_count: u64,
    /// Whether the viewer does.
    pub liked: bool,
    /// When it was written.
    pub created_at: Timestamp,
}

/// A user who likes a tweet, as the tweet names them. Pages have many of them, so there is no more of each.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Liker {
    /// Who it is.
    pub id: UserId,
    /// The API's `name`.
    pub nickname: Nickname,
}

/// An image of a tweet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Which image.
    pub id: MediaId,
    /// Where it lies.
    pub name: ImageName,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// What it shows, where the author said so.
    pub description: Option<ImageDescription>,
    /// Its smaller copies; none of them until they are made.
    pub variants: Variants,
}

/// How tweets are ranked. Both orders are total: no two tweets share a rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// More likes first, among equals the newer first.
    Popular {
        /// Only the first tweet since that moment and those with higher ids; `None`: all.
        since: Option<Timestamp>,
    },
    /// The newer first.
    Recent,
}

impl Order {
    /// The most popular of all time first.
    pub const POPULAR: Self = Self::Popular { since: None };
}

/// Whose tweets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those of the viewer's followees, and their own.
    Following,
    /// Everybody's.
    All,
    /// Those of one author.
    By(UserId),
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At a 1-based page number; 1 is the first page.
    Page(u64),
    /// Right behind that position.
    After(Position),
}

impl Start {
    /// The first page.
    pub const FIRST: Self = Self::Page(1);

    /// A page by its number.
    ///
    /// # Errors
    /// [`Invalid::PageNumber`] unless it is positive.
    pub fn page(number: i64) -> Result<Self, Invalid> {
        match u64::try_from(number) {
            Ok(number) if number > 0 => Ok(Self::Page(number)),
            _ => Err(Invalid::PageNumber),
        }
    }
}

/// A place in either order: that of a tweet with so many likes and that id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The likes; [`Order::Recent`] doesn't look at them.
    pub likes: u64,
    /// The id.
    pub id: TweetId,
}

/// How many entries a page has at most: at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u32);

impl PageSize {
    /// Takes what a client asked for; absent means the largest page.
    ///
    /// # Errors
    /// [`Invalid::PageSize`] unless it lies between 1 and the limit.
    pub fn parse(given: Option<i64>, limit: u32) -> Result<Self, Invalid> {
        let given = given.unwrap_or_else(|| limit.into());
        match u32::try_from(given) {
            Ok(size) if (1..=limit).contains(&size) => Ok(Self(size)),
            _ => Err(Invalid::PageSize { given, limit }),
        }
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

/// How many people are embedded in something, a tweet's likers for example, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Embedded(u32);

impl Embedded {
    /// Nobody.
    pub const NONE: Self = Self(0);

    /// Takes what a client asked for; absent means as many as the limit.
    ///
    /// # Errors
    /// [`Invalid::Embedded`] unless it lies between 0 and the limit.
    pub fn parse(given: Option<i64>, limit: u32) -> Result<Self, Invalid> {
        let given = given.unwrap_or_else(|| limit.into());
        match u32::try_from(given) {
            Ok(most) if most <= limit => Ok(Self(most)),
            _ => Err(Invalid::Embedded { given, limit }),
        }
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

/// One page of tweets, as somebody asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedQuery {
    /// Who looks.
    pub viewer: UserId,
    /// Whose tweets.
    pub scope: Scope,
    /// In which order.
    pub order: Order,
    /// From where.
    pub start: Start,
    /// How many.
    pub size: PageSize,
    /// How many likers a tweet names at most.
    pub embedded_likers: u32,
}

/// A page of tweets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedPage {
    /// The tweets in the order asked for.
    pub tweets: Vec<Tweet>,
    /// The position of the last of them, where another page follows.
    pub next: Option<Position>,
}

impl FeedPage {
    /// No tweets, and none behind them.
    pub const EMPTY: Self = Self { tweets: Vec::new(), next: None };
}

/// The port of reading tweets. While nothing changes, a walk of pages shows each tweet once.
///
/// A later tweet has a higher id, so a time is a range of ids. It lies in the past: a store may remember where it begins.
#[cfg_attr(test, mockall::automock)]
#[async_trait]
pub trait Feeds: Send + Sync {
    /// A page of tweets, in a fixed number of statements whatever its size; beyond the end it is empty.
    async fn page(&self, query: FeedQuery) -> Result<FeedPage>;

    /// One tweet as the viewer sees it.
    async fn tweet(&self, tweet: TweetId, viewer: UserId, embedded_likers: u32) -> Result<Option<Tweet>>;

    /// Those of the tweets that there are, in the order asked for, as [`Feeds::tweet`] shows each; in a fixed number of
    /// statements.
    async fn tweets(&self, tweets: Vec<TweetId>, viewer: UserId, embedded_likers: u32) -> Result<Vec<Tweet>>;

    /// A page of those who like a tweet: the viewer first where they do, then the others by ascending id; behind the viewer
    /// come all others. `None`: there is no such tweet.
    async fn likers(
        &self,
        tweet: TweetId,
        viewer: UserId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_between_one_and_the_limit_and_by_default_the_limit() {
        assert_eq!(PageSize::parse(None, 1000).unwrap().get(), 1000);
        assert_eq!(PageSize::parse(Some(5), 1000).unwrap().get(), 5);
        for given in [0, -1, 1001, i64::MAX, i64::MIN] {
            assert_eq!(
                PageSize::parse(Some(given), 1000).unwrap_err(),
                Invalid::PageSize { given, limit: 1000 }
            );
        }
    }

    #[test]
    fn between_none_and_the_limit_are_embedded_and_by_default_the_limit() {
        assert_eq!(Embedded::parse(None, 100).unwrap().get(), 100);
        for given in [0, 1, 100] {
            assert_eq!(i64::from(Embedded::parse(Some(given), 100).unwrap().get()), given);
        }
        for given in [-1, 101, i64::MAX, i64::MIN] {
            assert_eq!(
                Embedded::parse(Some(given), 100).unwrap_err(),
                Invalid::Embedded { given, limit: 100 }
            );
        }
        assert!(Embedded::parse(None, 0).is_ok(), "where none are configured");
    }

    #[test]
    fn pages_are_numbered_from_one() {
        assert_eq!(Start::page(1).unwrap(), Start::FIRST);
        for number in [0, -1, i64::MIN] {
            assert_eq!(Start::page(number).unwrap_err(), Invalid::PageNumber);
        }
    }
}
