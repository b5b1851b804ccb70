//! What company is wanted, and whether there can be one.

use chrono::{DateTime, TimeDelta};
use tweetty_domain::Timestamp;

/// The most users or tweets: counters and ids of the generator have 32 bits.
const MOST: u64 = 1 << 31;
/// How many each probe user follows.
const PROBES: [u32; 5] = [10, 100, 1_000, 5_000, 20_000];

/// Where the history of a company ends unless another end is wanted: the end of the year 2025, which never moves.
const END: TimeDelta = TimeDelta::days(20_454);

/// The figures of a company, all exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(super) users: u32,
    pub(super) tweets: u32,
    pub(super) likes: u64,
    pub(super) follows: u64,
    pub(super) seed: u64,
    /// Everything lies before it.
    pub(super) end: Timestamp,
    pub(super) probes: Vec<u32>,
}

impl Plan {
    /// Plans a company, or says why there is none of those figures.
    pub(crate) fn new(users: u64, tweets: u64, likes: u64, follows: u64, seed: u64) -> Result<Self, String> {
        let whole = |figure, what| {
            u32::try_from(figure)
                .ok()
                .filter(|_| figure <= MOST)
                .ok_or_else(|| format!("--{what} {figure}: at most {MOST} are possible"))
        };
        let (users, tweets) = (whole(users, "users")?, whole(tweets, "tweets")?);
        if users == 0 {
            return Err("--users 0: a company has at least one user".to_owned());
        }
        let most_likes = u64::from(users) * u64::from(tweets);
        if likes > most_likes {
            return Err(format!(
                "--likes {likes}: {users} users can like {tweets} tweets at most {most_likes} times"
            ));
        }
        let most_follows = u64::from(users) * u64::from(users - 1);
        if follows > most_follows {
            return Err(format!(
                "--follows {follows}: {users} users can follow each other at most {most_follows} times"
            ));
        }
        let probes = probes(users, follows);
        let end = DateTime::UNIX_EPOCH + END;
        Ok(Self { users, tweets, likes, follows, seed, end, probes })
    }

    /// The same company, whose history ends then.
    pub(crate) fn until(self, end: Timestamp) -> Self {
        Self { end, ..self }
    }

    /// How many each probe user follows; their names are `probe` and a number.
    pub(crate) fn probes(&self) -> &[u32] {
        &self.probes
    }

    /// Whom the probes follow counts within all follows; the other users share what is left.
    pub(super) fn follows_of_others(&self) -> u64 {
        self.follows - self.probes.iter().copied().map(u64::from).sum::<u64>()
    }
}

/// The probes, smallest first, as far as there are enough people to follow and enough follows in the plan, and as
/// the others can still take the rest of the follows.
fn probes(users: u32, follows: u64) -> Vec<u32> {
    let mut probes = Vec::new();
    let mut taken = 0;
    for size in PROBES {
        let others = users.saturating_sub(u32::try_from(probes.len()).unwrap_or(u32::MAX) + 1);
        taken += u64::from(size);
        let rest_fits =
            follows.checked_sub(taken).is_some_and(|rest| rest <= u64::from(others) * u64::from(users - 1));
        if size >= users || !rest_fits {
            break;
        }
        probes.push(size);
    }
    probes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_figures_are_refused_with_the_most_that_is_possible() {
        for (figures, named) in [
            ([0, 0, 0, 0], "--users 0"),
            ([10, 5, 51, 0], "at most 50"),
            ([10, 5, 0, 91], "at most 90"),
            ([1 << 40, 0, 0, 0], "--users 1099511627776"),
            ([1, 1 << 40, 0, 0], "--tweets"),
        ] {
            let [users, tweets, likes, follows] = figures;
            let problem = Plan::new(users, tweets, likes, follows, 1).unwrap_err();
            assert!(problem.contains(named), "{problem}");
        }
        assert!(Plan::new(10, 5, 50, 90, 1).is_ok());
        assert!(Plan::new(1, 0, 0, 0, 1).is_ok());
    }

    #[test]
    fn those_probes_are_there_that_fit_into_the_company() {
        for (users, follows, probes) in [
            (10, 90, vec![]),
            (11, 50, vec![10]),
            (11, 9, vec![]),
            (11, 110, vec![10]),
            (1_500, 109, vec![10]),
            (1_500, 5_000, vec![10, 100, 1_000]),
            (100_000, 6_000_000, vec![10, 100, 1_000, 5_000, 20_000]),
        ] {
            assert_eq!(Plan::new(users, 0, 0, follows, 1).unwrap().probes(), probes, "{users} {follows}");
        }
    }
}
