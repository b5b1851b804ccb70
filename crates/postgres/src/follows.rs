//! Who follows whom, and lists of people.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Text};
use diesel_async::RunQueryDsl;
use tweetty_domain::{Change, Error, People, Person, Profile, UserId};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::people::{Names, viewer_first};
use crate::rows;
use crate::schema::users;
use crate::statement::sql;

/// Both rows are locked in the order of their ids, so that two who follow each other at once don't lock each other up;
/// the counters move by what was inserted. Answers which of the two there are, and whether anything changed.
pub(crate) const FOLLOW: &str = "
    WITH both_users AS MATERIALIZED (
        SELECT id
        FROM users
        WHERE id IN (:follower, :followee)
        ORDER BY id
        FOR NO KEY UPDATE
    ), made AS (
        INSERT INTO follows (follower_id, followee_id)
        SELECT :follower, :followee
        WHERE (SELECT count(*) FROM both_users) = 2
        ON CONFLICT DO NOTHING
        RETURNING follower_id
    ), counted AS (
        UPDATE users
        SET following_count = following_count + CAST(id = :follower AS INTEGER),
            followers_count = followers_count + CAST(id = :followee AS INTEGER)
        WHERE id IN (:follower, :followee)
          AND EXISTS (SELECT FROM made)
    )
    SELECT (SELECT COALESCE(array_agg(id), '{}') FROM both_users), EXISTS (SELECT FROM made)";

/// See [`FOLLOW`].
pub(crate) const UNFOLLOW: &str = "
    WITH both_users AS MATERIALIZED (
        SELECT id
        FROM users
        WHERE id IN (:follower, :followee)
        ORDER BY id
        FOR NO KEY UPDATE
    ), gone AS (
        DELETE FROM follows
        WHERE follower_id = :follower
          AND followee_id = :followee
          AND (SELECT count(*) FROM both_users) = 2
        RETURNING follower_id
    ), counted AS (
        UPDATE users
        SET following_count = following_count - CAST(id = :follower AS INTEGER),
            followers_count = followers_count - CAST(id = :followee AS INTEGER)
        WHERE id IN (:follower, :followee)
          AND EXISTS (SELECT FROM gone)
    )
    SELECT (SELECT COALESCE(array_agg(id), '{}') FROM both_users), EXISTS (SELECT FROM gone)";

pub(crate) const FOLLOWERS: &str = "
    SELECT users.id, users.nickname
    FROM follows
    JOIN users ON users.id = follows.follower_id
    WHERE follows.followee_id = :user
      AND follows.follower_id > :after
    ORDER BY follows.follower_id
    LIMIT :limit";

pub(crate) const FOLLOWING: &str = "
    SELECT users.id, users.nickname
    FROM follows
    JOIN users ON users.id = follows.followee_id
    WHERE follows.follower_id = :user
      AND follows.followee_id > :after
    ORDER BY follows.followee_id
    LIMIT :limit";

const PROFILE: &str = concat!(
    "SELECT nickname, followers_count, following_count,
            ",
    viewer_first!("follower_id", "follows", "followee_id = :user"),
    ",
            ",
    viewer_first!("followee_id", "follows", "follower_id = :user"),
    "
     FROM users
     WHERE id = :user"
);

type ProfileColumns = (Text, Integer, Integer, Array<BigInt>, Array<BigInt>);
type ProfileRow = (String, i32, i32, Vec<i64>, Vec<i64>);

/// Follows or unfollows by that statement; `None` where there is no such followee.
pub(crate) async fn change(
    connection: &mut Connection,
    statement: &'static str,
    follower: UserId,
    followee: UserId,
) -> Result<Option<Change>, Failure> {
    let (present, changed) = sql::<(Array<BigInt>, Bool)>(statement)
        .bind("follower", follower)
        .bind("followee", followee)
        .get_result::<(Vec<i64>, bool)>(connection)
        .await?;
    if !present.contains(&followee.get()) {
        return Ok(None);
    }
    if !present.contains(&follower.get()) {
        return Err(Error::UnknownKey.into());
    }
    Ok(Some(if changed { Change::Made } else { Change::AlreadySo }))
}

/// A page of her followers or followees; `None` where there is no such user.
pub(crate) async fn list(
    connection: &mut Connection,
    statement: &'static str,
    user: UserId,
    after: Option<UserId>,
    limit: u32,
) -> Result<Option<People<Person>>, Failure> {
    let found = sql::<(BigInt, Text)>(statement)
        .bind("user", user)
        .bind("after", after.map_or(0, UserId::get))
        .bind("limit", u64::from(limit) + 1)
        .load(connection)
        .await?;
    if found.is_empty() {
        let known = exists(users::table.find(user.get()));
        if !diesel::select(known).get_result::<bool>(connection).await? {
            return Ok(None);
        }
    }
    let people = found.into_iter().map(rows::person).collect();
    Ok(Some(rows::page_of_people(people, limit, |person: &Person| person.id)))
}

/// A user with the people around her, by two statements.
pub(crate) async fn profile(
    connection: &mut Connection,
    user: UserId,
    viewer: UserId,
    embedded: u32,
) -> Result<Option<Profile>, Failure> {
    let row = sql::<ProfileColumns>(PROFILE)
        .bind("user", user)
        .bind("viewer", viewer)
        .bind("embedded", embedded)
        .get_result::<ProfileRow>(connection)
        .await
        .optional()?;
    let Some((nickname, followers_count, following_count, followers, following)) = row else {
        return Ok(None);
    };
    let names = Names::of(connection, followers.iter().chain(&following).copied()).await?;
    Ok(Some(Profile {
        person: rows::person((user.get(), nickname)),
        followers: names.people(&followers, embedded),
        following: names.people(&following, embedded),
        followers_count: rows::count(followers_count),
        following_count: rows::count(following_count),
    }))
}
