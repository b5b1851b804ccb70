//! The port of reading tweets. A page takes one statement whatever its size, whose snapshot both ranks the tweets and
//! fills them. Another asks for people's names, and a third how many the viewer follows, which decides on the way:
//! both only where it is not known from a moment ago.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use futures_util::FutureExt as _;
use tweetty_adapter::Remembered;
use tweetty_domain::{
    FeedPage, FeedQuery, Feeds, ImageRecord, Liked, MediaId, Position, Result, Scope, Tweet, TweetId, UserId,
};

use crate::connection::Connection;
use crate::details::{Columns, DETAILS};
use crate::failure::Failure;
use crate::people::{KnownNames, Names};
use crate::schema::users;
use crate::statement::sql;
use crate::{Store, images, ranking, rows};

const LIKED_BY: &str = "
    SELECT likes.tweet_id, users.id, users.nickname
    FROM likes
    JOIN tweets ON tweets.id = likes.tweet_id
    JOIN users ON users.id = tweets.author_id
    WHERE likes.user_id = :user
      AND likes.tweet_id > :after
    ORDER BY likes.tweet_id
    LIMIT :limit";

static ONE_TWEET: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    format!("WITH page AS MATERIALIZED (SELECT id, like_count FROM tweets WHERE id = :tweet){DETAILS}")
});

#[async_trait]
impl Feeds for Store {
    async fn page(&self, query: FeedQuery) -> Result<FeedPage> {
        let (names, followees) = (Arc::clone(&self.names), Arc::clone(&self.followees));
        self.connections
            .read(move |connection| async move { page(connection, &names, &followees, query).await }.boxed())
            .await
    }

    async fn tweet(&self, tweet: TweetId, viewer: UserId, embedded_likers: u32) -> Result<Option<Tweet>> {
        let names = Arc::clone(&self.names);
        self.connections
            .read(move |connection| {
                async move { one(connection, &names, tweet, viewer, embedded_likers).await }.boxed()
            })
            .await
    }

    async fn liked_by(&self, user: UserId, after: Option<TweetId>, limit: u32) -> Result<Vec<Liked>> {
        self.connections.read(move |connection| liked_by(connection, user, after, limit).boxed()).await
    }

    async fn uploads_of(&self, user: UserId, after: Option<MediaId>, limit: u32) -> Result<Vec<ImageRecord>> {
        self.connections
            .read(move |connection| images::of_owner(connection, user, after, limit).boxed())
            .await
    }
}

async fn liked_by(
    connection: &mut Connection,
    user: UserId,
    after: Option<TweetId>,
    limit: u32,
) -> Result<Vec<Liked>, Failure> {
    let found = sql::<(BigInt, BigInt, Text)>(LIKED_BY)
        .bind("user", user)
        .bind("after", after.map_or(0, TweetId::get))
        .bind("limit", limit)
        .load::<(i64, i64, String)>(connection)
        .await?;
    let liked =
        |(tweet, id, nickname)| Liked { tweet: TweetId::stored(tweet), author: rows::person((id, nickname)) };
    Ok(found.into_iter().map(liked).collect())
}

async fn page(
    connection: &mut Connection,
    names: &KnownNames,
    followees: &Remembered<UserId, u64>,
    query: FeedQuery,
) -> Result<FeedPage, Failure> {
    let followees = match query.scope {
        Scope::Following => following_count(connection, followees, query.viewer).await?,
        Scope::All | Scope::By(_) => 0,
    };
    let mut found = ranking::page(&query, followees).load::<rows::TweetRow>(connection).await?;
    let size = usize::try_from(query.size.get()).unwrap_or(usize::MAX);
    let more = found.len() > size;
    found.truncate(size);
    // Told by what was ranked: a tweet that is gone by the time of its author's name changes nothing.
    let last = found.last().filter(|_| more);
    let next = last.map(|row| Position { likes: rows::count(row.like_count), id: TweetId::stored(row.id) });
    Ok(FeedPage { tweets: named(connection, names, found, query.viewer, query.embedded_likers).await?, next })
}

async fn named(
    connection: &mut Connection,
    known: &KnownNames,
    found: Vec<rows::TweetRow>,
    viewer: UserId,
    embedded: u32,
) -> Result<Vec<Tweet>, Failure> {
    let people = found.iter().flat_map(|row| row.liker_ids.iter().copied().chain([row.author_id]));
    let names = Names::of(connection, known, people).await?;
    let tweets = found.into_iter().map(|row| rows::tweet(row, &names, viewer, embedded));
    Ok(tweets.filter_map(Result::transpose).collect::<Result<_>>()?)
}

async fn following_count(
    connection: &mut Connection,
    known: &Remembered<UserId, u64>,
    viewer: UserId,
) -> Result<u64, Failure> {
    let now = Instant::now();
    if let Some(count) = known.get(&viewer, now) {
        return Ok(count);
    }
    let count = users::table.find(viewer.get()).select(users::following_count);
    let count = count.first(connection).await.optional()?.map_or(0, rows::count);
    known.put(viewer, count, now);
    Ok(count)
}

async fn one(
    connection: &mut Connection,
    names: &KnownNames,
    tweet: TweetId,
    viewer: UserId,
    embedded_likers: u32,
) -> Result<Option<Tweet>, Failure> {
    let row = sql::<Columns>(&ONE_TWEET)
        .bind("tweet", tweet)
        .bind("viewer", viewer)
        .bind("embedded", embedded_likers)
        .load::<rows::TweetRow>(connection)
        .await?;
    Ok(named(connection, names, row, viewer, embedded_likers).await?.pop())
}
