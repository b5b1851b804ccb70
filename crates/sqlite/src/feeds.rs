//! The port of reading tweets. A page is ranked and filled in one snapshot, by at most [`ranking`]'s and [`details`]'
//! statements, whatever its size.

use std::sync::Arc;

use async_trait::async_trait;
use tweetty_domain::{FeedPage, FeedQuery, Feeds, Position, Result, Tweet, TweetId, UserId};

use crate::{Store, details, ranking};

#[async_trait]
impl Feeds for Store {
    async fn page(&self, query: FeedQuery) -> Result<FeedPage> {
        let names = Arc::clone(&self.names);
        self.readers
            .snapshot(move |connection| {
                let size = usize::try_from(query.size.get()).unwrap_or(usize::MAX);
                let mut ids = ranking::ranked(connection, &query)?;
                let more = ids.len() > size;
                ids.truncate(size);
                let tweets = details::tweets(connection, &names, &ids, query.viewer, query.embedded_likers)?;
                let last = tweets.last().filter(|_| more);
                let next = last.map(|tweet| Position { likes: tweet.likes_count, id: tweet.id });
                Ok(FeedPage { tweets, next })
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
}
