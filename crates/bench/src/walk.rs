//! Which likes and follows are sent: a walk over targets (tweets or followees) and people on which no pair comes twice,
//! however long it is, so that each change is a real one. wrk (`wrk/load.lua`) and pgbench walk alike, each from places
//! of its own.

use crate::company::{Company, LIKER_KEY};
use crate::options::Sizes;
use crate::wrk::Load;

/// How many targets are hot one after the other, at each time one of them: each person likes or follows it only once.
const HOT: u32 = 50;
/// Scatters the targets that follow each other; a prime that divides no number of them.
const STEP: u32 = 104_729;
/// Places from one lane of follows to the next: more than are sent in a row's time.
const FOLLOWS_A_LANE: u64 = 500_000;

const LIKES: &str = "/api/tweets/%d/likes";
const FOLLOW: &str = "/api/users/%d/follow";

/// A stretch of likes or follows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walk {
    path: &'static str,
    /// The id of a tweet or user.
    first_target: i64,
    targets: u32,
    step: u32,
    /// Numbered from 1.
    first_person: u32,
    people: u32,
    changes_a_target: u32,
    start: u64,
}

impl Walk {
    /// Another tweet with each like. Walks of different lanes have no pair in common, nor with those over hot tweets:
    /// `people` divides `targets`, so each round over all targets pairs them anew.
    pub(crate) fn over_different_tweets(sizes: Sizes, lane: u32) -> Self {
        Self {
            path: LIKES,
            first_target: 1,
            targets: sizes.tweets,
            step: STEP,
            first_person: 1,
            people: sizes.likers / 2,
            changes_a_target: 1,
            start: u64::from(lane) * u64::from(sizes.tweets),
        }
    }

    /// One tweet until all have liked it, then another.
    pub(crate) fn over_hot_tweets(sizes: Sizes, lane: u32) -> Self {
        let people = sizes.likers / 2;
        Self {
            path: LIKES,
            first_target: i64::from(1 + lane * HOT),
            targets: HOT,
            step: 1,
            first_person: 1 + people,
            people,
            changes_a_target: people,
            start: 0,
        }
    }

    /// Another followee with each follow: the first half of the likers follows the second.
    pub(crate) fn over_different_people(company: &Company, sizes: Sizes, lane: u32) -> Self {
        let people = sizes.likers / 2;
        Self {
            path: FOLLOW,
            first_target: company.first_liker + i64::from(people),
            targets: people,
            step: STEP,
            first_person: 1,
            people,
            changes_a_target: 1,
            start: u64::from(lane) * FOLLOWS_A_LANE,
        }
    }

    /// One newcomer until all have followed, then another: the second half of the likers follows the first.
    pub(crate) fn over_newcomers(company: &Company, sizes: Sizes, lane: u32) -> Self {
        let people = sizes.likers / 2;
        Self {
            path: FOLLOW,
            first_target: company.first_liker + i64::from(lane * HOT),
            targets: HOT,
            step: 1,
            first_person: 1 + people,
            people,
            changes_a_target: people,
            start: 0,
        }
    }

    /// The load that makes the changes, or takes them back.
    pub(crate) fn load(&self, method: &str, expected: u16) -> Load {
        let environment = vec![
            ("BENCH_KIND", "walk".to_owned()),
            ("BENCH_STATUS", expected.to_string()),
            ("BENCH_METHOD", method.to_owned()),
            ("BENCH_PATH", self.path.to_owned()),
            ("BENCH_KEY", LIKER_KEY.to_owned()),
            ("BENCH_FIRST_TARGET", self.first_target.to_string()),
            ("BENCH_TARGETS", self.targets.to_string()),
            ("BENCH_STEP", self.step.to_string()),
            ("BENCH_FIRST_PERSON", self.first_person.to_string()),
            ("BENCH_PEOPLE", self.people.to_string()),
            ("BENCH_CHANGES_A_TARGET", self.changes_a_target.to_string()),
            ("BENCH_START", self.start.to_string()),
        ];
        Load { connections: 64, seconds: 1, path: self.path.replace("%d", "0"), environment }
    }

    /// The id of the target and the number of the person at a place.
    pub(crate) fn at(&self, place: u64) -> (i64, u64) {
        let place = self.start + place;
        let (targets, a_target) = (u64::from(self.targets), u64::from(self.changes_a_target));
        let target = (place / a_target * u64::from(self.step) % targets).cast_signed();
        let round = place / (targets * a_target);
        (self.first_target + target, u64::from(self.first_person) + (place + round) % u64::from(self.people))
    }

    /// A script for pgbench that does the same with the transaction given, in which `:target` and `:person` stand.
    pub(crate) fn script(&self, company: &Company, clients: u32, transaction: &str) -> String {
        let Self { first_target, targets, step, first_person, people, changes_a_target, start, .. } = self;
        let first_person = company.first_liker + i64::from(*first_person) - 1;
        format!(
            "\\set turn :turn + 1
\\set place {start} + :turn * {clients} + :client_id
\\set target {first_target} + :place / {changes_a_target} * {step} % {targets}
\\set person {first_person} + (:place + :place / ({targets} * {changes_a_target})) % {people}
{transaction}"
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const SIZES: Sizes = Sizes { users: 100, tweets: 400, likes: 0, follows: 0, likers: 40 };

    fn company() -> Company {
        Company {
            usual: vec![],
            unpopular: vec![],
            unliked: vec![],
            first_liker: 101,
            most_followed: 1,
            ordinary: 1,
        }
    }

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
        assert!((0..20 * u64::from(HOT)).all(|place| pairs.insert(walk.at(place))));
        assert!((0..20).all(|place| walk.at(place).0 == 51));
        assert_eq!(walk.at(20).0, 52);
        assert!(pairs.iter().all(|(_, liker)| (21..=40).contains(liker)));
    }

    #[test]
    fn nobody_follows_anybody_twice_nor_herself() {
        let (mut follows, company) = (HashSet::new(), company());
        let walk = Walk::over_different_people(&company, SIZES, 0);
        assert!((0..400).all(|place| follows.insert(walk.at(place))), "each of 20 follows each of 20");
        assert!(follows.iter().all(|(followee, _)| (121..=140).contains(followee)));
        let walk = Walk::over_newcomers(&company, SIZES, 0);
        assert!((0..20).all(|place| walk.at(place).0 == 101 && follows.insert(walk.at(place))));
        assert!(follows.iter().all(|(followee, number)| *followee != 100 + number.cast_signed()));
    }
}
