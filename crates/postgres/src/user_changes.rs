//! Changes of people: of one, and of several as a list of them demands.

use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use tweetty_domain::{
    Changes, Designation, Email, Entry, Error, ExternalId, ListName, Login, Particulars, PersonChange,
    PersonName, Timestamp, User, UserId,
};

use crate::connection::Connection;
use crate::failure::{Failure, OrIfViolated as _, violates};
use crate::schema::users;
use crate::statement::{Bind, sql};
use crate::{addition, audit, bots, keys, presence, rows};

/// Who keeps a nickname keeps how it is compared: that of an older version may look like another user's.
const UPDATE_USER: &str = "
    UPDATE users
    SET nickname = :nickname,
        nickname_folded = CASE nickname WHEN :nickname THEN nickname_folded ELSE :folded END,
        first_name = :first_name, last_name = :last_name, searchable = :searchable, login = :login,
        login_folded = :login_folded, email = :email, email_folded = :email_folded, external_id = :external_id,
        title = :title, department = :department, managed_by = :managed_by, role = :role,
        owner_id = :owner
    WHERE id = :user";

pub(crate) async fn update(
    connection: &mut Connection,
    user: UserId,
    changes: Arc<Changes>,
) -> Result<bool, Failure> {
    let owner = changes.owner.flatten().map(UserId::get);
    bots::lock_owners(connection, owner.into_iter().collect()).await?;
    let found = users::table.find(user.get()).select(rows::UserRow::as_select()).for_no_key_update();
    let found = found.first(connection).await.optional()?.map(User::try_from).transpose()?;
    let Some(found) = found else { return Ok(false) };
    let user = found.clone().changed(changes.as_ref().clone());
    bots::refuse_change(connection, &found, &user).await?;
    let Particulars { login, email, external_id, title, department, managed_by, role, owner } =
        &user.particulars;
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
        .bind("role", role.as_str())
        .bind("owner", Bind::MaybeBigInt(owner.map(UserId::get)))
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

/// Makes those changes in their order; those who join one behind the other are added at once.
pub(crate) async fn apply(
    connection: &mut Connection,
    changes: &[(PersonChange, Option<Entry>)],
    at: Timestamp,
) -> Result<(), Failure> {
    let (mut joining, mut rest) = (Vec::new(), changes.iter().peekable());
    while let Some((change, entry)) = rest.next() {
        let user = match change {
            PersonChange::Join(new) => {
                joining.push(new.clone());
                if !matches!(rest.peek(), Some((PersonChange::Join(_), other)) if other == entry) {
                    let ids = addition::add(connection, Arc::new(std::mem::take(&mut joining))).await?;
                    let added = ids.iter().map(|id| id.get()).collect();
                    audit::record_each(connection, entry.as_ref(), added).await?;
                }
                continue;
            }
            PersonChange::Leave(user) => {
                presence::deactivate(connection, *user, at, entry.as_ref())
                    .await?
                    .ok_or(Error::no_user(*user))?;
                *user
            }
            PersonChange::Change { user, changes, returns, key } => {
                if !update(connection, *user, Arc::new(changes.clone())).await? {
                    return Err(Error::no_user(*user).into());
                }
                if *returns {
                    presence::activate(connection, *user).await?;
                }
                if let Some(key) = key {
                    keys::add_key(connection, *user, key, at).await?;
                }
                *user
            }
        };
        audit::record_each(connection, entry.as_ref(), vec![user.get()]).await?;
    }
    Ok(())
}
