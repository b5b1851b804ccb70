//! The rules of bots: each has an owner, a person, active when they became the owner.

use diesel::prelude::*;
use diesel::sql_types::Bool;
use tweetty_domain::{Error, Invalid, User, UserId};

use crate::failure::Failure;
use crate::statement::sql;

const MAY_OWN: &str = "
    SELECT owner_id IS NULL AND deactivated_at IS NULL
    FROM users
    WHERE id = ?1";

const OWNS_BOTS: &str = "
    SELECT EXISTS (SELECT 1 FROM users WHERE owner_id = ?1)";

/// Refuses a future owner that can't own bots.
pub(crate) fn refuse_owner(connection: &mut SqliteConnection, owner: UserId) -> Result<(), Failure> {
    let may_own = sql::<Bool>(MAY_OWN).bind(owner).get_result::<bool>(connection).optional()?;
    if may_own.ok_or(Error::no_user(owner))? { Ok(()) } else { Err(Invalid::BotOwner.into()) }
}

/// Refuses what can't become of a user: a bot has no role, and owns neither itself nor other bots.
pub(crate) fn refuse_change(
    connection: &mut SqliteConnection,
    before: &User,
    after: &User,
) -> Result<(), Failure> {
    if after.particulars.owner == Some(after.id) {
        return Err(Invalid::BotOwner.into());
    }
    if after.is_bot() && !before.is_bot() {
        refuse_if_owner(connection, after.id)?;
    }
    Ok(after.particulars.refuse_bot_with_role()?)
}

/// Refuses the owner of bots.
pub(crate) fn refuse_if_owner(connection: &mut SqliteConnection, user: UserId) -> Result<(), Failure> {
    let owns = sql::<Bool>(OWNS_BOTS).bind(user).get_result::<bool>(connection)?;
    if owns { Err(Error::OwnsBots.into()) } else { Ok(()) }
}
