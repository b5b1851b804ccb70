//! The port of keys.

use async_trait::async_trait;
use chrono::NaiveDate;
use diesel::dsl::auto_type;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tweetty_domain::{
    Entry, Error, Holder, Key, KeyHash, KeyId, KeyLabel, Keys, NewKey, Nickname, Result, Timestamp, UserId,
};

use crate::failure::{Failure, Violation as _};
use crate::schema::{api_keys, users};
use crate::statement::{json_ids, sql};
use crate::{Store, audit, rows};

/// Keys of one user that are listed at most, the oldest first: an operator may give any number.
const LISTED: i64 = 1000;

const ADD: &str = "
    INSERT INTO api_keys (hash, user_id, created_at, ends_at, label)
    VALUES (?1, ?2, ?3, ?4, ?5)
    RETURNING id";

const RECORD_USE: &str = "
    UPDATE api_keys
    SET last_used_on = ?1
    WHERE id IN (SELECT value FROM json_each(?2))
      AND (last_used_on IS NULL OR last_used_on < ?1)";

/// The id, label, and times of a key, in the order of [`key`].
type KeyRow = (i64, Option<String>, i64, Option<i64>, Option<i64>);

#[async_trait]
impl Keys for Store {
    async fn find_by_key(&self, key: KeyHash, now: Timestamp) -> Result<Option<Holder>> {
        self.readers.read(move |connection| find_by_key(connection, &key, now)).await
    }

    async fn keys_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Key>> {
        self.readers.read(move |connection| keys_of(connection, user, now)).await
    }

    async fn add_key(
        &self,
        user: UserId,
        key: NewKey,
        at: Timestamp,
        most: Option<u32>,
        entry: Option<Entry>,
    ) -> Result<Option<KeyId>> {
        let add = move |connection: &mut _| {
            if let Some(limit) = most
                && count(connection, user, at)? >= i64::from(limit)
            {
                return Err(Error::TooManyKeys { limit }.into());
            }
            add_key(connection, user, &key, at)
        };
        self.recorded(entry, Option::is_some, add).await
    }

    async fn end_key(&self, user: UserId, key: KeyId, at: Timestamp, entry: Option<Entry>) -> Result<bool> {
        let end = move |connection: &mut _| {
            let held = held(user, at).filter(api_keys::id.eq(key.get()));
            let end = diesel::update(held).set(api_keys::ends_at.eq(at.timestamp_millis()));
            Ok(end.execute(connection)? > 0)
        };
        self.recorded(entry, bool::clone, end).await
    }

    async fn replace_key(
        &self,
        user: UserId,
        key: NewKey,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<bool> {
        let replace = move |connection: &mut _| replace_key(connection, user, &key, now, old_until);
        self.recorded(entry, bool::clone, replace).await
    }

    async fn replace_keys(
        &self,
        keys: Vec<(UserId, NewKey)>,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<()> {
        self.writer
            .write(move |connection| {
                for (user, key) in &keys {
                    if !replace_key(connection, *user, key, now, old_until)? {
                        return Err(Error::no_user(*user).into());
                    }
                    audit::record_about(connection, entry.as_ref(), *user)?;
                }
                Ok(())
            })
            .await
    }

    async fn record_use(&self, keys: Vec<KeyId>, on: NaiveDate) -> Result<()> {
        let ids = json_ids(&keys.into_iter().map(KeyId::get).collect::<Vec<_>>());
        self.writer
            .write(move |connection| {
                sql::<()>(RECORD_USE).bind(rows::beginning(on)).bind(ids.as_str()).execute(connection)?;
                Ok(())
            })
            .await
    }
}

/// The keys of a user that last beyond that moment.
#[auto_type(no_type_alias)]
fn held(user: UserId, at: Timestamp) -> _ {
    let (user, at): (i64, i64) = (user.get(), at.timestamp_millis());
    api_keys::table
        .filter(api_keys::user_id.eq(user))
        .filter(api_keys::ends_at.is_null().or(api_keys::ends_at.gt(at)))
}

fn find_by_key(
    connection: &mut SqliteConnection,
    key: &KeyHash,
    now: Timestamp,
) -> Result<Option<Holder>, Failure> {
    let row = api_keys::table
        .inner_join(users::table)
        .filter(api_keys::hash.eq(key.as_bytes().as_slice()))
        .filter(api_keys::ends_at.is_null().or(api_keys::ends_at.gt(now.timestamp_millis())))
        .filter(users::deactivated_at.is_null())
        .select((users::id, api_keys::id, api_keys::last_used_on, api_keys::ends_at))
        .first::<(i64, i64, Option<i64>, Option<i64>)>(connection)
        .optional()?;
    let holder = |(user, key, used, ends): (i64, i64, Option<i64>, Option<i64>)| {
        Ok(Holder {
            user: UserId::stored(user),
            key: KeyId::stored(key),
            last_used_on: used.map(rows::day).transpose()?,
            ends_at: ends.map(rows::moment).transpose()?,
        })
    };
    row.map(holder).transpose()
}

fn keys_of(connection: &mut SqliteConnection, user: UserId, now: Timestamp) -> Result<Vec<Key>, Failure> {
    let held = held(user, now).order((api_keys::created_at, api_keys::id)).limit(LISTED);
    let columns =
        (api_keys::id, api_keys::label, api_keys::created_at, api_keys::last_used_on, api_keys::ends_at);
    let found = held.select(columns).load::<KeyRow>(connection)?;
    found.into_iter().map(|row| Ok(key(row)?)).collect()
}

fn key((id, label, created_at, used, ends): KeyRow) -> Result<Key> {
    Ok(Key {
        id: KeyId::stored(id),
        label: label.map(KeyLabel::stored),
        created_at: rows::moment(created_at)?,
        last_used_on: used.map(rows::day).transpose()?,
        ends_at: ends.map(rows::moment).transpose()?,
    })
}

/// How many keys a user holds at that moment.
fn count(connection: &mut SqliteConnection, user: UserId, at: Timestamp) -> Result<i64, Failure> {
    Ok(held(user, at).count().get_result(connection)?)
}

/// Ends all keys of a user at that moment.
pub(crate) fn end_keys(
    connection: &mut SqliteConnection,
    user: UserId,
    at: Timestamp,
) -> Result<(), Failure> {
    let end = diesel::update(held(user, at)).set(api_keys::ends_at.eq(at.timestamp_millis()));
    end.execute(connection)?;
    Ok(())
}

/// Gives a user a new key; the others end now or at that moment. False where there is no such user.
fn replace_key(
    connection: &mut SqliteConnection,
    user: UserId,
    key: &NewKey,
    now: Timestamp,
    old_until: Option<Timestamp>,
) -> Result<bool, Failure> {
    if let Some(at) = old_until {
        end_keys(connection, user, at)?;
    } else {
        let keys = api_keys::table.filter(api_keys::user_id.eq(user.get()));
        diesel::delete(keys).execute(connection)?;
    }
    Ok(add_key(connection, user, key, now)?.is_some())
}

/// Gives a user one more key; `None` where there is no such user.
pub(crate) fn add_key(
    connection: &mut SqliteConnection,
    user: UserId,
    key: &NewKey,
    at: Timestamp,
) -> Result<Option<KeyId>, Failure> {
    let holder = users::table.find(user.get()).select((users::nickname, users::deactivated_at));
    let holder = holder.first::<(String, Option<i64>)>(connection).optional()?;
    let Some((nickname, deactivated_at)) = holder else { return Ok(None) };
    if deactivated_at.is_some() {
        return Err(Error::Deactivated(Nickname::stored(nickname)).into());
    }
    let statement = sql::<BigInt>(ADD)
        .bind(&key.hash)
        .bind(user)
        .bind(at)
        .bind(key.ends_at)
        .bind(key.label.as_ref().map(KeyLabel::as_str));
    let added = statement.get_result(connection);
    let id = added.or_if_taken(|_| Error::KeyTaken(Nickname::stored(nickname)))?;
    Ok(Some(KeyId::stored(id)))
}
