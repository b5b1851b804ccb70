//! Tweets, likes and the records of images.

use async_trait::async_trait;
use tweetty_domain::{
    Change, DecisiveUploads, Entry, Error, Guard, ImageFiles, ImageRecord, Invalid, Liked, MediaId, NewImage,
    NewRemoval, NewTweet, Once, Quota, Removal, RemovalId, Removals, Result, Role, Timestamp, TweetId,
    Tweets, UploadQuotas, User, UserId,
};

use super::{Attached, Guarded, Memory, State, Written};

impl State {
    /// What a request with that guard came to, where it is remembered.
    fn remembered(&self, owner: UserId, guard: &Guard) -> Result<Option<i64>> {
        let same_key = |earlier: &&Guarded| {
            earlier.user == owner && earlier.key == guard.key && earlier.created_at > guard.horizon()
        };
        match self.guards.iter().find(same_key) {
            Some(earlier) if earlier.fingerprint == guard.fingerprint => Ok(Some(earlier.outcome)),
            Some(_) => Err(Error::IdempotencyConflict),
            None => Ok(None),
        }
    }

    fn earlier_upload(&self, owner: UserId, guard: &Guard) -> Result<Option<MediaId>> {
        Ok(self.remembered(owner, guard)?.map(MediaId::stored))
    }

    fn remember(&mut self, user: UserId, guard: Option<Guard>, outcome: i64) {
        if let Some(Guard { key, fingerprint, at }) = guard {
            self.guards.retain(|earlier| earlier.user != user || earlier.key != key);
            self.guards.push(Guarded { user, key, fingerprint, outcome, created_at: at });
        }
    }

    /// The time that is at that place among those within a day, from the newest on.
    fn at_place(mut times: Vec<Timestamp>, at: Timestamp, most: Option<u64>) -> Option<Timestamp> {
        times.retain(|time| *time > Quota::since(at));
        times.sort_unstable_by(|one, other| other.cmp(one));
        times.get(usize::try_from(most? - 1).unwrap_or(usize::MAX)).copied()
    }

    fn another_upload_fits(&self, owner: UserId, quotas: UploadQuotas, at: Timestamp) -> Result<()> {
        let theirs = || self.images.iter().filter(move |(_, image)| image.owner == owner);
        let times = theirs().map(|(_, image)| image.uploaded_at).collect();
        let free = theirs().filter(|(id, _)| !self.is_attached(**id)).map(|(_, image)| image.uploaded_at);
        let mut newest = theirs().map(|(_, image)| (image.uploaded_at, image.bytes)).collect::<Vec<_>>();
        newest.retain(|(time, _)| *time > Quota::since(at));
        newest.sort_unstable_by(|one, other| other.cmp(one));
        let mut sum = 0;
        let passes = |(_, bytes): &&(Timestamp, u64)| {
            sum += bytes;
            quotas.bytes.most().is_some_and(|most| sum >= most)
        };
        let decisive = DecisiveUploads {
            images: Self::at_place(times, at, quotas.images.most()),
            bytes: newest.iter().find(passes).map(|(time, _)| *time),
            unattached: Self::at_place(free.collect(), at, quotas.unattached.most()),
        };
        Ok(quotas.fit(&decisive, at)?)
    }

    fn is_usable(&self, image: MediaId, author: UserId) -> bool {
        self.images.get(&image).is_some_and(|image| image.owner == author) && !self.is_attached(image)
    }
}

#[async_trait]
impl Tweets for Memory {
    async fn publish(&self, tweet: NewTweet) -> Result<Once<TweetId>> {
        let mut state = self.state();
        let NewTweet { author, text, attachments, created_at, quota, guard } = tweet;
        if let Some(guard) = &guard
            && let Some(tweet) = state.remembered(author, guard)?
        {
            return Ok(Once::Before(TweetId::stored(tweet)));
        }
        if !state.users.contains_key(&author) {
            return Err(Error::UnknownKey);
        }
        let theirs = state.tweets.values().filter(|tweet| tweet.author == author);
        let times = theirs.map(|tweet| tweet.created_at).collect();
        quota.fits_tweet(State::at_place(times, created_at, quota.most()), created_at)?;
        if let Some(culprit) = attachments.ids().iter().find(|image| !state.is_usable(**image, author)) {
            return Err(Invalid::UnusableAttachment(*culprit).into());
        }
        let id = TweetId::stored(state.next("tweets"));
        let attached = |(image, description): (MediaId, Option<&_>)| Attached {
            image,
            description: description.cloned(),
        };
        let attachments = attachments.iter().map(attached).collect();
        state.tweets.insert(id, Written { author, text, attachments, created_at });
        state.remember(author, guard, id.get());
        Ok(Once::Done(id))
    }

    async fn delete(&self, tweet: TweetId, author: UserId) -> Result<Option<Vec<ImageFiles>>> {
        let mut state = self.state();
        match state.tweets.get(&tweet) {
            None => Ok(None),
            Some(written) if written.author != author => Err(Error::NotTheAuthor(tweet)),
            Some(_) => Ok(Some(state.remove_tweet(tweet))),
        }
    }

    async fn remove(&self, removal: NewRemoval, entry: Option<Entry>) -> Result<Option<Vec<ImageFiles>>> {
        let mut state = self.state();
        let Some(written) = state.tweets.get(&removal.tweet) else { return Ok(None) };
        let (author, text) = (written.author, written.text.clone());
        let may = |user: &User| user.particulars.role == Role::Moderator && user.is_active();
        if let Some(moderator) = removal.moderator
            && !state.users.get(&moderator).is_some_and(may)
        {
            return Err(Error::NotTheAuthor(removal.tweet));
        }
        let id = RemovalId::stored(state.next("removals"));
        let NewRemoval { tweet, reason, at, .. } = removal;
        let removal = Removal { id, tweet, text, reason, removed_at: at };
        state.removals.insert(id, (author, removal));
        state.record(entry.map(|entry| Entry { user: Some(author), ..entry }));
        Ok(Some(state.remove_tweet(tweet)))
    }

    async fn removals(
        &self,
        author: UserId,
        since: Timestamp,
        after: Option<RemovalId>,
        limit: u32,
    ) -> Result<Removals> {
        let state = self.state();
        let theirs = state.removals.values().rev().filter(|(of, _)| *of == author);
        let shown = theirs
            .map(|(_, removal)| removal.clone())
            .filter(|removal| removal.removed_at >= since && after.is_none_or(|after| removal.id < after));
        let mut removals = shown.take(limit as usize + 1).collect::<Vec<_>>();
        let more = removals.len() > limit as usize;
        removals.truncate(limit as usize);
        let next = removals.last().filter(|_| more).map(|last| last.id);
        Ok(Removals { removals, next })
    }

    async fn like(&self, tweet: TweetId, user: UserId) -> Result<Option<Change>> {
        let mut state = self.state();
        if !state.tweets.contains_key(&tweet) {
            return Ok(None);
        }
        if !state.users.contains_key(&user) {
            return Err(Error::UnknownKey);
        }
        Ok(Some(if state.likes.insert((tweet, user)) { Change::Made } else { Change::AlreadySo }))
    }

    async fn unlike(&self, tweet: TweetId, user: UserId) -> Result<Option<Change>> {
        let mut state = self.state();
        if !state.tweets.contains_key(&tweet) {
            return Ok(None);
        }
        Ok(Some(if state.likes.remove(&(tweet, user)) { Change::Made } else { Change::AlreadySo }))
    }

    async fn record_upload(&self, image: NewImage) -> Result<Once<MediaId>> {
        let mut state = self.state();
        let (owner, guard) = (image.owner, image.guard.clone());
        if let Some(guard) = &guard
            && let Some(earlier) = state.earlier_upload(owner, guard)?
        {
            return Ok(Once::Before(earlier));
        }
        if !state.users.contains_key(&owner) {
            return Err(Error::UnknownKey);
        }
        state.another_upload_fits(owner, image.quotas, image.uploaded_at)?;
        let id = MediaId::stored(state.next("images"));
        state.images.insert(id, image);
        state.remember(owner, guard, id.get());
        Ok(Once::Done(id))
    }

    async fn earlier_upload(&self, owner: UserId, guard: &Guard) -> Result<Option<MediaId>> {
        self.state().earlier_upload(owner, guard)
    }

    async fn upload_fits(&self, owner: UserId, quotas: UploadQuotas, at: Timestamp) -> Result<()> {
        self.state().another_upload_fits(owner, quotas, at)
    }

    async fn liked_by(&self, user: UserId, after: Option<TweetId>, limit: u32) -> Result<Vec<Liked>> {
        let state = self.state();
        let likes = state.likes.iter().filter(|(tweet, liker)| *liker == user && Some(*tweet) > after);
        let liked = |(tweet, _): &(TweetId, _)| Liked {
            tweet: *tweet,
            author: state.person(state.tweets[tweet].author),
        };
        Ok(likes.take(limit as usize).map(liked).collect())
    }

    async fn uploads_of(&self, user: UserId, after: Option<MediaId>, limit: u32) -> Result<Vec<ImageRecord>> {
        let state = self.state();
        let theirs = state.images.iter().filter(|(id, image)| image.owner == user && Some(**id) > after);
        Ok(theirs.take(limit as usize).map(|(id, image)| state.image(*id, image)).collect())
    }
}
