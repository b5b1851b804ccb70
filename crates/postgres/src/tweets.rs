//! The port of tweets, their images' records and their likes.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel_async::RunQueryDsl;
use futures_util::FutureExt as _;
use tweetty_adapter::{GRANTED, Headroom};
use tweetty_domain::{
    Change, Entry, Error, Guard, ImageFiles, ImageRecord, Invalid, Liked, MediaId, NewImage, NewRemoval,
    NewTweet, Once, Quota, RemovalId, Removals, Result, Timestamp, TweetId, Tweets, UploadQuotas, UserId,
    crash_point,
};

use crate::changes::Pair;
use crate::connection::{Connection, Patience};
use crate::failure::{Failure, OrIfViolated as _};
use crate::schema::tweets;
use crate::statement::sql;
use crate::{Store, guard, moderation, person, quota};

const PUBLISH: &str = "
    INSERT INTO tweets (author_id, content, created_at)
    VALUES (:author, :content, :at)
    RETURNING id";

/// Adds no row where the author's tweet behind so many newer ones is younger than a day. Few write much: one that is nearer is
/// looked at before.
const PUBLISH_COUNTED: &str = "
    INSERT INTO tweets (author_id, content, created_at)
    SELECT :author, :content, :at
    WHERE CASE
        WHEN (SELECT created_at FROM tweets WHERE author_id = :author ORDER BY id DESC LIMIT 1 OFFSET :few) > :since
        THEN (SELECT created_at FROM tweets WHERE author_id = :author ORDER BY id DESC LIMIT 1 OFFSET :newer) > :since
        ELSE false
    END IS NOT TRUE
    RETURNING id";

/// How many tweets behind the newest a look says of most authors that they have written little today.
const FEW: u64 = 15;
/// So far from the quota the author's tweets may be written at the same time without counting each other, and some more
/// without counting at all: 64 at once, and what four servers have granted. Nearer to it they are written one after the other.
const FAR: u64 = 64 + 4 * GRANTED as u64;

/// Answers those that were the author's and free. Locked in the order of their ids, so that two tweets that claim the
/// same images wait for each other instead of locking each other up.
const ATTACH: &str = "
    WITH free AS MATERIALIZED (
        SELECT id
        FROM images
        WHERE id = ANY (:images)
          AND owner_id = :author
          AND tweet_id IS NULL
        ORDER BY id
        FOR NO KEY UPDATE
    )
    UPDATE images
    SET tweet_id = :tweet, position = CAST(wanted.place - 1 AS INTEGER), description = wanted.description
    FROM unnest(:images, :descriptions) WITH ORDINALITY AS wanted (id, description, place)
    JOIN free ON free.id = wanted.id
    WHERE images.id = wanted.id
    RETURNING images.id";

const RECORD_IMAGE: &str = "
    INSERT INTO images (owner_id, name, width, height, bytes, variants, uploaded_at)
    VALUES (:owner, :name, CAST(:width AS INTEGER), CAST(:height AS INTEGER), :bytes, :variants, :at)
    RETURNING id";

const LIKED_BY: &str = "
    SELECT likes.tweet_id, users.id, users.nickname, users.first_name, users.last_name, users.avatar, users.owner_id IS NOT NULL
    FROM likes
    JOIN tweets ON tweets.id = likes.tweet_id
    JOIN users ON users.id = tweets.author_id
    WHERE likes.user_id = :user
      AND likes.tweet_id > :after
    ORDER BY likes.tweet_id
    LIMIT :limit";

#[async_trait]
impl Tweets for Store {
    async fn publish(&self, tweet: NewTweet) -> Result<Once<TweetId>> {
        let (tweet, headroom) = (Arc::new(tweet), Arc::clone(&self.headroom));
        self.connections
            .transaction(Patience::Request, move |connection| {
                publish(connection, Arc::clone(&tweet), Arc::clone(&headroom)).boxed()
            })
            .await
    }

    async fn delete(&self, tweet: TweetId, author: UserId) -> Result<Option<Vec<ImageFiles>>> {
        self.connections
            .transaction(Patience::Request, move |connection| delete(connection, tweet, author).boxed())
            .await
    }

    async fn remove(&self, removal: NewRemoval, entry: Option<Entry>) -> Result<Option<Vec<ImageFiles>>> {
        let work = Arc::new((removal, entry));
        self.connections
            .transaction(Patience::Request, move |connection| {
                let work = Arc::clone(&work);
                async move { moderation::remove(connection, &work.0, work.1.as_ref()).await }.boxed()
            })
            .await
    }

    async fn removals(
        &self,
        author: UserId,
        since: Timestamp,
        after: Option<RemovalId>,
        limit: u32,
    ) -> Result<Removals> {
        self.connections
            .read(move |connection| moderation::removals(connection, author, since, after, limit).boxed())
            .await
    }

    async fn like(&self, tweet: TweetId, user: UserId) -> Result<Option<Change>> {
        self.likes.change(Pair::like(tweet, user)).await
    }

    async fn unlike(&self, tweet: TweetId, user: UserId) -> Result<Option<Change>> {
        self.unlikes.change(Pair::like(tweet, user)).await
    }

    async fn record_upload(&self, image: NewImage) -> Result<Once<MediaId>> {
        let image = Arc::new(image);
        self.connections
            .transaction(Patience::Request, move |connection| {
                record_upload(connection, Arc::clone(&image)).boxed()
            })
            .await
    }

    async fn earlier_upload(&self, owner: UserId, guard: &Guard) -> Result<Option<MediaId>> {
        let guard = guard.clone();
        let earlier =
            self.connections.read(move |connection| earlier_upload(connection, owner, guard).boxed()).await?;
        Ok(earlier.map(MediaId::stored))
    }

    async fn upload_fits(&self, owner: UserId, quotas: UploadQuotas, at: Timestamp) -> Result<()> {
        if quotas == UploadQuotas::NONE {
            return Ok(());
        }
        self.connections.read(move |connection| quota::uploads(connection, owner, quotas, at).boxed()).await
    }

    async fn liked_by(&self, user: UserId, after: Option<TweetId>, limit: u32) -> Result<Vec<Liked>> {
        self.connections.read(move |connection| liked_by(connection, user, after, limit).boxed()).await
    }

    async fn uploads_of(&self, user: UserId, after: Option<MediaId>, limit: u32) -> Result<Vec<ImageRecord>> {
        self.connections
            .read(move |connection| crate::images::of_owner(connection, user, after, limit).boxed())
            .await
    }
}

async fn publish(
    connection: &mut Connection,
    tweet: Arc<NewTweet>,
    headroom: Arc<Headroom<UserId>>,
) -> Result<Once<TweetId>, Failure> {
    if let Some(guard) = &tweet.guard
        && let Some(earlier) = guard::take(connection, tweet.author, guard).await?
    {
        return Ok(Once::Before(TweetId::stored(earlier)));
    }
    crash_point("the guard is taken");
    let id = insert(connection, &tweet, &headroom).await?;
    crash_point("the tweet has its row");
    let wanted = tweet.attachments.ids();
    if !wanted.is_empty() {
        let attach = sql::<BigInt>(ATTACH)
            .bind("images", wanted)
            .bind("descriptions", tweet.attachments.descriptions())
            .bind("author", tweet.author)
            .bind("tweet", id);
        let attached = attach.load::<i64>(connection).await?;
        if let Some(unusable) = wanted.iter().find(|image| !attached.contains(&image.get())) {
            return Err(Invalid::UnusableAttachment(*unusable).into());
        }
        crash_point("its images are attached");
    }
    if let Some(guard) = &tweet.guard {
        guard::remember(connection, tweet.author, guard, id).await?;
        crash_point("the guard remembers the tweet");
    }
    Ok(Once::Done(TweetId::stored(id)))
}

/// The row of the tweet, where the author's quota leaves room for it.
async fn insert(
    connection: &mut Connection,
    tweet: &NewTweet,
    headroom: &Headroom<UserId>,
) -> Result<i64, Failure> {
    let Some(most) = tweet.quota.most().filter(|_| !headroom.take(&tweet.author)) else {
        return insert_uncounted(connection, tweet).await;
    };
    if most > FAR {
        let counted = Instant::now();
        if let Some(id) = insert_behind(connection, tweet, most - 1 - FAR).await? {
            headroom.grant(tweet.author, counted);
            return Ok(id);
        }
    }
    quota::hold(connection, tweet.author).await?;
    match insert_behind(connection, tweet, most - 1).await? {
        Some(id) => Ok(id),
        None => Err(quota::refusal(connection, tweet).await?),
    }
}

async fn insert_uncounted(connection: &mut Connection, tweet: &NewTweet) -> Result<i64, Failure> {
    sql::<BigInt>(PUBLISH)
        .bind("author", tweet.author)
        .bind("content", tweet.text.as_str())
        .bind("at", tweet.created_at)
        .get_result::<i64>(connection)
        .await
        .or_if_violated("tweets_author_id_fkey", || Error::UnknownKey)
}

/// The row, where the author's tweet with so many newer ones is older than a day, or there is none.
async fn insert_behind(
    connection: &mut Connection,
    tweet: &NewTweet,
    newer: u64,
) -> Result<Option<i64>, Failure> {
    sql::<BigInt>(PUBLISH_COUNTED)
        .bind("author", tweet.author)
        .bind("content", tweet.text.as_str())
        .bind("at", tweet.created_at)
        .bind("few", newer.min(FEW))
        .bind("since", Quota::since(tweet.created_at))
        .bind("newer", newer)
        .get_result::<i64>(connection)
        .await
        .optional()
        .or_if_violated("tweets_author_id_fkey", || Error::UnknownKey)
}

async fn delete(
    connection: &mut Connection,
    tweet: TweetId,
    author: UserId,
) -> Result<Option<Vec<ImageFiles>>, Failure> {
    let written_by = tweets::table
        .find(tweet.get())
        .select(tweets::author_id)
        .for_update()
        .first::<i64>(connection)
        .await
        .optional()?;
    match written_by {
        None => return Ok(None),
        Some(id) if id != author.get() => return Err(Error::NotTheAuthor(tweet).into()),
        Some(_) => {}
    }
    moderation::take_down(connection, tweet).await.map(Some)
}

async fn earlier_upload(
    connection: &mut Connection,
    owner: UserId,
    guard: Guard,
) -> Result<Option<i64>, Failure> {
    guard::earlier(connection, owner, &guard).await
}

async fn record_upload(connection: &mut Connection, image: Arc<NewImage>) -> Result<Once<MediaId>, Failure> {
    if let Some(guard) = &image.guard
        && let Some(earlier) = guard::take(connection, image.owner, guard).await?
    {
        return Ok(Once::Before(MediaId::stored(earlier)));
    }
    crash_point("the guard is taken");
    if image.quotas != UploadQuotas::NONE {
        quota::hold(connection, image.owner).await?;
        quota::uploads(connection, image.owner, image.quotas, image.uploaded_at).await?;
    }
    let id = sql::<BigInt>(RECORD_IMAGE)
        .bind("owner", image.owner)
        .bind("name", image.name)
        .bind("width", image.width)
        .bind("height", image.height)
        .bind("bytes", image.bytes)
        .bind("variants", image.variants.as_ref())
        .bind("at", image.uploaded_at)
        .get_result::<i64>(connection)
        .await
        .or_if_violated("images_owner_id_fkey", || Error::UnknownKey)?;
    crash_point("the image has its row");
    if let Some(guard) = &image.guard {
        guard::remember(connection, image.owner, guard, id).await?;
        crash_point("the guard remembers the image");
    }
    Ok(Once::Done(MediaId::stored(id)))
}

async fn liked_by(
    connection: &mut Connection,
    user: UserId,
    after: Option<TweetId>,
    limit: u32,
) -> Result<Vec<Liked>, Failure> {
    let found = sql::<(BigInt, BigInt, Text, Nullable<Text>, Nullable<Text>, Nullable<Text>, Bool)>(LIKED_BY)
        .bind("user", user)
        .bind("after", after.map_or(0, TweetId::get))
        .bind("limit", limit)
        .load::<(i64, i64, String, Option<String>, Option<String>, Option<String>, bool)>(connection)
        .await?;
    let liked = |(tweet, id, nickname, first_name, last_name, avatar, bot)| Liked {
        tweet: TweetId::stored(tweet),
        author: person::of_row((id, nickname, first_name, last_name, avatar, bot)),
    };
    Ok(found.into_iter().map(liked).collect())
}
