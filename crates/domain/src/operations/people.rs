//! What operators do with users.

use super::Operations;
use crate::{
    Acknowledged, Action, AnnouncementId, ApiKey, Change, Changes, Deactivated, Error, ImageRecord, Liked,
    MediaId, NamePart, NewKey, NewUser, Nickname, PageSize, Particulars, People, PeopleStart, PersonName,
    Result, Timestamp, TweetId, User, UserId, Whom,
};

/// A future user.
#[derive(Debug, Clone)]
pub struct Newcomer {
    /// The unique name.
    pub nickname: Nickname,
    /// The first name.
    pub first_name: Option<PersonName>,
    /// The last name.
    pub last_name: Option<PersonName>,
    /// What the company says besides.
    pub particulars: Particulars,
    /// The first key, if they get one.
    pub key: Option<ApiKey>,
}

/// What came of the removal of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// How many images the user had.
    pub images: u64,
    /// Whether their files are gone; else the sweeper takes them when they are a day old.
    pub files_gone: bool,
}

impl Newcomer {
    /// The user whom they become at that moment, who follows those, with a key that ends then.
    pub(crate) fn into_user(
        self,
        follows: Vec<UserId>,
        created_at: Timestamp,
        key_ends_at: Option<Timestamp>,
    ) -> NewUser {
        let Self { nickname, first_name, last_name, particulars, key } = self;
        let key = key.map(|key| NewKey { ends_at: key_ends_at, ..key.hash().into() });
        NewUser { nickname, first_name, last_name, particulars, key, follows, created_at }
    }
}

/// Whom those who join follow at once, for the log.
pub(super) fn following(follows: &[UserId]) -> Option<String> {
    let users = follows.iter().map(|user| format!("user {user}")).collect::<Vec<_>>();
    (!users.is_empty()).then(|| format!("follows {}", users.join(", ")))
}

impl Operations {
    /// Creates users, all or none, each of whom follows those.
    ///
    /// # Errors
    /// [`Error::NicknameTaken`], [`Error::LoginTaken`], [`Error::ExternalIdTaken`], [`Error::KeyTaken`]; of those whom they
    /// should follow [`Error::NotFound`], [`crate::Invalid::DeactivatedFollowee`]; of bots [`crate::Invalid::BotOwner`],
    /// [`crate::Invalid::BotRole`].
    pub async fn add_users(&self, newcomers: Vec<Newcomer>, follows: &[UserId]) -> Result<Vec<UserId>> {
        let created_at = self.now();
        let owners = newcomers.iter().filter_map(|newcomer| newcomer.particulars.owner);
        let owners = owners.map(|owner| format!("bot of user {owner}"));
        let detail = owners.chain(following(follows)).collect::<Vec<_>>().join(", ");
        let entry = self.entry(Action::AddUser, None, Some(detail).filter(|detail| !detail.is_empty()));
        let key_ends_at = self.key_end(None)?;
        let newcomers = newcomers.into_iter();
        let users =
            newcomers.map(|newcomer| newcomer.into_user(follows.to_vec(), created_at, key_ends_at)).collect();
        self.stores.settled(self.stores.users.add(users, entry.clone()).await, entry).await
    }

    /// Users whose names contain the part, or all of them, deactivated or not.
    pub async fn search(
        &self,
        part: Option<NamePart>,
        start: PeopleStart,
        size: PageSize,
    ) -> Result<People<User>> {
        self.stores.users.search(part, Whom::Everybody, start, size.get()).await
    }

    /// Changes a user.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NicknameTaken`], [`Error::LoginTaken`], [`Error::ExternalIdTaken`], and of bots those of
    /// [`crate::Users::update`].
    pub async fn update_user(&self, user: UserId, changes: Changes) -> Result<()> {
        let entry = self.entry(Action::UpdateUser, Some(user), Some(changes.fields()));
        let updated = self.stores.users.update(user, changes, entry.clone()).await;
        self.stores.settled(updated.and_then(|updated| found(updated, user)), entry).await
    }

    /// Deactivates a user and the user's bots: their keys end, and they are found no more; what they wrote stays.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn deactivate_user(&self, user: UserId) -> Result<Deactivated> {
        let entry = self.entry(Action::DeactivateUser, Some(user), None);
        let done = self.stores.users.deactivate(user, self.now(), entry.clone()).await;
        self.stores.settled(done.and_then(|done| done.ok_or(Error::no_user(user))), entry).await
    }

    /// Activates a user again; the keys that ended stay ended, and the user's bots stay deactivated.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`crate::Invalid::BotOwner`] of a bot whose owner is deactivated.
    pub async fn activate_user(&self, user: UserId) -> Result<Change> {
        let entry = self.entry(Action::ActivateUser, Some(user), None);
        let change = self.stores.users.activate(user, entry.clone()).await;
        self.stores.settled(change.and_then(|change| change.ok_or(Error::no_user(user))), entry).await
    }

    /// Removes a user with everything that is theirs.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::OwnsBots`].
    pub async fn remove_user(&self, user: UserId) -> Result<Removed> {
        let entry = self.entry(Action::RemoveUser, Some(user), None);
        let removed = self.stores.users.remove(user, entry.clone()).await;
        let images = removed.and_then(|images| images.ok_or(Error::no_user(user)));
        let images = self.stores.settled(images, entry).await?;
        Ok(Removed { images: images.len() as u64, files_gone: self.stores.remove_files(images).await })
    }

    /// Lets one user follow another.
    ///
    /// # Errors
    /// [`crate::Invalid::SelfFollow`], [`Error::NotFound`].
    pub async fn follow(&self, follower: UserId, followee: UserId) -> Result<Change> {
        let detail = Some(format!("user {followee}"));
        let entry = self.entry(Action::Follow, Some(follower), detail);
        self.stores.follow(follower, followee, entry).await
    }

    /// Lets one user follow another no longer.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn unfollow(&self, follower: UserId, followee: UserId) -> Result<Change> {
        let detail = Some(format!("user {followee}"));
        let entry = self.entry(Action::Unfollow, Some(follower), detail);
        self.stores.unfollow(follower, followee, entry).await
    }

    /// What a user likes, for them to take along.
    pub async fn liked_by(&self, user: UserId, after: Option<TweetId>, limit: u32) -> Result<Vec<Liked>> {
        self.stores.tweets.liked_by(user, after, limit).await
    }

    /// What a user has acknowledged, for them to take along.
    pub async fn acknowledged_by(
        &self,
        user: UserId,
        after: Option<AnnouncementId>,
        limit: u32,
    ) -> Result<Vec<Acknowledged>> {
        self.stores.announcements.acknowledged_by(user, after, limit).await
    }

    /// The images that a user uploaded, for them to take along.
    pub async fn uploads_of(
        &self,
        user: UserId,
        after: Option<MediaId>,
        limit: u32,
    ) -> Result<Vec<ImageRecord>> {
        self.stores.tweets.uploads_of(user, after, limit).await
    }
}

pub(super) fn found(found: bool, user: UserId) -> Result<()> {
    if found { Ok(()) } else { Err(Error::no_user(user)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::test::{Ports, user};
    use crate::{Entry, Invalid, Outcome};

    #[tokio::test]
    async fn whom_newcomers_follow_comes_with_them_and_is_in_the_log() {
        let mut ports = Ports::default();
        ports.users.expect_add().times(1).returning(|users, entry| {
            assert!(users.iter().all(|new| new.follows == [user(3), user(5)]), "{users:?}");
            assert_eq!(entry.unwrap().detail.unwrap(), "follows user 3, user 5");
            Ok(vec![user(7)])
        });
        let newcomer = Newcomer {
            nickname: Nickname::stored("ann"),
            first_name: None,
            last_name: None,
            particulars: Particulars::default(),
            key: None,
        };
        ports.operated().add_users(vec![newcomer], &[user(3), user(5)]).await.unwrap();
    }

    #[tokio::test]
    async fn a_follow_of_nobody_is_recorded_as_failed_and_one_of_oneself_not_at_all() {
        let mut ports = Ports::default();
        ports
            .users
            .expect_follow()
            .withf(|_, _, _, entry| entry.as_ref().is_some_and(|entry| entry.action == Action::Follow))
            .returning(|_, _, _, _| Ok(None));
        let failed = |entry: &Entry| {
            let what = (entry.user, entry.outcome, entry.detail.as_deref());
            what == (Some(user(1)), Outcome::Failed, Some("not found"))
        };
        ports.audit.expect_record().withf(failed).times(1).returning(|_| Ok(()));
        let operations = ports.operated();
        assert!(matches!(operations.follow(user(1), user(2)).await, Err(Error::NotFound(_))));
        let oneself = operations.follow(user(1), user(1)).await;
        assert!(matches!(oneself, Err(Error::Invalid(Invalid::SelfFollow))));
    }
}
