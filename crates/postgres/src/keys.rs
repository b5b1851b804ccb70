//! The port of keys.

use std::sync::Arc;

use async_trait::async_trait;
use diesel::dsl::auto_type;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures_util::FutureExt as _;
use tweetty_domain::{Entry, Error, Key, KeyHash, Keys, Nickname, Person, Result, Timestamp, UserId};

use crate::connection::{Connection, Patience};
use crate::failure::{Failure, OrIfViolated as _};
use crate::schema::{api_keys, users};
use crate::{Store, audit, people, rows};

#[async_trait]
impl Keys for Store {
    async fn find_by_key(&self, key: KeyHash, now: Timestamp) -> Result<Option<Person>> {
        self.connections.read(move |connection| find_by_key(connection, key, now).boxed()).await
    }

    async fn keys_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Key>> {
        self.connections.read(move |connection| keys_of(connection, user, now).boxed()).await
    }

    async fn add_key(&self, user: UserId, key: Key, entry: Option<Entry>) -> Result<bool> {
        self.recorded(Patience::Request, entry, bool::clone, move |connection| {
            add_key(connection, user, key).boxed()
        })
        .await
    }

    async fn end_key(&self, user: UserId, key: KeyHash, at: Timestamp, entry: Option<Entry>) -> Result<bool> {
        self.recorded(Patience::Request, entry, bool::clone, move |connection| {
            end_key(connection, user, key, at).boxed()
        })
        .await
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
        self.recorded(Patience::Request, entry, bool::clone, move |connection| {
            replace_key(connection, user, key, old_until).boxed()
        })
        .await
    }

    async fn replace_keys(
        &self,
        mut keys: Vec<(UserId, KeyHash)>,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<()> {
        // In the order of their ids, so that two such replacements wait for each other instead of locking each other up.
        keys.sort_unstable_by_key(|(user, _)| *user);
        let keys = Arc::new(keys);
        self.connections
            .transaction(Patience::Operator, move |connection| {
                let (keys, entry) = (Arc::clone(&keys), entry.clone());
                async move {
                    for (user, hash) in keys.iter() {
                        let key = Key { hash: *hash, created_at: now, ends_at: None };
                        if !replace_key(connection, *user, key, old_until).await? {
                            return Err(Error::no_user(*user).into());
                        }
                    }
                    let users = keys.iter().map(|(user, _)| user.get()).collect();
                    audit::record_each(connection, entry.as_ref(), users).await
                }
                .boxed()
            })
            .await
    }
}

/// The keys of a user that last beyond that moment.
#[auto_type(no_type_alias)]
fn held(user: UserId, at: Timestamp) -> _ {
    let user: i64 = user.get();
    api_keys::table
        .filter(api_keys::user_id.eq(user))
        .filter(api_keys::ends_at.is_null().or(api_keys::ends_at.gt(at)))
}

async fn find_by_key(
    connection: &mut Connection,
    key: KeyHash,
    now: Timestamp,
) -> Result<Option<Person>, Failure> {
    let row = api_keys::table
        .inner_join(users::table)
        .filter(api_keys::hash.eq(key.as_bytes().as_slice()))
        .filter(api_keys::ends_at.is_null().or(api_keys::ends_at.gt(now)))
        .filter(users::deactivated_at.is_null())
        .select((users::id, users::nickname, users::first_name, users::last_name))
        .first(connection)
        .await
        .optional()?;
    Ok(row.map(people::person))
}

async fn keys_of(connection: &mut Connection, user: UserId, now: Timestamp) -> Result<Vec<Key>, Failure> {
    let held = held(user, now).order((api_keys::created_at, api_keys::hash));
    let found = held.select((api_keys::hash, api_keys::created_at, api_keys::ends_at));
    let key = |(hash, created_at, ends_at): (Vec<u8>, Timestamp, Option<Timestamp>)| {
        Ok(Key { hash: rows::key_hash(hash)?, created_at, ends_at })
    };
    found.load(connection).await?.into_iter().map(key).collect()
}

pub(crate) async fn add_key(connection: &mut Connection, user: UserId, key: Key) -> Result<bool, Failure> {
    let Some((nickname, deactivated_at)) = lock(connection, user).await? else { return Ok(false) };
    if deactivated_at.is_some() {
        return Err(Error::Deactivated(Nickname::stored(nickname)).into());
    }
    let row = (
        api_keys::hash.eq(key.hash.as_bytes().as_slice()),
        api_keys::user_id.eq(user.get()),
        api_keys::created_at.eq(key.created_at),
        api_keys::ends_at.eq(key.ends_at),
    );
    let added = diesel::insert_into(api_keys::table).values(row).execute(connection).await;
    added.or_if_violated("api_keys_pkey", || Error::KeyTaken(Nickname::stored(nickname)))?;
    Ok(true)
}

/// The nickname of the user, and since when they are deactivated. The row is locked: nobody changes or removes it until the
/// transaction ends.
async fn lock(
    connection: &mut Connection,
    user: UserId,
) -> Result<Option<(String, Option<Timestamp>)>, Failure> {
    let found = users::table.find(user.get()).select((users::nickname, users::deactivated_at));
    Ok(found.for_no_key_update().first(connection).await.optional()?)
}

/// Ends all keys of a user at that moment.
pub(crate) async fn end_keys(
    connection: &mut Connection,
    user: UserId,
    at: Timestamp,
) -> Result<(), Failure> {
    diesel::update(held(user, at)).set(api_keys::ends_at.eq(at)).execute(connection).await?;
    Ok(())
}

async fn end_key(
    connection: &mut Connection,
    user: UserId,
    key: KeyHash,
    at: Timestamp,
) -> Result<bool, Failure> {
    let held = held(user, at).filter(api_keys::hash.eq(key.as_bytes().as_slice()));
    let ended = diesel::update(held).set(api_keys::ends_at.eq(at)).execute(connection).await?;
    Ok(ended > 0)
}

async fn replace_key(
    connection: &mut Connection,
    user: UserId,
    key: Key,
    old_until: Option<Timestamp>,
) -> Result<bool, Failure> {
    lock(connection, user).await?;
    if let Some(at) = old_until {
        end_keys(connection, user, at).await?;
    } else {
        let keys = api_keys::table.filter(api_keys::user_id.eq(user.get()));
        diesel::delete(keys).execute(connection).await?;
    }
    add_key(connection, user, key).await
}
