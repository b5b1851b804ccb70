//! Likes and follows, made and taken back: each kind by one statement, however many there are.
//!
//! Rows that carry counters are locked in the order of their ids before anything else, so that two groups wait for
//! each other instead of locking each other up; the counters then move by what was really inserted or deleted.

use std::collections::HashSet;

use diesel::result::Error as DieselError;
use diesel::sql_types::{Array, BigInt};
use diesel_async::RunQueryDsl;
use tweetty_domain::{Change, Error, Invalid, Result, TweetId, UserId};

use crate::connection::Connection;
use crate::failure::{Failure, OrIfViolated as _};
use crate::kind::Kind;
use crate::statement::sql;

const LIKE: &str = "
    WITH wanted AS MATERIALIZED (
        SELECT DISTINCT tweet_id, user_id
        FROM unnest(:ones, :others) AS wanted (tweet_id, user_id)
    ), present AS MATERIALIZED (
        SELECT id
        FROM tweets
        WHERE id = ANY (:ones)
        ORDER BY id
        FOR NO KEY UPDATE
    ), made AS (
        INSERT INTO likes (tweet_id, user_id)
        SELECT tweet_id, user_id
        FROM wanted
        JOIN present ON present.id = tweet_id
        ON CONFLICT DO NOTHING
        RETURNING tweet_id, user_id
    ), counted AS (
        UPDATE tweets
        SET like_count = like_count + likes
        FROM (SELECT tweet_id, CAST(count(*) AS INTEGER) AS likes FROM made GROUP BY tweet_id) AS more
        WHERE tweets.id = more.tweet_id
    )
    SELECT ARRAY(SELECT id FROM present), COALESCE(array_agg(tweet_id), '{}'), COALESCE(array_agg(user_id), '{}'),
           CAST('{}' AS BIGINT[]), CAST('{}' AS BIGINT[])
    FROM made";

const UNLIKE: &str = "
    WITH wanted AS MATERIALIZED (
        SELECT DISTINCT tweet_id, user_id
        FROM unnest(:ones, :others) AS wanted (tweet_id, user_id)
    ), present AS MATERIALIZED (
        SELECT id
        FROM tweets
        WHERE id = ANY (:ones)
        ORDER BY id
        FOR NO KEY UPDATE
    ), made AS (
        DELETE FROM likes
        USING wanted
        JOIN present ON present.id = wanted.tweet_id
        WHERE likes.tweet_id = wanted.tweet_id
          AND likes.user_id = wanted.user_id
        RETURNING likes.tweet_id, likes.user_id
    ), counted AS (
        UPDATE tweets
        SET like_count = like_count - likes
        FROM (SELECT tweet_id, CAST(count(*) AS INTEGER) AS likes FROM made GROUP BY tweet_id) AS less
        WHERE tweets.id = less.tweet_id
    )
    SELECT ARRAY(SELECT id FROM present), COALESCE(array_agg(tweet_id), '{}'), COALESCE(array_agg(user_id), '{}'),
           CAST('{}' AS BIGINT[]), CAST('{}' AS BIGINT[])
    FROM made";

const FOLLOW: &str = "
    WITH wanted AS MATERIALIZED (
        SELECT DISTINCT followee_id, follower_id
        FROM unnest(:ones, :others) AS wanted (followee_id, follower_id)
    ), present AS MATERIALIZED (
        SELECT id, deactivated_at
        FROM users
        WHERE id = ANY (:ones || :others)
        ORDER BY id
        FOR NO KEY UPDATE
    ), refused AS (
        SELECT followee_id, follower_id
        FROM wanted
        JOIN present AS followee ON followee.id = followee_id AND followee.deactivated_at IS NOT NULL
        WHERE NOT EXISTS (
            SELECT 1
            FROM follows
            WHERE follows.follower_id = wanted.follower_id AND follows.followee_id = wanted.followee_id
        )
    ), made AS (
        INSERT INTO follows (follower_id, followee_id)
        SELECT follower_id, followee_id
        FROM wanted
        JOIN present AS follower ON follower.id = follower_id
        JOIN present AS followee ON followee.id = followee_id AND followee.deactivated_at IS NULL
        ON CONFLICT DO NOTHING
        RETURNING follower_id, followee_id
    ), counted AS (
        UPDATE users
        SET following_count = following_count + following,
            followers_count = followers_count + followers
        FROM (
            SELECT id, CAST(sum(following) AS INTEGER) AS following, CAST(sum(followers) AS INTEGER) AS followers
            FROM (
                SELECT follower_id AS id, 1 AS following, 0 AS followers FROM made
                UNION ALL
                SELECT followee_id, 0, 1 FROM made
            ) AS ends
            GROUP BY id
        ) AS more
        WHERE users.id = more.id
    )
    SELECT ARRAY(SELECT id FROM present), COALESCE(array_agg(followee_id), '{}'), COALESCE(array_agg(follower_id), '{}'),
           ARRAY(SELECT followee_id FROM refused ORDER BY followee_id, follower_id),
           ARRAY(SELECT follower_id FROM refused ORDER BY followee_id, follower_id)
    FROM made";

const UNFOLLOW: &str = "
    WITH wanted AS MATERIALIZED (
        SELECT DISTINCT followee_id, follower_id
        FROM unnest(:ones, :others) AS wanted (followee_id, follower_id)
    ), present AS MATERIALIZED (
        SELECT id
        FROM users
        WHERE id = ANY (:ones || :others)
        ORDER BY id
        FOR NO KEY UPDATE
    ), made AS (
        DELETE FROM follows
        USING wanted
        JOIN present AS follower ON follower.id = wanted.follower_id
        JOIN present AS followee ON followee.id = wanted.followee_id
        WHERE follows.follower_id = wanted.follower_id
          AND follows.followee_id = wanted.followee_id
        RETURNING follows.follower_id, follows.followee_id
    ), counted AS (
        UPDATE users
        SET following_count = following_count - following,
            followers_count = followers_count - followers
        FROM (
            SELECT id, CAST(sum(following) AS INTEGER) AS following, CAST(sum(followers) AS INTEGER) AS followers
            FROM (
                SELECT follower_id AS id, 1 AS following, 0 AS followers FROM made
                UNION ALL
                SELECT followee_id, 0, 1 FROM made
            ) AS ends
            GROUP BY id
        ) AS less
        WHERE users.id = less.id
    )
    SELECT ARRAY(SELECT id FROM present), COALESCE(array_agg(followee_id), '{}'), COALESCE(array_agg(follower_id), '{}'),
           CAST('{}' AS BIGINT[]), CAST('{}' AS BIGINT[])
    FROM made";

/// What is liked or followed, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Pair {
    object: i64,
    user: i64,
}

impl Pair {
    /// A user's like of a tweet.
    pub(crate) fn like(tweet: TweetId, user: UserId) -> Self {
        Self { object: tweet.get(), user: user.get() }
    }

    /// A follower's follow of a followee.
    pub(crate) fn follow(follower: UserId, followee: UserId) -> Self {
        Self { object: followee.get(), user: follower.get() }
    }
}

/// The objects, and users, that are there; what was made, and by whom; what was refused, and to whom.
type Columns = (Array<BigInt>, Array<BigInt>, Array<BigInt>, Array<BigInt>, Array<BigInt>);
type Row = (Vec<i64>, Vec<i64>, Vec<i64>, Vec<i64>, Vec<i64>);

/// Makes all those changes by one statement, or none of them.
pub(crate) async fn make(
    kind: Kind,
    connection: &mut Connection,
    pairs: &[Pair],
) -> Result<Outcome, Failure> {
    let statement = match kind {
        Kind::Like => LIKE,
        Kind::Unlike => UNLIKE,
        Kind::Follow => FOLLOW,
        Kind::Unfollow => UNFOLLOW,
    };
    // Read to the end of the answer: its row is sent before the commit, and one row is all that `get_result` awaits.
    let rows = sql::<Columns>(statement)
        .bind("ones", pairs.iter().map(|pair| pair.object).collect::<Vec<_>>())
        .bind("others", pairs.iter().map(|pair| pair.user).collect::<Vec<_>>())
        .load::<Row>(connection)
        .await
        .or_if_violated("likes_user_id_fkey", || Error::UnknownKey)?;
    let (present, objects, users, refused, refused_users) =
        rows.into_iter().next().ok_or(DieselError::NotFound)?;
    let pairs = |objects: Vec<i64>, users: Vec<i64>| {
        objects.into_iter().zip(users).map(|(object, user)| Pair { object, user }).collect()
    };
    Ok(Outcome {
        of_users: matches!(kind, Kind::Follow | Kind::Unfollow),
        present: present.into_iter().collect(),
        made: pairs(objects, users),
        refused: pairs(refused, refused_users),
    })
}

/// What came of a group of changes.
pub(crate) struct Outcome {
    /// Whether the objects are users, so that [`Outcome::present`] is about both ends.
    of_users: bool,
    present: HashSet<i64>,
    made: HashSet<Pair>,
    /// Follows of those who are deactivated.
    refused: HashSet<Pair>,
}

impl Outcome {
    /// What came of one of them; the same again comes after it. `None` where there is no such object.
    pub(crate) fn of(&mut self, pair: Pair) -> Result<Option<Change>> {
        if !self.present.contains(&pair.object) {
            return Ok(None);
        }
        if self.of_users && !self.present.contains(&pair.user) {
            return Err(Error::UnknownKey);
        }
        if self.refused.contains(&pair) {
            return Err(Invalid::DeactivatedFollowee.into());
        }
        Ok(Some(if self.made.remove(&pair) { Change::Made } else { Change::AlreadySo }))
    }
}
