//! The port of tweets, their images' records and their likes.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use tweetty_adapter::{GRANTED, Headroom};
use tweetty_domain::{
    Change, Entry, Error, Guard, ImageDescription, ImageFiles, ImageRecord, Invalid, Liked, MediaId,
    NewImage, NewRemoval, NewTweet, Once, Quota, RemovalId, Removals, Result, Timestamp, TweetId, Tweets,
    UploadQuotas, UserId, crash_point,
};

use crate::failure::{Failure, Violation as _};
use crate::schema::tweets;
use crate::statement::sql;
use crate::{Store, guard, moderation, person, quota};

const PUBLISH: &str = "
    INSERT INTO tweets (author_id, content, created_at)
    VALUES (?1, ?2, ?3)
    RETURNING id";

/// Adds no row where the author's tweet at the second place, counted from the newest, is younger than a day. Few write much:
/// the one at the first place, which is nearer, is looked at before.
const PUBLISH_COUNTED: &str = "
    INSERT INTO tweets (author_id, content, created_at)
    SELECT ?1, ?2, ?3
    WHERE CASE
        WHEN (SELECT created_at FROM tweets WHERE author_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?4) > ?5
        THEN (SELECT created_at FROM tweets WHERE author_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?6) > ?5
        ELSE 0
    END IS NOT 1
    RETURNING id";

/// How many tweets behind the newest a look says of most authors that they have written little today.
const FEW: u64 = 15;
/// So far from the quota some more are granted without counting: there is one writer, so that no others come in between.
const FAR: u64 = GRANTED as u64;

/// Touches no row unless the image is the author's and free.
const ATTACH: &str = "
    UPDATE images
    SET tweet_id = ?1, position = ?2, description = ?3
    WHERE id = ?4
      AND owner_id = ?5
      AND tweet_id IS NULL";

const LIKE: &str = "
    INSERT INTO likes (tweet_id, user_id)
    SELECT id, ?1
    FROM tweets
    WHERE id = ?2
    ON CONFLICT DO NOTHING";

const UNLIKE: &str = "
    DELETE FROM likes
    WHERE tweet_id = ?1
      AND user_id = ?2";

const MOVE_LIKE_COUNT: &str = "
    UPDATE tweets
    SET like_count = like_count + ?1
    WHERE id = ?2";

const RECORD_IMAGE: &str = "
    INSERT INTO images (owner_id, name, width, height, bytes, variants, uploaded_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    RETURNING id";

const LIKED_BY: &str = "
    SELECT likes.tweet_id, users.id, users.nickname, users.first_name, users.last_name, users.avatar, users.owner_id IS NOT NULL
    FROM likes
    JOIN tweets ON tweets.id = likes.tweet_id
    JOIN users ON users.id = tweets.author_id
    WHERE likes.user_id = ?1
      AND likes.tweet_id > ?2
    ORDER BY likes.tweet_id
    LIMIT ?3";

#[async_trait]
impl Tweets for Store {
    async fn publish(&self, tweet: NewTweet) -> Result<Once<TweetId>> {
        let headroom = Arc::clone(&self.headroom);
        self.writer.write(move |connection| publish(connection, &tweet, &headroom)).await
    }

    async fn delete(&self, tweet: TweetId, author: UserId) -> Result<Option<Vec<ImageFiles>>> {
        self.writer.write(move |connection| delete(connection, tweet, author)).await
    }

    async fn remove(&self, removal: NewRemoval, entry: Option<Entry>) -> Result<Option<Vec<ImageFiles>>> {
        self.writer.write(move |connection| moderation::remove(connection, &removal, entry.as_ref())).await
    }

    async fn removals(
        &self,
        author: UserId,
        since: Timestamp,
        after: Option<RemovalId>,
        limit: u32,
    ) -> Result<Removals> {
        self.readers
            .read(move |connection| moderation::removals(connection, author, since, after, limit))
            .await
    }

    async fn like(&self, tweet: TweetId, user: UserId) -> Result<Option<Change>> {
        self.writer
            .write(move |connection| {
                let liked = sql::<()>(LIKE).bind(user).bind(tweet).execute(connection);
                let added = liked.or_if_orphan(|| Error::UnknownKey)?;
                crash_point("the like has its row");
                if added == 0 && !exists(connection, tweet)? {
                    return Ok(None);
                }
                move_like_count(connection, tweet, added, 1).map(Some)
            })
            .await
    }

    async fn unlike(&self, tweet: TweetId, user: UserId) -> Result<Option<Change>> {
        self.writer
            .write(move |connection| {
                let removed = sql::<()>(UNLIKE).bind(tweet).bind(user).execute(connection)?;
                if removed == 0 && !exists(connection, tweet)? {
                    return Ok(None);
                }
                move_like_count(connection, tweet, removed, -1).map(Some)
            })
            .await
    }

    async fn record_upload(&self, image: NewImage) -> Result<Once<MediaId>> {
        self.writer.write(move |connection| record_upload(connection, &image)).await
    }

    async fn earlier_upload(&self, owner: UserId, guard: &Guard) -> Result<Option<MediaId>> {
        let guard = guard.clone();
        let earlier = self.readers.read(move |connection| guard::earlier(connection, owner, &guard)).await?;
        Ok(earlier.map(MediaId::stored))
    }

    async fn upload_fits(&self, owner: UserId, quotas: UploadQuotas, at: Timestamp) -> Result<()> {
        if quotas == UploadQuotas::NONE {
            return Ok(());
        }
        self.readers.read(move |connection| quota::uploads(connection, owner, quotas, at)).await
    }

    async fn liked_by(&self, user: UserId, after: Option<TweetId>, limit: u32) -> Result<Vec<Liked>> {
        self.readers.read(move |connection| liked_by(connection, user, after, limit)).await
    }

    async fn uploads_of(&self, user: UserId, after: Option<MediaId>, limit: u32) -> Result<Vec<ImageRecord>> {
        self.readers.read(move |connection| crate::images::of_owner(connection, user, after, limit)).await
    }
}

fn exists(connection: &mut SqliteConnection, tweet: TweetId) -> Result<bool, Failure> {
    Ok(diesel::select(diesel::dsl::exists(tweets::table.find(tweet.get()))).get_result(connection)?)
}

fn publish(
    connection: &mut SqliteConnection,
    tweet: &NewTweet,
    headroom: &Headroom<UserId>,
) -> Result<Once<TweetId>, Failure> {
    if let Some(guard) = &tweet.guard
        && let Some(earlier) = guard::earlier(connection, tweet.author, guard)?
    {
        return Ok(Once::Before(TweetId::stored(earlier)));
    }
    let id = insert(connection, tweet, headroom)?;
    crash_point("the tweet has its row");
    for (position, (image, description)) in (0_i64..).zip(tweet.attachments.iter()) {
        let attach = sql::<()>(ATTACH)
            .bind(id)
            .bind(position)
            .bind(description.map(ImageDescription::as_str))
            .bind(image)
            .bind(tweet.author);
        if attach.execute(connection)? == 0 {
            return Err(Invalid::UnusableAttachment(image).into());
        }
        crash_point("an image is attached");
    }
    if let Some(guard) = &tweet.guard {
        guard::remember(connection, tweet.author, guard, id)?;
        crash_point("the guard remembers the tweet");
    }
    Ok(Once::Done(TweetId::stored(id)))
}

/// The row of the tweet, where the author's quota leaves room for it.
fn insert(
    connection: &mut SqliteConnection,
    tweet: &NewTweet,
    headroom: &Headroom<UserId>,
) -> Result<i64, Failure> {
    let Some(most) = tweet.quota.most().filter(|_| !headroom.take(&tweet.author)) else {
        let insert =
            sql::<BigInt>(PUBLISH).bind(tweet.author).bind(tweet.text.as_str()).bind(tweet.created_at);
        return insert.get_result::<i64>(connection).or_if_orphan(|| Error::UnknownKey);
    };
    if most > FAR {
        let counted = Instant::now();
        if let Some(id) = insert_behind(connection, tweet, most - 1 - FAR)? {
            headroom.grant(tweet.author, counted);
            return Ok(id);
        }
    }
    match insert_behind(connection, tweet, most - 1)? {
        Some(id) => Ok(id),
        None => Err(quota::refusal(connection, tweet)?),
    }
}

/// The same, where the author's tweet with so many newer ones is older than a day, or there is none.
fn insert_behind(
    connection: &mut SqliteConnection,
    tweet: &NewTweet,
    newer: u64,
) -> Result<Option<i64>, Failure> {
    sql::<BigInt>(PUBLISH_COUNTED)
        .bind(tweet.author)
        .bind(tweet.text.as_str())
        .bind(tweet.created_at)
        .bind(newer.min(FEW))
        .bind(Quota::since(tweet.created_at))
        .bind(newer)
        .get_result::<i64>(connection)
        .optional()
        .or_if_orphan(|| Error::UnknownKey)
}

fn delete(
    connection: &mut SqliteConnection,
    tweet: TweetId,
    author: UserId,
) -> Result<Option<Vec<ImageFiles>>, Failure> {
    let written_by =
        tweets::table.find(tweet.get()).select(tweets::author_id).first::<i64>(connection).optional()?;
    match written_by {
        None => return Ok(None),
        Some(id) if id != author.get() => return Err(Error::NotTheAuthor(tweet).into()),
        Some(_) => {}
    }
    moderation::take_down(connection, tweet).map(Some)
}

/// Only rows that really came or went move the counter.
fn move_like_count(
    connection: &mut SqliteConnection,
    tweet: TweetId,
    changed_rows: usize,
    by: i64,
) -> Result<Change, Failure> {
    if changed_rows == 0 {
        return Ok(Change::AlreadySo);
    }
    sql::<()>(MOVE_LIKE_COUNT).bind(by).bind(tweet).execute(connection)?;
    crash_point("the counter has moved");
    Ok(Change::Made)
}

fn record_upload(connection: &mut SqliteConnection, image: &NewImage) -> Result<Once<MediaId>, Failure> {
    if let Some(guard) = &image.guard
        && let Some(earlier) = guard::earlier(connection, image.owner, guard)?
    {
        return Ok(Once::Before(MediaId::stored(earlier)));
    }
    if image.quotas != UploadQuotas::NONE {
        quota::uploads(connection, image.owner, image.quotas, image.uploaded_at)?;
    }
    let id = sql::<BigInt>(RECORD_IMAGE)
        .bind(image.owner)
        .bind(image.name)
        .bind(image.width)
        .bind(image.height)
        .bind(image.bytes)
        .bind(image.variants.as_ref())
        .bind(image.uploaded_at)
        .get_result::<i64>(connection)
        .or_if_orphan(|| Error::UnknownKey)?;
    crash_point("the image has its row");
    if let Some(guard) = &image.guard {
        guard::remember(connection, image.owner, guard, id)?;
        crash_point("the guard remembers the image");
    }
    Ok(Once::Done(MediaId::stored(id)))
}

fn liked_by(
    connection: &mut SqliteConnection,
    user: UserId,
    after: Option<TweetId>,
    limit: u32,
) -> Result<Vec<Liked>, Failure> {
    let found = sql::<(BigInt, BigInt, Text, Nullable<Text>, Nullable<Text>, Nullable<Text>, Bool)>(LIKED_BY)
        .bind(user)
        .bind(after.map_or(0, TweetId::get))
        .bind(limit)
        .load::<(i64, i64, String, Option<String>, Option<String>, Option<String>, bool)>(connection)?;
    let liked = |(tweet, id, nickname, first_name, last_name, avatar, bot)| Liked {
        tweet: TweetId::stored(tweet),
        author: person::of_row((id, nickname, first_name, last_name, avatar, bot)),
    };
    Ok(found.into_iter().map(liked).collect())
}
