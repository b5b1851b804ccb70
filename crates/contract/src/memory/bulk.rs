//! Whole stores.

use async_trait::async_trait;
use tweetty_domain::{
    Bulk, BulkFollow, BulkGuard, BulkImage, BulkKey, BulkLike, BulkTweet, Error, Holdings, KeyHash, LastIds,
    MediaId, NewImage, NewUser, Record, Result, Rows, StoreId, TweetId, User,
};

use super::{HeldKey, Memory, State, Written};

#[async_trait]
impl Bulk for Memory {
    async fn load(&self, mut holdings: Box<dyn Holdings>) -> Result<()> {
        let mut state = self.state();
        if !state.users.is_empty() {
            return Err(Error::NotEmpty);
        }
        *state = loaded(holdings.as_mut())?;
        Ok(())
    }

    async fn read(&self) -> Result<Box<dyn Holdings>> {
        let mut state = self.state();
        state.id()?;
        Ok(Box::new(state.clone()))
    }
}

fn loaded(holdings: &mut dyn Holdings) -> Result<State> {
    let mut state = State { last: holdings.last_ids()?, id: holdings.store_id()?, ..State::default() };
    for user in holdings.users() {
        let User { id, nickname, first_name, last_name, created_at, .. } = user?;
        // Whichever keys she has are told by a list of their own.
        let key = KeyHash::stored([0; 32]);
        state.users.insert(id, NewUser { nickname, first_name, last_name, key, created_at });
        state.last.users = state.last.users.max(id.get());
    }
    for key in holdings.keys() {
        let BulkKey { hash, user, created_at, ends_at } = key?;
        state.keys.insert(*hash.as_bytes(), HeldKey { holder: user, created_at, end: ends_at });
    }
    for follow in holdings.follows() {
        let BulkFollow { follower, followee } = follow?;
        state.follows.insert((follower, followee));
    }
    for tweet in holdings.tweets() {
        let BulkTweet { id, author, text, created_at, .. } = tweet?;
        state.tweets.insert(id, Written { author, text, attachments: Vec::new(), created_at });
        state.last.tweets = state.last.tweets.max(id.get());
    }
    for like in holdings.likes() {
        let BulkLike { tweet, user } = like?;
        state.likes.insert((tweet, user));
    }
    let mut places = Vec::new();
    for image in holdings.images() {
        let BulkImage { id, owner, name, width, height, bytes, place, uploaded_at } = image?;
        state.images.insert(id, NewImage { owner, name, width, height, bytes, uploaded_at, guard: None });
        state.last.images = state.last.images.max(id.get());
        places.extend(place.map(|place| (place, id)));
    }
    places.sort_unstable();
    for ((tweet, _), image) in places {
        let written = state.tweets.get_mut(&tweet);
        written.ok_or_else(|| Error::internal("an image of no tweet"))?.attachments.push(image);
    }
    state.guards = holdings.guards().collect::<Result<_>>()?;
    state.log = holdings.records().collect::<Result<_>>()?;
    state.last.records = state.log.last().map_or(0, |record| record.id.get()).max(state.last.records);
    Ok(state)
}

impl State {
    fn place(&self, image: MediaId) -> Option<(TweetId, u32)> {
        self.tweets.iter().find_map(|(tweet, written)| {
            let place = written.attachments.iter().position(|attached| *attached == image)?;
            Some((*tweet, u32::try_from(place).ok()?))
        })
    }

    pub(super) fn image(&self, id: MediaId, image: &NewImage) -> BulkImage {
        let NewImage { owner, name, width, height, bytes, uploaded_at, .. } = *image;
        BulkImage { id, owner, name, width, height, bytes, place: self.place(id), uploaded_at }
    }
}

impl Holdings for State {
    fn users(&mut self) -> Rows<'_, User> {
        let state = &*self;
        Box::new(state.users.keys().filter_map(|id| state.user(*id)).map(Ok))
    }

    fn keys(&mut self) -> Rows<'_, BulkKey> {
        Box::new(self.keys.iter().map(|(hash, key)| {
            let HeldKey { holder, created_at, end } = key.clone();
            Ok(BulkKey { hash: KeyHash::stored(*hash), user: holder, created_at, ends_at: end })
        }))
    }

    fn follows(&mut self) -> Rows<'_, BulkFollow> {
        Box::new(
            self.follows
                .iter()
                .map(|(follower, followee)| Ok(BulkFollow { follower: *follower, followee: *followee })),
        )
    }

    fn tweets(&mut self) -> Rows<'_, BulkTweet> {
        let state = &*self;
        Box::new(state.tweets.iter().map(|(id, tweet)| {
            let Written { author, text, created_at, .. } = tweet.clone();
            let like_count = u32::try_from(state.likers(*id).count()).map_err(Error::internal)?;
            Ok(BulkTweet { id: *id, author, text, like_count, created_at })
        }))
    }

    fn likes(&mut self) -> Rows<'_, BulkLike> {
        Box::new(self.likes.iter().map(|(tweet, user)| Ok(BulkLike { tweet: *tweet, user: *user })))
    }

    fn images(&mut self) -> Rows<'_, BulkImage> {
        let state = &*self;
        Box::new(state.images.iter().map(|(id, image)| Ok(state.image(*id, image))))
    }

    fn guards(&mut self) -> Rows<'_, BulkGuard> {
        self.guards.sort_by(|one, other| (one.user, one.key.as_str()).cmp(&(other.user, other.key.as_str())));
        Box::new(self.guards.iter().cloned().map(Ok))
    }

    fn records(&mut self) -> Rows<'_, Record> {
        Box::new(self.log.iter().cloned().map(Ok))
    }

    fn last_ids(&mut self) -> Result<LastIds> {
        Ok(self.last)
    }

    fn store_id(&mut self) -> Result<Option<StoreId>> {
        self.id().map(Some)
    }
}
