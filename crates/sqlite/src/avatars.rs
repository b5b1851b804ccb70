//! The avatars of users.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use tweetty_domain::{Avatar, Error, ImageFiles, UserId};

use crate::failure::Failure;
use crate::person;
use crate::statement::sql;

const AVATAR: &str = "
    SELECT avatar
    FROM users
    WHERE id = ?1";

const SET_AVATAR: &str = "
    UPDATE users
    SET avatar = ?1
    WHERE id = ?2";

const FORGET_AVATAR: &str = "
    UPDATE users
    SET avatar = NULL
    WHERE id = ?1
      AND avatar = ?2";

const KNOWN_AVATARS: &str = "
    SELECT users.avatar
    FROM json_each(?1) AS asked
    CROSS JOIN users ON users.avatar = asked.value";

/// Walked in the order of the page: without statistics SQLite would rather sort all that have one.
const AVATARS: &str = "
    SELECT id, avatar
    FROM users NOT INDEXED
    WHERE id > ?1
      AND avatar IS NOT NULL
    ORDER BY id
    LIMIT ?2";

/// What another avatar has replaced.
pub(crate) struct Replaced {
    pub(crate) before: Option<Avatar>,
    /// Whether the user looks different from now on.
    pub(crate) is_change: bool,
}

/// Gives a user that avatar, or none.
pub(crate) fn set(
    connection: &mut SqliteConnection,
    user: UserId,
    avatar: Option<Avatar>,
) -> Result<Replaced, Failure> {
    let found = sql::<Nullable<Text>>(AVATAR).bind(user).get_result::<Option<String>>(connection);
    let before = found.optional()?.ok_or(Error::no_user(user))?;
    let is_change = before.is_some() || avatar.is_some();
    if is_change {
        let text = avatar.map(|avatar| avatar.to_string());
        sql::<()>(SET_AVATAR).bind(text).bind(user).execute(connection)?;
    }
    Ok(Replaced { before: person::avatar(before.as_deref()), is_change })
}

/// Takes that avatar from a user; false where the user doesn't have it.
pub(crate) fn forget(
    connection: &mut SqliteConnection,
    user: UserId,
    avatar: Avatar,
) -> Result<bool, Failure> {
    Ok(sql::<()>(FORGET_AVATAR).bind(user).bind(avatar.to_string()).execute(connection)? > 0)
}

/// The avatar of a user, where there are both.
pub(crate) fn of(connection: &mut SqliteConnection, user: UserId) -> Result<Option<Avatar>, Failure> {
    let found = sql::<Nullable<Text>>(AVATAR).bind(user).get_result::<Option<String>>(connection);
    Ok(person::avatar(found.optional()?.flatten().as_deref()))
}

/// The files of those of the avatars of these names that users have.
pub(crate) fn known(connection: &mut SqliteConnection, names: &str) -> Result<Vec<ImageFiles>, Failure> {
    let known = sql::<Nullable<Text>>(KNOWN_AVATARS).bind(names).load::<Option<String>>(connection)?;
    let known = known.iter().filter_map(|text| person::avatar(text.as_deref()));
    Ok(known.map(Avatar::files).collect())
}

/// Users behind `after` with their avatars, where they have one.
pub(crate) fn list(
    connection: &mut SqliteConnection,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<(UserId, Avatar)>, Failure> {
    let page = sql::<(BigInt, Nullable<Text>)>(AVATARS).bind(after.map_or(0, UserId::get)).bind(limit);
    let found = page.load::<(i64, Option<String>)>(connection)?;
    let avatar =
        |(id, text): &(i64, Option<String>)| Some((UserId::stored(*id), person::avatar(text.as_deref())?));
    Ok(found.iter().filter_map(avatar).collect())
}
