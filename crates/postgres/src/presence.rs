//! Users leave the company with their bots, and come back.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use tweetty_domain::{Change, Deactivated, Entry, Invalid, Person, Timestamp, UserId};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::schema::users;
use crate::statement::sql;
use crate::{audit, keys, person};

const DEACTIVATE: &str = "
    UPDATE users
    SET deactivated_at = :at
    WHERE id = :user
      AND deactivated_at IS NULL";

const DEACTIVATE_BOTS: &str = "
    UPDATE users
    SET deactivated_at = :at
    WHERE owner_id = :user
      AND deactivated_at IS NULL
    RETURNING id, nickname, first_name, last_name, avatar, owner_id IS NOT NULL";

const ACTIVATE: &str = "
    UPDATE users
    SET deactivated_at = NULL
    WHERE id = :user
      AND deactivated_at IS NOT NULL";

/// Whether the owner of a bot is active; locked, so that it stays so.
const LOCK_OWNER: &str = "
    SELECT owners.deactivated_at IS NULL
    FROM users
    JOIN users AS owners ON owners.id = users.owner_id
    WHERE users.id = :user
    FOR SHARE OF owners";

/// Deactivates a user and the user's bots; the entry is theirs, that of the user is recorded by the caller.
pub(crate) async fn deactivate(
    connection: &mut Connection,
    user: UserId,
    at: Timestamp,
    entry: Option<&Entry>,
) -> Result<Option<Deactivated>, Failure> {
    let rows = sql::<()>(DEACTIVATE).bind("at", at).bind("user", user).execute(connection).await?;
    let Some(change) = changed(connection, user, rows).await? else { return Ok(None) };
    let bots = sql::<person::Columns>(DEACTIVATE_BOTS).bind("at", at).bind("user", user);
    let bots = bots.load(connection).await?.into_iter().map(person::of_row);
    let mut bots = bots.collect::<Vec<Person>>();
    bots.sort_unstable_by_key(|bot| bot.id);
    let ids = bots.iter().map(|bot| bot.id.get()).collect::<Vec<_>>();
    keys::end_keys(connection, [&[user.get()], &*ids].concat(), at).await?;
    if !ids.is_empty() {
        let entry = entry.map(|entry| entry.clone().of_bots(user));
        audit::record_each(connection, entry.as_ref(), ids).await?;
    }
    Ok(Some(Deactivated { change, bots }))
}

pub(crate) async fn activate(connection: &mut Connection, user: UserId) -> Result<Option<Change>, Failure> {
    let owner = sql::<Bool>(LOCK_OWNER).bind("user", user).get_result::<bool>(connection).await;
    if owner.optional()? == Some(false) {
        return Err(Invalid::BotOwner.into());
    }
    let rows = sql::<()>(ACTIVATE).bind("user", user).execute(connection).await?;
    changed(connection, user, rows).await
}

/// What so many changed rows say of a user; `None` where there is no such user.
async fn changed(connection: &mut Connection, user: UserId, rows: usize) -> Result<Option<Change>, Failure> {
    if rows > 0 {
        return Ok(Some(Change::Made));
    }
    let known = exists(users::table.find(user.get()));
    Ok(diesel::select(known).get_result::<bool>(connection).await?.then_some(Change::AlreadySo))
}
