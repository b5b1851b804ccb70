//! Tweets, likes and the records of images.

use async_trait::async_trait;
use tweetty_domain::{
    Change, Error, Guard, ImageFiles, ImageRecord, Invalid, Liked, MediaId, NewImage, NewTweet, Once, Result,
    TweetId, Tweets, UserId,
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

    fn is_usable(&self, image: MediaId, author: UserId) -> bool {
        self.images.get(&image).is_some_and(|image| image.owner == author) && !self.is_attached(image)
    }
}

#[async_trait]
impl Tweets for Memory {
    async fn publish(&self, tweet: NewTweet) -> Result<Once<TweetId>> {
        let mut state = self.state();
        let NewTweet { author, text, attachments, created_at, guard } = tweet;
        if let Some(guard) = &guard
            && let Some(tweet) = state.remembered(author, guard)?
        {
            return Ok(Once::Before(TweetId::stored(tweet)));
        }
        if !state.users.contains_key(&author) {
            return Err(Error::UnknownKey);
        }
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
        let id = MediaId::stored(state.next("images"));
        state.images.insert(id, image);
        state.remember(owner, guard, id.get());
        Ok(Once::Done(id))
    }

    async fn earlier_upload(&self, owner: UserId, guard: &Guard) -> Result<Option<MediaId>> {
        self.state().earlier_upload(owner, guard)
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
