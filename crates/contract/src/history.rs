//! Random histories, lived by a store and by the naive model side by side.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::TimeDelta;
use proptest::prelude::*;
use tweetty_domain::{
    Error, ImageDescription, ImageFiles, ImageName, MediaId, NewTweet, Order, PeopleStart, Person, Profile,
    Result, Scope, Start, Timestamp, Tweet, TweetId, UserId, Whom,
};

use crate::arrange::{described, new_user, noon, picture};
use crate::{Memory, Store};

/// How many histories were begun. Each begins a day later: what a store remembers of a time is of the past.
static BEGUN: AtomicI64 = AtomicI64::new(0);

/// How many people a history has at a time.
const PEOPLE: usize = 6;

/// Something that somebody does. People are named by their places and a followee by the distance from the follower;
/// tweets are named by their numbers, going round where there are fewer.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Publish { author: usize, images: usize },
    Like { user: usize, tweet: usize },
    Unlike { user: usize, tweet: usize },
    Follow { follower: usize, distance: usize },
    Unfollow { follower: usize, distance: usize },
    Delete { user: Option<usize>, tweet: usize },
    Remove { user: usize },
    Compare { size: u32 },
}

/// One step; likes and tweets are the most frequent, as everywhere.
pub(crate) fn step() -> impl Strategy<Value = Step> {
    let (user, tweet, distance) = (0..PEOPLE, 0..60_usize, 1..PEOPLE);
    let images = prop_oneof![6 => Just(0_usize), 1 => 1..4_usize];
    let opinion = (user.clone(), tweet.clone());
    let pair = (user.clone(), distance);
    let deletion = (proptest::option::weighted(0.3, user.clone()), tweet);
    prop_oneof![
        18 => (user.clone(), images).prop_map(|(author, images)| Step::Publish { author, images }),
        18 => opinion.clone().prop_map(|(user, tweet)| Step::Like { user, tweet }),
        4 => opinion.prop_map(|(user, tweet)| Step::Unlike { user, tweet }),
        12 => pair.clone().prop_map(|(follower, distance)| Step::Follow { follower, distance }),
        3 => pair.prop_map(|(follower, distance)| Step::Unfollow { follower, distance }),
        2 => deletion.prop_map(|(user, tweet)| Step::Delete { user, tweet }),
        1 => user.prop_map(|user| Step::Remove { user }),
        1 => (1..9_u32).prop_map(|size| Step::Compare { size }),
    ]
}

/// One and the same thing in the store and in the model.
#[derive(Debug, Clone, Copy)]
struct Pair<T> {
    store: T,
    model: T,
}

/// A store, the model, and what they have in common.
pub(crate) struct History {
    store: Store,
    model: Store,
    /// When it began.
    beginning: Timestamp,
    /// Those who are there.
    people: Vec<Pair<UserId>>,
    /// How many ever were.
    named: usize,
    /// All tweets ever, and who wrote them.
    tweets: Vec<(Pair<TweetId>, Pair<UserId>)>,
}

impl History {
    /// The beginning: everybody in the store is removed, and some new people come in.
    pub(crate) async fn begin(store: &Store) -> Self {
        let everybody =
            store.users.search(None, Whom::Everybody, PeopleStart::After(None), 1000).await.unwrap();
        for user in everybody.people {
            store.users.remove(user.id, None).await.unwrap().unwrap();
        }
        assert!(store.upkeep.is_empty().await.unwrap());
        let model = Store::new(Memory::default(), ());
        let beginning = noon() + TimeDelta::days(BEGUN.fetch_add(1, Ordering::Relaxed));
        let mut history =
            Self { store: store.clone(), model, beginning, people: vec![], named: 0, tweets: vec![] };
        for _ in 0..PEOPLE {
            history.welcome().await;
        }
        history
    }

    async fn welcome(&mut self) {
        let user = new_user(&format!("user{}", self.named));
        self.named += 1;
        self.people
            .push(Pair { store: self.store.add(user.clone()).await, model: self.model.add(user).await });
    }

    /// Does a step on both sides, which must answer the same.
    pub(crate) async fn live(&mut self, step: &Step) {
        match *step {
            Step::Publish { author, images } => self.publish(self.people[author], images).await,
            Step::Like { user, tweet } => self.like(self.people[user], tweet, true).await,
            Step::Unlike { user, tweet } => self.like(self.people[user], tweet, false).await,
            Step::Follow { follower, distance } => self.follow(follower, distance, true).await,
            Step::Unfollow { follower, distance } => self.follow(follower, distance, false).await,
            Step::Delete { user, tweet } => self.delete(user, tweet).await,
            Step::Remove { user } => self.remove(user).await,
            Step::Compare { size } => self.compare(size).await,
        }
    }

    /// A tweet that was there once, and its author.
    fn tweet(&self, number: usize) -> Option<(Pair<TweetId>, Pair<UserId>)> {
        (!self.tweets.is_empty()).then(|| self.tweets[number % self.tweets.len()])
    }

    /// When the tweet of that number was written: some share a moment.
    fn moment(&self, number: usize) -> Timestamp {
        self.beginning + TimeDelta::minutes(i64::try_from(number / 2).unwrap())
    }

    async fn publish(&mut self, author: Pair<UserId>, images: usize) {
        let text = format!("tweet {}", self.tweets.len());
        let (mut here, mut there) = (Vec::<(MediaId, &str)>::new(), Vec::<(MediaId, &str)>::new());
        for description in ["", "the second", "the third"].into_iter().take(images) {
            let mut image = picture(author.store);
            here.insert(0, (self.store.record(image.clone()).await, description));
            image.owner = author.model;
            there.insert(0, (self.model.record(image).await, description));
        }
        let created_at = self.moment(self.tweets.len());
        let tweet = |author, images: &[_]| NewTweet { created_at, ..described(author, &text, images) };
        let store = self.store.publish(tweet(author.store, &here)).await;
        let model = self.model.publish(tweet(author.model, &there)).await;
        self.tweets.push((Pair { store, model }, author));
    }

    async fn like(&self, user: Pair<UserId>, tweet: usize, like: bool) {
        let Some((tweet, _)) = self.tweet(tweet) else { return };
        let (here, there) = (&self.store.tweets, &self.model.tweets);
        let (here, there) = if like {
            (here.like(tweet.store, user.store).await, there.like(tweet.model, user.model).await)
        } else {
            (here.unlike(tweet.store, user.store).await, there.unlike(tweet.model, user.model).await)
        };
        assert_eq!(comparable(here), comparable(there));
    }

    async fn follow(&self, follower: usize, distance: usize, follow: bool) {
        // Nobody follows their own account: the rules see to that before a store is asked.
        let (one, other) = (self.people[follower], self.people[(follower + distance) % PEOPLE]);
        let (here, there) = (&self.store.users, &self.model.users);
        let (here, there) = if follow {
            (
                here.follow(one.store, other.store, noon(), None).await,
                there.follow(one.model, other.model, noon(), None).await,
            )
        } else {
            (
                here.unfollow(one.store, other.store, None).await,
                there.unfollow(one.model, other.model, None).await,
            )
        };
        assert_eq!(comparable(here), comparable(there));
    }

    /// By its author, unless somebody else tries.
    async fn delete(&self, user: Option<usize>, tweet: usize) {
        let Some((tweet, author)) = self.tweet(tweet) else { return };
        let user = user.map_or(author, |user| self.people[user]);
        let here = self.store.tweets.delete(tweet.store, user.store).await;
        let there = self.model.tweets.delete(tweet.model, user.model).await;
        assert_eq!(comparable(here.map(in_order)), comparable(there.map(in_order)));
    }

    /// Somebody goes, somebody else comes.
    async fn remove(&mut self, user: usize) {
        let user = self.people.remove(user);
        let here = self.store.users.remove(user.store, None).await;
        let there = self.model.users.remove(user.model, None).await;
        assert_eq!(comparable(here.map(in_order)), comparable(there.map(in_order)));
        self.welcome().await;
    }

    /// All that anybody can see is the same on both sides, read by pages of that size.
    pub(crate) async fn compare(&self, size: u32) {
        self.store.assert_sound().await;
        for (number, viewer) in self.people.iter().enumerate() {
            let other = self.people[(number + size as usize) % PEOPLE];
            let (here, there) = (self.store.user(viewer.store).await, self.model.user(viewer.model).await);
            assert_eq!(here.followers_count, there.followers_count);
            assert_eq!(here.following_count, there.following_count);
            let profile = self.store.profile(viewer.store, other.store).await;
            assert_eq!(around(&profile), around(&self.model.profile(viewer.model, other.model).await));
            // Not behind the last tweet: what is written later is newer.
            let latest = self.tweets.len().saturating_sub(1);
            let lately = Order::Popular { since: Some(self.moment(latest - latest / (number + 1))) };
            for order in [Order::POPULAR, Order::Recent, lately] {
                self.compare_feed(*viewer, None, order, size).await;
            }
            for order in [Order::POPULAR, lately] {
                self.compare_feed(*viewer, Some(other), order, size + 1).await;
            }
        }
        let lately = Order::Popular { since: Some(self.moment(self.tweets.len() / 2)) };
        for (order, size) in [(Order::POPULAR, size), (Order::Recent, size + 2), (lately, size)] {
            let viewer = self.people[size as usize % PEOPLE];
            let here = self.store.walk(viewer.store, Scope::All, order, size).await;
            let there = self.model.page(viewer.model, Scope::All, order, Start::FIRST, 1000).await.tweets;
            assert_eq!(shown(&here), shown(&there));
        }
    }

    /// A feed of the viewer's followees or of one author, walked by cursor and by number.
    async fn compare_feed(
        &self,
        viewer: Pair<UserId>,
        author: Option<Pair<UserId>>,
        order: Order,
        size: u32,
    ) {
        let here = author.map_or(Scope::Following, |author| Scope::By(author.store));
        let there = author.map_or(Scope::Following, |author| Scope::By(author.model));
        let there = self.model.page(viewer.model, there, order, Start::FIRST, 1000).await.tweets;
        let walked = self.store.walk(viewer.store, here, order, size).await;
        assert_eq!(shown(&walked), shown(&there), "{here:?} {order:?}, by cursor, {size} a page");
        let numbered = self.store.numbered(viewer.store, here, order, size).await;
        assert_eq!(numbered, walked, "{here:?} {order:?}, by number, {size} a page");
    }
}

/// An answer, or the refusal by its variant.
fn comparable<T>(answer: Result<T>) -> Result<T, &'static str> {
    answer.map_err(|error| match error {
        Error::UnknownKey => "unknown key",
        Error::NotTheAuthor(_) => "not the author",
        other => unreachable!("nothing in a history ends so: {other}"),
    })
}

fn in_order(files: Option<Vec<ImageFiles>>) -> Option<Vec<ImageFiles>> {
    files.map(|mut files| {
        files.sort_unstable_by_key(|image| image.name);
        files
    })
}

fn nicknames(people: &[Person]) -> Vec<&str> {
    people.iter().map(|person| person.nickname.as_str()).collect()
}

/// A profile without its ids, which differ between the sides.
fn around(profile: &Profile) -> (&str, Vec<&str>, Vec<&str>, u64, u64) {
    let (followers, following) = (nicknames(&profile.followers), nicknames(&profile.following));
    (profile.person.nickname.as_str(), followers, following, profile.followers_count, profile.following_count)
}

/// What a tweet shows besides ids.
type Shown<'tweet> =
    (&'tweet str, &'tweet str, Vec<ShownImage<'tweet>>, Vec<&'tweet str>, u64, bool, Timestamp);
type ShownImage<'tweet> = (ImageName, Option<&'tweet ImageDescription>);

fn show(tweet: &Tweet) -> Shown<'_> {
    let Tweet { text, author, attachments, likers, likes_count, liked, created_at, id: _ } = tweet;
    let images = attachments.iter().map(|image| (image.name, image.description.as_ref())).collect();
    (
        text.as_str(),
        author.nickname.as_str(),
        images,
        likers.iter().map(|liker| liker.nickname.as_str()).collect(),
        *likes_count,
        *liked,
        *created_at,
    )
}

fn shown(tweets: &[Tweet]) -> Vec<Shown<'_>> {
    tweets.iter().map(show).collect()
}
