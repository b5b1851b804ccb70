//! The generated company itself.

use chrono::TimeDelta;
use rand::{RngExt as _, SeedableRng as _, seq::SliceRandom as _};
use rand_pcg::Pcg64Mcg;
use tweetty_domain::{
    KeyHash, NewUser, Nickname, Particulars, PersonName, Timestamp, TweetId, TweetText, UserId,
};
use tweetty_tables::{Company, CompanyFollow, CompanyLike, CompanyTweet, CompanyUser, Table};

use super::Plan;
use super::shares::{Zipf, choose};
use super::words;

/// How far back from there the oldest tweet lies.
const HISTORY: TimeDelta = TimeDelta::days(3 * 365);
/// Everybody was there before the first tweet.
const HIRING: TimeDelta = TimeDelta::days(30);

const TWEETS_BY_LIKES: Zipf = Zipf { exponent: 1.0, shift: 100.0 };
const USERS_BY_FOLLOWEES: Zipf = Zipf { exponent: 0.7, shift: 20.0 };
/// Who is followed much also writes much.
const USERS_BY_FAME: Zipf = Zipf { exponent: 0.8, shift: 10.0 };

/// A company of [`Plan`]'s figures. It holds a few numbers a user and one a tweet; rows are made when they are asked
/// for, from random numbers that start anew each time, so that every telling is the same.
pub(crate) struct SeededCompany {
    plan: Plan,
    probe_keys: Vec<KeyHash>,
    /// Users (from 0) from the most famous to the least.
    by_fame: Vec<u32>,
    followers: Vec<u32>,
    following: Vec<u32>,
    likes: Vec<u32>,
}

impl SeededCompany {
    /// How long before its end the company begins.
    pub(crate) const LEAD: TimeDelta = TimeDelta::days(HISTORY.num_days() + HIRING.num_days());

    /// Deals out the figures. The keys are those of the plan's probes in their order.
    pub(crate) fn new(plan: Plan, probe_keys: Vec<KeyHash>) -> Self {
        let mut random = random(&plan, 0);
        let mut by_fame = (0..plan.users).collect::<Vec<_>>();
        by_fame.shuffle(&mut random);
        let most_likes = most_likes(&plan);
        let likes = TWEETS_BY_LIKES.deal(plan.likes, plan.tweets, most_likes, &mut random);
        let following = following(&plan, &mut random);
        let followers = vec![0; plan.users as usize];
        let mut company = Self { plan, probe_keys, by_fame, followers, following, likes };
        company.followers = company.counted_followers();
        company
    }

    fn counted_followers(&self) -> Vec<u32> {
        let mut followers = vec![0; self.plan.users as usize];
        for follow in self.all_follows() {
            followers[index(follow.followee)] += 1;
        }
        followers
    }

    fn all_follows(&self) -> impl Iterator<Item = CompanyFollow> + Send + '_ {
        let mut random = random(&self.plan, 1);
        let (mut ranks, mut followees) = (Vec::new(), Vec::<u32>::new());
        let mut follower = 0;
        let mut next = 0;
        std::iter::from_fn(move || {
            while next == followees.len() {
                let count = *self.following.get(follower as usize)?;
                // Drawn from the others: where the follower would stand, the last one stands instead.
                USERS_BY_FAME.draw_different(count, self.plan.users - 1, &mut ranks, &mut random);
                let last = self.by_fame[self.by_fame.len() - 1];
                followees.clear();
                followees.extend(ranks.iter().map(|rank| match self.by_fame[*rank as usize] {
                    own if own == follower => last,
                    other => other,
                }));
                followees.sort_unstable();
                (next, follower) = (0, follower + 1);
            }
            next += 1;
            Some(CompanyFollow { follower: user_id(follower - 1), followee: user_id(followees[next - 1]) })
        })
    }

    fn user(&self, number: u32, random: &mut Pcg64Mcg) -> CompanyUser {
        let (first, last) = words::name(random);
        let probe =
            number.checked_sub(self.first_probe()).and_then(|probe| self.plan.probes.get(probe as usize));
        let key =
            number.checked_sub(self.first_probe()).and_then(|probe| self.probe_keys.get(probe as usize));
        let nickname = match probe {
            Some(size) => format!("probe{size}"),
            None => format!("{}.{}.{}", first.to_lowercase(), last.to_lowercase(), number + 1),
        };
        let hired = HIRING * i32::try_from(self.plan.users - number).unwrap_or(i32::MAX)
            / i32::try_from(self.plan.users).unwrap_or(i32::MAX);
        CompanyUser {
            id: user_id(number),
            user: NewUser {
                nickname: Nickname::stored(nickname),
                first_name: Some(PersonName::stored(first)),
                last_name: Some(PersonName::stored(last)),
                particulars: Particulars::default(),
                key: key.copied().map(Into::into),
                follows: Vec::new(),
                created_at: whole_milliseconds(self.plan.end - HISTORY - hired),
            },
            followers_count: self.followers[number as usize],
            following_count: self.following[number as usize],
        }
    }

    /// The probes are the last users.
    fn first_probe(&self) -> u32 {
        self.plan.users - u32::try_from(self.plan.probes.len()).unwrap_or_default()
    }

    fn tweet(&self, number: u32, text: &mut String, random: &mut Pcg64Mcg) -> CompanyTweet {
        words::write_text(text, random);
        let author = self.by_fame[USERS_BY_FAME.draw(self.plan.users, random) as usize];
        let slot = HISTORY.num_milliseconds() / i64::from(self.plan.tweets);
        let age = i64::from(self.plan.tweets - number) * slot - random.random_range(0..=slot / 2);
        CompanyTweet {
            id: TweetId::stored(i64::from(number) + 1),
            author: user_id(author),
            text: TweetText::stored(text.clone()),
            like_count: self.likes[number as usize],
            created_at: self.plan.end - TimeDelta::milliseconds(age),
        }
    }
}

impl Company for SeededCompany {
    fn users(&self) -> Box<dyn Iterator<Item = CompanyUser> + Send + '_> {
        let mut random = random(&self.plan, 2);
        Box::new((0..self.plan.users).map(move |number| self.user(number, &mut random)))
    }

    fn follows(&self) -> Box<dyn Iterator<Item = CompanyFollow> + Send + '_> {
        Box::new(self.all_follows())
    }

    fn tweets(&self) -> Box<dyn Iterator<Item = CompanyTweet> + Send + '_> {
        let mut random = random(&self.plan, 3);
        let mut text = String::new();
        Box::new((0..self.plan.tweets).map(move |number| self.tweet(number, &mut text, &mut random)))
    }

    fn likes(&self) -> Box<dyn Iterator<Item = CompanyLike> + Send + '_> {
        let mut random = random(&self.plan, 4);
        let (mut likers, mut next, mut passed) = (Vec::new(), 0, 0);
        let users = self.plan.users;
        let likes = &self.likes;
        Box::new(std::iter::from_fn(move || {
            while next == likers.len() {
                choose(*likes.get(passed)?, users, &mut likers, &mut random);
                (next, passed) = (0, passed + 1);
            }
            next += 1;
            Some(CompanyLike {
                tweet: TweetId::stored(i64::try_from(passed).ok()?),
                user: user_id(likers[next - 1]),
            })
        }))
    }

    fn expected_rows(&self, table: &'static Table) -> Option<u64> {
        match table.name {
            "users" => Some(self.plan.users.into()),
            "follows" => Some(self.following.iter().copied().map(u64::from).sum()),
            "tweets" => Some(self.plan.tweets.into()),
            "likes" => Some(self.plan.likes),
            _ => None,
        }
    }
}

/// Whom how many follow: the last users are the probes.
fn following(plan: &Plan, random: &mut Pcg64Mcg) -> Vec<u32> {
    let others = plan.users - u32::try_from(plan.probes.len()).unwrap_or_default();
    // Nobody but the probes follows more than a tenth of the company, unless the figures demand it.
    let usual = (plan.users / 10).max(1);
    let rest = plan.follows_of_others();
    let most = if rest > u64::from(usual) * u64::from(others) / 2 { plan.users - 1 } else { usual };
    let mut following = USERS_BY_FOLLOWEES.deal(rest, others, most, random);
    following.extend(&plan.probes);
    following
}

/// The heaviest tweet has a third of the company, unless the figures demand more.
fn most_likes(plan: &Plan) -> u32 {
    let usual = (plan.users / 3).max(1);
    if plan.likes > u64::from(usual) * u64::from(plan.tweets) / 2 { plan.users } else { usual }
}

/// Each kind of row has random numbers of its own, so that telling one does not change another.
fn random(plan: &Plan, kind: u64) -> Pcg64Mcg {
    Pcg64Mcg::seed_from_u64(plan.seed.wrapping_mul(8).wrapping_add(kind))
}

fn user_id(number: u32) -> UserId {
    UserId::stored(i64::from(number) + 1)
}

fn index(user: UserId) -> usize {
    usize::try_from(user.get() - 1).unwrap_or_default()
}

fn whole_milliseconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_timestamp_millis(moment.timestamp_millis()).unwrap_or(moment)
}

#[cfg(test)]
#[path = "company_tests.rs"]
mod tests;
