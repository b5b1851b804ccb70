//! People.

use std::collections::HashSet;

use async_trait::async_trait;
use tweetty_domain::{
    Change, Changes, Entry, Error, ImageFiles, NamePart, NewUser, Nickname, People, PeopleStart, Person,
    Profile, Result, Timestamp, User, UserId, Users,
};

use super::{HeldKey, Memory, State, before};

impl State {
    pub(super) fn user(&self, id: UserId) -> Option<User> {
        self.users.get(&id).map(|user| User {
            id,
            nickname: user.nickname.clone(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            followers_count: self.followers(id).count() as u64,
            following_count: self.following(id).count() as u64,
            created_at: user.created_at,
        })
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

#[async_trait]
impl Users for Memory {
    async fn add(&self, users: Vec<NewUser>, entry: Option<Entry>) -> Result<Vec<UserId>> {
        let mut state = self.state();
        let mut nicknames = state.users.values().map(|user| user.nickname.folded()).collect::<HashSet<_>>();
        let mut keys = state.keys.keys().copied().collect::<HashSet<_>>();
        for user in &users {
            if !nicknames.insert(user.nickname.folded()) {
                return Err(Error::NicknameTaken(user.nickname.clone()));
            }
            if !keys.insert(*user.key.as_bytes()) {
                return Err(Error::KeyTaken(user.nickname.clone()));
            }
        }
        let add = |user: NewUser| {
            let id = UserId::stored(state.next("users"));
            let key = HeldKey { holder: id, created_at: user.created_at, end: None };
            state.keys.insert(*user.key.as_bytes(), key);
            state.users.insert(id, user);
            state.record(entry.clone().map(|entry| Entry { user: Some(id), ..entry }));
            id
        };
        Ok(users.into_iter().map(add).collect())
    }

    async fn find(&self, user: UserId) -> Result<Option<User>> {
        Ok(self.state().user(user))
    }

    async fn find_by_nickname(&self, nickname: &Nickname) -> Result<Option<User>> {
        let state = self.state();
        Ok(state.of_nickname(nickname).and_then(|id| state.user(id)))
    }

    async fn profile(&self, user: UserId, viewer: UserId, embedded: u32) -> Result<Option<Profile>> {
        let state = self.state();
        Ok(state.users.contains_key(&user).then(|| Profile {
            person: state.person(user),
            followers: state.named(state.followers(user), viewer, embedded),
            following: state.named(state.following(user), viewer, embedded),
            followers_count: state.followers(user).count() as u64,
            following_count: state.following(user).count() as u64,
        }))
    }

    async fn search(&self, part: Option<NamePart>, start: PeopleStart, limit: u32) -> Result<People<User>> {
        let state = self.state();
        let found =
            |user: &NewUser| part.as_ref().is_none_or(|part| user.searchable().contains(part.as_str()));
        let ids = state.users.iter().filter(|(_, user)| found(user)).map(|(id, _)| *id).collect();
        let page = state.people(ids, start, limit, State::user);
        Ok(People { people: page.people.into_iter().flatten().collect(), next: page.next })
    }

    async fn update(&self, user: UserId, changes: Changes, entry: Option<Entry>) -> Result<bool> {
        let mut state = self.state();
        if !state.users.contains_key(&user) {
            return Ok(false);
        }
        if let Some(nickname) = &changes.nickname
            && state.of_nickname(nickname).is_some_and(|holder| holder != user)
        {
            return Err(Error::NicknameTaken(nickname.clone()));
        }
        if let Some(stored) = state.users.get_mut(&user) {
            stored.nickname = changes.nickname.unwrap_or_else(|| stored.nickname.clone());
            stored.first_name = changes.first_name.unwrap_or_else(|| stored.first_name.clone());
            stored.last_name = changes.last_name.unwrap_or_else(|| stored.last_name.clone());
        }
        state.record(entry);
        Ok(true)
    }

    async fn remove(&self, user: UserId, entry: Option<Entry>) -> Result<Option<Vec<ImageFiles>>> {
        let mut state = self.state();
        if state.users.remove(&user).is_none() {
            return Ok(None);
        }
        let files = state.remove_all_of(user);
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
        if !state.users.contains_key(&followee) {
            return Ok(None);
        }
        if !state.users.contains_key(&follower) {
            return Err(Error::UnknownKey);
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
