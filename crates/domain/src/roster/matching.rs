//! Who in a list is which user.

use std::collections::{HashMap, HashSet};

use super::{Conflict, FoundBy};
use crate::{Changes, Email, ExternalId, ListName, Login, Nickname, User};

/// The entries that say of somebody what an earlier one says of another, though it belongs to one alone.
pub(super) fn twice(listed: &[Changes]) -> Vec<(usize, Conflict)> {
    let kinds =
        [(FoundBy::ExternalId, "external id"), (FoundBy::Login, "login"), (FoundBy::Nickname, "nickname")];
    let mut conflicts = Vec::new();
    for (by, what) in kinds {
        let mut seen = HashSet::new();
        let said = listed.iter().enumerate().filter_map(|(entry, says)| Some((entry, sign(says, by)?)));
        let again = said.filter(|(_, sign)| !seen.insert(sign.clone()));
        conflicts.extend(again.map(|(entry, _)| (entry, Conflict::Twice { what })));
    }
    conflicts
}

/// The users of a list's entries, found by the surest sign first: a user found by it is not found again by another.
pub(super) fn matched<'u>(
    listed: &[Changes],
    users: &'u [User],
    list: &ListName,
) -> HashMap<usize, (&'u User, FoundBy)> {
    let (mut matched, mut taken) = (HashMap::new(), HashSet::new());
    for by in [FoundBy::ExternalId, FoundBy::Login, FoundBy::Nickname, FoundBy::Email] {
        // A bot may have the address of a person.
        let is_meant = |user: &&User| !taken.contains(&user.id) && (by != FoundBy::Email || !user.is_bot());
        let free = users.iter().filter(is_meant);
        let (known, meanings) = (known(free, by), meanings(listed, by));
        for (entry, says) in listed.iter().enumerate() {
            // What is said of several people, as an address may be, says nothing.
            let clear = sign(says, by).filter(|sign| meanings.get(sign) == Some(&1));
            let user = clear.and_then(|sign| known.get(&sign).copied().flatten());
            let Some(user) = user.filter(|user| !contradicts(user, says, by)) else { continue };
            // The list knows better signs of those whom it manages: an address changes hands.
            if by == FoundBy::Email && user.particulars.managed_by.as_ref() == Some(list) {
                continue;
            }
            if !matched.contains_key(&entry) && taken.insert(user.id) {
                matched.insert(entry, (user, by));
            }
        }
    }
    matched
}

/// The users by their signs of that kind; none where several have one.
fn known<'u>(users: impl Iterator<Item = &'u User>, by: FoundBy) -> HashMap<String, Option<&'u User>> {
    let mut known = HashMap::new();
    for user in users {
        let particulars = &user.particulars;
        let sign = match by {
            FoundBy::ExternalId => particulars.external_id.as_ref().map(|id| id.as_str().to_owned()),
            FoundBy::Login => particulars.login.as_ref().map(Login::folded),
            FoundBy::Email => particulars.email.as_ref().map(Email::folded),
            FoundBy::Nickname => Some(user.nickname.folded()),
        };
        if let Some(sign) = sign {
            known.entry(sign).and_modify(|other| *other = None).or_insert(Some(user));
        }
    }
    known
}

/// How many entries have each sign of that kind.
fn meanings(listed: &[Changes], by: FoundBy) -> HashMap<String, u32> {
    let mut meanings = HashMap::new();
    for sign in listed.iter().filter_map(|says| sign(says, by)) {
        *meanings.entry(sign).or_default() += 1;
    }
    meanings
}

fn said<T>(field: Option<&Option<T>>) -> Option<&T> {
    field.and_then(Option::as_ref)
}

/// The sign of that kind that an entry gives, as it is compared.
fn sign(says: &Changes, by: FoundBy) -> Option<String> {
    match by {
        FoundBy::ExternalId => said(says.external_id.as_ref()).map(|id| id.as_str().to_owned()),
        FoundBy::Login => said(says.login.as_ref()).map(Login::folded),
        FoundBy::Email => said(says.email.as_ref()).map(Email::folded),
        FoundBy::Nickname => says.nickname.as_ref().map(Nickname::folded),
    }
}

/// Whether the user and the entry differ in a surer sign than that.
fn contradicts(user: &User, says: &Changes, by: FoundBy) -> bool {
    let ids = (user.particulars.external_id.as_ref(), said::<ExternalId>(says.external_id.as_ref()));
    let logins = user.particulars.login.as_ref().zip(said::<Login>(says.login.as_ref()));
    let other_id = matches!(ids, (Some(one), Some(other)) if one != other);
    let other_login = logins.is_some_and(|(one, other)| one.folded() != other.folded());
    match by {
        FoundBy::ExternalId => false,
        FoundBy::Login => other_id,
        FoundBy::Email | FoundBy::Nickname => other_id || other_login,
    }
}
