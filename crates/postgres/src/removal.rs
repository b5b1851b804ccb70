//! Removing a user with everything that is theirs, and the counters of others with it.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use tweetty_domain::{Avatar, ImageFiles, UserId};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::rows;
use crate::schema::{images, users};
use crate::statement::sql;
use crate::{bots, person};

/// Tweets before users and each by id: the order in which likes and follows lock, so that nobody locks anybody up.
const LOCK_TWEETS: &str = "
    SELECT count(*)
    FROM (
        SELECT id
        FROM tweets
        WHERE id IN (
            SELECT tweet_id FROM likes WHERE user_id = :user
            UNION
            SELECT id FROM tweets WHERE author_id = :user
        )
        ORDER BY id
        FOR UPDATE
    ) AS locked";

const LOCK_USERS: &str = "
    SELECT count(*)
    FROM (
        SELECT id
        FROM users
        WHERE id IN (
            SELECT follower_id FROM follows WHERE followee_id = :user
            UNION
            SELECT followee_id FROM follows WHERE follower_id = :user
            UNION
            SELECT :user
        )
        ORDER BY id
        FOR NO KEY UPDATE
    ) AS locked";

const TAKE_LIKES_BACK: &str = "
    WITH gone AS (
        DELETE FROM likes
        WHERE user_id = :user
        RETURNING tweet_id
    )
    UPDATE tweets
    SET like_count = like_count - 1
    FROM gone
    WHERE tweets.id = gone.tweet_id";

const PART_FROM_OTHERS: &str = "
    WITH gone AS (
        DELETE FROM follows
        WHERE follower_id = :user OR followee_id = :user
        RETURNING follower_id, followee_id
    ), lost AS (
        SELECT CASE WHEN follower_id = :user THEN followee_id ELSE follower_id END AS id,
               CAST(count(*) FILTER (WHERE follower_id = :user) AS INTEGER) AS followers,
               CAST(count(*) FILTER (WHERE followee_id = :user) AS INTEGER) AS followees
        FROM gone
        GROUP BY 1
    )
    UPDATE users
    SET followers_count = followers_count - lost.followers,
        following_count = following_count - lost.followees
    FROM lost
    WHERE users.id = lost.id";

/// Answers the files of their images and avatar; `None` where there is no such user.
pub(crate) async fn remove(
    connection: &mut Connection,
    user: UserId,
) -> Result<Option<Vec<ImageFiles>>, Failure> {
    for lock in [LOCK_TWEETS, LOCK_USERS] {
        sql::<BigInt>(lock).bind("user", user).get_result::<i64>(connection).await?;
    }
    // From here on they do nothing new; what they did since the look above is seen by the statements below.
    let gone = users::table.find(user.get());
    let locked =
        gone.select(users::avatar).for_update().first::<Option<String>>(connection).await.optional()?;
    let Some(avatar) = locked else { return Ok(None) };
    bots::refuse_if_owner(connection, user).await?;
    for counters in [TAKE_LIKES_BACK, PART_FROM_OTHERS] {
        sql::<()>(counters).bind("user", user).execute(connection).await?;
    }
    let files = images::table.filter(images::owner_id.eq(user.get()));
    let files = files.select((images::name, images::variants));
    let files = files.load::<(String, Option<String>)>(connection).await?;
    diesel::delete(gone).execute(connection).await?;
    let mut files = files.into_iter().map(rows::image_files).collect::<Result<Vec<_>, _>>()?;
    files.extend(person::avatar(avatar.as_deref()).map(Avatar::files));
    Ok(Some(files))
}
