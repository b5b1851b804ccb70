//! Who follows whom.

use diesel::prelude::*;
use tweetty_domain::{Change, Error, Invalid, Nickname, Owner, People, Person, Profile, User, UserId};

use crate::failure::{Failure, Violation as _};
use crate::person;
use crate::rows;
use crate::schema::{follows, users};
use crate::statement::sql;

const FOLLOW: &str = "
    INSERT INTO follows (follower_id, followee_id)
    VALUES (?1, ?2)
    ON CONFLICT DO NOTHING";

const MOVE_FOLLOWING: &str = "
    UPDATE users
    SET following_count = following_count + ?1
    WHERE id = ?2";

const MOVE_FOLLOWERS: &str = "
    UPDATE users
    SET followers_count = followers_count + ?1
    WHERE id = ?2";

/// Pages of a user's followers.
pub(crate) const FOLLOWERS: &str = "
    SELECT users.id, users.nickname, users.first_name, users.last_name, users.avatar, users.owner_id IS NOT NULL
    FROM follows
    JOIN users ON users.id = follows.follower_id
    WHERE follows.followee_id = ?1
      AND follows.follower_id > ?2
    ORDER BY follows.follower_id
    LIMIT ?3";

/// Pages of those whom a user follows.
pub(crate) const FOLLOWING: &str = "
    SELECT users.id, users.nickname, users.first_name, users.last_name, users.avatar, users.owner_id IS NOT NULL
    FROM follows
    JOIN users ON users.id = follows.followee_id
    WHERE follows.follower_id = ?1
      AND follows.followee_id > ?2
    ORDER BY follows.followee_id
    LIMIT ?3";

/// The viewer's own row goes first, if there is one and room for it.
pub(crate) const EMBEDDED_FOLLOWERS: &str = "
    SELECT users.id, users.nickname, users.first_name, users.last_name, users.avatar, users.owner_id IS NOT NULL
    FROM (
        SELECT ?2 AS id, 0 AS place
        WHERE EXISTS (SELECT 1 FROM follows WHERE followee_id = ?1 AND follower_id = ?2)
        UNION ALL
        SELECT follower_id, 1
        FROM (
            SELECT follower_id
            FROM follows
            WHERE followee_id = ?1
              AND follower_id <> ?2
            ORDER BY follower_id
            LIMIT ?3
        )
    ) AS shown
    JOIN users ON users.id = shown.id
    ORDER BY shown.place, shown.id
    LIMIT ?3";

pub(crate) const EMBEDDED_FOLLOWING: &str = "
    SELECT users.id, users.nickname, users.first_name, users.last_name, users.avatar, users.owner_id IS NOT NULL
    FROM (
        SELECT ?2 AS id, 0 AS place
        WHERE EXISTS (SELECT 1 FROM follows WHERE follower_id = ?1 AND followee_id = ?2)
        UNION ALL
        SELECT followee_id, 1
        FROM (
            SELECT followee_id
            FROM follows
            WHERE follower_id = ?1
              AND followee_id <> ?2
            ORDER BY followee_id
            LIMIT ?3
        )
    ) AS shown
    JOIN users ON users.id = shown.id
    ORDER BY shown.place, shown.id
    LIMIT ?3";

/// Lets one follow the other; only a new row moves the counters.
pub(crate) fn follow(
    connection: &mut SqliteConnection,
    follower: UserId,
    followee: UserId,
) -> Result<Option<Change>, Failure> {
    if follower == followee {
        return Err(Invalid::SelfFollow.into());
    }
    let found = users::table.find(followee.get()).select(users::deactivated_at);
    let Some(deactivated_at) = found.first::<Option<i64>>(connection).optional()? else { return Ok(None) };
    if deactivated_at.is_some() {
        let before = follows(connection, follower, followee)?;
        return if before { Ok(Some(Change::AlreadySo)) } else { Err(Invalid::DeactivatedFollowee.into()) };
    }
    let added = sql::<()>(FOLLOW)
        .bind(follower)
        .bind(followee)
        .execute(connection)
        .or_if_orphan(|| Error::UnknownKey)?;
    move_counters(connection, follower, followee, added, 1).map(Some)
}

/// The opposite of [`follow`]; only a row that was there moves the counters.
pub(crate) fn unfollow(
    connection: &mut SqliteConnection,
    follower: UserId,
    followee: UserId,
) -> Result<Option<Change>, Failure> {
    if !exists(connection, followee)? {
        return Ok(None);
    }
    let removed =
        diesel::delete(follows::table.find((follower.get(), followee.get()))).execute(connection)?;
    move_counters(connection, follower, followee, removed, -1).map(Some)
}

fn move_counters(
    connection: &mut SqliteConnection,
    follower: UserId,
    followee: UserId,
    changed_rows: usize,
    by: i64,
) -> Result<Change, Failure> {
    if changed_rows == 0 {
        return Ok(Change::AlreadySo);
    }
    sql::<()>(MOVE_FOLLOWING).bind(by).bind(follower).execute(connection)?;
    sql::<()>(MOVE_FOLLOWERS).bind(by).bind(followee).execute(connection)?;
    Ok(Change::Made)
}

/// Whether there is such a user.
fn exists(connection: &mut SqliteConnection, user: UserId) -> Result<bool, Failure> {
    Ok(diesel::select(diesel::dsl::exists(users::table.find(user.get()))).get_result(connection)?)
}

/// Whether one follows the other.
pub(crate) fn follows(
    connection: &mut SqliteConnection,
    follower: UserId,
    followee: UserId,
) -> Result<bool, Failure> {
    let row = follows::table.find((follower.get(), followee.get()));
    Ok(diesel::select(diesel::dsl::exists(row)).get_result(connection)?)
}

/// A page of [`FOLLOWERS`] or [`FOLLOWING`].
pub(crate) fn list(
    connection: &mut SqliteConnection,
    statement: &'static str,
    user: UserId,
    after: Option<UserId>,
    limit: u32,
) -> Result<Option<People<Person>>, Failure> {
    if !exists(connection, user)? {
        return Ok(None);
    }
    let people = sql::<person::Columns>(statement)
        .bind(user)
        .bind(after.map_or(0, UserId::get))
        .bind(u64::from(limit) + 1)
        .load(connection)?;
    let people = people.into_iter().map(person::of_row).collect();
    Ok(Some(rows::page_of_people(people, limit, |person: &Person| person.id)))
}

/// The owner of a bot.
fn named(connection: &mut SqliteConnection, id: UserId) -> Result<Option<Owner>, Failure> {
    let nickname = users::table.find(id.get()).select(users::nickname).first::<String>(connection);
    Ok(nickname.optional()?.map(|nickname| Owner { id, nickname: Nickname::stored(nickname) }))
}

/// A user with the people around them.
pub(crate) fn profile(
    connection: &mut SqliteConnection,
    user: UserId,
    viewer: UserId,
    embedded: u32,
) -> Result<Option<Profile>, Failure> {
    let found = users::table.find(user.get()).select(rows::UserRow::as_select());
    let Some(row) = found.first(connection).optional()? else { return Ok(None) };
    let user = User::try_from(row)?;
    let owner = match user.particulars.owner {
        Some(owner) => named(connection, owner)?,
        None => None,
    };
    let mut people = |statement: &'static str| -> Result<Vec<Person>, Failure> {
        let shown = sql::<person::Columns>(statement).bind(user.id).bind(viewer).bind(embedded);
        Ok(shown.load(connection)?.into_iter().map(person::of_row).collect())
    };
    Ok(Some(Profile {
        followers: people(EMBEDDED_FOLLOWERS)?,
        following: people(EMBEDDED_FOLLOWING)?,
        active: user.is_active(),
        followers_count: user.followers_count,
        following_count: user.following_count,
        owner,
        person: Person {
            bot: user.is_bot(),
            id: user.id,
            nickname: user.nickname,
            first_name: user.first_name,
            last_name: user.last_name,
            avatar: user.avatar,
        },
        title: user.particulars.title,
        department: user.particulars.department,
        role: user.particulars.role,
    }))
}
