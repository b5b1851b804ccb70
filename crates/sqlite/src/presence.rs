//! Users leave the company with their bots, and come back.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tweetty_domain::{Change, Deactivated, Entry, Invalid, Person, Timestamp, UserId};

use crate::failure::Failure;
use crate::schema::users;
use crate::statement::sql;
use crate::{audit, keys, person};

const DEACTIVATE: &str = "
    UPDATE users
    SET deactivated_at = ?1
    WHERE id = ?2
      AND deactivated_at IS NULL";

const ACTIVE_BOTS: &str = "
    SELECT users.id, users.nickname, users.first_name, users.last_name, users.avatar, users.owner_id IS NOT NULL
    FROM users
    WHERE owner_id = ?1
      AND deactivated_at IS NULL
    ORDER BY id";

const ACTIVATE: &str = "
    UPDATE users
    SET deactivated_at = NULL
    WHERE id = ?1
      AND deactivated_at IS NOT NULL";

/// The owner of a bot who is deactivated.
const ABSENT_OWNER: &str = "
    SELECT id
    FROM users
    WHERE id = (SELECT owner_id FROM users WHERE id = ?1)
      AND deactivated_at IS NOT NULL";

/// Deactivates a user and the user's bots; the entry is theirs, that of the user is recorded by the caller.
pub(crate) fn deactivate(
    connection: &mut SqliteConnection,
    user: UserId,
    at: Timestamp,
    entry: Option<&Entry>,
) -> Result<Option<Deactivated>, Failure> {
    let rows = sql::<()>(DEACTIVATE).bind(at).bind(user).execute(connection)?;
    keys::end_keys(connection, user, at)?;
    let Some(change) = changed(connection, user, rows)? else { return Ok(None) };
    let bots = sql::<person::Columns>(ACTIVE_BOTS).bind(user).load(connection)?;
    let bots = bots.into_iter().map(person::of_row).collect::<Vec<Person>>();
    let entry = entry.map(|entry| entry.clone().of_bots(user));
    for bot in &bots {
        sql::<()>(DEACTIVATE).bind(at).bind(bot.id).execute(connection)?;
        keys::end_keys(connection, bot.id, at)?;
        audit::record_about(connection, entry.as_ref(), bot.id)?;
    }
    Ok(Some(Deactivated { change, bots }))
}

pub(crate) fn activate(connection: &mut SqliteConnection, user: UserId) -> Result<Option<Change>, Failure> {
    let absent = sql::<BigInt>(ABSENT_OWNER).bind(user).get_result::<i64>(connection).optional()?;
    if absent.is_some() {
        return Err(Invalid::BotOwner.into());
    }
    let rows = sql::<()>(ACTIVATE).bind(user).execute(connection)?;
    changed(connection, user, rows)
}

/// What so many changed rows say of a user; `None` where there is no such user.
fn changed(connection: &mut SqliteConnection, user: UserId, rows: usize) -> Result<Option<Change>, Failure> {
    if rows > 0 {
        return Ok(Some(Change::Made));
    }
    let known = diesel::dsl::exists(users::table.find(user.get()));
    Ok(diesel::select(known).get_result::<bool>(connection)?.then_some(Change::AlreadySo))
}
