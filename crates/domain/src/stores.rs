//! The adapters behind the ports, and what people and operators do through them alike.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use crate::{
    Announcements, Audit, Avatar, Change, Clock, Entry, Error, Feeds, ImageFiles, ImageName, Images, Invalid,
    Keys, Outcome, Result, Tweets, Upkeep, UserId, Users, crash_point,
};

/// The adapters behind the ports.
#[derive(Clone)]
pub struct Stores {
    /// People.
    pub users: Arc<dyn Users>,
    /// By which keys people are known.
    pub keys: Arc<dyn Keys>,
    /// Tweets and likes.
    pub tweets: Arc<dyn Tweets>,
    /// Reading.
    pub feeds: Arc<dyn Feeds>,
    /// What everybody is shown first.
    pub announcements: Arc<dyn Announcements>,
    /// Sweeping and checking.
    pub upkeep: Arc<dyn Upkeep>,
    /// The images' bytes.
    pub images: Arc<dyn Images>,
    /// The log of what operators do.
    pub audit: Arc<dyn Audit>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Stores {
    /// One store behind all the ports of storage.
    pub fn of<S: Users + Keys + Tweets + Feeds + Announcements + Upkeep + Audit + 'static>(
        store: S,
        images: Arc<dyn Images>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let store = Arc::new(store);
        Self {
            users: store.clone(),
            keys: store.clone(),
            tweets: store.clone(),
            feeds: store.clone(),
            announcements: store.clone(),
            upkeep: store.clone(),
            audit: store,
            images,
            clock,
        }
    }

    /// Lets one follow the other; the entry is recorded with it.
    pub(crate) async fn follow(
        &self,
        follower: UserId,
        followee: UserId,
        entry: Option<Entry>,
    ) -> Result<Change> {
        if follower == followee {
            return Err(Invalid::SelfFollow.into());
        }
        let change = self.users.follow(follower, followee, self.clock.now(), entry.clone()).await;
        self.settled(change.and_then(|change| change.ok_or(Error::no_user(followee))), entry).await
    }

    /// The opposite of [`Stores::follow`].
    pub(crate) async fn unfollow(
        &self,
        follower: UserId,
        followee: UserId,
        entry: Option<Entry>,
    ) -> Result<Change> {
        let change = self.users.unfollow(follower, followee, entry.clone()).await;
        self.settled(change.and_then(|change| change.ok_or(Error::no_user(followee))), entry).await
    }

    /// Gives a user that avatar, whose files are kept, or none. The files of the one before go after its row.
    pub(crate) async fn set_avatar(
        &self,
        user: UserId,
        avatar: Option<Avatar>,
        entry: Option<Entry>,
    ) -> Result<()> {
        let replaced = self.users.set_avatar(user, avatar, entry.clone()).await;
        crash_point("the avatar is recorded");
        let (unneeded, outcome) = match self.settled(replaced, entry).await {
            Ok(before) => (before, Ok(())),
            Err(error @ Error::NotFound(_)) => (avatar, Err(error)),
            // The files stay: the row may name them after all, if only the answer was lost.
            Err(error) => (None, Err(error)),
        };
        self.remove_files(unneeded.into_iter().map(Avatar::files).collect()).await;
        crash_point("the files of the avatar before are removed");
        outcome
    }

    /// Passes on how a change ended that had the entry in its transaction. Where it failed, the entry went with it: it is
    /// recorded as failed, as far as the log can be reached.
    pub(crate) async fn settled<T>(&self, result: Result<T>, entry: Option<Entry>) -> Result<T> {
        if let (Err(error), Some(entry)) = (&result, entry) {
            let detail = Some(error.summary().to_owned());
            self.audit.record(Entry { outcome: Outcome::Failed, detail, ..entry }).await.ok();
        }
        result
    }

    /// Removes the files of images whose rows are gone. One that can't be removed now is the sweeper's; the use case
    /// has succeeded. Answers whether all are gone.
    pub(crate) async fn remove_files(&self, images: Vec<ImageFiles>) -> bool {
        let names = images.iter().flat_map(ImageFiles::names).collect::<Vec<_>>();
        names.is_empty() || self.images.remove(names).await.is_ok()
    }

    /// Those of the files that a row knows: as its image, or as a variant of it.
    pub(crate) async fn known_files(&self, files: &[ImageName]) -> Result<HashSet<ImageName>> {
        let images = files.iter().flat_map(|file| file.of_image()).collect::<BTreeSet<_>>();
        let images = self.upkeep.known_images(images.into_iter().collect()).await?;
        let known = images.iter().flat_map(ImageFiles::names).collect::<HashSet<_>>();
        Ok(files.iter().copied().filter(|file| known.contains(file)).collect())
    }
}

#[cfg(test)]
pub(crate) mod test {
    //! Use cases on mocked ports: each test says what its ports are asked and answer.

    use chrono::{TimeZone as _, Utc};

    use super::*;
    use crate::announcement::MockAnnouncements;
    use crate::audit::MockAudit;
    use crate::clock::MockClock;
    use crate::feed::MockFeeds;
    use crate::image::MockImages;
    use crate::keys::MockKeys;
    use crate::tweet::MockTweets;
    use crate::upkeep::MockUpkeep;
    use crate::user::MockUsers;
    use crate::{
        Actor, Holder, KeyId, Limits, Microblog, Nickname, Operations, Operator, Particulars, Person, Role,
        Timestamp, User,
    };

    #[derive(Default)]
    pub(crate) struct Ports {
        pub(crate) users: MockUsers,
        pub(crate) keys: MockKeys,
        pub(crate) tweets: MockTweets,
        pub(crate) feeds: MockFeeds,
        pub(crate) announcements: MockAnnouncements,
        pub(crate) upkeep: MockUpkeep,
        pub(crate) images: MockImages,
        pub(crate) audit: MockAudit,
    }

    impl Ports {
        /// The stores at [`noon`]; a port that is asked what it does not expect fails the test.
        pub(crate) fn stores(self) -> Stores {
            let mut clock = MockClock::new();
            clock.expect_now().returning(noon);
            Stores {
                users: Arc::new(self.users),
                keys: Arc::new(self.keys),
                tweets: Arc::new(self.tweets),
                feeds: Arc::new(self.feeds),
                announcements: Arc::new(self.announcements),
                upkeep: Arc::new(self.upkeep),
                images: Arc::new(self.images),
                audit: Arc::new(self.audit),
                clock: Arc::new(clock),
            }
        }

        pub(crate) fn microblog(self) -> Microblog {
            Microblog::new(self.stores(), Limits::default())
        }

        /// What the service itself does.
        pub(crate) fn service(self) -> Operations {
            Operations::new(self.stores(), Actor::Service)
        }

        /// What the [`operator`] does.
        pub(crate) fn operated(self) -> Operations {
            Operations::new(self.stores(), Actor::Operator(operator()))
        }
    }

    pub(crate) fn operator() -> Operator {
        Operator { os_user: "root".to_owned(), sudo_user: Some("ann".to_owned()) }
    }

    pub(crate) fn noon() -> Timestamp {
        Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
    }

    pub(crate) fn user(id: i64) -> UserId {
        UserId::stored(id)
    }

    pub(crate) fn person(id: i64, nickname: &str) -> Person {
        let nickname = Nickname::stored(nickname);
        Person { id: user(id), nickname, first_name: None, last_name: None, avatar: None, bot: false }
    }

    /// A user in that role, with nothing else known.
    pub(crate) fn user_in(role: Role, id: UserId) -> User {
        User {
            id,
            nickname: Nickname::stored("ann"),
            first_name: None,
            last_name: None,
            particulars: Particulars { role, ..Particulars::default() },
            avatar: None,
            deactivated_at: None,
            followers_count: 0,
            following_count: 0,
            created_at: noon(),
        }
    }

    pub(crate) fn holder(id: i64) -> Holder {
        Holder { user: user(id), key: KeyId::stored(1), last_used_on: None, ends_at: None }
    }
}
