//! The port of people.

use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use futures_util::FutureExt as _;
use tweetty_domain::{
    Change, Changes, Entry, Error, ImageFiles, NamePart, NewUser, Nickname, People, PeopleStart, Person,
    PersonName, Profile, Result, Timestamp, User, UserId, Users,
};

use crate::changes::{self, Pair};
use crate::connection::{Connection, Patience};
use crate::failure::{Failure, OrIfViolated as _};
use crate::kind::Kind;
use crate::schema::{api_keys, follows, users};
use crate::statement::{Bind, sql};
use crate::{Store, audit, follows as lists, removal, rows, search};

/// One addition of several people waits for another: two additions of the same people in different orders would wait
/// for each other in a circle. Ends with the transaction.
const ADD_IN_TURN: &str = "SELECT pg_advisory_xact_lock(8390876212)";

/// All at once; the folded nickname says which id belongs to whom.
const ADD_USERS: &str = "
    INSERT INTO users (nickname, nickname_folded, first_name, last_name, searchable, created_at)
    SELECT nickname, folded, first_name, last_name, searchable, created_at
    FROM unnest(:nicknames, :folded, :first_names, :last_names, :searchables, :times)
        WITH ORDINALITY AS added (nickname, folded, first_name, last_name, searchable, created_at, place)
    ORDER BY place
    RETURNING nickname_folded, id";

const ADD_KEYS: &str = "
    INSERT INTO api_keys (hash, user_id, created_at)
    SELECT hash, users.id, added.created_at
    FROM unnest(:hashes, :folded, :times) AS added (hash, folded, created_at)
    JOIN users ON users.nickname_folded = added.folded";

const UPDATE_USER: &str = "
    UPDATE users
    SET nickname = :nickname, nickname_folded = COALESCE(:folded, nickname_folded), first_name = :first_name, last_name = :last_name,
        searchable = :searchable
    WHERE id = :user";

#[async_trait]
impl Users for Store {
    async fn add(&self, users: Vec<NewUser>, entry: Option<Entry>) -> Result<Vec<UserId>> {
        let users = Arc::new(users);
        self.connections
            .transaction(Patience::Operator, move |connection| {
                let (users, entry) = (Arc::clone(&users), entry.clone());
                async move {
                    let ids = add(connection, users).await?;
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

    async fn profile(&self, user: UserId, viewer: UserId, embedded: u32) -> Result<Option<Profile>> {
        let names = Arc::clone(&self.names);
        self.connections
            .read(move |connection| {
                async move { lists::profile(connection, &names, user, viewer, embedded).await }.boxed()
            })
            .await
    }

    async fn search(&self, part: Option<NamePart>, start: PeopleStart, limit: u32) -> Result<People<User>> {
        self.connections.read(move |connection| search::search(connection, part, start, limit).boxed()).await
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

async fn add(connection: &mut Connection, users: Arc<Vec<NewUser>>) -> Result<Vec<UserId>, Failure> {
    let folded = users.iter().map(|user| user.nickname.folded()).collect::<Vec<_>>();
    if users.len() > 1 {
        diesel::sql_query(ADD_IN_TURN).execute(connection).await?;
    }
    refuse_collisions(connection, &users, &folded).await?;
    let times = users.iter().map(|user| user.created_at).collect::<Vec<_>>();
    let name = |name: &Option<PersonName>| name.as_ref().map(|name| name.as_str().to_owned());
    let nicknames = users.iter().map(|user| user.nickname.as_str().to_owned()).collect();
    let added = sql::<(Text, BigInt)>(ADD_USERS)
        .bind("nicknames", Bind::Texts(nicknames))
        .bind("folded", Bind::Texts(folded.clone()))
        .bind("first_names", Bind::MaybeTexts(users.iter().map(|user| name(&user.first_name)).collect()))
        .bind("last_names", Bind::MaybeTexts(users.iter().map(|user| name(&user.last_name)).collect()))
        .bind("searchables", Bind::Texts(users.iter().map(NewUser::searchable).collect()))
        .bind("times", Bind::Times(times.clone()))
        .load::<(String, i64)>(connection)
        .await;
    let ids = overtaken_if_taken(added)?.into_iter().collect::<std::collections::HashMap<_, _>>();
    let keys = sql::<()>(ADD_KEYS)
        .bind("hashes", Bind::Hashes(users.iter().map(|user| user.key.as_bytes().to_vec()).collect()))
        .bind("folded", Bind::Texts(folded.clone()))
        .bind("times", Bind::Times(times))
        .execute(connection)
        .await;
    overtaken_if_taken(keys)?;
    let id = |folded| ids.get(folded).copied().map(UserId::stored);
    let missing = || Failure::Refused(Error::internal("the database did not return the id of an added user"));
    folded.iter().map(|folded| id(folded).ok_or_else(missing)).collect()
}

/// Names the first of the new users who is in the way of somebody before her.
async fn refuse_collisions(
    connection: &mut Connection,
    new: &[NewUser],
    folded: &[String],
) -> Result<(), Failure> {
    let hashes = new.iter().map(|user| user.key.as_bytes().to_vec()).collect::<Vec<_>>();
    let taken = users::table.filter(users::nickname_folded.eq_any(folded)).select(users::nickname_folded);
    let mut nicknames = taken.load::<String>(connection).await?.into_iter().collect::<HashSet<_>>();
    let taken = api_keys::table.filter(api_keys::hash.eq_any(&hashes)).select(api_keys::hash);
    let mut keys = taken.load::<Vec<u8>>(connection).await?.into_iter().collect::<HashSet<_>>();
    for ((user, folded), hash) in new.iter().zip(folded).zip(hashes) {
        if !nicknames.insert(folded.clone()) {
            return Err(Error::NicknameTaken(user.nickname.clone()).into());
        }
        if !keys.insert(hash) {
            return Err(Error::KeyTaken(user.nickname.clone()).into());
        }
    }
    Ok(())
}

/// Somebody added the same in between: the next attempt sees whom.
fn overtaken_if_taken<T>(result: Result<T, DieselError>) -> Result<T, Failure> {
    match result {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Err(Failure::Overtaken),
        other => Ok(other?),
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

async fn update(connection: &mut Connection, user: UserId, changes: Arc<Changes>) -> Result<bool, Failure> {
    let found = users::table.find(user.get()).select(rows::UserRow::as_select()).for_no_key_update();
    let found = found.first(connection).await.optional()?.map(User::from);
    let Some(mut changed) = found else { return Ok(false) };
    let Changes { nickname, first_name, last_name } = changes.as_ref().clone();
    let is_renamed = nickname.is_some();
    changed.nickname = nickname.unwrap_or(changed.nickname);
    changed.first_name = first_name.unwrap_or(changed.first_name);
    changed.last_name = last_name.unwrap_or(changed.last_name);
    sql::<()>(UPDATE_USER)
        .bind("nickname", changed.nickname.as_str())
        .bind("folded", is_renamed.then(|| changed.nickname.folded()).as_deref())
        .bind("first_name", changed.first_name.as_ref().map(PersonName::as_str))
        .bind("last_name", changed.last_name.as_ref().map(PersonName::as_str))
        .bind("searchable", changed.searchable())
        .bind("user", user)
        .execute(connection)
        .await
        .or_if_violated("users_nickname_folded_key", || Error::NicknameTaken(changed.nickname.clone()))?;
    Ok(true)
}

async fn are_related(
    connection: &mut Connection,
    follower: UserId,
    followee: UserId,
) -> Result<bool, Failure> {
    let found = exists(follows::table.find((follower.get(), followee.get())));
    Ok(diesel::select(found).get_result(connection).await?)
}
