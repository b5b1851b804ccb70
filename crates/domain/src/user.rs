//! People and who follows whom.

use async_trait::async_trait;

use crate::{
    Avatar, Change, Changes, Designation, Entry, ExternalId, ImageFiles, Login, NamePart, NewKey, Nickname,
    Particulars, PersonName, Result, Role, Timestamp, UserId, searchable,
};

/// A user as others see them beside a tweet or in a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Person {
    /// Who it is.
    pub id: UserId,
    /// The API's `name`.
    pub nickname: Nickname,
    /// The first name, where the company gave one.
    pub first_name: Option<PersonName>,
    /// The last name, likewise.
    pub last_name: Option<PersonName>,
    /// The avatar, where there is one.
    pub avatar: Option<Avatar>,
    /// Whether it is a program.
    pub bot: bool,
}

/// Everything about a user but their secrets and lists.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct User {
    /// Who it is.
    pub id: UserId,
    /// The unique name.
    pub nickname: Nickname,
    /// The first name, where the company gave one.
    pub first_name: Option<PersonName>,
    /// The last name, where the company gave one.
    pub last_name: Option<PersonName>,
    /// What the company says besides.
    pub particulars: Particulars,
    /// The avatar, where there is one.
    pub avatar: Option<Avatar>,
    /// Since when the user is deactivated; `None` while active.
    pub deactivated_at: Option<Timestamp>,
    /// How many follow the user.
    pub followers_count: u64,
    /// How many the user follows.
    pub following_count: u64,
    /// When the company created the user.
    pub created_at: Timestamp,
}

/// A user who is to be created.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The unique name.
    pub nickname: Nickname,
    /// The first name.
    pub first_name: Option<PersonName>,
    /// The last name.
    pub last_name: Option<PersonName>,
    /// What the company says besides.
    pub particulars: Particulars,
    /// The first key, if the user gets one.
    pub key: Option<NewKey>,
    /// Whom the user follows from the beginning.
    pub follows: Vec<UserId>,
    /// The moment of creation.
    pub created_at: Timestamp,
}

impl NewUser {
    /// The folded text in which [`Users::search`] finds the user.
    pub fn searchable(&self) -> String {
        searchable_of(&self.nickname, [&self.first_name, &self.last_name], &self.particulars)
    }
}

impl User {
    /// The folded text in which [`Users::search`] finds the user.
    pub fn searchable(&self) -> String {
        searchable_of(&self.nickname, [&self.first_name, &self.last_name], &self.particulars)
    }

    /// Whether it is a program, which has an owner.
    pub fn is_bot(&self) -> bool {
        self.particulars.owner.is_some()
    }

    /// Whether the user is one of the company now.
    pub fn is_active(&self) -> bool {
        self.deactivated_at.is_none()
    }

    /// The user as the changes leave them.
    #[must_use]
    pub fn changed(self, changes: Changes) -> Self {
        let old = self.particulars;
        Self {
            nickname: changes.nickname.unwrap_or(self.nickname),
            first_name: changes.first_name.unwrap_or(self.first_name),
            last_name: changes.last_name.unwrap_or(self.last_name),
            particulars: Particulars {
                login: changes.login.unwrap_or(old.login),
                email: changes.email.unwrap_or(old.email),
                external_id: changes.external_id.unwrap_or(old.external_id),
                title: changes.title.unwrap_or(old.title),
                department: changes.department.unwrap_or(old.department),
                managed_by: changes.managed_by.unwrap_or(old.managed_by),
                role: changes.role.unwrap_or(old.role),
                owner: changes.owner.unwrap_or(old.owner),
            },
            ..self
        }
    }
}

/// Nickname, names, login and department.
fn searchable_of(
    nickname: &Nickname,
    names: [&Option<PersonName>; 2],
    Particulars { login, department, .. }: &Particulars,
) -> String {
    let names = names.into_iter().flatten().map(PersonName::as_str);
    let login = login.as_ref().map(Login::as_str);
    let department = department.as_ref().map(Designation::as_str);
    searchable([nickname.as_str()].into_iter().chain(names).chain(login).chain(department))
}

impl Changes {
    /// What makes the one of the other.
    pub(crate) fn between(before: &User, after: &User) -> Self {
        fn differs<T: Clone + PartialEq>(before: &T, after: &T) -> Option<T> {
            (before != after).then(|| after.clone())
        }
        let (old, new) = (&before.particulars, &after.particulars);
        Self {
            nickname: differs(&before.nickname, &after.nickname),
            first_name: differs(&before.first_name, &after.first_name),
            last_name: differs(&before.last_name, &after.last_name),
            login: differs(&old.login, &new.login),
            email: differs(&old.email, &new.email),
            external_id: differs(&old.external_id, &new.external_id),
            title: differs(&old.title, &new.title),
            department: differs(&old.department, &new.department),
            managed_by: differs(&old.managed_by, &new.managed_by),
            role: differs(&old.role, &new.role),
            owner: differs(&old.owner, &new.owner),
        }
    }
}

/// What happens to one person among several.
#[derive(Debug, Clone)]
pub enum PersonChange {
    /// A user is deactivated.
    Leave(UserId),
    /// A user changes.
    Change {
        /// Who.
        user: UserId,
        /// What becomes of them.
        changes: Changes,
        /// Whether they are activated.
        returns: bool,
        /// A key that they get besides those that they have.
        key: Option<NewKey>,
    },
    /// Somebody is added.
    Join(NewUser),
}

/// What belongs to one user alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identifier {
    /// A nickname, compared without letter case.
    Nickname(Nickname),
    /// A login, compared without letter case.
    Login(Login),
    /// An external id.
    ExternalId(ExternalId),
}

/// How a list identifies a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Those who are active: what people see of the company.
    Active,
    /// Those who are deactivated, too: what operators see.
    Everybody,
}

/// What came of a deactivation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deactivated {
    /// Whether the user was active.
    pub change: Change,
    /// The user's bots that were deactivated too, by ascending id.
    pub bots: Vec<Person>,
}

/// A user with the people around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Whose profile it is.
    pub person: Person,
    /// The job title.
    pub title: Option<Designation>,
    /// The department.
    pub department: Option<Designation>,
    /// Whether the user is one of the company now.
    pub active: bool,
    /// What the user may do.
    pub role: Role,
    /// The owner of a bot.
    pub owner: Option<Owner>,
    /// Some followers: the viewer first where they are one of them, then by id.
    pub followers: Vec<Person>,
    /// Some followees: the viewer first where they are one of them, then by id.
    pub following: Vec<Person>,
    /// The true number of followers.
    pub followers_count: u64,
    /// The true number of followees.
    pub following_count: u64,
}

/// The owner of a bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Who it is.
    pub id: UserId,
    /// The API's `name`.
    pub nickname: Nickname,
}

/// Where a page of people begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeopleStart {
    /// Behind the user of that id; the first page stands behind `None`.
    After(Option<UserId>),
    /// At a 1-based page number, for a person at a terminal.
    Page(u64),
}

/// A page of a list of people, by ascending id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People<T> {
    /// The page.
    pub people: Vec<T>,
    /// The last id of this page where another page follows.
    pub next: Option<UserId>,
}

/// The port of people. Each method is one transaction, and an entry is recorded in it; a change that finds nothing to
/// change leaves no entry.
#[cfg_attr(test, mockall::automock)]
#[async_trait]
pub trait Users: Send + Sync {
    /// Adds all of them or none, with whom they follow and an entry for each, about that user; the ids come in the order given.
    ///
    /// Errors: [`crate::Error::NicknameTaken`], [`crate::Error::LoginTaken`], [`crate::Error::ExternalIdTaken`] and
    /// [`crate::Error::KeyTaken`] name the first in the way, also where two of the new ones collide;
    /// [`crate::Error::NotFound`] and [`crate::Invalid::DeactivatedFollowee`] of those whom they should follow;
    /// [`crate::Invalid::BotOwner`] and [`crate::Invalid::BotRole`] of bots.
    async fn add(&self, users: Vec<NewUser>, entry: Option<Entry>) -> Result<Vec<UserId>>;

    /// The user of that id.
    async fn find(&self, user: UserId) -> Result<Option<User>>;

    /// The user of that nickname, letter case aside.
    async fn find_by_nickname(&self, nickname: &Nickname) -> Result<Option<User>>;

    /// Those to whom any of that belongs, by ascending id.
    async fn holders(&self, of: Vec<Identifier>) -> Result<Vec<User>>;

    /// A user with at most `embedded` followers and followees each, in a fixed number of statements.
    async fn profile(&self, user: UserId, viewer: UserId, embedded: u32) -> Result<Option<Profile>>;

    /// Users whose [`NewUser::searchable`] has every word of the part in it, or all of them, by ascending id.
    async fn search(
        &self,
        part: Option<NamePart>,
        whom: Whom,
        start: PeopleStart,
        limit: u32,
    ) -> Result<People<User>>;

    /// Changes a user; false where there is none. Errors: [`crate::Error::NicknameTaken`],
    /// [`crate::Error::LoginTaken`], [`crate::Error::ExternalIdTaken`]; of bots [`crate::Invalid::BotOwner`],
    /// [`crate::Invalid::BotRole`], and [`crate::Error::OwnsBots`] where a bot would own bots.
    async fn update(&self, user: UserId, changes: Changes, entry: Option<Entry>) -> Result<bool>;

    /// Makes those changes in their order, all or none, each with its entry, about that user.
    ///
    /// Errors: [`crate::Error::NotFound`] of a removed user, and those of [`Users::add`] and [`Users::update`].
    async fn apply(&self, changes: Vec<(PersonChange, Option<Entry>)>, at: Timestamp) -> Result<()>;

    /// Deactivates a user at that moment: their keys end, they are in no search of those who are active, and nobody can
    /// follow them anew. What they wrote, like and follow stays, and so do their followers. `None` where there is no
    /// such user. The same becomes of the user's bots that are active, each with its entry ([`Entry::of_bots`]).
    async fn deactivate(
        &self,
        user: UserId,
        at: Timestamp,
        entry: Option<Entry>,
    ) -> Result<Option<Deactivated>>;

    /// The opposite of [`Users::deactivate`], but for the keys, which stay ended, and for the user's bots, which stay
    /// deactivated. Errors: [`crate::Invalid::BotOwner`] of a bot whose owner is deactivated.
    async fn activate(&self, user: UserId, entry: Option<Entry>) -> Result<Option<Change>>;

    /// Gives a user that avatar, or none; answers the one before, whose files nothing needs any more. Nobody else has
    /// that avatar. It is seen at once by the process that calls this.
    ///
    /// Errors: [`crate::Error::NotFound`] where there is no such user.
    async fn set_avatar(
        &self,
        user: UserId,
        avatar: Option<Avatar>,
        entry: Option<Entry>,
    ) -> Result<Option<Avatar>>;

    /// Removes a user with their tweets, likes, follows, keys, images and avatar; the counters of others follow.
    /// Answers the image files that nothing needs any more, `None` where there is no such user.
    /// Errors: [`crate::Error::OwnsBots`], whether or not the bots are active.
    async fn remove(&self, user: UserId, entry: Option<Entry>) -> Result<Option<Vec<ImageFiles>>>;

    /// Lets one follow the other, once, however often it is called; both counters follow.
    /// `None` where there is no such followee. Errors: [`crate::Error::UnknownKey`] where the follower is gone,
    /// [`crate::Invalid::DeactivatedFollowee`] where it would be new and the followee is deactivated.
    async fn follow(
        &self,
        follower: UserId,
        followee: UserId,
        at: Timestamp,
        entry: Option<Entry>,
    ) -> Result<Option<Change>>;

    /// The opposite of [`Users::follow`]; `None` where there is no such followee.
    async fn unfollow(
        &self,
        follower: UserId,
        followee: UserId,
        entry: Option<Entry>,
    ) -> Result<Option<Change>>;

    /// Whether one follows the other.
    async fn follows(&self, follower: UserId, followee: UserId) -> Result<bool>;

    /// Who follows the user, by ascending id, behind `after`; `None` where there is no such user.
    async fn followers(
        &self,
        user: UserId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>>;

    /// Whom the user follows, by ascending id, behind `after`; `None` where there is no such user.
    async fn following(
        &self,
        user: UserId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>>;
}
