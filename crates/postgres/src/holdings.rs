//! Reading the whole store as it is at one moment, page by page.

use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text, Timestamptz};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use tokio::runtime::Handle;
use tweetty_domain::{
    BulkFollow, BulkGuard, BulkImage, BulkKey, BulkLike, BulkTweet, Error, Fingerprint, Holdings,
    IdempotencyKey, KeyHash, LastIds, MediaId, Record, Result, Rows, StoreId, Timestamp, TweetId, TweetText,
    User, UserId, paged,
};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::opener::Opener;
use crate::statement::{Bind, sql};
use crate::{audit, identity, images, rows};

/// Rows that are in memory at a time.
const PAGE: u32 = 4096;

/// The moment is that of the first look, so there is one at once.
const BEGIN: &str = "
    BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
    SELECT FROM users LIMIT 1";

const USERS: &str = "
    SELECT id, nickname, first_name, last_name, followers_count, following_count, created_at
    FROM users
    WHERE id > :after
    ORDER BY id
    LIMIT :page";

const KEYS: &str = "
    SELECT hash, user_id, created_at, ends_at
    FROM api_keys
    WHERE hash > :after
    ORDER BY hash
    LIMIT :page";

const FOLLOWS: &str = "
    SELECT follower_id, followee_id
    FROM follows
    WHERE (follower_id, followee_id) > (:one, :other)
    ORDER BY follower_id, followee_id
    LIMIT :page";

const TWEETS: &str = "
    SELECT id, author_id, content, like_count, created_at
    FROM tweets
    WHERE id > :after
    ORDER BY id
    LIMIT :page";

const LIKES: &str = "
    SELECT tweet_id, user_id
    FROM likes
    WHERE (tweet_id, user_id) > (:one, :other)
    ORDER BY tweet_id, user_id
    LIMIT :page";

/// By their bytes, whatever the database's language.
const GUARDS: &str = "
    SELECT user_id, key, fingerprint, outcome_id, created_at
    FROM idempotency_keys
    WHERE outcome_id IS NOT NULL
      AND (user_id > :user OR (user_id = :user AND key COLLATE \"C\" > :key))
    ORDER BY user_id, key COLLATE \"C\"
    LIMIT :page";

const LAST_IDS: &str = "
    SELECT COALESCE(pg_sequence_last_value(CAST(pg_get_serial_sequence('users', 'id') AS regclass)), 0),
           COALESCE(pg_sequence_last_value(CAST(pg_get_serial_sequence('tweets', 'id') AS regclass)), 0),
           COALESCE(pg_sequence_last_value(CAST(pg_get_serial_sequence('images', 'id') AS regclass)), 0),
           COALESCE(pg_sequence_last_value(CAST(pg_get_serial_sequence('audit_log', 'id') AS regclass)), 0)";

type GuardRow = (i64, String, Vec<u8>, i64, Timestamp);

/// A connection in a transaction, which sees no change that comes after its begin.
pub(crate) struct Snapshot {
    connection: Connection,
    runtime: Handle,
}

impl Snapshot {
    pub(crate) async fn begin(opener: &Opener) -> Result<Self> {
        let mut connection = opener.for_operators().await?;
        connection.batch_execute(BEGIN).await.map_err(|error| Failure::from(error).into_error(false))?;
        Ok(Self { connection, runtime: opener.runtime().clone() })
    }

    /// Pages, each behind the last row of the page before.
    fn pages<'a, T: Clone + Send + 'a>(
        &'a mut self,
        mut fetch: impl AsyncFnMut(&mut Connection, Option<&T>) -> Result<Vec<T>, Failure> + Send + 'a,
    ) -> Rows<'a, T> {
        paged(move |last| {
            let Self { connection, runtime } = self;
            let page = tokio::task::block_in_place(|| runtime.block_on(fetch(connection, last)));
            page.map_err(|failure| failure.into_error(false))
        })
    }
}

impl Holdings for Snapshot {
    fn users(&mut self) -> Rows<'_, User> {
        self.pages(async |connection: &mut Connection, last: Option<&User>| {
            let page =
                sql::<(BigInt, Text, Nullable<Text>, Nullable<Text>, Integer, Integer, Timestamptz)>(USERS)
                    .bind("after", last.map_or(0, |user| user.id.get()))
                    .bind("page", PAGE);
            let found = page.load::<rows::UserRow>(connection).await?;
            Ok(found.into_iter().map(User::from).collect())
        })
    }

    fn keys(&mut self) -> Rows<'_, BulkKey> {
        self.pages(async |connection: &mut Connection, last: Option<&BulkKey>| {
            let after = last.map_or(vec![], |key| key.hash.as_bytes().to_vec());
            let page = sql::<(Binary, BigInt, Timestamptz, Nullable<Timestamptz>)>(KEYS)
                .bind("after", Bind::AnyBytes(after))
                .bind("page", PAGE);
            let found = page.load::<(Vec<u8>, i64, Timestamp, Option<Timestamp>)>(connection).await?;
            let key = |(hash, user, created_at, ends_at)| {
                let hash = KeyHash::stored(sum(hash)?);
                Ok(BulkKey { hash, user: UserId::stored(user), created_at, ends_at })
            };
            found.into_iter().map(key).collect()
        })
    }

    fn follows(&mut self) -> Rows<'_, BulkFollow> {
        self.pages(async |connection: &mut Connection, last: Option<&BulkFollow>| {
            let page = sql::<(BigInt, BigInt)>(FOLLOWS)
                .bind("one", last.map_or(0, |row| row.follower.get()))
                .bind("other", last.map_or(0, |row| row.followee.get()))
                .bind("page", PAGE);
            let found = page.load::<(i64, i64)>(connection).await?.into_iter();
            let follow = |(follower, followee)| BulkFollow {
                follower: UserId::stored(follower),
                followee: UserId::stored(followee),
            };
            Ok(found.map(follow).collect())
        })
    }

    fn tweets(&mut self) -> Rows<'_, BulkTweet> {
        self.pages(async |connection: &mut Connection, last: Option<&BulkTweet>| {
            let page = sql::<(BigInt, BigInt, Text, Integer, Timestamptz)>(TWEETS)
                .bind("after", last.map_or(0, |tweet| tweet.id.get()))
                .bind("page", PAGE);
            let found = page.load::<(i64, i64, String, i32, Timestamp)>(connection).await?.into_iter();
            let tweet = |(id, author, content, likes, created_at): (_, _, _, i32, _)| BulkTweet {
                id: TweetId::stored(id),
                author: UserId::stored(author),
                text: TweetText::stored(content),
                like_count: likes.unsigned_abs(),
                created_at,
            };
            Ok(found.map(tweet).collect())
        })
    }

    fn likes(&mut self) -> Rows<'_, BulkLike> {
        self.pages(async |connection: &mut Connection, last: Option<&BulkLike>| {
            let page = sql::<(BigInt, BigInt)>(LIKES)
                .bind("one", last.map_or(0, |row| row.tweet.get()))
                .bind("other", last.map_or(0, |row| row.user.get()))
                .bind("page", PAGE);
            let found = page.load::<(i64, i64)>(connection).await?.into_iter();
            let like = |(tweet, user)| BulkLike { tweet: TweetId::stored(tweet), user: UserId::stored(user) };
            Ok(found.map(like).collect())
        })
    }

    fn images(&mut self) -> Rows<'_, BulkImage> {
        self.pages(async |connection: &mut Connection, last: Option<&BulkImage>| {
            images::behind(connection, last.map_or(MediaId::stored(0), |image| image.id), PAGE).await
        })
    }

    fn guards(&mut self) -> Rows<'_, BulkGuard> {
        self.pages(async |connection: &mut Connection, last: Option<&BulkGuard>| {
            let page = sql::<(BigInt, Text, Binary, BigInt, Timestamptz)>(GUARDS)
                .bind("user", last.map_or(0, |guard| guard.user.get()))
                .bind("key", last.map_or("", |guard| guard.key.as_str()))
                .bind("page", PAGE);
            page.load::<GuardRow>(connection).await?.into_iter().map(|row| Ok(guard(row)?)).collect()
        })
    }

    fn records(&mut self) -> Rows<'_, Record> {
        self.pages(async |connection: &mut Connection, last: Option<&Record>| {
            audit::records(connection, None, last.map(|record| record.id), PAGE).await
        })
    }

    fn last_ids(&mut self) -> Result<LastIds> {
        let Self { connection, runtime } = self;
        let sequences = sql::<(BigInt, BigInt, BigInt, BigInt)>(LAST_IDS);
        let sequences = sequences.get_result::<(i64, i64, i64, i64)>(connection);
        let (users, tweets, images, records) = tokio::task::block_in_place(|| runtime.block_on(sequences))
            .map_err(|error| Failure::from(error).into_error(false))?;
        Ok(LastIds { users, tweets, images, records })
    }

    fn store_id(&mut self) -> Result<Option<StoreId>> {
        let Self { connection, runtime } = self;
        let id = tokio::task::block_in_place(|| runtime.block_on(identity::store_id(connection)));
        id.map(Some).map_err(|failure| failure.into_error(false))
    }
}

fn guard((user, key, fingerprint, outcome, created_at): GuardRow) -> Result<BulkGuard> {
    Ok(BulkGuard {
        user: UserId::stored(user),
        key: IdempotencyKey::parse(&key)?,
        fingerprint: Fingerprint::stored(sum(fingerprint)?),
        outcome,
        created_at,
    })
}

/// The 32 bytes that the schema demands.
fn sum(bytes: Vec<u8>) -> Result<[u8; 32]> {
    bytes.try_into().map_err(|_| Error::internal("a hash has not 32 bytes"))
}
