//! The port of people.

use std::sync::Arc;

use async_trait::async_trait;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures_util::FutureExt as _;
use tweetty_domain::{
    Avatar, Change, Changes, Deactivated, Entry, Identifier, ImageFiles, NamePart, NewUser, Nickname, People,
    PeopleStart, Person, PersonChange, Profile, Result, Timestamp, User, UserId, Users, Whom,
};

use crate::changes::{self, Pair};
use crate::connection::{Connection, Patience};
use crate::failure::Failure;
use crate::kind::Kind;
use crate::schema::{follows, users};
use crate::{
    Store, addition, audit, avatars, follows as lists, presence, removal, rows, search, user_changes,
};

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
        let names = Arc::clone(&self.known.names);
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
                user_changes::update(connection, user, Arc::clone(&changes)).boxed()
            })
            .await;
        self.known.names.forget(&user);
        updated
    }

    async fn apply(&self, changes: Vec<(PersonChange, Option<Entry>)>, at: Timestamp) -> Result<()> {
        let changes = Arc::new(changes);
        let applied = Arc::clone(&changes);
        let outcome = self
            .connections
            .transaction(Patience::Operator, move |connection| {
                let changes = Arc::clone(&applied);
                async move { user_changes::apply(connection, &changes, at).await }.boxed()
            })
            .await;
        for (change, _) in changes.iter() {
            if let PersonChange::Change { user, .. } = change {
                self.known.names.forget(user);
            }
        }
        outcome
    }

    async fn deactivate(
        &self,
        user: UserId,
        at: Timestamp,
        entry: Option<Entry>,
    ) -> Result<Option<Deactivated>> {
        let is_made =
            |done: &Option<Deactivated>| done.as_ref().is_some_and(|done| done.change == Change::Made);
        let of_bots = Arc::new(entry.clone());
        self.recorded(Patience::Operator, entry, is_made, move |connection| {
            let entry = Arc::clone(&of_bots);
            async move { presence::deactivate(connection, user, at, entry.as_ref().as_ref()).await }.boxed()
        })
        .await
    }

    async fn activate(&self, user: UserId, entry: Option<Entry>) -> Result<Option<Change>> {
        let is_made = |change: &_| *change == Some(Change::Made);
        self.recorded(Patience::Operator, entry, is_made, move |connection| {
            presence::activate(connection, user).boxed()
        })
        .await
    }

    async fn set_avatar(
        &self,
        user: UserId,
        avatar: Option<Avatar>,
        entry: Option<Entry>,
    ) -> Result<Option<Avatar>> {
        let is_change = |replaced: &avatars::Replaced| replaced.is_change;
        let replaced = self
            .recorded(Patience::Request, entry, is_change, move |connection| {
                avatars::set(connection, user, avatar).boxed()
            })
            .await;
        self.known.names.forget(&user);
        Ok(replaced?.before)
    }

    async fn remove(&self, user: UserId, entry: Option<Entry>) -> Result<Option<Vec<ImageFiles>>> {
        let removed = self
            .recorded(Patience::Operator, entry, Option::is_some, move |connection| {
                removal::remove(connection, user).boxed()
            })
            .await;
        self.known.names.forget(&user);
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
    Ok(found.first(connection).await.optional()?.map(User::try_from).transpose()?)
}

/// Of two users whose nicknames differ only in what nobody sees it is the one that has exactly this.
async fn find_by_nickname(connection: &mut Connection, nickname: Nickname) -> Result<Option<User>, Failure> {
    let exactly = nickname.folded_with_hidden();
    let forms = [nickname.folded(), exactly.clone()];
    let found = users::table.filter(users::nickname_folded.eq_any(forms)).select(rows::UserRow::as_select());
    let found = found.load(connection).await?.into_iter().map(User::try_from).collect::<Result<Vec<_>>>()?;
    Ok(found.into_iter().max_by_key(|user| user.nickname.folded_with_hidden() == exactly))
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
    Ok(found.load(connection).await?.into_iter().map(User::try_from).collect::<Result<_>>()?)
}

async fn are_related(
    connection: &mut Connection,
    follower: UserId,
    followee: UserId,
) -> Result<bool, Failure> {
    let found = exists(follows::table.find((follower.get(), followee.get())));
    Ok(diesel::select(found).get_result(connection).await?)
}
