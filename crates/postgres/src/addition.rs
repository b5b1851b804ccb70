//! Adding people, however many, by a fixed number of statements.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use tweetty_domain::{
    Designation, Email, Error, ExternalId, ListName, Login, NewKey, NewUser, Particulars, PersonName, UserId,
};

use crate::bots;
use crate::changes::{self, Pair};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::kind::Kind;
use crate::schema::{api_keys, users};
use crate::statement::{Bind, sql};

/// One addition of several people waits for another: two additions of the same people in different orders would wait
/// for each other in a circle. Ends with the transaction.
const ADD_IN_TURN: &str = "SELECT pg_advisory_xact_lock(8390876212)";

/// All at once; the folded nickname says which id belongs to whom.
const ADD_USERS: &str = "
    INSERT INTO users (
        nickname, nickname_folded, first_name, last_name, searchable, login, login_folded, email, email_folded,
        external_id, title, department, managed_by, role, owner_id, created_at
    )
    SELECT nickname, folded, first_name, last_name, searchable, login, login_folded, email, email_folded,
           external_id, title, department, managed_by, role, owner_id, created_at
    FROM unnest(
        :nicknames, :folded, :first_names, :last_names, :searchables, :logins, :logins_folded, :emails,
        :emails_folded, :external_ids, :titles, :departments, :managers, :roles, :owners, :times
    ) WITH ORDINALITY AS added (
        nickname, folded, first_name, last_name, searchable, login, login_folded, email, email_folded,
        external_id, title, department, managed_by, role, owner_id, created_at, place
    )
    ORDER BY place
    RETURNING nickname_folded, id";

const ADD_KEYS: &str = "
    INSERT INTO api_keys (hash, user_id, created_at, ends_at, label)
    SELECT hash, users.id, added.created_at, ends_at, label
    FROM unnest(:hashes, :folded, :times, :ends, :labels) AS added (hash, folded, created_at, ends_at, label)
    JOIN users ON users.nickname_folded = added.folded";

/// Adds all of them or none; the ids come in the order given.
pub(crate) async fn add(
    connection: &mut Connection,
    users: Arc<Vec<NewUser>>,
) -> Result<Vec<UserId>, Failure> {
    let folded = users.iter().map(|user| user.nickname.folded()).collect::<Vec<_>>();
    if users.len() > 1 {
        diesel::sql_query(ADD_IN_TURN).execute(connection).await?;
    }
    refuse_collisions(connection, &users, &folded).await?;
    users.iter().try_for_each(|user| user.particulars.refuse_bot_with_role())?;
    let owner = |user: &NewUser| user.particulars.owner.map(UserId::get);
    bots::lock_owners(connection, users.iter().filter_map(owner).collect()).await?;
    let texts = |text: fn(&NewUser) -> Option<&str>| {
        Bind::MaybeTexts(users.iter().map(|user| text(user).map(str::to_owned)).collect())
    };
    let folded_texts = |text: fn(&Particulars) -> Option<String>| {
        Bind::MaybeTexts(users.iter().map(|user| text(&user.particulars)).collect())
    };
    let added = sql::<(Text, BigInt)>(ADD_USERS)
        .bind("nicknames", texts(|user| Some(user.nickname.as_str())))
        .bind("folded", Bind::Texts(folded.clone()))
        .bind("first_names", texts(|user| user.first_name.as_ref().map(PersonName::as_str)))
        .bind("last_names", texts(|user| user.last_name.as_ref().map(PersonName::as_str)))
        .bind("searchables", Bind::Texts(users.iter().map(NewUser::searchable).collect()))
        .bind("logins", texts(|user| user.particulars.login.as_ref().map(Login::as_str)))
        .bind("logins_folded", folded_texts(|particulars| particulars.login.as_ref().map(Login::folded)))
        .bind("emails", texts(|user| user.particulars.email.as_ref().map(Email::as_str)))
        .bind("emails_folded", folded_texts(|particulars| particulars.email.as_ref().map(Email::folded)))
        .bind("external_ids", texts(|user| user.particulars.external_id.as_ref().map(ExternalId::as_str)))
        .bind("titles", texts(|user| user.particulars.title.as_ref().map(Designation::as_str)))
        .bind("departments", texts(|user| user.particulars.department.as_ref().map(Designation::as_str)))
        .bind("managers", texts(|user| user.particulars.managed_by.as_ref().map(ListName::as_str)))
        .bind("roles", texts(|user| Some(user.particulars.role.as_str())))
        .bind("owners", Bind::MaybeBigInts(users.iter().map(owner).collect()))
        .bind("times", Bind::Times(users.iter().map(|user| user.created_at).collect()))
        .load::<(String, i64)>(connection)
        .await;
    let ids = overtaken_if_taken(added)?.into_iter().collect::<HashMap<_, _>>();
    let keys =
        users.iter().zip(&folded).filter_map(|(user, folded)| Some((user, folded, user.key.as_ref()?)));
    let keys = keys.collect::<Vec<_>>();
    let label = |key: &NewKey| key.label.as_ref().map(|label| label.as_str().to_owned());
    let added = sql::<()>(ADD_KEYS)
        .bind("hashes", Bind::Hashes(keys.iter().map(|(.., key)| key.hash.as_bytes().to_vec()).collect()))
        .bind("folded", Bind::Texts(keys.iter().map(|(_, folded, _)| (*folded).clone()).collect()))
        .bind("times", Bind::Times(keys.iter().map(|(user, ..)| user.created_at).collect()))
        .bind("ends", Bind::MaybeTimes(keys.iter().map(|(.., key)| key.ends_at).collect()))
        .bind("labels", Bind::MaybeTexts(keys.iter().map(|(.., key)| label(key)).collect()))
        .execute(connection)
        .await;
    overtaken_if_taken(added)?;
    let id = |folded| ids.get(folded).copied().map(UserId::stored);
    let missing = || Failure::Refused(Error::internal("the database did not return the id of an added user"));
    let ids = folded.iter().map(|folded| id(folded).ok_or_else(missing)).collect::<Result<Vec<_>, _>>()?;
    follow(connection, &users, &ids).await?;
    Ok(ids)
}

/// Lets the new users follow those whom they follow from the beginning.
async fn follow(connection: &mut Connection, users: &[NewUser], ids: &[UserId]) -> Result<(), Failure> {
    let follows =
        ids.iter().zip(users).flat_map(|(id, user)| user.follows.iter().map(|followee| (*id, *followee)));
    let follows = follows.collect::<Vec<_>>();
    if follows.is_empty() {
        return Ok(());
    }
    let pairs = follows.iter().map(|(id, followee)| Pair::follow(*id, *followee)).collect::<Vec<_>>();
    let mut outcome = changes::make(Kind::Follow, connection, &pairs).await?;
    for (pair, (_, followee)) in pairs.into_iter().zip(follows) {
        outcome.of(pair)?.ok_or(Error::no_user(followee))?;
    }
    Ok(())
}

/// Names the first of the new users that collides with an earlier one.
async fn refuse_collisions(
    connection: &mut Connection,
    new: &[NewUser],
    folded: &[String],
) -> Result<(), Failure> {
    let login = |user: &NewUser| user.particulars.login.as_ref().map(Login::folded);
    let external_id = |user: &NewUser| user.particulars.external_id.as_ref().map(|id| id.as_str().to_owned());
    let hash = |user: &NewUser| user.key.as_ref().map(|key| key.hash.as_bytes().to_vec());
    let taken = users::table.filter(users::nickname_folded.eq_any(folded)).select(users::nickname_folded);
    let mut nicknames = taken.load::<String>(connection).await?.into_iter().collect::<HashSet<_>>();
    let wanted = new.iter().filter_map(login).collect::<Vec<_>>();
    let taken = users::table.filter(users::login_folded.eq_any(wanted)).select(users::login_folded);
    let taken = taken.load::<Option<String>>(connection).await?;
    let mut logins = taken.into_iter().flatten().collect::<HashSet<_>>();
    let wanted = new.iter().filter_map(external_id).collect::<Vec<_>>();
    let taken = users::table.filter(users::external_id.eq_any(wanted)).select(users::external_id);
    let taken = taken.load::<Option<String>>(connection).await?;
    let mut external_ids = taken.into_iter().flatten().collect::<HashSet<_>>();
    let wanted = new.iter().filter_map(hash).collect::<Vec<_>>();
    let taken = api_keys::table.filter(api_keys::hash.eq_any(wanted)).select(api_keys::hash);
    let mut keys = taken.load::<Vec<u8>>(connection).await?.into_iter().collect::<HashSet<_>>();
    for (user, folded) in new.iter().zip(folded) {
        let Particulars { login: given_login, external_id: given_id, .. } = &user.particulars;
        if !nicknames.insert(folded.clone()) {
            return Err(Error::NicknameTaken(user.nickname.clone()).into());
        }
        if let Some(given) = given_login
            && !logins.insert(given.folded())
        {
            return Err(Error::LoginTaken(given.clone()).into());
        }
        if let Some(given) = given_id
            && !external_ids.insert(given.as_str().to_owned())
        {
            return Err(Error::ExternalIdTaken(given.clone()).into());
        }
        if hash(user).is_some_and(|hash| !keys.insert(hash)) {
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
