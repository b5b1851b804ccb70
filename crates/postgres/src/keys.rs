//! The port of keys.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{NaiveDate, NaiveTime};
use diesel::dsl::auto_type;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures_util::FutureExt as _;
use tweetty_domain::{
    Entry, Error, Holder, Key, KeyHash, KeyId, KeyLabel, Keys, NewKey, Nickname, Result, Timestamp, UserId,
};

use crate::connection::{Connection, Patience};
use crate::failure::{Failure, OrIfViolated as _};
use crate::schema::{api_keys, users};
use crate::statement::sql;
use crate::{Store, audit};

/// Keys of one user that are listed at most, the oldest first: an operator may give any number.
const LISTED: i64 = 1000;

/// Keys that something else is changing are left out: nobody waits for a date, and nobody is waited for in a circle.
const RECORD_USE: &str = "
    UPDATE api_keys
    SET last_used_on = :day
    WHERE id IN (
        SELECT id
        FROM api_keys
        WHERE id = ANY(:keys)
          AND (last_used_on IS NULL OR last_used_on < :day)
        FOR NO KEY UPDATE SKIP LOCKED
    )";

/// The id, label, and times of a key, in the order of [`key`].
type KeyRow = (i64, Option<String>, Timestamp, Option<Timestamp>, Option<Timestamp>);

#[async_trait]
impl Keys for Store {
    async fn find_by_key(&self, key: KeyHash, now: Timestamp) -> Result<Option<Holder>> {
        self.connections.read(move |connection| find_by_key(connection, key, now).boxed()).await
    }

    async fn keys_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Key>> {
        self.connections.read(move |connection| keys_of(connection, user, now).boxed()).await
    }

    async fn add_key(
        &self,
        user: UserId,
        key: NewKey,
        at: Timestamp,
        most: Option<u32>,
        entry: Option<Entry>,
    ) -> Result<Option<KeyId>> {
        let key = Arc::new(key);
        self.recorded(Patience::Request, entry, Option::is_some, move |connection| {
            add_within(connection, user, Arc::clone(&key), at, most).boxed()
        })
        .await
    }

    async fn end_key(&self, user: UserId, key: KeyId, at: Timestamp, entry: Option<Entry>) -> Result<bool> {
        self.recorded(Patience::Request, entry, bool::clone, move |connection| {
            end_key(connection, user, key, at).boxed()
        })
        .await
    }

    async fn replace_key(
        &self,
        user: UserId,
        key: NewKey,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<bool> {
        let key = Arc::new(key);
        self.recorded(Patience::Request, entry, bool::clone, move |connection| {
            let key = Arc::clone(&key);
            async move { replace_key(connection, user, &key, now, old_until).await }.boxed()
        })
        .await
    }

    async fn replace_keys(
        &self,
        mut keys: Vec<(UserId, NewKey)>,
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
                    for (user, key) in keys.iter() {
                        if !replace_key(connection, *user, key, now, old_until).await? {
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

    async fn record_use(&self, keys: Vec<KeyId>, on: NaiveDate) -> Result<()> {
        let keys = keys.into_iter().map(KeyId::get).collect::<Vec<_>>();
        self.connections
            .transaction(Patience::Request, move |connection| {
                let day = on.and_time(NaiveTime::MIN).and_utc();
                let record = sql::<()>(RECORD_USE).bind("day", day).bind("keys", keys.clone());
                async move {
                    record.execute(connection).await?;
                    Ok(())
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
) -> Result<Option<Holder>, Failure> {
    let row = api_keys::table
        .inner_join(users::table)
        .filter(api_keys::hash.eq(key.as_bytes().as_slice()))
        .filter(api_keys::ends_at.is_null().or(api_keys::ends_at.gt(now)))
        .filter(users::deactivated_at.is_null())
        .select((users::id, api_keys::id, api_keys::last_used_on, api_keys::ends_at))
        .first::<(i64, i64, Option<Timestamp>, Option<Timestamp>)>(connection)
        .await
        .optional()?;
    Ok(row.map(|(user, key, used, ends_at)| Holder {
        user: UserId::stored(user),
        key: KeyId::stored(key),
        last_used_on: used.map(|used| used.date_naive()),
        ends_at,
    }))
}

async fn keys_of(connection: &mut Connection, user: UserId, now: Timestamp) -> Result<Vec<Key>, Failure> {
    let held = held(user, now).order((api_keys::created_at, api_keys::id)).limit(LISTED);
    let columns =
        (api_keys::id, api_keys::label, api_keys::created_at, api_keys::last_used_on, api_keys::ends_at);
    let found = held.select(columns).load::<KeyRow>(connection).await?;
    Ok(found.into_iter().map(key).collect())
}

fn key((id, label, created_at, used, ends_at): KeyRow) -> Key {
    let last_used_on = used.map(|used| used.date_naive());
    Key { id: KeyId::stored(id), label: label.map(KeyLabel::stored), created_at, last_used_on, ends_at }
}

/// Gives a user one more key, unless they hold so many; `None` where there is no such user.
async fn add_within(
    connection: &mut Connection,
    user: UserId,
    key: Arc<NewKey>,
    at: Timestamp,
    most: Option<u32>,
) -> Result<Option<KeyId>, Failure> {
    if let Some(limit) = most {
        // Locked first: two additions at once must not count the same keys.
        lock(connection, user).await?;
        let count = held(user, at).count().get_result::<i64>(connection).await?;
        if count >= i64::from(limit) {
            return Err(Error::TooManyKeys { limit }.into());
        }
    }
    add_key(connection, user, &key, at).await
}

/// Gives a user one more key; `None` where there is no such user.
pub(crate) async fn add_key(
    connection: &mut Connection,
    user: UserId,
    key: &NewKey,
    at: Timestamp,
) -> Result<Option<KeyId>, Failure> {
    let Some((nickname, deactivated_at)) = lock(connection, user).await? else { return Ok(None) };
    if deactivated_at.is_some() {
        return Err(Error::Deactivated(Nickname::stored(nickname)).into());
    }
    let row = (
        api_keys::hash.eq(key.hash.as_bytes().as_slice()),
        api_keys::user_id.eq(user.get()),
        api_keys::created_at.eq(at),
        api_keys::ends_at.eq(key.ends_at),
        api_keys::label.eq(key.label.as_ref().map(KeyLabel::as_str)),
    );
    let add = diesel::insert_into(api_keys::table).values(row).returning(api_keys::id);
    let added = add.get_result::<i64>(connection).await;
    let id = added.or_if_violated("api_keys_hash_key", || Error::KeyTaken(Nickname::stored(nickname)))?;
    Ok(Some(KeyId::stored(id)))
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

/// Ends all keys of those users at that moment.
pub(crate) async fn end_keys(
    connection: &mut Connection,
    users: Vec<i64>,
    at: Timestamp,
) -> Result<(), Failure> {
    let held = api_keys::table
        .filter(api_keys::user_id.eq_any(users))
        .filter(api_keys::ends_at.is_null().or(api_keys::ends_at.gt(at)));
    diesel::update(held).set(api_keys::ends_at.eq(at)).execute(connection).await?;
    Ok(())
}

async fn end_key(
    connection: &mut Connection,
    user: UserId,
    key: KeyId,
    at: Timestamp,
) -> Result<bool, Failure> {
    let held = held(user, at).filter(api_keys::id.eq(key.get()));
    let ended = diesel::update(held).set(api_keys::ends_at.eq(at)).execute(connection).await?;
    Ok(ended > 0)
}

async fn replace_key(
    connection: &mut Connection,
    user: UserId,
    key: &NewKey,
    now: Timestamp,
    old_until: Option<Timestamp>,
) -> Result<bool, Failure> {
    lock(connection, user).await?;
    if let Some(at) = old_until {
        end_keys(connection, vec![user.get()], at).await?;
    } else {
        let keys = api_keys::table.filter(api_keys::user_id.eq(user.get()));
        diesel::delete(keys).execute(connection).await?;
    }
    Ok(add_key(connection, user, key, now).await?.is_some())
}
