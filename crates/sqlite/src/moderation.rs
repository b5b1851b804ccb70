//! Taking tweets down, and what their authors are shown of that.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use tweetty_domain::{
    Entry, Error, ImageFiles, NewRemoval, Reason, Removal, RemovalId, Removals, Result, Timestamp, TweetId,
    TweetText, UserId, crash_point,
};

use crate::failure::Failure;
use crate::schema::{images, tweets};
use crate::statement::sql;
use crate::{audit, rows};

const IS_MODERATOR: &str = "
    SELECT count(*)
    FROM users
    WHERE id = ?1
      AND role = 'moderator'
      AND deactivated_at IS NULL";

const RECORD_REMOVAL: &str = "
    INSERT INTO removals (author_id, tweet_id, content, reason, removed_at)
    SELECT author_id, id, content, ?1, ?2
    FROM tweets
    WHERE id = ?3
    RETURNING author_id";

const REMOVALS: &str = "
    SELECT id, tweet_id, content, reason, removed_at
    FROM removals
    WHERE author_id = ?1
      AND id < ?2
      AND removed_at >= ?3
    ORDER BY id DESC
    LIMIT ?4";

const FORGET_REMOVALS: &str = "
    DELETE FROM removals
    WHERE id IN (
        SELECT id
        FROM removals
        WHERE removed_at < ?1
        ORDER BY removed_at
        LIMIT ?2
    )";

/// Deletes a tweet that there is; answers the files of its images.
pub(crate) fn take_down(
    connection: &mut SqliteConnection,
    tweet: TweetId,
) -> Result<Vec<ImageFiles>, Failure> {
    let files = images::table
        .filter(images::tweet_id.eq(tweet.get()))
        .order(images::position)
        .select((images::name, images::variants))
        .load::<(String, Option<String>)>(connection)?;
    crash_point("the files are known");
    // Likes and images go by their foreign keys.
    diesel::delete(tweets::table.find(tweet.get())).execute(connection)?;
    crash_point("the rows are deleted");
    Ok(files.into_iter().map(rows::image_files).collect::<Result<_, _>>()?)
}

/// Takes a tweet down for a reason, which stays for its author.
pub(crate) fn remove(
    connection: &mut SqliteConnection,
    removal: &NewRemoval,
    entry: Option<&Entry>,
) -> Result<Option<Vec<ImageFiles>>, Failure> {
    let author = sql::<BigInt>(RECORD_REMOVAL)
        .bind(removal.reason.as_str())
        .bind(removal.at)
        .bind(removal.tweet)
        .get_result::<i64>(connection)
        .optional()?;
    let Some(author) = author else { return Ok(None) };
    if let Some(moderator) = removal.moderator
        && sql::<BigInt>(IS_MODERATOR).bind(moderator).get_result::<i64>(connection)? == 0
    {
        return Err(Error::NotTheAuthor(removal.tweet).into());
    }
    crash_point("the removal has its row");
    let files = take_down(connection, removal.tweet)?;
    audit::record_about(connection, entry, UserId::stored(author))?;
    Ok(Some(files))
}

/// What was removed of that author since then.
pub(crate) fn removals(
    connection: &mut SqliteConnection,
    author: UserId,
    since: Timestamp,
    after: Option<RemovalId>,
    limit: u32,
) -> Result<Removals, Failure> {
    let found = sql::<(BigInt, BigInt, Text, Text, BigInt)>(REMOVALS)
        .bind(author)
        .bind(after.map_or(i64::MAX, RemovalId::get))
        .bind(since)
        .bind(u64::from(limit) + 1)
        .load::<(i64, i64, String, String, i64)>(connection)?;
    let mut removals = found.into_iter().map(removal).collect::<Result<Vec<_>>>()?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = removals.len() > limit;
    removals.truncate(limit);
    let next = removals.last().filter(|_| more).map(|last| last.id);
    Ok(Removals { removals, next })
}

fn removal((id, tweet, content, reason, at): (i64, i64, String, String, i64)) -> Result<Removal> {
    Ok(Removal {
        id: RemovalId::stored(id),
        tweet: TweetId::stored(tweet),
        text: TweetText::stored(content),
        reason: Reason::stored(reason),
        removed_at: rows::moment(at)?,
    })
}

/// Forgets those from before that moment.
pub(crate) fn forget(
    connection: &mut SqliteConnection,
    before: Timestamp,
    limit: u32,
) -> Result<u64, Failure> {
    Ok(sql::<()>(FORGET_REMOVALS).bind(before).bind(limit).execute(connection)? as u64)
}
