//! A company's list of people, and what has to be done so that the users of a store are those of the list.
//!
//! Planning knows nothing of stores: it is a function of the list and the users. What it plans can be broken off anywhere;
//! planned anew, it goes on where it ended.

mod matching;
mod order;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use crate::name::NICKNAME_LENGTH;
use crate::{Changes, ExternalId, Identifier, Invalid, ListName, Login, Nickname, User, UserId};

/// How many may leave at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtMost {
    /// So many people.
    People(u64),
    /// So many of a hundred active users whom the list manages.
    Percent(u64),
}

impl AtMost {
    /// Whether so many of all may leave.
    fn allows(self, leaving: u64, all: u64) -> bool {
        match self {
            Self::People(most) => leaving <= most,
            Self::Percent(percent) => leaving.saturating_mul(100) <= all.saturating_mul(percent),
        }
    }
}

/// How a list is to be understood.
#[derive(Debug, Clone)]
pub struct ListRules {
    /// What it is called: it manages the users who are in it.
    pub list: ListName,
    /// Whether users whom it manages, and who are not in it, leave, and how many at most; `None`: they stay.
    pub leave: Option<AtMost>,
}

/// By what somebody in the list was found among the users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundBy {
    /// By the external id.
    ExternalId,
    /// By the login.
    Login,
    /// By the address for e-mail.
    Email,
    /// By the nickname.
    Nickname,
}

/// What happens to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nearly all moves of a plan are of the larger kinds")]
pub enum Move {
    /// Somebody whom the list manages is no longer in it, and is deactivated.
    Leave {
        /// The user until then.
        user: User,
    },
    /// A user becomes what the list says.
    Change {
        /// The entry of the list, from 0.
        entry: usize,
        /// The user until then.
        user: User,
        /// What differs.
        changes: Changes,
        /// Whether the user was deactivated, and is activated again.
        returns: bool,
        /// Whom nobody managed is managed by the list from now on: by what the user was found.
        adopted: Option<FoundBy>,
    },
    /// Somebody becomes a user.
    Join {
        /// The entry of the list, from 0.
        entry: usize,
        /// The nickname, given or made of the login.
        nickname: Nickname,
        /// What else the list says.
        says: Changes,
    },
}

/// What has to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What happens to whom. In this order nobody takes what another user still has.
    pub moves: Vec<Move>,
    /// Entries of the list that mean users whom another list manages, or bots.
    pub left_alone: Vec<(usize, User)>,
    /// The active bots of those who leave, which are deactivated with them.
    pub bots: Vec<User>,
    /// Active users whom the list manages, who are not in it, and stay.
    pub missing: Vec<User>,
    /// How many are what the list says already.
    pub unchanged: u64,
}

/// Why nothing can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unplannable {
    /// Entries of the list that can't be.
    Conflicts(Vec<(usize, Conflict)>),
    /// More would leave than may.
    TooManyLeave {
        /// How many would.
        leaving: u64,
        /// How many active users the list manages.
        all: u64,
    },
}

/// Why an entry of the list can't be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// What belongs to one alone belongs to another user, who keeps it.
    #[error("the {what} is that of user #{holder}; change it here or there")]
    Taken {
        /// What it is.
        what: &'static str,
        /// To whom it belongs.
        holder: UserId,
    },
    /// Two entries claim what belongs to one alone.
    #[error("the {what} is claimed by an earlier line, too; change one of them")]
    Twice {
        /// What it is.
        what: &'static str,
    },
    /// Users would exchange what belongs to one alone.
    #[error(
        "user #{user} would exchange nickname, login or external id with another; change one of them by hand first"
    )]
    Exchange {
        /// One of them.
        user: UserId,
    },
    /// Nobody can be called so.
    #[error("the login makes no nickname: {0}; give a nickname")]
    Nameless(Invalid),
}

/// What has to be done so that the users are those of the list; each entry is what it says of somebody, and has a nickname or
/// a login.
///
/// # Errors
/// All entries that can't be, or that too many would leave.
pub(crate) fn plan(listed: &[Changes], users: &[User], rules: &ListRules) -> Result<Plan, Unplannable> {
    let of_entry = matching::matched(listed, users, &rules.list);
    let mut conflicts = matching::twice(listed);
    // A list is one of people: bots come and go with their owners.
    let is_ours = |user: &User| !user.is_bot() && user.particulars.managed_by.as_ref() == Some(&rules.list);
    let (mut plan, mut changes, mut joins) = (Plan::default(), Vec::new(), Vec::new());
    let mut found = HashSet::new();
    for (entry, says) in listed.iter().enumerate() {
        let Some((user, by)) = of_entry.get(&entry) else {
            joins.push((entry, says.clone()));
            continue;
        };
        found.insert(user.id);
        if user.is_bot() || !is_ours(user) && user.particulars.managed_by.is_some() {
            plan.left_alone.push((entry, (*user).clone()));
            continue;
        }
        let says = Changes { managed_by: Some(Some(rules.list.clone())), ..says.clone() };
        let differs = Changes::between(user, &(*user).clone().changed(says));
        let returns = !user.is_active();
        if differs == Changes::default() && !returns {
            plan.unchanged += 1;
            continue;
        }
        let adopted = if is_ours(user) { None } else { Some(*by) };
        changes.push(Move::Change { entry, user: (*user).clone(), changes: differs, returns, adopted });
    }
    let missing = users.iter().filter(|user| user.is_active() && is_ours(user) && !found.contains(&user.id));
    let missing = missing.cloned().collect::<Vec<_>>();
    let joins = named(joins, users, &changes, &mut conflicts);
    if conflicts.is_empty() {
        conflicts = order::taken(users, &changes, &joins);
    }
    let changes = order::sorted(changes, &mut conflicts);
    if !conflicts.is_empty() {
        conflicts.sort_by_key(|(entry, _)| *entry);
        return Err(Unplannable::Conflicts(conflicts));
    }
    match rules.leave {
        Some(most) => {
            let leaving = missing.len() as u64;
            let all = users.iter().filter(|user| user.is_active() && is_ours(user)).count() as u64;
            if !most.allows(leaving, all) {
                return Err(Unplannable::TooManyLeave { leaving, all });
            }
            let leaves = missing.iter().map(|user| user.id).collect::<HashSet<_>>();
            let is_lost = |user: &&User| user.particulars.owner.is_some_and(|owner| leaves.contains(&owner));
            plan.bots = users.iter().filter(|user| user.is_active()).filter(is_lost).cloned().collect();
            plan.moves.extend(missing.into_iter().map(|user| Move::Leave { user }));
        }
        None => plan.missing = missing,
    }
    // Who leaves goes first, for their keys must end; who joins comes last, since others may free what they take.
    plan.moves.extend(changes);
    plan.moves.extend(joins);
    Ok(plan)
}

/// Those who join with their nicknames; who has none gets one of the login that nobody has or will have.
fn named(
    joins: Vec<(usize, Changes)>,
    users: &[User],
    changes: &[Move],
    conflicts: &mut Vec<(usize, Conflict)>,
) -> Vec<Move> {
    let given = joins.iter().filter_map(|(_, says)| says.nickname.as_ref());
    let renamed = changes.iter().filter_map(|change| match change {
        Move::Change { changes, .. } => changes.nickname.as_ref(),
        _ => None,
    });
    let before = users.iter().map(|user| &user.nickname);
    let mut reserved = given.chain(renamed).chain(before).map(Nickname::folded).collect::<HashSet<_>>();
    let mut numbers = HashMap::<String, u32>::new();
    let mut moves = Vec::with_capacity(joins.len());
    for (entry, says) in joins {
        let nickname = match (&says.nickname, says.login.as_ref().and_then(Option::as_ref)) {
            (Some(nickname), _) => Ok(nickname.clone()),
            (None, Some(login)) => free(login, &mut reserved, &mut numbers),
            (None, None) => Err(Invalid::NameLength { length: 0, limit: NICKNAME_LENGTH }),
        };
        match nickname {
            Ok(nickname) => moves.push(Move::Join { entry, nickname, says }),
            Err(invalid) => conflicts.push((entry, Conflict::Nameless(invalid))),
        }
    }
    moves
}

/// A nickname that is free, and reserved from now on.
fn free(
    login: &Login,
    reserved: &mut HashSet<String>,
    numbers: &mut HashMap<String, u32>,
) -> Result<Nickname, Invalid> {
    let number = numbers.entry(login.nickname(1)?.folded()).or_default();
    loop {
        *number += 1;
        let nickname = login.nickname(*number)?;
        if reserved.insert(nickname.folded()) {
            return Ok(nickname);
        }
    }
}

/// What belongs to a user alone.
fn belongings(nickname: &Nickname, login: Option<&Login>, id: Option<&ExternalId>) -> Vec<Identifier> {
    let login = login.map(|login| Identifier::Login(Login::stored(login.folded())));
    let nickname = Some(Identifier::Nickname(Nickname::stored(nickname.folded())));
    [nickname, login, id.cloned().map(Identifier::ExternalId)].into_iter().flatten().collect()
}

/// What belongs to that user alone, letter case aside where it doesn't count.
fn belongings_of(user: &User) -> Vec<Identifier> {
    belongings(&user.nickname, user.particulars.login.as_ref(), user.particulars.external_id.as_ref())
}
