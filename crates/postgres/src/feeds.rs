//! The port of reading tweets. A page takes one statement whatever its size, whose snapshot both ranks the tweets and
//! fills them. Others ask for the likers of tweets that have changed, for people's names, how many the viewer follows,
//! which decides on the way, and where a time begins: each only where it is not known from a moment ago.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures_util::FutureExt as _;
use tweetty_adapter::Remembered;
use tweetty_domain::{
    FeedPage, FeedQuery, Feeds, Order, People, Person, Result, Scope, Tweet, TweetId, UserId,
};

use crate::connection::Connection;
use crate::details::{Columns, DETAILS, Known};
use crate::failure::Failure;
use crate::schema::users;
use crate::spans::Spans;
use crate::statement::sql;
use crate::{Store, details, likers, popular, ranking, rows};

static ONE_TWEET: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    format!("WITH page AS MATERIALIZED (SELECT id, like_count FROM tweets WHERE id = :tweet){DETAILS}")
});

static SEVERAL: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    format!("WITH page AS MATERIALIZED (SELECT id, like_count FROM tweets WHERE id = ANY(:tweets)){DETAILS}")
});

#[async_trait]
impl Feeds for Store {
    async fn page(&self, query: FeedQuery) -> Result<FeedPage> {
        let (known, followees) = (self.known.clone(), Arc::clone(&self.followees));
        let spans = Arc::clone(&self.spans);
        self.connections
            .read(move |connection| {
                async move { page(connection, &known, &followees, &spans, query).await }.boxed()
            })
            .await
    }

    async fn tweet(&self, tweet: TweetId, viewer: UserId, embedded_likers: u32) -> Result<Option<Tweet>> {
        let known = self.known.clone();
        self.connections
            .read(move |connection| {
                async move { one(connection, &known, tweet, viewer, embedded_likers).await }.boxed()
            })
            .await
    }

    async fn tweets(&self, tweets: Vec<TweetId>, viewer: UserId, embedded_likers: u32) -> Result<Vec<Tweet>> {
        let known = self.known.clone();
        self.connections
            .read(move |connection| {
                async move { several(connection, &known, tweets, viewer, embedded_likers).await }.boxed()
            })
            .await
    }

    async fn likers(
        &self,
        tweet: TweetId,
        viewer: UserId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>> {
        self.connections
            .read(move |connection| likers::page(connection, tweet, viewer, after, limit).boxed())
            .await
    }
}

async fn page(
    connection: &mut Connection,
    known: &Known,
    followees: &Remembered<UserId, u64>,
    spans: &Spans,
    query: FeedQuery,
) -> Result<FeedPage, Failure> {
    let followees = match query.scope {
        Scope::Following => following_count(connection, followees, query.viewer).await?,
        Scope::All | Scope::By(_) => 0,
    };
    let statement = if let Order::Popular { since: Some(since) } = query.order {
        let Some(span) = spans.since(connection, since).await? else { return Ok(FeedPage::EMPTY) };
        popular::page(&query, followees, span)
    } else {
        ranking::page(&query, followees)
    };
    let found = statement.load::<rows::TweetRow>(connection).await?;
    details::page(connection, known, found, query.size, query.viewer, query.embedded_likers).await
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
    known: &Known,
    tweet: TweetId,
    viewer: UserId,
    embedded_likers: u32,
) -> Result<Option<Tweet>, Failure> {
    let row = sql::<Columns>(&ONE_TWEET)
        .bind("tweet", tweet)
        .bind("viewer", viewer)
        .load::<rows::TweetRow>(connection)
        .await?;
    Ok(details::tweets(connection, known, row, viewer, embedded_likers).await?.pop())
}

async fn several(
    connection: &mut Connection,
    known: &Known,
    tweets: Vec<TweetId>,
    viewer: UserId,
    embedded_likers: u32,
) -> Result<Vec<Tweet>, Failure> {
    let ids = tweets.iter().map(|tweet| tweet.get()).collect::<Vec<_>>();
    let rows = sql::<Columns>(&SEVERAL)
        .bind("tweets", ids)
        .bind("viewer", viewer)
        .load::<rows::TweetRow>(connection)
        .await?;
    let mut found = details::tweets(connection, known, rows, viewer, embedded_likers).await?;
    found.sort_by_key(|found| tweets.iter().position(|tweet| *tweet == found.id));
    Ok(found)
}
