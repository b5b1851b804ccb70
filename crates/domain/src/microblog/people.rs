//! Who somebody is, whom she follows, and what the operator does with users.

use super::Microblog;
use crate::{
    Action, ApiKey, Change, Changes, Error, ImageRecord, Invalid, Liked, MediaId, NamePart, NewUser,
    Nickname, PageSize, People, PeopleStart, Person, PersonName, Profile, Result, Subject, Timestamp,
    TweetId, User, UserId,
};

/// What came of the removal of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// How many images she had.
    pub images: u64,
    /// Whether their files are gone; else the sweeper takes them when they are a day old.
    pub files_gone: bool,
}

impl Microblog {
    /// Who sends that key.
    ///
    /// # Errors
    /// [`Error::UnknownKey`], whatever is wrong with the key.
    pub async fn authenticate(&self, key: &str) -> Result<Person> {
        let key = ApiKey::parse(key).map_err(|_| Error::UnknownKey)?;
        let holder = self.stores.users.find_by_key(key.hash(), self.stores.clock.now()).await?;
        holder.ok_or(Error::UnknownKey)
    }

    /// Follows somebody.
    ///
    /// # Errors
    /// [`Invalid::SelfFollow`], [`Error::NotFound`].
    pub async fn follow(&self, me: UserId, followee: UserId) -> Result<Change> {
        if me == followee {
            return Err(Invalid::SelfFollow.into());
        }
        let acting = self.acting(Action::FOLLOW, Some(me), Some(format!("user {followee}")));
        let change = acting.users().follow(me, followee, self.stores.clock.now()).await;
        acting.told(change.and_then(|change| change.ok_or(not_found(followee)))).await
    }

    /// Follows somebody no longer.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn unfollow(&self, me: UserId, followee: UserId) -> Result<Change> {
        let acting = self.acting(Action::UNFOLLOW, Some(me), Some(format!("user {followee}")));
        let change = acting.users().unfollow(me, followee).await;
        acting.told(change.and_then(|change| change.ok_or(not_found(followee)))).await
    }

    /// Whether one follows the other.
    pub async fn follows(&self, follower: UserId, followee: UserId) -> Result<bool> {
        self.stores.users.follows(follower, followee).await
    }

    /// A user with the people around her, as the viewer sees them.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn profile(&self, viewer: UserId, user: UserId) -> Result<Profile> {
        let profile = self.stores.users.profile(user, viewer, self.limits.embedded_people).await?;
        profile.ok_or(not_found(user))
    }

    /// A page of a user's followers.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn followers(
        &self,
        user: UserId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<People<Person>> {
        self.stores.users.followers(user, after, size.get()).await?.ok_or(not_found(user))
    }

    /// A page of those whom a user follows.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn following(
        &self,
        user: UserId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<People<Person>> {
        self.stores.users.following(user, after, size.get()).await?.ok_or(not_found(user))
    }

    /// Users whose names contain the part, or all.
    pub async fn search(
        &self,
        part: Option<NamePart>,
        start: PeopleStart,
        size: PageSize,
    ) -> Result<People<User>> {
        self.stores.users.search(part, start, size.get()).await
    }

    /// A user by her id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn user(&self, user: UserId) -> Result<User> {
        self.stores.users.find(user).await?.ok_or(not_found(user))
    }

    /// A user by her nickname, letter case aside.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn user_by_nickname(&self, nickname: &Nickname) -> Result<User> {
        let user = self.stores.users.find_by_nickname(nickname).await?;
        user.ok_or(Error::NotFound(Subject::Nickname))
    }

    /// Creates users, all or none; each is a nickname, a first and a last name, and her key.
    ///
    /// # Errors
    /// [`Error::NicknameTaken`], [`Error::KeyTaken`].
    pub async fn add_users(
        &self,
        users: Vec<(Nickname, Option<PersonName>, Option<PersonName>, ApiKey)>,
    ) -> Result<Vec<UserId>> {
        let created_at = self.stores.clock.now();
        let new_user = |(nickname, first_name, last_name, key): (_, _, _, ApiKey)| NewUser {
            nickname,
            first_name,
            last_name,
            key: key.hash(),
            created_at,
        };
        let acting = self.acting(Action::ADD_USER, None, None);
        let added = acting.users().add(users.into_iter().map(new_user).collect()).await;
        acting.told(added).await
    }

    /// Changes a user.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NicknameTaken`].
    pub async fn update_user(&self, user: UserId, changes: Changes) -> Result<()> {
        let acting = self.acting(Action::UPDATE_USER, Some(user), Some(changes.told()));
        let updated = acting.users().update(user, changes).await;
        let found = |updated: bool| if updated { Ok(()) } else { Err(not_found(user)) };
        acting.told(updated.and_then(found)).await
    }

    /// Removes a user with everything that is hers.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn remove_user(&self, user: UserId) -> Result<Removed> {
        let acting = self.acting(Action::REMOVE_USER, Some(user), None);
        let files = acting.users().remove(user).await;
        let files = acting.told(files.and_then(|files| files.ok_or(not_found(user)))).await?;
        let images = files.len() as u64;
        Ok(Removed { images, files_gone: self.remove_files(files).await })
    }

    /// Gives a user a new key; her old ones end at once, or at that moment.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::KeyTaken`].
    pub async fn replace_key(&self, user: UserId, key: &ApiKey, old_until: Option<Timestamp>) -> Result<()> {
        let now = self.stores.clock.now();
        let acting = self.acting(Action::REPLACE_KEY, Some(user), None);
        let replaced = acting.users().replace_key(user, key.hash(), now, old_until).await;
        let found = |replaced: bool| if replaced { Ok(()) } else { Err(not_found(user)) };
        acting.told(replaced.and_then(found)).await
    }

    /// What a user likes, for her to take along.
    pub async fn liked_by(&self, user: UserId, after: Option<TweetId>, limit: u32) -> Result<Vec<Liked>> {
        self.stores.feeds.liked_by(user, after, limit).await
    }

    /// The images that a user uploaded, for her to take along.
    pub async fn uploads_of(
        &self,
        user: UserId,
        after: Option<MediaId>,
        limit: u32,
    ) -> Result<Vec<ImageRecord>> {
        self.stores.feeds.uploads_of(user, after, limit).await
    }

    /// The present moment of this microblog's clock.
    pub fn now(&self) -> Timestamp {
        self.stores.clock.now()
    }
}

fn not_found(user: UserId) -> Error {
    Error::NotFound(Subject::User(user))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::microblog::test::{Ports, noon, person, user};

    #[tokio::test]
    async fn a_key_is_looked_up_by_its_hash_at_the_time_of_the_clock() {
        let mut ports = Ports::default();
        let hash = ApiKey::parse("test").unwrap().hash();
        ports
            .users
            .expect_find_by_key()
            .withf(move |key, now| *key == hash && *now == noon())
            .returning(|_, _| Ok(Some(person(1, "ann"))));
        assert_eq!(ports.microblog().authenticate("test").await.unwrap(), person(1, "ann"));
    }

    #[tokio::test]
    async fn a_malformed_or_mistyped_key_is_unknown_without_asking_the_store() {
        let microblog = Ports::default().microblog();
        let mistyped = format!("tweetty_{}", "0".repeat(72));
        for key in ["", "a b", "ключ", &mistyped, &"x".repeat(1_000_000)] {
            assert!(matches!(microblog.authenticate(key).await, Err(Error::UnknownKey)));
        }
    }

    #[tokio::test]
    async fn nobody_follows_herself() {
        let error = Ports::default().microblog().follow(user(1), user(1)).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(Invalid::SelfFollow)));
    }

    #[tokio::test]
    async fn following_somebody_unknown_is_not_found() {
        let mut ports = Ports::default();
        ports.users.expect_follow().returning(|_, _, _| Ok(None));
        ports.users.expect_unfollow().returning(|_, _| Ok(None));
        let microblog = ports.microblog();
        for error in [microblog.follow(user(1), user(2)).await, microblog.unfollow(user(1), user(2)).await] {
            assert!(matches!(error, Err(Error::NotFound(Subject::User(id))) if id == user(2)));
        }
    }

    #[tokio::test]
    async fn a_profile_embeds_as_many_people_as_the_limits_say() {
        let mut ports = Ports::default();
        ports.users.expect_profile().withf(|_, _, embedded| *embedded == 1000).returning(|_, _, _| Ok(None));
        assert!(matches!(ports.microblog().profile(user(1), user(2)).await, Err(Error::NotFound(_))));
    }
}
