//! The store under test, with what arranges and asks it in one line.

use std::any::Any;
use std::sync::{Arc, Mutex};

use tweetty_domain::{
    Announcements, Audit, Change, FeedPage, FeedQuery, Feeds, KeyId, Keys, MediaId, NewImage, NewKey,
    NewTweet, NewUser, Order, PageSize, People, PeopleStart, Person, Position, Profile, Scope, Start,
    Timestamp, Tweet, TweetId, Tweets, Upkeep, User, UserId, Users, Whom,
};
use tweetty_tables::WholeStore;

use crate::arrange::{draft, key, new_user, noon, part, picture, with_images};

/// How many likers a tweet names in these tests, unless one says otherwise.
const LIKERS: u32 = 100;

/// More tweets than any walk of these tests has; a store whose pages turn in a circle is stopped here.
const ENDLESS: usize = 20_000;

/// The place of a tweet in either order.
pub(crate) fn position(tweet: &Tweet) -> Position {
    Position { likes: tweet.likes_count, id: tweet.id }
}

/// A store behind its ports. Its helpers arrange in one line and fail the test where the store fails.
#[derive(Clone)]
pub struct Store {
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
    /// Loading and reading at once.
    pub whole: Arc<dyn WholeStore>,
    /// The log.
    pub audit: Arc<dyn Audit>,
    // Dropped last: the store may need it until then.
    _keep: Arc<Mutex<dyn Any + Send>>,
}

impl Store {
    /// A store, and whatever has to outlive it: a temporary folder, a database.
    pub fn new<S: Users + Keys + Tweets + Feeds + Announcements + Upkeep + WholeStore + Audit + 'static>(
        store: S,
        keep: impl Any + Send,
    ) -> Self {
        let store = Arc::new(store);
        Self {
            users: store.clone(),
            keys: store.clone(),
            tweets: store.clone(),
            feeds: store.clone(),
            announcements: store.clone(),
            upkeep: store.clone(),
            whole: store.clone(),
            audit: store,
            _keep: Arc::new(Mutex::new(keep)),
        }
    }

    /// A new user of that nickname.
    pub async fn person(&self, nickname: &str) -> UserId {
        self.add(new_user(nickname)).await
    }

    /// New users of those nicknames.
    pub async fn people<const N: usize>(&self, nicknames: [&str; N]) -> [UserId; N] {
        let ids = self.users.add(nicknames.map(new_user).into(), None).await.unwrap();
        ids.try_into().unwrap()
    }

    /// So many new users, named `prefix0`, `prefix1`, …
    pub async fn crowd(&self, prefix: &str, count: usize) -> Vec<UserId> {
        let users = (0..count).map(|number| new_user(&format!("{prefix}{number}"))).collect();
        self.users.add(users, None).await.unwrap()
    }

    /// A new user.
    pub async fn add(&self, user: NewUser) -> UserId {
        self.users.add(vec![user], None).await.unwrap()[0]
    }

    /// A new user who holds that key.
    pub async fn holder(&self, nickname: &str, text: &str) -> UserId {
        self.add(NewUser { key: Some(key(text).into()), ..new_user(nickname) }).await
    }

    /// Whom that key makes known at that moment.
    pub async fn known_by(&self, text: &str, now: Timestamp) -> Option<UserId> {
        self.keys.find_by_key(key(text), now).await.unwrap().map(|holder| holder.user)
    }

    /// The id of that key of a user, who gets it now without a limit.
    pub async fn one_more_key(&self, user: UserId, key: NewKey) -> KeyId {
        self.keys.add_key(user, key, noon(), None, None).await.unwrap().unwrap()
    }

    /// A user who must exist.
    pub async fn user(&self, user: UserId) -> User {
        self.users.find(user).await.unwrap().unwrap()
    }

    /// Their profile as the viewer sees it, with at most a thousand people in each list.
    pub async fn profile(&self, user: UserId, viewer: UserId) -> Profile {
        self.users.profile(user, viewer, 1000).await.unwrap().unwrap()
    }

    /// Everybody active whom that part of a name finds.
    pub async fn found(&self, text: &str) -> Vec<UserId> {
        let start = PeopleStart::After(None);
        let found = self.users.search(Some(part(text)), Whom::Active, start, 1000).await.unwrap();
        found.people.iter().map(|user| user.id).collect()
    }

    /// A page of their followers.
    pub async fn followers(&self, user: UserId, after: Option<UserId>, limit: u32) -> People<Person> {
        self.users.followers(user, after, limit).await.unwrap().unwrap()
    }

    /// A page of their followees.
    pub async fn following(&self, user: UserId, after: Option<UserId>, limit: u32) -> People<Person> {
        self.users.following(user, after, limit).await.unwrap().unwrap()
    }

    /// Lets one follow the other.
    pub async fn follow(&self, follower: UserId, followee: UserId) -> Change {
        self.users.follow(follower, followee, noon(), None).await.unwrap().unwrap()
    }

    /// Ends that.
    pub async fn unfollow(&self, follower: UserId, followee: UserId) -> Change {
        self.users.unfollow(follower, followee, None).await.unwrap().unwrap()
    }

    /// A new tweet without images.
    pub async fn tweet(&self, author: UserId, text: &str) -> TweetId {
        self.publish(draft(author, text)).await
    }

    /// A new tweet with images.
    pub async fn tweet_with(&self, author: UserId, text: &str, images: &[MediaId]) -> TweetId {
        self.publish(with_images(author, text, images)).await
    }

    /// A new tweet that so many of the users like, from the first on.
    pub async fn liked_tweet(&self, author: UserId, text: &str, likers: &[UserId]) -> TweetId {
        let tweet = self.tweet(author, text).await;
        for liker in likers {
            self.like(tweet, *liker).await;
        }
        tweet
    }

    /// A new tweet.
    pub async fn publish(&self, tweet: NewTweet) -> TweetId {
        self.tweets.publish(tweet).await.unwrap().outcome()
    }

    /// A new image that no tweet has yet.
    pub async fn image(&self, owner: UserId) -> MediaId {
        self.record(picture(owner)).await
    }

    /// A new image.
    pub async fn record(&self, image: NewImage) -> MediaId {
        self.tweets.record_upload(image).await.unwrap().outcome()
    }

    /// Lets a user like a tweet.
    pub async fn like(&self, tweet: TweetId, user: UserId) -> Change {
        self.tweets.like(tweet, user).await.unwrap().unwrap()
    }

    /// Ends that.
    pub async fn unlike(&self, tweet: TweetId, user: UserId) -> Change {
        self.tweets.unlike(tweet, user).await.unwrap().unwrap()
    }

    /// A tweet as the viewer sees it.
    pub async fn see(&self, tweet: TweetId, viewer: UserId) -> Option<Tweet> {
        self.feeds.tweet(tweet, viewer, LIKERS).await.unwrap()
    }

    /// How many like a tweet that must exist, by its counter.
    pub async fn likes(&self, tweet: TweetId) -> u64 {
        self.see(tweet, UserId::stored(1)).await.unwrap().likes_count
    }

    /// A page of tweets.
    pub async fn page(
        &self,
        viewer: UserId,
        scope: Scope,
        order: Order,
        start: Start,
        size: u32,
    ) -> FeedPage {
        let size = PageSize::parse(Some(size.into()), u32::MAX).unwrap();
        let query = FeedQuery { viewer, scope, order, start, size, embedded_likers: LIKERS };
        self.feeds.page(query).await.unwrap()
    }

    /// The ids of the first thousand tweets.
    pub async fn ids(&self, viewer: UserId, scope: Scope, order: Order) -> Vec<TweetId> {
        let page = self.page(viewer, scope, order, Start::FIRST, 1000).await;
        page.tweets.iter().map(|tweet| tweet.id).collect()
    }

    /// The ids of what the viewer sees first: their feed by popularity.
    pub async fn feed(&self, viewer: UserId) -> Vec<TweetId> {
        self.ids(viewer, Scope::Following, Order::POPULAR).await
    }

    /// All pages of that size, each by the cursor of the one before, one behind the other.
    pub async fn walk(&self, viewer: UserId, scope: Scope, order: Order, size: u32) -> Vec<Tweet> {
        let (mut tweets, mut start) = (Vec::new(), Start::FIRST);
        loop {
            let page = self.page(viewer, scope, order, start, size).await;
            assert!(page.tweets.len() <= size as usize);
            tweets.extend(page.tweets);
            let Some(next) = page.next else { return tweets };
            assert_eq!(Some(next), tweets.last().map(position), "a cursor is the place of the last tweet");
            assert!(tweets.len() < ENDLESS, "the walk has no end");
            start = Start::After(next);
        }
    }

    /// All pages of that size by their numbers, one behind the other.
    pub async fn numbered(&self, viewer: UserId, scope: Scope, order: Order, size: u32) -> Vec<Tweet> {
        let mut tweets = Vec::new();
        for number in 1.. {
            let page = self.page(viewer, scope, order, Start::Page(number), size).await;
            assert!(page.tweets.len() <= size as usize);
            tweets.extend(page.tweets);
            if page.next.is_none() {
                break;
            }
            assert!(tweets.len() < ENDLESS, "the walk has no end");
        }
        tweets
    }

    /// Fails the test where the store contradicts itself.
    pub async fn assert_sound(&self) {
        assert_eq!(self.upkeep.discrepancies(10).await.unwrap(), [], "the store contradicts itself");
    }
}
