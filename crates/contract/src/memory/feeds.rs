//! Reading tweets: all of them are ranked, then most are thrown away.

use std::cmp::Reverse;

use async_trait::async_trait;
use tweetty_domain::{
    Attachment, FeedPage, FeedQuery, Feeds, Liker, Order, People, Person, Position, Result, Scope, Start,
    Tweet, TweetId, UserId,
};

use super::{Attached, Memory, State, before};

impl State {
    pub(super) fn tweet(&self, id: TweetId, viewer: UserId, embedded: u32) -> Option<Tweet> {
        self.tweets.get(&id).map(|tweet| Tweet {
            id,
            text: tweet.text.clone(),
            author: self.person(tweet.author),
            attachments: tweet.attachments.iter().map(|image| self.attachment(image)).collect(),
            likers: self.named(self.likers(id), viewer, embedded).into_iter().map(liker).collect(),
            likes_count: self.likers(id).count() as u64,
            liked: self.likes.contains(&(id, viewer)),
            created_at: tweet.created_at,
        })
    }

    fn attachment(&self, attached: &Attached) -> Attachment {
        let Attached { image: id, description } = attached.clone();
        let image = &self.images[&id];
        let variants = image.variants.clone().unwrap_or_default();
        Attachment { id, name: image.name, width: image.width, height: image.height, description, variants }
    }

    fn is_in(&self, scope: Scope, author: UserId, viewer: UserId) -> bool {
        match scope {
            Scope::All => true,
            Scope::By(wanted) => author == wanted,
            Scope::Following => {
                self.users.contains_key(&viewer)
                    && (author == viewer || self.follows.contains(&(viewer, author)))
            }
        }
    }

    /// The first tweet of the order's time; beyond all where nothing was written since.
    fn first_since(&self, order: Order) -> TweetId {
        let Order::Popular { since: Some(since) } = order else { return TweetId::stored(1) };
        let first = self.tweets.iter().find(|(_, tweet)| tweet.created_at >= since);
        first.map_or(TweetId::stored(i64::MAX), |(id, _)| *id)
    }

    /// All positions of a scope in their order.
    fn ranked(&self, query: &FeedQuery) -> Vec<Position> {
        let first = self.first_since(query.order);
        let is_in = |id: TweetId, author| id >= first && self.is_in(query.scope, author, query.viewer);
        let tweets = self.tweets.iter().filter(|(id, tweet)| is_in(**id, tweet.author));
        let position = |id: TweetId| Position { likes: self.likers(id).count() as u64, id };
        let mut ranked = tweets.map(|(id, _)| position(*id)).collect::<Vec<_>>();
        ranked.sort_by_key(|position| rank(query.order, *position));
        ranked
    }
}

/// Lower ranks come first.
fn rank(order: Order, position: Position) -> Reverse<(u64, TweetId)> {
    match order {
        Order::Popular { .. } => Reverse((position.likes, position.id)),
        Order::Recent => Reverse((0, position.id)),
    }
}

#[async_trait]
impl Feeds for Memory {
    async fn page(&self, query: FeedQuery) -> Result<FeedPage> {
        let state = self.state();
        let ranked = state.ranked(&query);
        let skipped = match query.start {
            Start::Page(number) => before(number, query.size.get()),
            Start::After(last) => {
                let passed = |position: &&Position| rank(query.order, **position) <= rank(query.order, last);
                ranked.iter().filter(passed).count()
            }
        };
        let rest = ranked.get(skipped..).unwrap_or_default();
        let page = &rest[..rest.len().min(query.size.get() as usize)];
        let show = |position: &Position| state.tweet(position.id, query.viewer, query.embedded_likers);
        Ok(FeedPage {
            tweets: page.iter().filter_map(show).collect(),
            next: page.last().copied().filter(|_| page.len() < rest.len()),
        })
    }

    async fn tweet(&self, tweet: TweetId, viewer: UserId, embedded_likers: u32) -> Result<Option<Tweet>> {
        Ok(self.state().tweet(tweet, viewer, embedded_likers))
    }

    async fn tweets(&self, tweets: Vec<TweetId>, viewer: UserId, embedded_likers: u32) -> Result<Vec<Tweet>> {
        let state = self.state();
        Ok(tweets.into_iter().filter_map(|tweet| state.tweet(tweet, viewer, embedded_likers)).collect())
    }

    async fn likers(
        &self,
        tweet: TweetId,
        viewer: UserId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>> {
        let state = self.state();
        let mut likers = state.named(state.likers(tweet), viewer, u32::MAX);
        let place = |id: UserId| (id != viewer, id);
        likers.retain(|liker| after.is_none_or(|after| place(liker.id) > place(after)));
        let more = likers.len() > limit as usize;
        likers.truncate(limit as usize);
        let next = likers.last().filter(|_| more).map(|liker| liker.id);
        Ok(state.tweets.contains_key(&tweet).then_some(People { people: likers, next }))
    }
}

fn liker(Person { id, nickname, .. }: Person) -> Liker {
    Liker { id, nickname }
}
