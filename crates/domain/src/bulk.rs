//! Loading a whole company at once, and reading one.

use async_trait::async_trait;

use crate::{
    BulkFollow, BulkGuard, BulkImage, BulkKey, BulkLike, BulkTweet, Holdings, LastIds, NewUser, Record,
    Result, Rows, StoreId, User, UserId,
};

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

/// A company that is told for trials has no images, no guards and no log.
impl<C: Company> Holdings for C {
    fn users(&mut self) -> Rows<'_, User> {
        let user = |bulk: BulkUser| User {
            id: bulk.id,
            nickname: bulk.user.nickname,
            first_name: bulk.user.first_name,
            last_name: bulk.user.last_name,
            followers_count: bulk.followers_count.into(),
            following_count: bulk.following_count.into(),
            created_at: bulk.user.created_at,
        };
        Box::new(Company::users(self).map(user).map(Ok))
    }

    /// In the order of the users: few have one.
    fn keys(&mut self) -> Rows<'_, BulkKey> {
        let key = |bulk: BulkUser| BulkKey {
            hash: bulk.user.key,
            user: bulk.id,
            created_at: bulk.user.created_at,
            ends_at: None,
        };
        Box::new(Company::users(self).filter(|user| user.has_key).map(key).map(Ok))
    }

    fn follows(&mut self) -> Rows<'_, BulkFollow> {
        Box::new(Company::follows(self).map(Ok))
    }

    fn tweets(&mut self) -> Rows<'_, BulkTweet> {
        Box::new(Company::tweets(self).map(Ok))
    }

    fn likes(&mut self) -> Rows<'_, BulkLike> {
        Box::new(Company::likes(self).map(Ok))
    }

    fn images(&mut self) -> Rows<'_, BulkImage> {
        Box::new(std::iter::empty())
    }

    fn guards(&mut self) -> Rows<'_, BulkGuard> {
        Box::new(std::iter::empty())
    }

    fn records(&mut self) -> Rows<'_, Record> {
        Box::new(std::iter::empty())
    }

    fn last_ids(&mut self) -> Result<LastIds> {
        Ok(LastIds::default())
    }

    fn store_id(&mut self) -> Result<Option<StoreId>> {
        Ok(None)
    }
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
