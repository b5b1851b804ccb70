//! What operators do with users.

use super::Operations;
use crate::{
    Action, ApiKey, Change, Changes, Error, ImageRecord, Liked, MediaId, NewUser, Nickname, PersonName,
    Result, Timestamp, TweetId, UserId,
};

/// What came of the removal of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// How many images the user had.
    pub images: u64,
    /// Whether their files are gone; else the sweeper takes them when they are a day old.
    pub files_gone: bool,
}

impl Operations {
    /// Creates users, all or none; each is a nickname, a first and a last name, and a key.
    ///
    /// # Errors
    /// [`Error::NicknameTaken`], [`Error::KeyTaken`].
    pub async fn add_users(
        &self,
        users: Vec<(Nickname, Option<PersonName>, Option<PersonName>, ApiKey)>,
    ) -> Result<Vec<UserId>> {
        let created_at = self.now();
        let new_user = |(nickname, first_name, last_name, key): (_, _, _, ApiKey)| NewUser {
            nickname,
            first_name,
            last_name,
            key: key.hash(),
            created_at,
        };
        let entry = self.entry(Action::AddUser, None, None);
        let users = users.into_iter().map(new_user).collect();
        self.stores.settled(self.stores.users.add(users, entry.clone()).await, entry).await
    }

    /// Changes a user.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NicknameTaken`].
    pub async fn update_user(&self, user: UserId, changes: Changes) -> Result<()> {
        let entry = self.entry(Action::UpdateUser, Some(user), Some(changes.fields()));
        let updated = self.stores.users.update(user, changes, entry.clone()).await;
        self.stores.settled(updated.and_then(|updated| found(updated, user)), entry).await
    }

    /// Removes a user with everything that is theirs.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn remove_user(&self, user: UserId) -> Result<Removed> {
        let entry = self.entry(Action::RemoveUser, Some(user), None);
        let removed = self.stores.users.remove(user, entry.clone()).await;
        let images = removed.and_then(|images| images.ok_or(Error::no_user(user)));
        let images = self.stores.settled(images, entry).await?;
        Ok(Removed { images: images.len() as u64, files_gone: self.stores.remove_files(images).await })
    }

    /// Gives a user a new key; the old ones end at once, or at that moment.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::KeyTaken`].
    pub async fn replace_key(&self, user: UserId, key: &ApiKey, old_until: Option<Timestamp>) -> Result<()> {
        let entry = self.entry(Action::ReplaceKey, Some(user), None);
        let keys = &self.stores.keys;
        let replaced = keys.replace_key(user, key.hash(), self.now(), old_until, entry.clone()).await;
        self.stores.settled(replaced.and_then(|replaced| found(replaced, user)), entry).await
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

fn found(found: bool, user: UserId) -> Result<()> {
    if found { Ok(()) } else { Err(Error::no_user(user)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::test::{Ports, user};
    use crate::{Entry, Invalid, Outcome};

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
