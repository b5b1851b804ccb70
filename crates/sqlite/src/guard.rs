//! Remembering guarded writes, in the transaction of the write itself.

use diesel::prelude::*;
use tweetty_domain::{Error, Guard, UserId};

use crate::failure::{Failure, Violation as _};
use crate::schema::idempotency_keys;
use crate::statement::sql;

/// A forgotten guard of the same key gives way.
const REMEMBER: &str = "
    INSERT INTO idempotency_keys (user_id, key, fingerprint, outcome_id, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (user_id, key) DO UPDATE
    SET fingerprint = excluded.fingerprint,
        outcome_id = excluded.outcome_id,
        created_at = excluded.created_at";

/// The outcome of an earlier write of that guard.
pub(crate) fn earlier(
    connection: &mut SqliteConnection,
    user: UserId,
    guard: &Guard,
) -> Result<Option<i64>, Failure> {
    let remembered = idempotency_keys::table
        .find((user.get(), guard.key.as_str()))
        .filter(idempotency_keys::created_at.gt(guard.horizon().timestamp_millis()))
        .select((idempotency_keys::fingerprint, idempotency_keys::outcome_id))
        .first::<(Vec<u8>, i64)>(connection)
        .optional()?;
    match remembered {
        None => Ok(None),
        Some((fingerprint, outcome)) if fingerprint == guard.fingerprint.as_bytes() => Ok(Some(outcome)),
        Some(_) => Err(Error::IdempotencyConflict.into()),
    }
}

/// Keeps the outcome for a repetition of the request.
pub(crate) fn remember(
    connection: &mut SqliteConnection,
    user: UserId,
    guard: &Guard,
    outcome: i64,
) -> Result<(), Failure> {
    sql::<()>(REMEMBER)
        .bind(user)
        .bind(guard.key.as_str())
        .bind(&guard.fingerprint)
        .bind(outcome)
        .bind(guard.at)
        .execute(connection)
        .or_if_orphan(|| Error::UnknownKey)?;
    Ok(())
}
