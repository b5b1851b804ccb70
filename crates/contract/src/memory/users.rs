//! People.

use std::collections::HashSet;

use async_trait::async_trait;
use tweetty_domain::{
    Avatar, Change, Changes, Deactivated, Entry, Error, ExternalId, Identifier, ImageFiles, Invalid, KeyHash,
    Login, NamePart, NewUser, Nickname, Owner, People, PeopleStart, Person, PersonChange, Profile, Result,
    Timestamp, User, UserId, Users, Whom,
};

use super::{Memory, State, before};

impl State {
    pub(super) fn user(&self, id: UserId) -> Option<User> {
        self.users.get(&id).map(|user| User {
            followers_count: self.followers(id).count() as u64,
            following_count: self.following(id).count() as u64,
            ..user.clone()
        })
    }

    /// Refuses what another user has.
    pub(super) fn refuse_taken(&self, changed: &User) -> Result<()> {
        let others = || self.users.values().filter(|other| other.id != changed.id);
        if others().any(|other| other.nickname.folded() == changed.nickname.folded()) {
            return Err(Error::NicknameTaken(changed.nickname.clone()));
        }
        let login = |user: &User| user.particulars.login.as_ref().map(Login::folded);
        if let Some(given) = &changed.particulars.login
            && others().any(|other| login(other) == login(changed))
        {
            return Err(Error::LoginTaken(given.clone()));
        }
        if let Some(given) = &changed.particulars.external_id
            && others().any(|other| other.particulars.external_id.as_ref() == Some(given))
        {
            return Err(Error::ExternalIdTaken(given.clone()));
        }
        Ok(())
    }

    fn add(&mut self, new: NewUser, entry: Option<Entry>) -> UserId {
        let id = UserId::stored(self.next("users"));
        let NewUser { nickname, first_name, last_name, particulars, key, follows, created_at } = new;
        if let Some(key) = key {
            self.insert_key(id, key, created_at);
        }
        let user = User {
            id,
            nickname,
            first_name,
            last_name,
            particulars,
            avatar: None,
            deactivated_at: None,
            followers_count: 0,
            following_count: 0,
            created_at,
        };
        self.users.insert(id, user);
        self.follows.extend(follows.into_iter().map(|followee| (id, followee)));
        self.record(entry.map(|entry| Entry { user: Some(id), ..entry }));
        id
    }

    /// Refuses whom nobody can follow anew.
    fn refuse_followees(&self, followees: &[UserId]) -> Result<()> {
        for followee in followees {
            if !self.users.get(followee).ok_or(Error::no_user(*followee))?.is_active() {
                return Err(Invalid::DeactivatedFollowee.into());
            }
        }
        Ok(())
    }

    fn apply(&mut self, change: PersonChange, entry: Option<Entry>, at: Timestamp) -> Result<()> {
        let user = match change {
            PersonChange::Join(new) => {
                Taken::of(self).take(&new)?;
                self.refuse_bot(&new.particulars)?;
                self.refuse_followees(&new.follows)?;
                self.add(new, entry);
                return Ok(());
            }
            PersonChange::Leave(user) => {
                self.deactivate(user, at, entry.as_ref()).ok_or(Error::no_user(user))?;
                user
            }
            PersonChange::Change { user, changes, returns, key } => {
                let changed = self.changed_user(user, changes)?;
                let deactivated_at = changed.deactivated_at.filter(|_| !returns);
                self.users.insert(user, User { deactivated_at, ..changed });
                if let Some(key) = key {
                    self.add_key(user, key, at, None)?;
                }
                user
            }
        };
        self.record(entry.map(|entry| Entry { user: Some(user), ..entry }));
        Ok(())
    }

    fn of_nickname(&self, nickname: &Nickname) -> Option<UserId> {
        let folded = nickname.folded();
        self.users.iter().find(|(_, user)| user.nickname.folded() == folded).map(|(id, _)| *id)
    }

    /// Those of the people behind the start who fit on a page.
    fn people<T>(
        &self,
        mut ids: Vec<UserId>,
        start: PeopleStart,
        limit: u32,
        show: impl Fn(&Self, UserId) -> T,
    ) -> People<T> {
        ids.sort_unstable();
        let skipped = match start {
            PeopleStart::After(after) => ids.iter().filter(|id| Some(**id) <= after).count(),
            PeopleStart::Page(number) => before(number, limit),
        };
        let rest = ids.get(skipped..).unwrap_or_default();
        let page = &rest[..rest.len().min(limit as usize)];
        let next = page.last().copied().filter(|_| page.len() < rest.len());
        People { people: page.iter().map(|id| show(self, *id)).collect(), next }
    }
}

/// What only one user can have.
struct Taken {
    nicknames: HashSet<String>,
    logins: HashSet<String>,
    external_ids: HashSet<ExternalId>,
    keys: HashSet<KeyHash>,
}

impl Taken {
    fn of(state: &State) -> Self {
        let users = || state.users.values();
        Self {
            nicknames: users().map(|user| user.nickname.folded()).collect(),
            logins: users().filter_map(|user| user.particulars.login.as_ref().map(Login::folded)).collect(),
            external_ids: users().filter_map(|user| user.particulars.external_id.clone()).collect(),
            keys: state.keys.values().map(|held| held.key.hash).collect(),
        }
    }

    fn take(&mut self, new: &NewUser) -> Result<()> {
        if !self.nicknames.insert(new.nickname.folded()) {
            return Err(Error::NicknameTaken(new.nickname.clone()));
        }
        if let Some(login) = &new.particulars.login
            && !self.logins.insert(login.folded())
        {
            return Err(Error::LoginTaken(login.clone()));
        }
        if let Some(id) = &new.particulars.external_id
            && !self.external_ids.insert(id.clone())
        {
            return Err(Error::ExternalIdTaken(id.clone()));
        }
        if new.key.as_ref().is_some_and(|key| !self.keys.insert(key.hash)) {
            return Err(Error::KeyTaken(new.nickname.clone()));
        }
        Ok(())
    }
}

#[async_trait]
impl Users for Memory {
    async fn add(&self, users: Vec<NewUser>, entry: Option<Entry>) -> Result<Vec<UserId>> {
        let mut state = self.state();
        let mut taken = Taken::of(&state);
        for user in &users {
            taken.take(user)?;
            state.refuse_bot(&user.particulars)?;
            state.refuse_followees(&user.follows)?;
        }
        Ok(users.into_iter().map(|user| state.add(user, entry.clone())).collect())
    }

    async fn find(&self, user: UserId) -> Result<Option<User>> {
        Ok(self.state().user(user))
    }

    async fn find_by_nickname(&self, nickname: &Nickname) -> Result<Option<User>> {
        let state = self.state();
        Ok(state.of_nickname(nickname).and_then(|id| state.user(id)))
    }

    async fn holders(&self, of: Vec<Identifier>) -> Result<Vec<User>> {
        let state = self.state();
        let belongs = |user: &User, identifier: &Identifier| match identifier {
            Identifier::Nickname(nickname) => user.nickname.folded() == nickname.folded(),
            Identifier::Login(login) => {
                user.particulars.login.as_ref().is_some_and(|other| other.folded() == login.folded())
            }
            Identifier::ExternalId(id) => user.particulars.external_id.as_ref() == Some(id),
        };
        let holders = state.users.values().filter(|user| of.iter().any(|one| belongs(user, one)));
        Ok(holders.filter_map(|user| state.user(user.id)).collect())
    }

    async fn profile(&self, user: UserId, viewer: UserId, embedded: u32) -> Result<Option<Profile>> {
        let state = self.state();
        Ok(state.users.get(&user).map(|stored| Profile {
            person: state.person(user),
            title: stored.particulars.title.clone(),
            department: stored.particulars.department.clone(),
            active: stored.is_active(),
            role: stored.particulars.role,
            owner: stored.particulars.owner.map(|id| Owner { id, nickname: state.person(id).nickname }),
            followers: state.named(state.followers(user), viewer, embedded),
            following: state.named(state.following(user), viewer, embedded),
            followers_count: state.followers(user).count() as u64,
            following_count: state.following(user).count() as u64,
        }))
    }

    async fn search(
        &self,
        part: Option<NamePart>,
        whom: Whom,
        start: PeopleStart,
        limit: u32,
    ) -> Result<People<User>> {
        let state = self.state();
        let found = |user: &User| {
            (whom == Whom::Everybody || user.is_active())
                && part.as_ref().is_none_or(|part| part.is_in(&user.searchable()))
        };
        let ids = state.users.iter().filter(|(_, user)| found(user)).map(|(id, _)| *id).collect();
        let page = state.people(ids, start, limit, State::user);
        Ok(People { people: page.people.into_iter().flatten().collect(), next: page.next })
    }

    async fn update(&self, user: UserId, changes: Changes, entry: Option<Entry>) -> Result<bool> {
        let mut state = self.state();
        if !state.users.contains_key(&user) {
            return Ok(false);
        }
        let changed = state.changed_user(user, changes)?;
        state.users.insert(user, changed);
        state.record(entry);
        Ok(true)
    }

    async fn apply(&self, changes: Vec<(PersonChange, Option<Entry>)>, at: Timestamp) -> Result<()> {
        let mut state = self.state();
        // In a copy, which is dropped where one of them is refused.
        let mut applied = state.clone();
        for (change, entry) in changes {
            applied.apply(change, entry, at)?;
        }
        *state = applied;
        Ok(())
    }

    async fn deactivate(
        &self,
        user: UserId,
        at: Timestamp,
        entry: Option<Entry>,
    ) -> Result<Option<Deactivated>> {
        let mut state = self.state();
        let done = state.deactivate(user, at, entry.as_ref());
        if done.as_ref().is_some_and(|done| done.change == Change::Made) {
            state.record(entry);
        }
        Ok(done)
    }

    async fn activate(&self, user: UserId, entry: Option<Entry>) -> Result<Option<Change>> {
        let mut state = self.state();
        let owner = state.users.get(&user).and_then(|stored| stored.particulars.owner);
        if owner.is_some_and(|owner| !state.users[&owner].is_active()) {
            return Err(Invalid::BotOwner.into());
        }
        let Some(stored) = state.users.get_mut(&user) else { return Ok(None) };
        let was_deactivated = stored.deactivated_at.take().is_some();
        Ok(Some(if state.changed(was_deactivated, entry) { Change::Made } else { Change::AlreadySo }))
    }

    async fn set_avatar(
        &self,
        user: UserId,
        avatar: Option<Avatar>,
        entry: Option<Entry>,
    ) -> Result<Option<Avatar>> {
        let mut state = self.state();
        let stored = state.users.get_mut(&user).ok_or(Error::no_user(user))?;
        let before = std::mem::replace(&mut stored.avatar, avatar);
        state.changed(before.is_some() || avatar.is_some(), entry);
        Ok(before)
    }

    async fn remove(&self, user: UserId, entry: Option<Entry>) -> Result<Option<Vec<ImageFiles>>> {
        let mut state = self.state();
        if state.bots_of(user).next().is_some() {
            return Err(Error::OwnsBots);
        }
        let Some(removed) = state.users.remove(&user) else { return Ok(None) };
        let mut files = state.remove_all_of(user);
        files.extend(removed.avatar.map(Avatar::files));
        state.record(entry);
        Ok(Some(files))
    }

    async fn follow(
        &self,
        follower: UserId,
        followee: UserId,
        _at: Timestamp,
        entry: Option<Entry>,
    ) -> Result<Option<Change>> {
        let mut state = self.state();
        let Some(followed) = state.users.get(&followee) else { return Ok(None) };
        if !state.users.contains_key(&follower) {
            return Err(Error::UnknownKey);
        }
        if !followed.is_active() && !state.follows.contains(&(follower, followee)) {
            return Err(Invalid::DeactivatedFollowee.into());
        }
        let made = state.follows.insert((follower, followee));
        Ok(Some(if state.changed(made, entry) { Change::Made } else { Change::AlreadySo }))
    }

    async fn unfollow(
        &self,
        follower: UserId,
        followee: UserId,
        entry: Option<Entry>,
    ) -> Result<Option<Change>> {
        let mut state = self.state();
        if !state.users.contains_key(&followee) {
            return Ok(None);
        }
        let made = state.follows.remove(&(follower, followee));
        Ok(Some(if state.changed(made, entry) { Change::Made } else { Change::AlreadySo }))
    }

    async fn follows(&self, follower: UserId, followee: UserId) -> Result<bool> {
        Ok(self.state().follows.contains(&(follower, followee)))
    }

    async fn followers(
        &self,
        user: UserId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>> {
        let state = self.state();
        let ids = state.followers(user).collect();
        let page = state.people(ids, PeopleStart::After(after), limit, State::person);
        Ok(state.users.contains_key(&user).then_some(page))
    }

    async fn following(
        &self,
        user: UserId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>> {
        let state = self.state();
        let ids = state.following(user).collect();
        let page = state.people(ids, PeopleStart::After(after), limit, State::person);
        Ok(state.users.contains_key(&user).then_some(page))
    }
}
