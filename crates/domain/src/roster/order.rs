//! That nobody takes what another user has or will have, and in which order people change.

use std::collections::{HashMap, HashSet};

use super::{Conflict, Move, belongings, belongings_of};
use crate::{Changes, Identifier, User, UserId};

/// Whose something is, once all is done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    User(UserId),
    Joins(usize),
}

/// The moves by which something would belong to two.
pub(super) fn taken(users: &[User], changes: &[Move], joins: &[Move]) -> Vec<(usize, Conflict)> {
    let mut owners = HashMap::new();
    let changing = changes.iter().filter_map(|change| match change {
        Move::Change { user, .. } => Some(user.id),
        _ => None,
    });
    let changing = changing.collect::<HashSet<_>>();
    for user in users.iter().filter(|user| !changing.contains(&user.id)) {
        for belonging in belongings_of(user) {
            owners.insert(belonging, Owner::User(user.id));
        }
    }
    // Those who keep what they have come first, so that the others are in conflict.
    let mut claims = Vec::new();
    for change in changes {
        let Move::Change { entry, user, changes, .. } = change else { continue };
        let after = user.clone().changed(changes.clone());
        let before = belongings_of(user);
        for belonging in belongings_of(&after) {
            claims.push((!before.contains(&belonging), *entry, Owner::User(user.id), belonging));
        }
    }
    for join in joins {
        let Move::Join { entry, nickname, says } = join else { continue };
        let Changes { login, external_id, .. } = says;
        let (login, id) =
            (login.as_ref().and_then(Option::as_ref), external_id.as_ref().and_then(Option::as_ref));
        for belonging in belongings(nickname, login, id) {
            claims.push((true, *entry, Owner::Joins(*entry), belonging));
        }
    }
    claims.sort_by_key(|(is_new, entry, ..)| (*is_new, *entry));
    let mut conflicts = Vec::new();
    for (_, entry, owner, belonging) in claims {
        let what = name(&belonging);
        match owners.insert(belonging, owner) {
            Some(Owner::User(holder)) if Owner::User(holder) != owner => {
                conflicts.push((entry, Conflict::Taken { what, holder }));
            }
            Some(Owner::Joins(other)) if Owner::Joins(other) != owner => {
                conflicts.push((entry, Conflict::Twice { what }));
            }
            _ => {}
        }
    }
    conflicts
}

fn name(belonging: &Identifier) -> &'static str {
    match belonging {
        Identifier::Nickname(_) => "nickname",
        Identifier::Login(_) => "login",
        Identifier::ExternalId(_) => "external id",
    }
}

/// The changes in an order in which each takes only what nobody has any more. Where they wait for each other in a circle,
/// that is a conflict.
pub(super) fn sorted(changes: Vec<Move>, conflicts: &mut Vec<(usize, Conflict)>) -> Vec<Move> {
    let mut holders = HashMap::new();
    for (place, change) in changes.iter().enumerate() {
        if let Move::Change { user, .. } = change {
            holders.extend(belongings_of(user).into_iter().map(|belonging| (belonging, place)));
        }
    }
    // For each change those that wait for it, and for how many it waits.
    let mut waiting = vec![Vec::new(); changes.len()];
    let mut waits = vec![0_usize; changes.len()];
    for (place, change) in changes.iter().enumerate() {
        let Move::Change { user, changes, .. } = change else { continue };
        for belonging in belongings_of(&user.clone().changed(changes.clone())) {
            if let Some(holder) = holders.get(&belonging).filter(|holder| **holder != place)
                && let (Some(behind), Some(count)) = (waiting.get_mut(*holder), waits.get_mut(place))
            {
                behind.push(place);
                *count += 1;
            }
        }
    }
    let mut ready = (0..changes.len()).filter(|place| waits.get(*place) == Some(&0)).collect::<Vec<_>>();
    let mut next = 0;
    while let Some(place) = ready.get(next).copied() {
        next += 1;
        for behind in waiting.get(place).into_iter().flatten() {
            if let Some(count) = waits.get_mut(*behind) {
                *count -= 1;
                if *count == 0 {
                    ready.push(*behind);
                }
            }
        }
    }
    let mut changes = changes.into_iter().map(Some).collect::<Vec<_>>();
    let sorted = ready.iter().filter_map(|place| changes.get_mut(*place).and_then(Option::take)).collect();
    for change in changes.into_iter().flatten() {
        if let Move::Change { entry, user, .. } = change {
            conflicts.push((entry, Conflict::Exchange { user: user.id }));
        }
    }
    sorted
}
