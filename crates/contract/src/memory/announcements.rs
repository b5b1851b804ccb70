//! Tweets that everybody is shown first.

use async_trait::async_trait;
use tweetty_domain::{
    Acknowledged, Announcement, AnnouncementId, Announcements, Change, Entry, Error, Invalid,
    NewAnnouncement, People, Person, Result, Timestamp, UserId,
};

use super::{Memory, State};

impl State {
    fn asking(&self, id: AnnouncementId) -> Result<Option<NewAnnouncement>> {
        match self.announcements.get(&id) {
            Some(found) if !found.acknowledge => Err(Invalid::UnaskedAcknowledgement.into()),
            found => Ok(found.copied()),
        }
    }

    pub(super) fn remove_announcements(
        &mut self,
        which: impl Fn(AnnouncementId, &NewAnnouncement) -> bool,
    ) -> u64 {
        let before = self.announcements.len();
        self.announcements.retain(|id, announcement| !which(*id, announcement));
        self.acknowledgements.retain(|(id, _), _| self.announcements.contains_key(id));
        (before - self.announcements.len()) as u64
    }
}

#[async_trait]
impl Announcements for Memory {
    async fn announce(
        &self,
        new: NewAnnouncement,
        most: u32,
        entry: Option<Entry>,
    ) -> Result<Option<AnnouncementId>> {
        let mut state = self.state();
        if !state.tweets.contains_key(&new.tweet) {
            return Ok(None);
        }
        let standing = state.announcements.values().filter(|one| one.until > new.at).collect::<Vec<_>>();
        if standing.iter().any(|one| one.tweet == new.tweet) {
            return Err(Error::AlreadyAnnounced(new.tweet));
        }
        if standing.len() >= most as usize {
            return Err(Error::TooManyAnnouncements { limit: most });
        }
        let id = AnnouncementId::stored(state.next("announcements"));
        state.announcements.insert(id, new);
        state.record(entry.map(|entry| entry.of_announcement(id)));
        Ok(Some(id))
    }

    async fn withdraw(&self, announcement: AnnouncementId, entry: Option<Entry>) -> Result<bool> {
        let mut state = self.state();
        let withdrawn = state.remove_announcements(|id, _| id == announcement) > 0;
        Ok(state.changed(withdrawn, entry))
    }

    async fn standing(&self, now: Timestamp, limit: u32) -> Result<Vec<Announcement>> {
        let state = self.state();
        let standing = state.announcements.iter().rev().filter(|(_, one)| one.until > now);
        let announcement = |(id, one): (&AnnouncementId, &NewAnnouncement)| {
            let NewAnnouncement { tweet, until, acknowledge, .. } = *one;
            Announcement { id: *id, tweet, until, acknowledge }
        };
        Ok(standing.take(limit as usize).map(announcement).collect())
    }

    async fn acknowledged(&self, user: UserId, of: Vec<AnnouncementId>) -> Result<Vec<AnnouncementId>> {
        let state = self.state();
        Ok(of.into_iter().filter(|id| state.acknowledgements.contains_key(&(*id, user))).collect())
    }

    async fn acknowledge(
        &self,
        announcement: AnnouncementId,
        user: UserId,
        at: Timestamp,
    ) -> Result<Option<Change>> {
        let mut state = self.state();
        if state.asking(announcement)?.is_none_or(|found| found.until <= at) {
            return Ok(None);
        }
        if !state.users.contains_key(&user) {
            return Err(Error::UnknownKey);
        }
        let is_new = !state.acknowledgements.contains_key(&(announcement, user));
        state.acknowledgements.entry((announcement, user)).or_insert(at);
        Ok(Some(if is_new { Change::Made } else { Change::AlreadySo }))
    }

    async fn missing(
        &self,
        announcement: AnnouncementId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>> {
        let state = self.state();
        if state.asking(announcement)?.is_none() {
            return Ok(None);
        }
        let behind =
            state.users.values().filter(|user| Some(user.id) > after && user.is_active() && !user.is_bot());
        let missing = behind.filter(|user| !state.acknowledgements.contains_key(&(announcement, user.id)));
        let mut people = missing.map(|user| state.person(user.id)).collect::<Vec<_>>();
        let more = people.len() > limit as usize;
        people.truncate(limit as usize);
        let next = people.last().filter(|_| more).map(|person| person.id);
        Ok(Some(People { people, next }))
    }

    async fn acknowledged_by(
        &self,
        user: UserId,
        after: Option<AnnouncementId>,
        limit: u32,
    ) -> Result<Vec<Acknowledged>> {
        let state = self.state();
        let own = state.acknowledgements.iter().filter(|((id, by), _)| *by == user && Some(*id) > after);
        let shown = own.map(|((id, _), at)| {
            let tweet = state.announcements[id].tweet;
            Acknowledged { announcement: *id, tweet, at: *at }
        });
        Ok(shown.take(limit as usize).collect())
    }

    async fn forget_announcements(&self, ended_before: Timestamp, limit: u32) -> Result<u64> {
        let mut state = self.state();
        let ended = state.announcements.iter().filter(|(_, one)| one.until < ended_before);
        let ended = ended.map(|(id, _)| *id).take(limit as usize).collect::<Vec<_>>();
        Ok(state.remove_announcements(|id, _| ended.contains(&id)))
    }
}
