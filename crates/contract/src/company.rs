//! A whole company for [`tweetty_tables::WholeStore`], its counters counted from its rows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use tweetty_domain::{ApiKey, NewUser, Particulars, Timestamp, TweetId, TweetText, UserId};
use tweetty_tables::{Company, CompanyFollow, CompanyLike, CompanyTweet, CompanyUser};

use crate::arrange::{nickname, noon};

/// A small company in memory: users and tweets by number, 1 being the first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Crew {
    /// How many users; they are named `user1`, `user2`, … and hold the keys `key-1`, `key-2`, …
    pub(crate) users: u32,
    /// The authors of the tweets `tweet 1`, `tweet 2`, …, the first of which was written at noon, the others an hour apart.
    pub(crate) authors: Vec<u32>,
    /// Who follows whom.
    pub(crate) follows: BTreeSet<(u32, u32)>,
    /// Which tweet is liked by whom.
    pub(crate) likes: BTreeSet<(u32, u32)>,
    /// Those who get no key.
    pub(crate) keyless: BTreeSet<u32>,
}

/// The user of that number.
pub(crate) fn user(number: u32) -> UserId {
    UserId::stored(number.into())
}

/// The tweet of that number.
pub(crate) fn tweet(number: u32) -> TweetId {
    TweetId::stored(number.into())
}

/// When the tweet of that number was written.
pub(crate) fn written_at(number: u32) -> Timestamp {
    noon() + TimeDelta::hours(i64::from(number) - 1)
}

fn count(numbers: impl Iterator<Item = u32>) -> BTreeMap<u32, u32> {
    let mut counts = BTreeMap::new();
    for number in numbers {
        *counts.entry(number).or_default() += 1;
    }
    counts
}

impl Company for Crew {
    fn users(&self) -> Box<dyn Iterator<Item = CompanyUser> + Send + '_> {
        let followers = count(self.follows.iter().map(|(_, followee)| *followee));
        let following = count(self.follows.iter().map(|(follower, _)| *follower));
        Box::new((1..=self.users).map(move |number| {
            CompanyUser {
                id: user(number),
                user: NewUser {
                    nickname: nickname(&format!("user{number}")),
                    first_name: None,
                    last_name: None,
                    particulars: Particulars::default(),
                    key: (!self.keyless.contains(&number))
                        .then(|| ApiKey::parse(&format!("key-{number}")).unwrap().hash().into()),
                    follows: Vec::new(),
                    created_at: noon(),
                },
                followers_count: followers.get(&number).copied().unwrap_or_default(),
                following_count: following.get(&number).copied().unwrap_or_default(),
            }
        }))
    }

    fn follows(&self) -> Box<dyn Iterator<Item = CompanyFollow> + Send + '_> {
        let follow = |(one, other): &_| CompanyFollow { follower: user(*one), followee: user(*other) };
        Box::new(self.follows.iter().map(follow))
    }

    fn tweets(&self) -> Box<dyn Iterator<Item = CompanyTweet> + Send + '_> {
        let likes = count(self.likes.iter().map(|(tweet, _)| *tweet));
        Box::new((1..).zip(&self.authors).map(move |(number, author)| CompanyTweet {
            id: tweet(number),
            author: user(*author),
            text: TweetText::stored(format!("tweet {number}")),
            like_count: likes.get(&number).copied().unwrap_or_default(),
            created_at: written_at(number),
        }))
    }

    fn likes(&self) -> Box<dyn Iterator<Item = CompanyLike> + Send + '_> {
        Box::new(
            self.likes
                .iter()
                .map(|(number, liker)| CompanyLike { tweet: tweet(*number), user: user(*liker) }),
        )
    }
}

/// How many the viewers of [`busy_company`] follow: on both sides of every figure by which a store may choose its way.
const FOLLOWING: [usize; 8] = [0, 1, 10, 32, 40, 300, 1000, 1200];
const USERS: u32 = 3000;
pub(crate) const TWEETS: u32 = 6000;

/// Numbers that look random and are always the same (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(limit)).unwrap_or_default()
    }
}

/// Thousands of users and tweets with Zipf-like likes, and its viewers: for each figure of [`FOLLOWING`]
/// one who follows the most liked authors and one who follows the least liked ones.
pub(crate) fn busy_company() -> (Crew, Vec<UserId>) {
    let mut dice = Dice(2026);
    let viewers = u32::try_from(2 * FOLLOWING.len()).unwrap();
    // The lower of two throws makes the first authors the busiest.
    let others = USERS - viewers;
    let mut author = || viewers + 1 + dice.below(others).min(dice.below(others));
    let authors = (0..TWEETS).map(|_| author()).collect::<Vec<_>>();
    let mut likes = BTreeSet::new();
    for rank in 1..=TWEETS {
        let liked = 1 + dice.below(TWEETS);
        likes.extend((0..500 / rank.min(500)).map(|_| (liked, 1 + dice.below(USERS))));
        likes.extend((0..dice.below(4)).map(|_| (1 + dice.below(TWEETS), 1 + dice.below(USERS))));
    }
    let popularity = count(likes.iter().map(|(tweet, _)| authors[*tweet as usize - 1]));
    let mut ranked = authors.iter().copied().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
    ranked.sort_by_key(|author| std::cmp::Reverse(popularity.get(author)));
    assert!(ranked.len() > FOLLOWING[7], "too few authors to follow");
    let mut follows = BTreeSet::new();
    for (viewer, following) in (1..).step_by(2).zip(FOLLOWING) {
        follows.extend(ranked.iter().take(following).map(|author| (viewer, *author)));
        follows.extend(ranked.iter().rev().take(following).map(|author| (viewer + 1, *author)));
    }
    let crew = Crew { users: USERS, authors, follows, likes, keyless: BTreeSet::new() };
    (crew, (1..=viewers).map(user).collect())
}
