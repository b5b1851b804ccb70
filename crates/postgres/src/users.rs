//! The port of people.

use std::sync::Arc;

use async_trait::async_trait;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures_util::FutureExt as _;
use tweetty_domain::{
    Change, Changes, Designation, Email, Entry, Error, ExternalId, Identifier, ImageFiles, ListName, Login,
    NamePart, NewUser, Nickname, Particulars, People, PeopleStart, Person, PersonName, Profile, Result,
    Timestamp, User, UserId, Users, Whom,
};

use crate::changes::{self, Pair};
use crate::connection::{Connection, Patience};
use crate::failure::{Failure, OrIfViolated as _, violates};
use crate::kind::Kind;
use crate::schema::{follows, users};
use crate::statement::sql;
use crate::{Store, addition, audit, follows as lists, keys, removal, rows, search};

/// Who keeps a nickname keeps how it is compared: that of an older version may look like another user's.
const UPDATE_USER: &str = "
    UPDATE users
    SET nickname = :nickname,
        nickname_folded = CASE nickname WHEN :nickname THEN nickname_folded ELSE :folded END,
        first_name = :first_name, last_name = :last_name, searchable = :searchable, login = :login, login_folded = :login_folded, email = :email,
        email_folded = :email_folded, external_id = :external_id, title = :title, department = :department,
        managed_by = :managed_by
    WHERE id = :user";

const DEACTIVATE: &str = "
    UPDATE users
    SET deactivated_at = :at
    WHERE id = :user
      AND deactivated_at IS NULL";

const ACTIVATE: &str = "
    UPDATE users
    SET deactivated_at = NULL
    WHERE id = :user
      AND deactivated_at IS NOT NULL";

#[async_trait]
impl Users for Store {
    async fn add(&self, users: Vec<NewUser>, entry: Option<Entry>) -> Result<Vec<UserId>> {
        let users = Arc::new(users);
        self.connections
            .transaction(Patience::Operator, move |connection| {
                let (users, entry) = (Arc::clone(&users), entry.clone());
                async move {
                    let ids = addition::add(connection, users).await?;
                    let added = ids.iter().map(|id| id.get()).collect();
                    audit::record_each(connection, entry.as_ref(), added).await?;
                    Ok(ids)
                }
                .boxed()
            })
            .await
    }

    async fn find(&self, user: UserId) -> Result<Option<User>> {
        self.connections.read(move |connection| find(connection, user).boxed()).await
    }

    async fn find_by_nickname(&self, nickname: &Nickname) -> Result<Option<User>> {
        let nickname = nickname.clone();
        self.connections.read(move |connection| find_by_nickname(connection, nickname).boxed()).await
    }

    async fn holders(&self, of: Vec<Identifier>) -> Result<Vec<User>> {
        self.connections.read(move |connection| holders(connection, of).boxed()).await
    }

    async fn profile(&self, user: UserId, viewer: UserId, embedded: u32) -> Result<Option<Profile>> {
        let names = Arc::clone(&self.names);
        self.connections
            .read(move |connection| {
                async move { lists::profile(connection, &names, user, viewer, embedded).await }.boxed()
            })
            .await
    }

    async fn search(
        &self,
        part: Option<NamePart>,
        whom: Whom,
        start: PeopleStart,
        limit: u32,
    ) -> Result<People<User>> {
        self.connections
            .read(move |connection| search::search(connection, part, whom, start, limit).boxed())
            .await
    }

    async fn update(&self, user: UserId, changes: Changes, entry: Option<Entry>) -> Result<bool> {
        let changes = Arc::new(changes);
        let updated = self
            .recorded(Patience::Request, entry, bool::clone, move |connection| {
                update(connection, user, Arc::clone(&changes)).boxed()
            })
            .await;
        self.names.forget(&user);
        updated
    }

    async fn deactivate(&self, user: UserId, at: Timestamp, entry: Option<Entry>) -> Result<Option<Change>> {
        let is_made = |change: &_| *change == Some(Change::Made);
        self.recorded(Patience::Operator, entry, is_made, move |connection| {
            deactivate(connection, user, at).boxed()
        })
        .await
    }

    async fn activate(&self, user: UserId, entry: Option<Entry>) -> Result<Option<Change>> {
        let is_made = |change: &_| *change == Some(Change::Made);
        self.recorded(Patience::Operator, entry, is_made, move |connection| {
            activate(connection, user).boxed()
        })
        .await
    }

    async fn remove(&self, user: UserId, entry: Option<Entry>) -> Result<Option<Vec<ImageFiles>>> {
        let removed = self
            .recorded(Patience::Operator, entry, Option::is_some, move |connection| {
                removal::remove(connection, user).boxed()
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
        let pair = Pair::follow(follower, followee);
        match entry {
            None => self.follows.change(pair).await,
            Some(entry) => self.recorded_change(Kind::Follow, pair, entry).await,
        }
    }

    async fn unfollow(
        &self,
        follower: UserId,
        followee: UserId,
        entry: Option<Entry>,
    ) -> Result<Option<Change>> {
        let pair = Pair::follow(follower, followee);
        match entry {
            None => self.unfollows.change(pair).await,
            Some(entry) => self.recorded_change(Kind::Unfollow, pair, entry).await,
        }
    }

    async fn follows(&self, follower: UserId, followee: UserId) -> Result<bool> {
        self.connections.read(move |connection| are_related(connection, follower, followee).boxed()).await
    }

    async fn followers(
        &self,
        user: UserId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>> {
        self.connections
            .read(move |connection| lists::list(connection, lists::FOLLOWERS, user, after, limit).boxed())
            .await
    }

    async fn following(
        &self,
        user: UserId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>> {
        self.connections
            .read(move |connection| lists::list(connection, lists::FOLLOWING, user, after, limit).boxed())
            .await
    }
}

impl Store {
    /// A change that an operator makes: a group of its own, since its entry is part of the transaction.
    async fn recorded_change(&self, kind: Kind, pair: Pair, entry: Entry) -> Result<Option<Change>> {
        let is_made = |change: &_| *change == Some(Change::Made);
        self.recorded(Patience::Operator, Some(entry), is_made, move |connection| {
            async move { Ok(changes::make(kind, connection, &[pair]).await?.of(pair)?) }.boxed()
        })
        .await
    }
}

async fn find(connection: &mut Connection, user: UserId) -> Result<Option<User>, Failure> {
    let found = users::table.find(user.get()).select(rows::UserRow::as_select());
    Ok(found.first(connection).await.optional()?.map(User::from))
}

/// Of two users whose nicknames differ only in what nobody sees it is the one that has exactly this.
async fn find_by_nickname(connection: &mut Connection, nickname: Nickname) -> Result<Option<User>, Failure> {
    let exactly = nickname.folded_with_hidden();
    let forms = [nickname.folded(), exactly.clone()];
    let found = users::table.filter(users::nickname_folded.eq_any(forms)).select(rows::UserRow::as_select());
    let found = found.load(connection).await?.into_iter().map(User::from);
    Ok(found.max_by_key(|user| user.nickname.folded_with_hidden() == exactly))
}

async fn holders(connection: &mut Connection, of: Vec<Identifier>) -> Result<Vec<User>, Failure> {
    let (mut nicknames, mut logins, mut external_ids) = (Vec::new(), Vec::new(), Vec::new());
    for identifier in of {
        match identifier {
            Identifier::Nickname(nickname) => nicknames.push(nickname.folded()),
            Identifier::Login(login) => logins.push(login.folded()),
            Identifier::ExternalId(id) => external_ids.push(id.as_str().to_owned()),
        }
    }
    let found = users::table
        .filter(users::nickname_folded.eq_any(nicknames))
        .or_filter(users::login_folded.eq_any(logins))
        .or_filter(users::external_id.eq_any(external_ids))
        .order(users::id)
        .select(rows::UserRow::as_select());
    Ok(found.load(connection).await?.into_iter().map(User::from).collect())
}

async fn update(connection: &mut Connection, user: UserId, changes: Arc<Changes>) -> Result<bool, Failure> {
    let found = users::table.find(user.get()).select(rows::UserRow::as_select()).for_no_key_update();
    let found = found.first(connection).await.optional()?.map(User::from);
    let Some(found) = found else { return Ok(false) };
    let user = found.changed(changes.as_ref().clone());
    let Particulars { login, email, external_id, title, department, managed_by } = &user.particulars;
    let updated = sql::<()>(UPDATE_USER)
        .bind("nickname", user.nickname.as_str())
        .bind("folded", user.nickname.folded())
        .bind("first_name", user.first_name.as_ref().map(PersonName::as_str))
        .bind("last_name", user.last_name.as_ref().map(PersonName::as_str))
        .bind("searchable", user.searchable())
        .bind("login", login.as_ref().map(Login::as_str))
        .bind("login_folded", login.as_ref().map(Login::folded))
        .bind("email", email.as_ref().map(Email::as_str))
        .bind("email_folded", email.as_ref().map(Email::folded))
        .bind("external_id", external_id.as_ref().map(ExternalId::as_str))
        .bind("title", title.as_ref().map(Designation::as_str))
        .bind("department", department.as_ref().map(Designation::as_str))
        .bind("managed_by", managed_by.as_ref().map(ListName::as_str))
        .bind("user", user.id)
        .execute(connection)
        .await;
    match (login, external_id) {
        (Some(login), _) if violates(&updated, "users_login") => Err(Error::LoginTaken(login.clone()).into()),
        (_, Some(id)) if violates(&updated, "users_external_id") => {
            Err(Error::ExternalIdTaken(id.clone()).into())
        }
        _ => {
            let taken = || Error::NicknameTaken(user.nickname.clone());
            updated.or_if_violated("users_nickname_folded_key", taken)?;
            Ok(true)
        }
    }
}

async fn deactivate(
    connection: &mut Connection,
    user: UserId,
    at: Timestamp,
) -> Result<Option<Change>, Failure> {
    let deactivated = sql::<()>(DEACTIVATE).bind("at", at).bind("user", user).execute(connection).await?;
    keys::end_keys(connection, user, at).await?;
    changed(connection, user, deactivated).await
}

async fn activate(connection: &mut Connection, user: UserId) -> Result<Option<Change>, Failure> {
    let activated = sql::<()>(ACTIVATE).bind("user", user).execute(connection).await?;
    changed(connection, user, activated).await
}

/// What so many changed rows say of a user; `None` where there is no such user.
async fn changed(connection: &mut Connection, user: UserId, rows: usize) -> Result<Option<Change>, Failure> {
    if rows > 0 {
        return Ok(Some(Change::Made));
    }
    Ok(find(connection, user).await?.map(|_| Change::AlreadySo))
}

async fn are_related(
    connection: &mut Connection,
    follower: UserId,
    followee: UserId,
) -> Result<bool, Failure> {
    let found = exists(follows::table.find((follower.get(), followee.get())));
    Ok(diesel::select(found).get_result(connection).await?)
}
