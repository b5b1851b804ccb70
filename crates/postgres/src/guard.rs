//! Remembering guarded writes, in the transaction of the write itself.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use tweetty_domain::{Error, Guard, UserId};

use crate::connection::Connection;
use crate::failure::{Failure, OrIfViolated as _};
use crate::schema::idempotency_keys;
use crate::statement::sql;

/// Answers a row where the guard is ours from now on. One who comes at the same moment waits here for our commit;
/// a forgotten guard of the same key gives way.
const TAKE: &str = "
    INSERT INTO idempotency_keys (user_id, key, fingerprint, created_at)
    VALUES (:user, :key, :fingerprint, :at)
    ON CONFLICT (user_id, key) DO UPDATE
    SET fingerprint = EXCLUDED.fingerprint,
        outcome_id = NULL,
        created_at = EXCLUDED.created_at
    WHERE idempotency_keys.created_at <= :horizon
    RETURNING user_id";

const REMEMBER: &str = "
    UPDATE idempotency_keys
    SET outcome_id = :outcome
    WHERE user_id = :user
      AND key = :key";

/// Takes the guard, or answers the outcome of the earlier write that holds it.
pub(crate) async fn take(
    connection: &mut Connection,
    user: UserId,
    guard: &Guard,
) -> Result<Option<i64>, Failure> {
    let taken = sql::<BigInt>(TAKE)
        .bind("user", user)
        .bind("key", guard.key.as_str())
        .bind("fingerprint", &guard.fingerprint)
        .bind("at", guard.at)
        .bind("horizon", guard.horizon())
        .get_result::<i64>(connection)
        .await
        .optional()
        .or_if_violated("idempotency_keys_user_id_fkey", || Error::UnknownKey)?;
    if taken.is_some() {
        return Ok(None);
    }
    // None: it was forgotten between the two statements.
    earlier(connection, user, guard).await?.map(Some).ok_or(Failure::Overtaken)
}

/// The outcome of an earlier write of that guard.
pub(crate) async fn earlier(
    connection: &mut Connection,
    user: UserId,
    guard: &Guard,
) -> Result<Option<i64>, Failure> {
    let remembered = idempotency_keys::table
        .find((user.get(), guard.key.as_str()))
        .filter(idempotency_keys::created_at.gt(guard.horizon()))
        .select((idempotency_keys::fingerprint, idempotency_keys::outcome_id))
        .first::<(Vec<u8>, Option<i64>)>(connection)
        .await
        .optional()?;
    match remembered {
        None => Ok(None),
        Some((fingerprint, outcome)) if fingerprint == guard.fingerprint.as_bytes() => Ok(outcome),
        Some(_) => Err(Error::IdempotencyConflict.into()),
    }
}

/// Keeps the outcome for a repetition of the request.
pub(crate) async fn remember(
    connection: &mut Connection,
    user: UserId,
    guard: &Guard,
    outcome: i64,
) -> Result<(), Failure> {
    sql::<()>(REMEMBER)
        .bind("outcome", outcome)
        .bind("user", user)
        .bind("key", guard.key.as_str())
        .execute(connection)
        .await?;
    Ok(())
}
