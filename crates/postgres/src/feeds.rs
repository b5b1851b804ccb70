//! The port of reading tweets. A page takes three statements whatever its size: how many the viewer follows decides on
//! the way, then one snapshot both ranks the tweets and fills them, and then people get their names. Where it doesn't
//! matter whom the viewer follows, two are enough.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures_util::FutureExt as _;
use tweetty_domain::{FeedPage, FeedQuery, Feeds, Position, Result, Scope, Tweet, TweetId, UserId};

use crate::connection::Connection;
use crate::details::{Columns, DETAILS};
use crate::failure::Failure;
use crate::people::Names;
use crate::schema::users;
use crate::statement::sql;
use crate::{Store, ranking, rows};

static ONE_TWEET: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    format!("WITH page AS MATERIALIZED (SELECT id, like_count FROM tweets WHERE id = :tweet){DETAILS}")
});

#[async_trait]
impl Feeds for Store {
    async fn page(&self, query: FeedQuery) -> Result<FeedPage> {
        self.connections.read(move |connection| page(connection, query).boxed()).await
    }

    async fn tweet(&self, tweet: TweetId, viewer: UserId, embedded_likers: u32) -> Result<Option<Tweet>> {
        self.connections.read(move |connection| one(connection, tweet, viewer, embedded_likers).boxed()).await
    }
}

async fn page(connection: &mut Connection, query: FeedQuery) -> Result<FeedPage, Failure> {
    let followees = match query.scope {
        Scope::Following => following_count(connection, query.viewer).await?,
        Scope::All | Scope::By(_) => 0,
    };
    let mut found = ranking::page(&query, followees).load::<rows::TweetRow>(connection).await?;
    let size = usize::try_from(query.size.get()).unwrap_or(usize::MAX);
    let more = found.len() > size;
    found.truncate(size);
    // Told by what was ranked: a tweet that is gone by the time of its author's name changes nothing.
    let last = found.last().filter(|_| more);
    let next = last.map(|row| Position { likes: rows::count(row.like_count), id: TweetId::stored(row.id) });
    Ok(FeedPage { tweets: named(connection, found, query.viewer, query.embedded_likers).await?, next })
}

async fn named(
    connection: &mut Connection,
    found: Vec<rows::TweetRow>,
    viewer: UserId,
    embedded: u32,
) -> Result<Vec<Tweet>, Failure> {
    let people = found.iter().flat_map(|row| row.liker_ids.iter().copied().chain([row.author_id]));
    let names = Names::of(connection, people).await?;
    let tweets = found.into_iter().map(|row| rows::tweet(row, &names, viewer, embedded));
    Ok(tweets.filter_map(Result::transpose).collect::<Result<_>>()?)
}

async fn following_count(connection: &mut Connection, viewer: UserId) -> Result<u64, Failure> {
    let count = users::table.find(viewer.get()).select(users::following_count);
    Ok(count.first(connection).await.optional()?.map_or(0, rows::count))
}

async fn one(
    connection: &mut Connection,
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
    Ok(named(connection, row, viewer, embedded_likers).await?.pop())
}
