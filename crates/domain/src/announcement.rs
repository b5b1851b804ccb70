//! Tweets that everybody is shown first, until a time.

use async_trait::async_trait;
use chrono::{SubsecRound as _, TimeDelta};

use crate::{
    AnnouncementId, Change, Entry, Invalid, People, Person, Result, Timestamp, Tweet, TweetId, UserId,
};

/// How long a tweet is announced at most.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// A tweet that is to be announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewAnnouncement {
    /// Which tweet.
    pub tweet: TweetId,
    /// From when on it is an announcement no longer.
    pub until: Timestamp,
    /// Whether people are asked to say that they have read it.
    pub acknowledge: bool,
    /// When it is announced.
    pub at: Timestamp,
}

/// An announcement, the same for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announcement {
    /// Which one; a later one has a higher id.
    pub id: AnnouncementId,
    /// Which tweet.
    pub tweet: TweetId,
    /// From when on it is an announcement no longer.
    pub until: Timestamp,
    /// Whether people are asked to say that they have read it.
    pub acknowledge: bool,
}

/// An announcement as the viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// The announcement.
    pub announcement: Announcement,
    /// Whether the viewer has said that they have read it.
    pub acknowledged: bool,
    /// The tweet.
    pub tweet: Tweet,
}

/// That somebody said that they have read an announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledged {
    /// Which announcement.
    pub announcement: AnnouncementId,
    /// The tweet that it announced.
    pub tweet: TweetId,
    /// When.
    pub at: Timestamp,
}

/// The end of an announcement as it is wished: in the future, and not beyond a year.
pub(crate) fn announcement_end(wished: Timestamp, now: Timestamp) -> Result<Timestamp, Invalid> {
    let wished = wished.trunc_subsecs(3);
    if wished > now && wished - now <= LONGEST { Ok(wished) } else { Err(Invalid::AnnouncementEnd) }
}

/// The port of announcements. Each method is one transaction. A tweet that is deleted takes its announcement along, and an
/// announcement what people said of it.
#[cfg_attr(test, mockall::automock)]
#[async_trait]
pub trait Announcements: Send + Sync {
    /// Announces a tweet, unless `most` announcements stand then; `None` where there is no such tweet. However many come at
    /// once, no tweet is announced twice at the same time.
    /// The entry is recorded with the id in front ([`Entry::of_announcement`]).
    /// Errors: [`crate::Error::TooManyAnnouncements`], [`crate::Error::AlreadyAnnounced`].
    async fn announce(
        &self,
        new: NewAnnouncement,
        most: u32,
        entry: Option<Entry>,
    ) -> Result<Option<AnnouncementId>>;

    /// Takes an announcement back, whether it has ended or not; false where there is none, which leaves no entry. The
    /// tweet stays.
    async fn withdraw(&self, announcement: AnnouncementId, entry: Option<Entry>) -> Result<bool>;

    /// The announcements that stand at that moment, the latest first; at most `limit`.
    async fn standing(&self, now: Timestamp, limit: u32) -> Result<Vec<Announcement>>;

    /// Those of the announcements that the user has acknowledged.
    async fn acknowledged(&self, user: UserId, of: Vec<AnnouncementId>) -> Result<Vec<AnnouncementId>>;

    /// Records that a user has read an announcement, once, however often it is called. `None` where no such announcement
    /// stands at that moment. Errors: [`Invalid::UnaskedAcknowledgement`], [`crate::Error::UnknownKey`] where the user is
    /// gone.
    async fn acknowledge(
        &self,
        announcement: AnnouncementId,
        user: UserId,
        at: Timestamp,
    ) -> Result<Option<Change>>;

    /// Active users who have not acknowledged an announcement, by ascending id, behind `after`; `None` where there is no
    /// such announcement. Errors: [`Invalid::UnaskedAcknowledgement`].
    async fn missing(
        &self,
        announcement: AnnouncementId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>>;

    /// What a user has acknowledged, behind `after`, by ascending id of the announcement.
    async fn acknowledged_by(
        &self,
        user: UserId,
        after: Option<AnnouncementId>,
        limit: u32,
    ) -> Result<Vec<Acknowledged>>;

    /// Forgets at most `limit` announcements that ended before that moment; answers how many.
    async fn forget_announcements(&self, ended_before: Timestamp, limit: u32) -> Result<u64>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::test::noon;

    #[test]
    fn an_announcement_ends_in_the_future_and_within_a_year() {
        for (days, fits) in [(-1, false), (0, false), (1, true), (366, true), (367, false)] {
            let end = announcement_end(noon() + TimeDelta::days(days), noon());
            assert_eq!(end.is_ok(), fits, "{days}");
        }
        let precise = noon() + TimeDelta::microseconds(1_000_123_456);
        assert_eq!(announcement_end(precise, noon()).unwrap(), precise.trunc_subsecs(3));
    }
}
