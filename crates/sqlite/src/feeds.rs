//! The port of reading tweets. A page is ranked and filled in one snapshot, by at most [`ranking`]'s or [`popular`]'s
//! and [`details`]' statements, whatever its size, and one where it is not known from a moment ago where a time begins.

use std::sync::Arc;

use async_trait::async_trait;
use tweetty_domain::{FeedPage, FeedQuery, Feeds, Order, People, Person, Result, Tweet, TweetId, UserId};

use crate::{Store, details, likers, popular, ranking};

#[async_trait]
impl Feeds for Store {
    async fn page(&self, query: FeedQuery) -> Result<FeedPage> {
        let (names, spans) = (Arc::clone(&self.names), Arc::clone(&self.spans));
        self.readers
            .snapshot(move |connection| {
                let ids = if let Order::Popular { since: Some(since) } = query.order {
                    let Some(span) = spans.since(connection, since)? else { return Ok(FeedPage::EMPTY) };
                    popular::ranked(connection, &query, span)?
                } else {
                    ranking::ranked(connection, &query)?
                };
                details::page(connection, &names, ids, query.size, query.viewer, query.embedded_likers)
            })
            .await
    }

    async fn tweet(&self, tweet: TweetId, viewer: UserId, embedded_likers: u32) -> Result<Option<Tweet>> {
        let names = Arc::clone(&self.names);
        self.readers
            .snapshot(move |connection| {
                Ok(details::tweets(connection, &names, &[tweet.get()], viewer, embedded_likers)?.pop())
            })
            .await
    }

    async fn tweets(&self, tweets: Vec<TweetId>, viewer: UserId, embedded_likers: u32) -> Result<Vec<Tweet>> {
        let names = Arc::clone(&self.names);
        let ids = tweets.into_iter().map(TweetId::get).collect::<Vec<_>>();
        self.readers
            .snapshot(move |connection| details::tweets(connection, &names, &ids, viewer, embedded_likers))
            .await
    }

    async fn likers(
        &self,
        tweet: TweetId,
        viewer: UserId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>> {
        self.readers.snapshot(move |connection| likers::page(connection, tweet, viewer, after, limit)).await
    }
}
