//! The avatars of users.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;
use tweetty_domain::{Avatar, Error, ImageFiles, UserId};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::person;
use crate::schema::users;
use crate::statement::{Bind, sql};

const FORGET_AVATAR: &str = "
    UPDATE users
    SET avatar = NULL
    WHERE id = :user
      AND avatar = :avatar";

const KNOWN_AVATARS: &str = "
    SELECT users.avatar
    FROM unnest(:names) AS asked (name)
    JOIN users ON users.avatar = asked.name";

const AVATARS: &str = "
    SELECT id, avatar
    FROM users
    WHERE id > :after
      AND avatar IS NOT NULL
    ORDER BY id
    LIMIT :limit";

/// What another avatar has replaced.
pub(crate) struct Replaced {
    pub(crate) before: Option<Avatar>,
    /// Whether the user looks different from now on.
    pub(crate) is_change: bool,
}

/// Gives a user that avatar, or none. The row is locked, so that each of several at the same time replaces the one before.
pub(crate) async fn set(
    connection: &mut Connection,
    user: UserId,
    avatar: Option<Avatar>,
) -> Result<Replaced, Failure> {
    let row = users::table.find(user.get());
    let before = row.select(users::avatar).for_no_key_update().first::<Option<String>>(connection).await;
    let before = before.optional()?.ok_or(Error::no_user(user))?;
    let is_change = before.is_some() || avatar.is_some();
    if is_change {
        let text = avatar.map(|avatar| avatar.to_string());
        diesel::update(row).set(users::avatar.eq(text)).execute(connection).await?;
    }
    Ok(Replaced { before: person::avatar(before.as_deref()), is_change })
}

/// Takes that avatar from a user; false where the user doesn't have it.
pub(crate) async fn forget(
    connection: &mut Connection,
    user: UserId,
    avatar: Avatar,
) -> Result<bool, Failure> {
    let forget = sql::<()>(FORGET_AVATAR).bind("user", user).bind("avatar", avatar.to_string());
    Ok(forget.execute(connection).await? > 0)
}

/// The files of those of the avatars of these names that users have.
pub(crate) async fn known(
    connection: &mut Connection,
    names: Vec<String>,
) -> Result<Vec<ImageFiles>, Failure> {
    let known = sql::<Nullable<Text>>(KNOWN_AVATARS).bind("names", Bind::Texts(names));
    let known = known.load::<Option<String>>(connection).await?;
    let known = known.iter().filter_map(|text| person::avatar(text.as_deref()));
    Ok(known.map(Avatar::files).collect())
}

/// Users behind `after` with their avatars, where they have one.
pub(crate) async fn list(
    connection: &mut Connection,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<(UserId, Avatar)>, Failure> {
    let after = after.map_or(0, UserId::get);
    let page = sql::<(BigInt, Nullable<Text>)>(AVATARS).bind("after", after).bind("limit", limit);
    let found = page.load::<(i64, Option<String>)>(connection).await?;
    let avatar =
        |(id, text): &(i64, Option<String>)| Some((UserId::stored(*id), person::avatar(text.as_deref())?));
    Ok(found.iter().filter_map(avatar).collect())
}
