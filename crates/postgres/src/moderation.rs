//! Taking tweets down, and what their authors are shown of that.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use tweetty_domain::{
    Entry, Error, ImageFiles, NewRemoval, Reason, Removal, RemovalId, Removals, Result, Timestamp, TweetId,
    TweetText, UserId, crash_point,
};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::schema::{images, tweets};
use crate::statement::sql;
use crate::{audit, rows};

/// Keeps the role as it is until the tweet is gone.
const LOCK_MODERATOR: &str = "
    SELECT id
    FROM users
    WHERE id = :user
      AND role = 'moderator'
      AND deactivated_at IS NULL
    FOR SHARE";

/// One at a time removes a tweet; who comes later finds none.
const LOCK_TWEET: &str = "
    SELECT author_id
    FROM tweets
    WHERE id = :tweet
    FOR UPDATE";

const RECORD_REMOVAL: &str = "
    INSERT INTO removals (author_id, tweet_id, content, reason, removed_at)
    SELECT author_id, id, content, :reason, :at
    FROM tweets
    WHERE id = :tweet";

const REMOVALS: &str = "
    SELECT id, tweet_id, content, reason, removed_at
    FROM removals
    WHERE author_id = :author
      AND id < :after
      AND removed_at >= :since
    ORDER BY id DESC
    LIMIT :limit";

const FORGET_REMOVALS: &str = "
    DELETE FROM removals
    WHERE id IN (
        SELECT id
        FROM removals
        WHERE removed_at < :before
        ORDER BY removed_at
        LIMIT :limit
        FOR UPDATE SKIP LOCKED
    )";

/// Deletes a tweet that is locked; answers the files of its images.
pub(crate) async fn take_down(
    connection: &mut Connection,
    tweet: TweetId,
) -> Result<Vec<ImageFiles>, Failure> {
    let files = images::table
        .filter(images::tweet_id.eq(tweet.get()))
        .order(images::position)
        .select((images::name, images::variants))
        .load::<(String, Option<String>)>(connection)
        .await?;
    crash_point("the files are known");
    // Likes and images go by their foreign keys.
    diesel::delete(tweets::table.find(tweet.get())).execute(connection).await?;
    crash_point("the rows are deleted");
    Ok(files.into_iter().map(rows::image_files).collect::<Result<_, _>>()?)
}

/// Takes a tweet down for a reason, which stays for its author. Tweets are locked before users, as everywhere.
pub(crate) async fn remove(
    connection: &mut Connection,
    removal: &NewRemoval,
    entry: Option<&Entry>,
) -> Result<Option<Vec<ImageFiles>>, Failure> {
    let lock = sql::<BigInt>(LOCK_TWEET).bind("tweet", removal.tweet);
    let Some(author) = lock.get_result::<i64>(connection).await.optional()? else { return Ok(None) };
    if let Some(moderator) = removal.moderator {
        let lock = sql::<BigInt>(LOCK_MODERATOR).bind("user", moderator);
        let held = lock.get_result::<i64>(connection).await.optional()?;
        held.ok_or(Error::NotTheAuthor(removal.tweet))?;
    }
    sql::<()>(RECORD_REMOVAL)
        .bind("reason", removal.reason.as_str())
        .bind("at", removal.at)
        .bind("tweet", removal.tweet)
        .execute(connection)
        .await?;
    crash_point("the removal has its row");
    let files = take_down(connection, removal.tweet).await?;
    audit::record_each(connection, entry, vec![author]).await?;
    Ok(Some(files))
}

/// What was removed of that author since then.
pub(crate) async fn removals(
    connection: &mut Connection,
    author: UserId,
    since: Timestamp,
    after: Option<RemovalId>,
    limit: u32,
) -> Result<Removals, Failure> {
    let found = sql::<(BigInt, BigInt, Text, Text, Timestamptz)>(REMOVALS)
        .bind("author", author)
        .bind("after", after.map_or(i64::MAX, RemovalId::get))
        .bind("since", since)
        .bind("limit", u64::from(limit) + 1)
        .load::<(i64, i64, String, String, Timestamp)>(connection)
        .await?;
    let mut removals = found.into_iter().map(removal).collect::<Vec<_>>();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = removals.len() > limit;
    removals.truncate(limit);
    let next = removals.last().filter(|_| more).map(|last| last.id);
    Ok(Removals { removals, next })
}

fn removal((id, tweet, content, reason, removed_at): (i64, i64, String, String, Timestamp)) -> Removal {
    Removal {
        id: RemovalId::stored(id),
        tweet: TweetId::stored(tweet),
        text: TweetText::stored(content),
        reason: Reason::stored(reason),
        removed_at,
    }
}

/// Forgets those from before that moment.
pub(crate) async fn forget(
    connection: &mut Connection,
    before: Timestamp,
    limit: u32,
) -> Result<u64, Failure> {
    let forgotten = sql::<()>(FORGET_REMOVALS).bind("before", before).bind("limit", limit);
    Ok(forgotten.execute(connection).await? as u64)
}
