//! The port of people.

use std::collections::BTreeMap;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tweetty_domain::{
    Avatar, Change, Changes, Deactivated, Designation, Email, Entry, Error, ExternalId, Identifier,
    ImageFiles, ListName, Login, NamePart, NewUser, Nickname, Particulars, People, PeopleStart, Person,
    PersonChange, PersonName, Profile, Result, Timestamp, User, UserId, Users, Whom,
};

use crate::failure::{Failure, Violation as _};
use crate::schema::{images, users};
use crate::statement::{Statement, sql};
use crate::{Store, audit, avatars, bots, follows, keys, presence, rows, search};

const ADD_USER: &str = "
    INSERT INTO users (
        nickname, nickname_folded, first_name, last_name, searchable, login, login_folded, email, email_folded,
        external_id, title, department, managed_by, role, owner_id, created_at
    )
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
    RETURNING id";

/// Who keeps a nickname keeps how it is compared: that of an older version may look like another user's.
const UPDATE_USER: &str = "
    UPDATE users
    SET nickname = ?1, nickname_folded = CASE nickname WHEN ?1 THEN nickname_folded ELSE ?2 END,
        first_name = ?3, last_name = ?4, searchable = ?5, login = ?6, login_folded = ?7, email = ?8,
        email_folded = ?9, external_id = ?10, title = ?11, department = ?12, managed_by = ?13, role = ?14,
        owner_id = ?15
    WHERE id = ?16";

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

    async fn holders(&self, of: Vec<Identifier>) -> Result<Vec<User>> {
        self.readers.snapshot(move |connection| holders(connection, of)).await
    }

    async fn profile(&self, user: UserId, viewer: UserId, embedded: u32) -> Result<Option<Profile>> {
        self.readers.snapshot(move |connection| follows::profile(connection, user, viewer, embedded)).await
    }

    async fn search(
        &self,
        part: Option<NamePart>,
        whom: Whom,
        start: PeopleStart,
        limit: u32,
    ) -> Result<People<User>> {
        let search = move |connection: &mut _| search::search(connection, part.as_ref(), whom, start, limit);
        self.readers.read(search).await
    }

    async fn update(&self, user: UserId, changes: Changes, entry: Option<Entry>) -> Result<bool> {
        let update = move |connection: &mut _| update(connection, user, changes);
        let updated = self.recorded(entry, bool::clone, update).await;
        self.names.forget(&user);
        updated
    }

    async fn apply(&self, changes: Vec<(PersonChange, Option<Entry>)>, at: Timestamp) -> Result<()> {
        let changed = changes.iter().filter_map(|(change, _)| match change {
            PersonChange::Change { user, .. } => Some(*user),
            _ => None,
        });
        let changed = changed.collect::<Vec<_>>();
        let apply = move |connection: &mut _| {
            changes.iter().try_for_each(|(change, entry)| apply(connection, change, entry.as_ref(), at))
        };
        let applied = self.writer.write(apply).await;
        for user in &changed {
            self.names.forget(user);
        }
        applied
    }

    async fn deactivate(
        &self,
        user: UserId,
        at: Timestamp,
        entry: Option<Entry>,
    ) -> Result<Option<Deactivated>> {
        let of_bots = entry.clone();
        let deactivate =
            move |connection: &mut _| presence::deactivate(connection, user, at, of_bots.as_ref());
        let is_made =
            |done: &Option<Deactivated>| done.as_ref().is_some_and(|done| done.change == Change::Made);
        self.recorded(entry, is_made, deactivate).await
    }

    async fn activate(&self, user: UserId, entry: Option<Entry>) -> Result<Option<Change>> {
        let activate = move |connection: &mut _| presence::activate(connection, user);
        self.recorded(entry, |change| *change == Some(Change::Made), activate).await
    }

    async fn set_avatar(
        &self,
        user: UserId,
        avatar: Option<Avatar>,
        entry: Option<Entry>,
    ) -> Result<Option<Avatar>> {
        let set = move |connection: &mut _| avatars::set(connection, user, avatar);
        let replaced = self.recorded(entry, |replaced| replaced.is_change, set).await;
        self.names.forget(&user);
        Ok(replaced?.before)
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
    let NewUser { nickname, first_name, last_name, particulars, key, follows, created_at } = user;
    particulars.refuse_bot_with_role()?;
    if let Some(owner) = particulars.owner {
        bots::refuse_owner(connection, owner)?;
    }
    let id =
        written(sql::<BigInt>(ADD_USER), nickname, [first_name, last_name], user.searchable(), particulars)
            .bind(*created_at)
            .get_result(connection)
            .or_if_taken(|column| taken(column, nickname, particulars))?;
    let id = UserId::stored(id);
    if let Some(key) = key {
        keys::add_key(connection, id, key, *created_at)?;
    }
    for followee in follows {
        follows::follow(connection, id, *followee)?.ok_or(Error::no_user(*followee))?;
    }
    audit::record_about(connection, entry, id)?;
    Ok(id)
}

/// Binds what both statements write of a user, in their order.
fn written<Row>(
    statement: Statement<Row>,
    nickname: &Nickname,
    names: [&Option<PersonName>; 2],
    searchable: String,
    particulars: &Particulars,
) -> Statement<Row> {
    let Particulars { login, email, external_id, title, department, managed_by, role, owner } = particulars;
    let [first_name, last_name] = names.map(|name| name.as_ref().map(PersonName::as_str));
    statement
        .bind(nickname.as_str())
        .bind(nickname.folded())
        .bind(first_name)
        .bind(last_name)
        .bind(searchable)
        .bind(login.as_ref().map(Login::as_str))
        .bind(login.as_ref().map(Login::folded))
        .bind(email.as_ref().map(Email::as_str))
        .bind(email.as_ref().map(Email::folded))
        .bind(external_id.as_ref().map(ExternalId::as_str))
        .bind(title.as_ref().map(Designation::as_str))
        .bind(department.as_ref().map(Designation::as_str))
        .bind(managed_by.as_ref().map(ListName::as_str))
        .bind(role.as_str())
        .bind(*owner)
}

/// What the column with the violated constraint makes of it.
fn taken(column: &str, nickname: &Nickname, particulars: &Particulars) -> Error {
    match (column, &particulars.login, &particulars.external_id) {
        ("users.login_folded", Some(login), _) => Error::LoginTaken(login.clone()),
        ("users.external_id", _, Some(id)) => Error::ExternalIdTaken(id.clone()),
        _ => Error::NicknameTaken(nickname.clone()),
    }
}

fn find(connection: &mut SqliteConnection, user: UserId) -> Result<Option<User>, Failure> {
    let row =
        users::table.find(user.get()).select(rows::UserRow::as_select()).first(connection).optional()?;
    Ok(row.map(User::try_from).transpose()?)
}

fn holders(connection: &mut SqliteConnection, of: Vec<Identifier>) -> Result<Vec<User>, Failure> {
    let (mut nicknames, mut logins, mut external_ids) = (Vec::new(), Vec::new(), Vec::new());
    for identifier in of {
        match identifier {
            Identifier::Nickname(nickname) => nicknames.push(nickname.folded()),
            Identifier::Login(login) => logins.push(login.folded()),
            Identifier::ExternalId(id) => external_ids.push(id.as_str().to_owned()),
        }
    }
    let row = || users::table.select(rows::UserRow::as_select());
    let found = [
        row().filter(users::nickname_folded.eq_any(nicknames)).load(connection)?,
        row().filter(users::login_folded.eq_any(logins)).load(connection)?,
        row().filter(users::external_id.eq_any(external_ids)).load(connection)?,
    ];
    let by_id = found.into_iter().flatten().map(User::try_from).map(|user| user.map(|user| (user.id, user)));
    Ok(by_id.collect::<Result<BTreeMap<_, _>>>()?.into_values().collect())
}

fn update(connection: &mut SqliteConnection, user: UserId, changes: Changes) -> Result<bool, Failure> {
    if let Some(Some(owner)) = changes.owner {
        bots::refuse_owner(connection, owner)?;
    }
    let Some(found) = find(connection, user)? else { return Ok(false) };
    let user = found.clone().changed(changes);
    bots::refuse_change(connection, &found, &user)?;
    let names = [&user.first_name, &user.last_name];
    written(sql::<()>(UPDATE_USER), &user.nickname, names, user.searchable(), &user.particulars)
        .bind(user.id)
        .execute(connection)
        .or_if_taken(|column| taken(column, &user.nickname, &user.particulars))?;
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

fn apply(
    connection: &mut SqliteConnection,
    change: &PersonChange,
    entry: Option<&Entry>,
    at: Timestamp,
) -> Result<(), Failure> {
    let user = match change {
        PersonChange::Join(new) => return add(connection, new, entry).map(drop),
        PersonChange::Leave(user) => {
            presence::deactivate(connection, *user, at, entry)?.ok_or(Error::no_user(*user))?;
            *user
        }
        PersonChange::Change { user, changes, returns, key } => {
            if !update(connection, *user, changes.clone())? {
                return Err(Error::no_user(*user).into());
            }
            if *returns {
                presence::activate(connection, *user)?;
            }
            if let Some(key) = key {
                keys::add_key(connection, *user, key, at)?;
            }
            *user
        }
    };
    audit::record_about(connection, entry, user)
}

/// What is theirs goes by the foreign keys; the counters of others are changed before.
fn remove(connection: &mut SqliteConnection, user: UserId) -> Result<Option<Vec<ImageFiles>>, Failure> {
    bots::refuse_if_owner(connection, user)?;
    let files = images::table.filter(images::owner_id.eq(user.get()));
    let files =
        files.select((images::name, images::variants)).load::<(String, Option<String>)>(connection)?;
    let avatar = avatars::of(connection, user)?;
    for counters in [TAKE_LIKES_BACK, LEAVE_FOLLOWEES, LOSE_FOLLOWERS] {
        sql::<()>(counters).bind(user).execute(connection)?;
    }
    let removed = diesel::delete(users::table.find(user.get())).execute(connection)?;
    let mut files = files.into_iter().map(rows::image_files).collect::<Result<Vec<_>, _>>()?;
    files.extend(avatar.map(Avatar::files));
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
