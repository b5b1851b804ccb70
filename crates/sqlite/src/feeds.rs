//! The port of reading tweets. A page is ranked and filled in one snapshot, by at most [`ranking`]'s and [`details`]'
//! statements, whatever its size.

use std::sync::Arc;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use tweetty_domain::{
    FeedPage, FeedQuery, Feeds, ImageRecord, Liked, MediaId, Position, Result, Tweet, TweetId, UserId,
};

use crate::failure::Failure;
use crate::statement::sql;
use crate::{Store, details, images, ranking, rows};

const LIKED_BY: &str = "
    SELECT likes.tweet_id, users.id, users.nickname
    FROM likes
    JOIN tweets ON tweets.id = likes.tweet_id
    JOIN users ON users.id = tweets.author_id
    WHERE likes.user_id = ?1
      AND likes.tweet_id > ?2
    ORDER BY likes.tweet_id
    LIMIT ?3";

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
    async fn liked_by(&self, user: UserId, after: Option<TweetId>, limit: u32) -> Result<Vec<Liked>> {
        self.readers.read(move |connection| liked_by(connection, user, after, limit)).await
    }

    async fn uploads_of(&self, user: UserId, after: Option<MediaId>, limit: u32) -> Result<Vec<ImageRecord>> {
        self.readers.read(move |connection| images::of_owner(connection, user, after, limit)).await
    }
}

fn liked_by(
    connection: &mut SqliteConnection,
    user: UserId,
    after: Option<TweetId>,
    limit: u32,
) -> Result<Vec<Liked>, Failure> {
    let found = sql::<(BigInt, BigInt, Text)>(LIKED_BY)
        .bind(user)
        .bind(after.map_or(0, TweetId::get))
        .bind(limit)
        .load::<(i64, i64, String)>(connection)?;
    let liked =
        |(tweet, id, nickname)| Liked { tweet: TweetId::stored(tweet), author: rows::person((id, nickname)) };
    Ok(found.into_iter().map(liked).collect())
}
