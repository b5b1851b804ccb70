//! The port of keys.

use async_trait::async_trait;
use diesel::dsl::auto_type;
use diesel::prelude::*;
use tweetty_domain::{Entry, Error, Key, KeyHash, Keys, Nickname, Person, Result, Timestamp, UserId};

use crate::failure::{Failure, Violation as _};
use crate::schema::{api_keys, users};
use crate::statement::sql;
use crate::{Store, audit, people, rows};

const ADD: &str = "
    INSERT INTO api_keys (hash, user_id, created_at, ends_at)
    VALUES (?1, ?2, ?3, ?4)";

#[async_trait]
impl Keys for Store {
    async fn find_by_key(&self, key: KeyHash, now: Timestamp) -> Result<Option<Person>> {
        self.readers.read(move |connection| find_by_key(connection, &key, now)).await
    }

    async fn keys_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Key>> {
        self.readers.read(move |connection| keys_of(connection, user, now)).await
    }

    async fn add_key(&self, user: UserId, key: Key, entry: Option<Entry>) -> Result<bool> {
        self.recorded(entry, bool::clone, move |connection| add_key(connection, user, &key)).await
    }

    async fn end_key(&self, user: UserId, key: KeyHash, at: Timestamp, entry: Option<Entry>) -> Result<bool> {
        let end = move |connection: &mut _| {
            let held = held(user, at).filter(api_keys::hash.eq(key.as_bytes().as_slice()));
            let end = diesel::update(held).set(api_keys::ends_at.eq(at.timestamp_millis()));
            Ok(end.execute(connection)? > 0)
        };
        self.recorded(entry, bool::clone, end).await
    }

    async fn replace_key(
        &self,
        user: UserId,
        key: KeyHash,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<bool> {
        let key = Key { hash: key, created_at: now, ends_at: None };
        let replace = move |connection: &mut _| replace_key(connection, user, &key, old_until);
        self.recorded(entry, bool::clone, replace).await
    }

    async fn replace_keys(
        &self,
        keys: Vec<(UserId, KeyHash)>,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<()> {
        self.writer
            .write(move |connection| {
                for (user, hash) in &keys {
                    let key = Key { hash: *hash, created_at: now, ends_at: None };
                    if !replace_key(connection, *user, &key, old_until)? {
                        return Err(Error::no_user(*user).into());
                    }
                    audit::record_about(connection, entry.as_ref(), *user)?;
                }
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
) -> Result<Option<Person>, Failure> {
    let row = api_keys::table
        .inner_join(users::table)
        .filter(api_keys::hash.eq(key.as_bytes().as_slice()))
        .filter(api_keys::ends_at.is_null().or(api_keys::ends_at.gt(now.timestamp_millis())))
        .filter(users::deactivated_at.is_null())
        .select((users::id, users::nickname, users::first_name, users::last_name))
        .first(connection)
        .optional()?;
    Ok(row.map(people::person))
}

fn keys_of(connection: &mut SqliteConnection, user: UserId, now: Timestamp) -> Result<Vec<Key>, Failure> {
    let held = held(user, now).order((api_keys::created_at, api_keys::hash));
    let found = held.select((api_keys::hash, api_keys::created_at, api_keys::ends_at));
    let key = |(hash, created_at, ends_at): (Vec<u8>, i64, Option<i64>)| {
        Ok(Key {
            hash: rows::key_hash(hash)?,
            created_at: rows::moment(created_at)?,
            ends_at: ends_at.map(rows::moment).transpose()?,
        })
    };
    found.load(connection)?.into_iter().map(key).collect()
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
    key: &Key,
    old_until: Option<Timestamp>,
) -> Result<bool, Failure> {
    if let Some(at) = old_until {
        end_keys(connection, user, at)?;
    } else {
        let keys = api_keys::table.filter(api_keys::user_id.eq(user.get()));
        diesel::delete(keys).execute(connection)?;
    }
    add_key(connection, user, key)
}

/// Gives a user one more key; false where there is no such user.
pub(crate) fn add_key(connection: &mut SqliteConnection, user: UserId, key: &Key) -> Result<bool, Failure> {
    let holder = users::table.find(user.get()).select((users::nickname, users::deactivated_at));
    let holder = holder.first::<(String, Option<i64>)>(connection).optional()?;
    let Some((nickname, deactivated_at)) = holder else { return Ok(false) };
    if deactivated_at.is_some() {
        return Err(Error::Deactivated(Nickname::stored(nickname)).into());
    }
    let statement = sql::<()>(ADD).bind(&key.hash).bind(user).bind(key.created_at).bind(key.ends_at);
    statement.execute(connection).or_if_taken(|_| Error::KeyTaken(Nickname::stored(nickname)))?;
    Ok(true)
}
