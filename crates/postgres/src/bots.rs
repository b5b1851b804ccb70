//! The rules of bots: each has an owner, a person, active when they became the owner.
//!
//! Owners are locked before their bots, here and where they are deactivated: so neither changes unseen by the other.

use diesel::sql_types::{BigInt, Bool};
use diesel_async::RunQueryDsl;
use tweetty_domain::{Error, Invalid, User, UserId};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::statement::sql;

/// Until the end of the transaction nobody deactivates them or makes bots of them.
const LOCK_OWNERS: &str = "
    SELECT id, owner_id IS NULL AND deactivated_at IS NULL
    FROM users
    WHERE id = ANY (:owners)
    ORDER BY id
    FOR SHARE";

const OWNS_BOTS: &str = "
    SELECT EXISTS (SELECT FROM users WHERE owner_id = :user)";

/// Locks future owners, and refuses those that can't own bots.
pub(crate) async fn lock_owners(connection: &mut Connection, owners: Vec<i64>) -> Result<(), Failure> {
    if owners.is_empty() {
        return Ok(());
    }
    let found = sql::<(BigInt, Bool)>(LOCK_OWNERS).bind("owners", owners.clone());
    let found = found.load::<(i64, bool)>(connection).await?;
    for owner in owners {
        let may_own = found.iter().find(|(id, _)| *id == owner).map(|(_, may_own)| *may_own);
        if !may_own.ok_or(Error::no_user(UserId::stored(owner)))? {
            return Err(Invalid::BotOwner.into());
        }
    }
    Ok(())
}

/// Refuses what can't become of a user: a bot has no role, and owns neither itself nor other bots.
pub(crate) async fn refuse_change(
    connection: &mut Connection,
    before: &User,
    after: &User,
) -> Result<(), Failure> {
    if after.particulars.owner == Some(after.id) {
        return Err(Invalid::BotOwner.into());
    }
    if after.is_bot() && !before.is_bot() {
        refuse_if_owner(connection, after.id).await?;
    }
    Ok(after.particulars.refuse_bot_with_role()?)
}

/// Refuses the owner of bots.
pub(crate) async fn refuse_if_owner(connection: &mut Connection, user: UserId) -> Result<(), Failure> {
    let owns = sql::<Bool>(OWNS_BOTS).bind("user", user).get_result::<bool>(connection).await?;
    if owns { Err(Error::OwnsBots.into()) } else { Ok(()) }
}
