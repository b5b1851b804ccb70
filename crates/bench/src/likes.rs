//! Which likes are sent: a walk over tweets and likers on which no pair comes twice, however long it is, so that each
//! like is a real one. wrk (`wrk/load.lua`) and pgbench walk alike, each from places of its own.

use crate::company::{Company, LIKER_KEY};
use crate::options::Sizes;
use crate::wrk::Load;

/// How many tweets are hot one after the other, at each time one of them: a user likes a tweet only once.
const HOT_TWEETS: u32 = 50;
/// Scatters the tweets that follow each other; a prime that divides no number of tweets.
const STEP: u32 = 104_729;

/// A stretch of likes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walk {
    first_tweet: u32,
    tweets: u32,
    step: u32,
    /// Numbered from 1.
    first_liker: u32,
    likers: u32,
    likes_a_tweet: u32,
    start: u64,
}

impl Walk {
    /// Another tweet with each like. Walks of different lanes have no pair in common, nor with those over hot tweets:
    /// `likers` divides `tweets`, so each round over all tweets pairs them anew.
    pub(crate) fn over_different_tweets(sizes: Sizes, lane: u32) -> Self {
        let start = u64::from(lane) * u64::from(sizes.tweets);
        let likers = sizes.likers / 2;
        Self {
            first_tweet: 1,
            tweets: sizes.tweets,
            step: STEP,
            first_liker: 1,
            likers,
            likes_a_tweet: 1,
            start,
        }
    }

    /// One tweet until all have liked it, then another.
    pub(crate) fn over_hot_tweets(sizes: Sizes, lane: u32) -> Self {
        let likers = sizes.likers / 2;
        Self {
            first_tweet: 1 + lane * HOT_TWEETS,
            tweets: HOT_TWEETS,
            step: 1,
            first_liker: 1 + likers,
            likers,
            likes_a_tweet: likers,
            start: 0,
        }
    }

    /// The load that likes, or takes likes back.
    pub(crate) fn load(&self, method: &str, expected: u16) -> Load {
        let environment = vec![
            ("BENCH_KIND", "likes".to_owned()),
            ("BENCH_STATUS", expected.to_string()),
            ("BENCH_METHOD", method.to_owned()),
            ("BENCH_KEY", LIKER_KEY.to_owned()),
            ("BENCH_FIRST_TWEET", self.first_tweet.to_string()),
            ("BENCH_TWEETS", self.tweets.to_string()),
            ("BENCH_STEP", self.step.to_string()),
            ("BENCH_FIRST_LIKER", self.first_liker.to_string()),
            ("BENCH_LIKERS", self.likers.to_string()),
            ("BENCH_LIKES_A_TWEET", self.likes_a_tweet.to_string()),
            ("BENCH_START", self.start.to_string()),
        ];
        Load { connections: 64, seconds: 1, path: "/api/tweets/0/likes".to_owned(), environment }
    }

    /// The tweet and the number of the liker at a place.
    pub(crate) fn at(&self, place: u64) -> (u64, u64) {
        let place = self.start + place;
        let (tweets, a_tweet) = (u64::from(self.tweets), u64::from(self.likes_a_tweet));
        let tweet = u64::from(self.first_tweet) + place / a_tweet * u64::from(self.step) % tweets;
        let round = place / (tweets * a_tweet);
        (tweet, u64::from(self.first_liker) + (place + round) % u64::from(self.likers))
    }

    /// A script for pgbench that does the same with the transaction given, in which `:tweet` and `:liker` stand.
    pub(crate) fn script(&self, company: &Company, clients: u32, transaction: &str) -> String {
        let Self { first_tweet, tweets, step, first_liker, likers, likes_a_tweet, start } = self;
        let first_liker = company.first_liker + i64::from(*first_liker) - 1;
        format!(
            "\\set turn :turn + 1
\\set place {start} + :turn * {clients} + :client_id
\\set tweet {first_tweet} + :place / {likes_a_tweet} * {step} % {tweets}
\\set liker {first_liker} + (:place + :place / ({tweets} * {likes_a_tweet})) % {likers}
{transaction}"
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const SIZES: Sizes = Sizes { users: 100, tweets: 400, likes: 0, follows: 0, likers: 40 };

    #[test]
    fn no_pair_comes_twice_on_different_tweets_in_one_lane_or_in_two() {
        let mut pairs = HashSet::new();
        for lane in 0..3 {
            let walk = Walk::over_different_tweets(SIZES, lane);
            assert!((0..400).all(|place| pairs.insert(walk.at(place))));
            let tweets = (0..400).map(|place| walk.at(place).0).collect::<HashSet<_>>();
            assert_eq!(tweets.len(), 400, "all different");
        }
        assert!(pairs.iter().all(|(tweet, liker)| (1..=400).contains(tweet) && (1..=20).contains(liker)));
    }

    #[test]
    fn a_hot_tweet_stays_until_all_have_liked_it_and_its_likers_are_others() {
        let walk = Walk::over_hot_tweets(SIZES, 1);
        let mut pairs = HashSet::new();
        assert!((0..20 * u64::from(HOT_TWEETS)).all(|place| pairs.insert(walk.at(place))));
        assert!((0..20).all(|place| walk.at(place).0 == 51));
        assert_eq!(walk.at(20).0, 52);
        assert!(pairs.iter().all(|(_, liker)| (21..=40).contains(liker)));
    }
}
