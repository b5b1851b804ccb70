//! Announcing tweets, and saying that one has read them.

use std::collections::{HashMap, HashSet};

use super::Microblog;
use crate::announcement::announcement_end;
use crate::{
    Action, Announced, Announcement, AnnouncementId, By, Change, Embedded, Entry, Error, NewAnnouncement,
    Outcome, PageSize, People, Person, Result, Role, Subject, Timestamp, TweetId, UserId,
};

impl Microblog {
    /// Shows everybody that tweet first until then. The log keeps who had it so, and who takes it back.
    ///
    /// # Errors
    /// [`Error::NotACommunicator`], [`Error::NotFound`], [`crate::Invalid::AnnouncementEnd`],
    /// [`Error::TooManyAnnouncements`], [`Error::AlreadyAnnounced`].
    pub async fn announce(
        &self,
        me: UserId,
        tweet: TweetId,
        until: Timestamp,
        acknowledge: bool,
    ) -> Result<AnnouncementId> {
        self.require_communicator(me).await?;
        let at = self.stores.clock.now();
        let new = NewAnnouncement { tweet, until: announcement_end(until, at)?, acknowledge, at };
        let asks = if acknowledge { ", to be acknowledged" } else { "" };
        let detail = format!("tweet {tweet}, until {}{asks}", new.until.format("%FT%TZ"));
        let entry = self.entry(me, Action::Announce, Some(detail));
        let announced =
            self.stores.announcements.announce(new, self.limits().announcements, Some(entry)).await?;
        announced.ok_or(Error::NotFound(Subject::Tweet(tweet)))
    }

    /// Takes an announcement back.
    ///
    /// # Errors
    /// [`Error::NotACommunicator`], [`Error::NotFound`].
    pub async fn withdraw(&self, me: UserId, announcement: AnnouncementId) -> Result<()> {
        self.require_communicator(me).await?;
        let entry = self.entry(me, Action::Withdraw, None).of_announcement(announcement);
        let withdrawn = self.stores.announcements.withdraw(announcement, Some(entry)).await?;
        if withdrawn { Ok(()) } else { Err(not_found()) }
    }

    /// Says that the caller has read an announcement.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`crate::Invalid::UnaskedAcknowledgement`].
    pub async fn acknowledge(&self, me: UserId, announcement: AnnouncementId) -> Result<Change> {
        let now = self.stores.clock.now();
        self.stores.announcements.acknowledge(announcement, me, now).await?.ok_or(not_found())
    }

    /// A page of those who have not said so yet, deactivated users aside.
    ///
    /// # Errors
    /// [`Error::NotACommunicator`], [`Error::NotFound`], [`crate::Invalid::UnaskedAcknowledgement`].
    pub async fn missing(
        &self,
        me: UserId,
        announcement: AnnouncementId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<People<Person>> {
        self.require_communicator(me).await?;
        let missing = self.stores.announcements.missing(announcement, after, size.get()).await?;
        missing.ok_or(not_found())
    }

    /// The announcements that stand now, the latest first.
    pub async fn standing(&self) -> Result<Vec<Announcement>> {
        self.stores.announcements.standing(self.stores.clock.now(), self.limits().announcements).await
    }

    /// Those of these announcements that stand still, as the caller sees them; those whose tweet is gone are left out.
    pub async fn announced(
        &self,
        me: UserId,
        known: &[Announcement],
        likers: Embedded,
    ) -> Result<Vec<Announced>> {
        let now = self.stores.clock.now();
        let standing = known.iter().filter(|announcement| announcement.until > now).collect::<Vec<_>>();
        if standing.is_empty() {
            return Ok(Vec::new());
        }
        let tweets = standing.iter().map(|announcement| announcement.tweet).collect();
        let tweets = self.stores.feeds.tweets(tweets, me, likers.get()).await?;
        let mut tweets = tweets.into_iter().map(|tweet| (tweet.id, tweet)).collect::<HashMap<_, _>>();
        let asked = standing.iter().filter(|announcement| announcement.acknowledge);
        let asked = asked.map(|announcement| announcement.id).collect::<Vec<_>>();
        let acknowledged = match asked.as_slice() {
            [] => HashSet::new(),
            _ => self.stores.announcements.acknowledged(me, asked).await?.into_iter().collect(),
        };
        let announced = standing.into_iter().filter_map(|announcement| {
            let tweet = tweets.remove(&announcement.tweet)?;
            let acknowledged = acknowledged.contains(&announcement.id);
            Some(Announced { announcement: *announcement, acknowledged, tweet })
        });
        Ok(announced.collect())
    }

    /// The entry of what a communicator does now.
    fn entry(&self, me: UserId, action: Action, detail: Option<String>) -> Entry {
        let at = self.stores.clock.now();
        Entry { at, by: By::User(me), action, user: None, outcome: Outcome::Done, detail }
    }

    async fn require_communicator(&self, user: UserId) -> Result<()> {
        let user = self.stores.users.find(user).await?.ok_or(Error::UnknownKey)?;
        if user.particulars.role == Role::Communicator { Ok(()) } else { Err(Error::NotACommunicator) }
    }
}

fn not_found() -> Error {
    Error::NotFound(Subject::Announcement)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::stores::test::{Ports, noon, user, user_in};
    use crate::{Tweet, TweetText};

    /// Ports where user 1 has that role.
    fn with_role(role: Role) -> Ports {
        let mut ports = Ports::default();
        ports.users.expect_find().returning(move |id| Ok(Some(user_in(role, id))));
        ports
    }

    fn later() -> Timestamp {
        noon() + TimeDelta::days(1)
    }

    fn announcement(id: i64, until: Timestamp, acknowledge: bool) -> Announcement {
        Announcement { id: AnnouncementId::stored(id), tweet: TweetId::stored(10 * id), until, acknowledge }
    }

    #[tokio::test]
    async fn only_communicators_announce_withdraw_and_see_who_is_missing() {
        let (tweet, id) = (TweetId::stored(7), AnnouncementId::stored(1));
        for role in [Role::Member, Role::Moderator] {
            let microblog = with_role(role).microblog();
            let size = PageSize::parse(None, 10).unwrap();
            let refused = [
                microblog.announce(user(1), tweet, later(), true).await.map(drop),
                microblog.withdraw(user(1), id).await,
                microblog.missing(user(1), id, None, size).await.map(drop),
            ];
            for refused in refused {
                assert!(matches!(refused, Err(Error::NotACommunicator)), "{role:?}");
            }
        }
        let mut ports = with_role(Role::Communicator);
        ports
            .announcements
            .expect_announce()
            .withf(move |new, most, entry| {
                let entry = entry.as_ref().unwrap();
                assert_eq!((&entry.by, &entry.action), (&By::User(user(1)), &Action::Announce));
                let detail = "tweet 7, until 2026-11-24T12:00:00Z, to be acknowledged";
                assert_eq!(entry.detail.as_deref(), Some(detail));
                new.until == later() && new.at == noon() && *most == 5
            })
            .returning(|_, _, _| Ok(Some(AnnouncementId::stored(1))));
        ports
            .announcements
            .expect_withdraw()
            .times(1)
            .withf(|_, entry| {
                let entry = entry.as_ref().unwrap();
                entry.by == By::User(user(1)) && entry.detail.as_deref() == Some("announcement 1")
            })
            .returning(|_, _| Ok(true));
        let microblog = ports.microblog();
        assert_eq!(microblog.announce(user(1), tweet, later(), true).await.unwrap(), id);
        microblog.withdraw(user(1), id).await.unwrap();
    }

    #[tokio::test]
    async fn an_end_that_has_been_is_refused_before_anything_is_asked() {
        let microblog = with_role(Role::Communicator).microblog();
        let refused = microblog.announce(user(1), TweetId::stored(7), noon(), false);
        assert!(matches!(refused.await, Err(Error::Invalid(crate::Invalid::AnnouncementEnd))));
    }

    #[tokio::test]
    async fn what_stands_is_shown_with_its_tweet_and_what_the_viewer_said_of_it() {
        let mut ports = Ports::default();
        ports.feeds.expect_tweets().times(1).returning(|ids, _, _| {
            assert_eq!(ids, [10, 20, 40].map(TweetId::stored), "not that of the ended one");
            let tweet = |id: TweetId| Tweet {
                id,
                text: TweetText::stored("x".to_owned()),
                author: crate::stores::test::person(1, "ann"),
                attachments: Vec::new(),
                likers: Vec::new(),
                likes_count: 0,
                liked: false,
                created_at: noon(),
            };
            // One is deleted.
            Ok(ids.into_iter().filter(|id| id.get() != 20).map(tweet).collect())
        });
        ports.announcements.expect_acknowledged().times(1).returning(|_, asked| {
            assert_eq!(asked, [2, 4].map(AnnouncementId::stored), "the first one asks for nothing");
            Ok(vec![AnnouncementId::stored(4)])
        });
        let known = [
            announcement(1, later(), false),
            announcement(2, later(), true),
            announcement(3, noon(), true),
            announcement(4, later(), true),
        ];
        let shown = ports.microblog().announced(user(1), &known, Embedded::NONE).await.unwrap();
        let shown = shown.iter().map(|one| (one.announcement.id.get(), one.acknowledged)).collect::<Vec<_>>();
        assert_eq!(shown, [(1, false), (4, true)]);
    }

    #[tokio::test]
    async fn where_nothing_stands_no_store_is_asked() {
        let known = [announcement(3, noon(), true)];
        for known in [&[][..], &known] {
            let shown = Ports::default().microblog().announced(user(1), known, Embedded::NONE).await.unwrap();
            assert_eq!(shown, []);
        }
    }
}
