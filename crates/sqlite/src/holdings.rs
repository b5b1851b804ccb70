//! Reading the whole store as it is at one moment, page by page.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use tweetty_domain::{
    BulkFollow, BulkGuard, BulkImage, BulkKey, BulkLike, BulkTweet, Error, Fingerprint, Holdings,
    IdempotencyKey, KeyHash, LastIds, MediaId, Record, Result, Rows, StoreId, TweetId, TweetText, User,
    UserId, paged,
};

use crate::failure::Failure;
use crate::statement::sql;
use crate::{audit, identity, images, rows};

/// Rows that are in memory at a time.
const PAGE: u32 = 4096;

const USERS: &str = "
    SELECT id, nickname, first_name, last_name, followers_count, following_count, created_at
    FROM users
    WHERE id > ?1
    ORDER BY id
    LIMIT ?2";

const FIRST_KEYS: &str = "
    SELECT hash, user_id, created_at, ends_at
    FROM api_keys
    ORDER BY hash
    LIMIT ?1";

const KEYS: &str = "
    SELECT hash, user_id, created_at, ends_at
    FROM api_keys
    WHERE hash > ?1
    ORDER BY hash
    LIMIT ?2";

const FOLLOWS: &str = "
    SELECT follower_id, followee_id
    FROM follows
    WHERE (follower_id, followee_id) > (?1, ?2)
    ORDER BY follower_id, followee_id
    LIMIT ?3";

const TWEETS: &str = "
    SELECT id, author_id, content, like_count, created_at
    FROM tweets
    WHERE id > ?1
    ORDER BY id
    LIMIT ?2";

const LIKES: &str = "
    SELECT tweet_id, user_id
    FROM likes
    WHERE (tweet_id, user_id) > (?1, ?2)
    ORDER BY tweet_id, user_id
    LIMIT ?3";

const GUARDS: &str = "
    SELECT user_id, key, fingerprint, outcome_id, created_at
    FROM idempotency_keys
    WHERE (user_id, key) > (?1, ?2)
    ORDER BY user_id, key
    LIMIT ?3";

const LAST_IDS: &str = "
    SELECT name, seq
    FROM sqlite_sequence";

type UserColumns = (BigInt, Text, Nullable<Text>, Nullable<Text>, BigInt, BigInt, BigInt);

/// A connection in a transaction, which sees no change that comes after its begin.
pub(crate) struct Snapshot(SqliteConnection);

impl Snapshot {
    /// The moment is that of the first look, so there is one at once.
    pub(crate) fn begin(mut connection: SqliteConnection) -> Result<Self> {
        let begun = connection.batch_execute("BEGIN; SELECT 1 FROM users LIMIT 1");
        begun.map_err(|error| Error::from(Failure::from(error)))?;
        Ok(Self(connection))
    }

    /// Pages by a statement whose parameters are the key of the last row, none at first, and the size of a page.
    fn pages<'a, T: Clone + Send + 'a>(
        &'a mut self,
        mut fetch: impl FnMut(&mut SqliteConnection, Option<&T>) -> Result<Vec<T>, Failure> + Send + 'a,
    ) -> Rows<'a, T> {
        paged(move |last| Ok(fetch(&mut self.0, last)?))
    }
}

impl Holdings for Snapshot {
    fn users(&mut self) -> Rows<'_, User> {
        self.pages(|connection, last: Option<&User>| {
            let page = sql::<UserColumns>(USERS).bind(last.map_or(0, |user| user.id.get())).bind(PAGE);
            let found = page.load::<rows::UserRow>(connection)?;
            found.into_iter().map(|row| Ok(User::try_from(row)?)).collect()
        })
    }

    fn keys(&mut self) -> Rows<'_, BulkKey> {
        self.pages(|connection, last: Option<&BulkKey>| {
            let page = match last {
                None => sql::<(Binary, BigInt, BigInt, Nullable<BigInt>)>(FIRST_KEYS),
                Some(key) => sql(KEYS).bind(&key.hash),
            };
            let found = page.bind(PAGE).load::<(Vec<u8>, i64, i64, Option<i64>)>(connection)?;
            let key = |(hash, user, created_at, ends_at): (Vec<u8>, i64, i64, Option<i64>)| {
                Ok(BulkKey {
                    hash: KeyHash::stored(sum(hash)?),
                    user: UserId::stored(user),
                    created_at: rows::moment(created_at)?,
                    ends_at: ends_at.map(rows::moment).transpose()?,
                })
            };
            found.into_iter().map(key).collect()
        })
    }

    fn follows(&mut self) -> Rows<'_, BulkFollow> {
        self.pages(|connection, last: Option<&BulkFollow>| {
            let (follower, followee) = last.map_or((0, 0), |row| (row.follower.get(), row.followee.get()));
            let page = sql::<(BigInt, BigInt)>(FOLLOWS).bind(follower).bind(followee).bind(PAGE);
            let found = page.load::<(i64, i64)>(connection)?.into_iter();
            let follow = |(follower, followee)| BulkFollow {
                follower: UserId::stored(follower),
                followee: UserId::stored(followee),
            };
            Ok(found.map(follow).collect())
        })
    }

    fn tweets(&mut self) -> Rows<'_, BulkTweet> {
        self.pages(|connection, last: Option<&BulkTweet>| {
            let page = sql::<(BigInt, BigInt, Text, BigInt, BigInt)>(TWEETS)
                .bind(last.map_or(0, |tweet| tweet.id.get()))
                .bind(PAGE);
            let found = page.load::<(i64, i64, String, i64, i64)>(connection)?;
            let tweet = |(id, author, content, likes, created_at)| {
                Ok(BulkTweet {
                    id: TweetId::stored(id),
                    author: UserId::stored(author),
                    text: TweetText::stored(content),
                    like_count: rows::count(likes)?,
                    created_at: rows::moment(created_at)?,
                })
            };
            found.into_iter().map(tweet).collect()
        })
    }

    fn likes(&mut self) -> Rows<'_, BulkLike> {
        self.pages(|connection, last: Option<&BulkLike>| {
            let (tweet, user) = last.map_or((0, 0), |row| (row.tweet.get(), row.user.get()));
            let page = sql::<(BigInt, BigInt)>(LIKES).bind(tweet).bind(user).bind(PAGE);
            let found = page.load::<(i64, i64)>(connection)?.into_iter();
            let like = |(tweet, user)| BulkLike { tweet: TweetId::stored(tweet), user: UserId::stored(user) };
            Ok(found.map(like).collect())
        })
    }

    fn images(&mut self) -> Rows<'_, BulkImage> {
        self.pages(|connection, last: Option<&BulkImage>| {
            images::behind(connection, last.map_or(MediaId::stored(0), |image| image.id), PAGE)
        })
    }

    fn guards(&mut self) -> Rows<'_, BulkGuard> {
        self.pages(|connection, last: Option<&BulkGuard>| {
            let page = sql::<(BigInt, Text, Binary, BigInt, BigInt)>(GUARDS)
                .bind(last.map_or(0, |guard| guard.user.get()))
                .bind(last.map_or("", |guard| guard.key.as_str()))
                .bind(PAGE);
            let found = page.load::<(i64, String, Vec<u8>, i64, i64)>(connection)?;
            let guard = |(user, key, fingerprint, outcome, created_at): (i64, String, _, _, _)| {
                Ok(BulkGuard {
                    user: UserId::stored(user),
                    key: IdempotencyKey::parse(&key)?,
                    fingerprint: Fingerprint::stored(sum(fingerprint)?),
                    outcome,
                    created_at: rows::moment(created_at)?,
                })
            };
            found.into_iter().map(guard).collect()
        })
    }

    fn records(&mut self) -> Rows<'_, Record> {
        self.pages(|connection, last: Option<&Record>| {
            audit::records(connection, None, last.map(|record| record.id), PAGE)
        })
    }

    fn last_ids(&mut self) -> Result<LastIds> {
        let sequences = sql::<(Text, BigInt)>(LAST_IDS).load::<(String, i64)>(&mut self.0);
        let sequences = sequences.map_err(|error| Error::from(Failure::from(error)))?;
        let last = |table| sequences.iter().find(|(name, _)| name == table).map_or(0, |(_, last)| *last);
        Ok(LastIds {
            users: last("users"),
            tweets: last("tweets"),
            images: last("images"),
            records: last("audit_log"),
        })
    }

    fn store_id(&mut self) -> Result<Option<StoreId>> {
        Ok(Some(identity::store_id(&mut self.0)?))
    }
}

/// The 32 bytes that the schema demands.
fn sum(bytes: Vec<u8>) -> Result<[u8; 32]> {
    bytes.try_into().map_err(|_| Error::internal("a hash has not 32 bytes"))
}
