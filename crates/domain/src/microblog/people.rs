//! Who somebody is, and whom they follow.

use super::Microblog;
use crate::{
    Change, Credential, Embedded, Error, Holder, NamePart, Nickname, PageSize, People, PeopleStart, Person,
    Profile, Result, Subject, User, UserId, Whom,
};

impl Microblog {
    /// Who shows that credential.
    ///
    /// # Errors
    /// [`Error::UnknownKey`].
    pub async fn authenticate(&self, credential: &Credential) -> Result<Holder> {
        let holder = self.stores.keys.find_by_key(credential.hash(), self.stores.clock.now()).await?;
        holder.ok_or(Error::UnknownKey)
    }

    /// Follows somebody.
    ///
    /// # Errors
    /// [`crate::Invalid::SelfFollow`], [`Error::NotFound`].
    pub async fn follow(&self, me: UserId, followee: UserId) -> Result<Change> {
        self.stores.follow(me, followee, None).await
    }

    /// Follows somebody no longer.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn unfollow(&self, me: UserId, followee: UserId) -> Result<Change> {
        self.stores.unfollow(me, followee, None).await
    }

    /// Whether one follows the other.
    pub async fn follows(&self, follower: UserId, followee: UserId) -> Result<bool> {
        self.stores.users.follows(follower, followee).await
    }

    /// A user with the people around them, as the viewer sees them.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn profile(&self, viewer: UserId, user: UserId, people: Embedded) -> Result<Profile> {
        let profile = self.stores.users.profile(user, viewer, people.get()).await?;
        profile.ok_or(Error::no_user(user))
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
        self.stores.users.followers(user, after, size.get()).await?.ok_or(Error::no_user(user))
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
        self.stores.users.following(user, after, size.get()).await?.ok_or(Error::no_user(user))
    }

    /// Active users whose names contain the part, or all of them.
    pub async fn search(
        &self,
        part: Option<NamePart>,
        start: PeopleStart,
        size: PageSize,
    ) -> Result<People<User>> {
        self.stores.users.search(part, Whom::Active, start, size.get()).await
    }

    /// A user by id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn user(&self, user: UserId) -> Result<User> {
        self.stores.users.find(user).await?.ok_or(Error::no_user(user))
    }

    /// A user by nickname, letter case aside.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn user_by_nickname(&self, nickname: &Nickname) -> Result<User> {
        let user = self.stores.users.find_by_nickname(nickname).await?;
        user.ok_or(Error::NotFound(Subject::Nickname))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::test::{Ports, holder, noon, user};
    use crate::{ApiKey, Invalid};

    #[tokio::test]
    async fn a_key_is_looked_up_by_its_hash_at_the_time_of_the_clock() {
        let mut ports = Ports::default();
        let credential = ApiKey::parse("test").unwrap().credential();
        let hash = credential.hash();
        ports
            .keys
            .expect_find_by_key()
            .withf(move |key, now| *key == hash && *now == noon())
            .returning(|_, _| Ok(Some(holder(1))));
        assert_eq!(ports.microblog().authenticate(&credential).await.unwrap(), holder(1));
    }

    #[tokio::test]
    async fn nobody_follows_herself() {
        let error = Ports::default().microblog().follow(user(1), user(1)).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(Invalid::SelfFollow)));
    }

    #[tokio::test]
    async fn following_somebody_unknown_is_not_found() {
        let mut ports = Ports::default();
        ports.users.expect_follow().returning(|_, _, _, _| Ok(None));
        ports.users.expect_unfollow().returning(|_, _, _| Ok(None));
        let microblog = ports.microblog();
        for error in [microblog.follow(user(1), user(2)).await, microblog.unfollow(user(1), user(2)).await] {
            assert!(matches!(error, Err(Error::NotFound(Subject::User(id))) if id == user(2)));
        }
    }

    #[tokio::test]
    async fn a_profile_embeds_as_many_people_as_are_asked_for() {
        let mut ports = Ports::default();
        ports.users.expect_profile().withf(|_, _, embedded| *embedded == 7).returning(|_, _, _| Ok(None));
        let people = Embedded::parse(Some(7), 1000).unwrap();
        assert!(matches!(ports.microblog().profile(user(1), user(2), people).await, Err(Error::NotFound(_))));
    }
}
