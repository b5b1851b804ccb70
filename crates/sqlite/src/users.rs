//! The port of people.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tweetty_domain::{
    Change, Changes, Entry, Error, ImageFiles, Key, NamePart, NewUser, Nickname, People, PeopleStart, Person,
    Profile, Result, Timestamp, User, UserId, Users,
};

use crate::failure::{Failure, Violation as _};
use crate::schema::{images, users};
use crate::statement::sql;
use crate::{Store, audit, follows, keys, rows, search};

const ADD_USER: &str = "
    INSERT INTO users (nickname, nickname_folded, first_name, last_name, searchable, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    RETURNING id";

const UPDATE_USER: &str = "
    UPDATE users
    SET nickname = ?1, nickname_folded = COALESCE(?2, nickname_folded), first_name = ?3, last_name = ?4, searchable = ?5
    WHERE id = ?6";

const TAKE_LIKES_BACK: &str = "
    UPDATE tweets
    SET like_count = like_count - 1
    WHERE id IN (SELECT tweet_id FROM likes WHERE user_id = ?1)";

const LEAVE_FOLLOWEES: &str = "
    UPDATE users
    SET followers_count = followers_count - 1
    WHERE id IN (SELECT followee_id FROM follows WHERE follower_id = ?1)";

const LOSE_FOLLOWERS: &str = "
    UPDATE users
    SET following_count = following_count - 1
    WHERE id IN (SELECT follower_id FROM follows WHERE followee_id = ?1)";

#[async_trait]
impl Users for Store {
    async fn add(&self, users: Vec<NewUser>, entry: Option<Entry>) -> Result<Vec<UserId>> {
        self.writer
            .write(move |connection| users.iter().map(|user| add(connection, user, entry.as_ref())).collect())
            .await
    }

    async fn find(&self, user: UserId) -> Result<Option<User>> {
        self.readers.read(move |connection| find(connection, user)).await
    }

    async fn find_by_nickname(&self, nickname: &Nickname) -> Result<Option<User>> {
        let nickname = nickname.clone();
        self.readers.read(move |connection| find_by_nickname(connection, &nickname)).await
    }

    async fn profile(&self, user: UserId, viewer: UserId, embedded: u32) -> Result<Option<Profile>> {
        self.readers.snapshot(move |connection| follows::profile(connection, user, viewer, embedded)).await
    }

    async fn search(&self, part: Option<NamePart>, start: PeopleStart, limit: u32) -> Result<People<User>> {
        self.readers.read(move |connection| search::search(connection, part.as_ref(), start, limit)).await
    }

    async fn update(&self, user: UserId, changes: Changes, entry: Option<Entry>) -> Result<bool> {
        let update = move |connection: &mut _| update(connection, user, changes);
        let updated = self.recorded(entry, bool::clone, update).await;
        self.names.forget(&user);
        updated
    }

    async fn remove(&self, user: UserId, entry: Option<Entry>) -> Result<Option<Vec<ImageFiles>>> {
        let removed = self
            .writer
            .alone(move |connection| {
                let removed = connection.immediate_transaction(|connection| {
                    let removed = remove(connection, user)?;
                    audit::record(connection, entry.as_ref().filter(|_| removed.is_some()))?;
                    Ok::<_, Failure>(removed)
                })?;
                forget_log(connection);
                Ok(removed)
            })
            .await;
        self.names.forget(&user);
        removed
    }

    async fn follow(
        &self,
        follower: UserId,
        followee: UserId,
        _at: Timestamp,
        entry: Option<Entry>,
    ) -> Result<Option<Change>> {
        let follow = move |connection: &mut _| follows::follow(connection, follower, followee);
        self.recorded(entry, |change| *change == Some(Change::Made), follow).await
    }

    async fn unfollow(
        &self,
        follower: UserId,
        followee: UserId,
        entry: Option<Entry>,
    ) -> Result<Option<Change>> {
        let unfollow = move |connection: &mut _| follows::unfollow(connection, follower, followee);
        self.recorded(entry, |change| *change == Some(Change::Made), unfollow).await
    }

    async fn follows(&self, follower: UserId, followee: UserId) -> Result<bool> {
        self.readers.read(move |connection| follows::follows(connection, follower, followee)).await
    }

    async fn followers(
        &self,
        user: UserId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>> {
        self.readers
            .snapshot(move |connection| follows::list(connection, follows::FOLLOWERS, user, after, limit))
            .await
    }

    async fn following(
        &self,
        user: UserId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>> {
        self.readers
            .snapshot(move |connection| follows::list(connection, follows::FOLLOWING, user, after, limit))
            .await
    }
}

fn add(connection: &mut SqliteConnection, user: &NewUser, entry: Option<&Entry>) -> Result<UserId, Failure> {
    let id = sql::<BigInt>(ADD_USER)
        .bind(user.nickname.as_str())
        .bind(user.nickname.folded())
        .bind(user.first_name.as_ref().map(tweetty_domain::PersonName::as_str))
        .bind(user.last_name.as_ref().map(tweetty_domain::PersonName::as_str))
        .bind(user.searchable())
        .bind(user.created_at)
        .get_result(connection)
        .or_if_taken(|| Error::NicknameTaken(user.nickname.clone()))?;
    let id = UserId::stored(id);
    let key = Key { hash: user.key, created_at: user.created_at, ends_at: None };
    keys::add_key(connection, id, &key)?;
    audit::record_about(connection, entry, id)?;
    Ok(id)
}

fn find(connection: &mut SqliteConnection, user: UserId) -> Result<Option<User>, Failure> {
    let row =
        users::table.find(user.get()).select(rows::UserRow::as_select()).first(connection).optional()?;
    Ok(row.map(User::try_from).transpose()?)
}

fn update(connection: &mut SqliteConnection, user: UserId, changes: Changes) -> Result<bool, Failure> {
    let Some(mut changed) = find(connection, user)? else { return Ok(false) };
    let is_renamed = changes.nickname.is_some();
    changed.nickname = changes.nickname.unwrap_or(changed.nickname);
    changed.first_name = changes.first_name.unwrap_or(changed.first_name);
    changed.last_name = changes.last_name.unwrap_or(changed.last_name);
    sql::<()>(UPDATE_USER)
        .bind(changed.nickname.as_str())
        .bind(is_renamed.then(|| changed.nickname.folded()))
        .bind(changed.first_name.as_ref().map(tweetty_domain::PersonName::as_str))
        .bind(changed.last_name.as_ref().map(tweetty_domain::PersonName::as_str))
        .bind(changed.searchable())
        .bind(user)
        .execute(connection)
        .or_if_taken(|| Error::NicknameTaken(changed.nickname.clone()))?;
    Ok(true)
}

/// Of two users whose nicknames differ only in what nobody sees it is the one that has exactly this.
fn find_by_nickname(connection: &mut SqliteConnection, nickname: &Nickname) -> Result<Option<User>, Failure> {
    let exactly = nickname.folded_with_hidden();
    let forms = [nickname.folded(), exactly.clone()];
    let found = users::table.filter(users::nickname_folded.eq_any(forms)).select(rows::UserRow::as_select());
    let found = found.load(connection)?.into_iter().map(User::try_from).collect::<Result<Vec<_>>>()?;
    Ok(found.into_iter().max_by_key(|user| user.nickname.folded_with_hidden() == exactly))
}

/// What is hers goes by the foreign keys; the counters of others are told before.
fn remove(connection: &mut SqliteConnection, user: UserId) -> Result<Option<Vec<ImageFiles>>, Failure> {
    let files = images::table.filter(images::owner_id.eq(user.get()));
    let files =
        files.select((images::name, images::variants)).load::<(String, Option<String>)>(connection)?;
    for counters in [TAKE_LIKES_BACK, LEAVE_FOLLOWEES, LOSE_FOLLOWERS] {
        sql::<()>(counters).bind(user).execute(connection)?;
    }
    let removed = diesel::delete(users::table.find(user.get())).execute(connection)?;
    let files = files.into_iter().map(rows::image_files).collect::<Result<_, _>>()?;
    if removed == 0 { Ok(None) } else { Ok(Some(files)) }
}

/// The write-ahead log still holds pages as they were: it is written back and cut off.
fn forget_log(connection: &mut SqliteConnection) {
    let checkpoint = sql::<(BigInt, BigInt, BigInt)>("PRAGMA wal_checkpoint(TRUNCATE)");
    match checkpoint.get_result::<(i64, i64, i64)>(connection) {
        Ok((0, _, _)) => {}
        Ok(_) => tracing::warn!(
            "readers kept the write-ahead log from being cut off; a later checkpoint overwrites it"
        ),
        Err(error) => tracing::warn!(%error, "the write-ahead log could not be cut off"),
    }
}
