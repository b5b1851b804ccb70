//! Which of a time's popular tweets make a page.
//!
//! A page takes the cheapest way that surely leads to it, behind a walk of at most half of that way's cost where the walk
//! may fill it:
//! - *walk*: down the popular tweets of everybody. It passes over those before the time (60 ns each) and looks each other
//!   author up among the followees (0.35 µs): short where much was written in the time.
//! - *window*: all tweets of the time (70 ns each, 150 where their authors are looked up in a list of the followees, which
//!   takes 0.1 µs a followee): for a short time.
//! - *indexes*: the popular tweets of each followee (1.5 µs each), as in `ranking.rs`: for a long time.
//! - *index*: the popular tweets of everybody or of one author, those before the time left out one by one (25 ns each):
//!   cheaper than to read a time that has a large part of all tweets.
//!
//! (Figures: 300,000 tweets; docs/adr/0013.)

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tweetty_adapter::Span;
use tweetty_domain::{FeedQuery, Scope};

use crate::failure::Failure;
use crate::measures::Strategy;
use crate::ranking::{Part, following_count};
use crate::statement::{Statement, sql};

/// What is done, in nanoseconds.
const PASSED: u64 = 60;
const LOOKED_UP: u64 = 350;
const READ: u64 = 70;
const READ_AND_LOOKED_UP: u64 = 150;
const LISTED: u64 = 100;
const ENTERED: u64 = 1_500;
/// Up to so many followees a walk is longer than their indexes.
const FEW_FOLLOWEES: u64 = 300;
/// A walk is so many times as long as it would be if it took each tweet of the time, since it is walked to its end; among
/// followees it isn't worth its while where it can't go half as far.
const LONGER: u64 = 2;
const LONGER_AMONG_FOLLOWEES: u64 = 8;
/// A time that has more than such a part of all tweets is better found in the index than read.
const LARGE_PART: u64 = 8;

pub(crate) const WINDOW: &str = "
    SELECT id
    FROM tweets NOT INDEXED
    WHERE (like_count, id) < (?1, ?2)
      AND id >= ?3
    ORDER BY like_count DESC, id DESC
    LIMIT ?4 OFFSET ?5";

/// The two ranges of `ranking::ALL_POPULAR`.
pub(crate) const INDEX: &str = "
    SELECT id
    FROM (
        SELECT like_count, id
        FROM tweets INDEXED BY tweets_by_popularity
        WHERE like_count = ?1
          AND id < ?2
          AND id >= ?3
        UNION ALL
        SELECT like_count, id
        FROM tweets INDEXED BY tweets_by_popularity
        WHERE like_count < ?1
          AND id >= ?3
        ORDER BY like_count DESC, id DESC
        LIMIT ?4 OFFSET ?5
    )
    ORDER BY like_count DESC, id DESC";

pub(crate) const WALK: &str = "
    SELECT id
    FROM (
        SELECT like_count, id
        FROM tweets INDEXED BY tweets_by_popularity
        WHERE like_count = ?1
          AND id < ?2
        UNION ALL
        SELECT like_count, id
        FROM tweets INDEXED BY tweets_by_popularity
        WHERE like_count < ?1
        ORDER BY like_count DESC, id DESC
        LIMIT ?3
    )
    WHERE id >= ?4
    ORDER BY like_count DESC, id DESC
    LIMIT ?5 OFFSET ?6";

pub(crate) const AUTHOR: &str = "
    SELECT id
    FROM tweets INDEXED BY tweets_of_author_by_popularity
    WHERE (like_count, id) < (?1, ?2)
      AND id >= ?3
      AND author_id = ?4
    ORDER BY like_count DESC, id DESC
    LIMIT ?5 OFFSET ?6";

pub(crate) const FOLLOWING_WINDOW: &str = "
    SELECT id
    FROM tweets NOT INDEXED
    WHERE (like_count, id) < (?1, ?2)
      AND id >= ?3
      AND author_id IN (SELECT followee_id FROM follows WHERE follower_id = ?4 UNION ALL SELECT ?4)
    ORDER BY like_count DESC, id DESC
    LIMIT ?5 OFFSET ?6";

pub(crate) const FOLLOWING_INDEXES: &str = "
    SELECT id
    FROM tweets INDEXED BY tweets_of_author_by_popularity
    WHERE (like_count, id) < (?1, ?2)
      AND id >= ?3
      AND author_id IN (SELECT followee_id FROM follows WHERE follower_id = ?4 UNION ALL SELECT ?4)
    ORDER BY like_count DESC, id DESC
    LIMIT ?5 OFFSET ?6";

pub(crate) const FOLLOWING_WALK: &str = "
    SELECT id
    FROM (
        SELECT like_count, id, author_id
        FROM tweets INDEXED BY tweets_by_popularity
        WHERE like_count = ?1
          AND id < ?2
        UNION ALL
        SELECT like_count, id, author_id
        FROM tweets INDEXED BY tweets_by_popularity
        WHERE like_count < ?1
        ORDER BY like_count DESC, id DESC
        LIMIT ?3
    )
    WHERE id >= ?4
      AND (author_id = ?5 OR EXISTS (SELECT 1 FROM follows WHERE follower_id = ?5 AND followee_id = author_id))
    ORDER BY like_count DESC, id DESC
    LIMIT ?6 OFFSET ?7";

/// The way that surely leads to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Window,
    Indexes,
    Index,
}

/// How a page is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plan {
    /// How many entries are walked down before; 0: none.
    walked: u64,
    way: Way,
}

impl Plan {
    /// `followees` is `None` where everybody's tweets are wanted.
    fn of(followees: Option<u64>, span: Span, reach: u64) -> Self {
        let (inside, ever) = (span.inside(), span.ever());
        let (way, cost, lookup, longer) = match followees {
            None if inside.saturating_mul(LARGE_PART) > ever => return Self { walked: 0, way: Way::Index },
            None => (Way::Window, READ.saturating_mul(inside), 0, LONGER),
            Some(followees) => {
                let listed = LISTED.saturating_mul(followees);
                let window = READ_AND_LOOKED_UP.saturating_mul(inside).saturating_add(listed);
                let indexes = ENTERED.saturating_mul(followees.saturating_add(1));
                let way = if window < indexes { Way::Window } else { Way::Indexes };
                (way, window.min(indexes), LOOKED_UP, LONGER_AMONG_FOLLOWEES)
            }
        };
        // One of so many entries belongs to the time.
        let apart = (ever / inside).max(1);
        let long = reach.saturating_mul(apart).saturating_mul(longer);
        let affordable = cost / 2 / (PASSED + lookup / apart);
        let is_short = long / 2 <= affordable && followees.is_none_or(|followees| followees > FEW_FOLLOWEES);
        Self { walked: if is_short { affordable.min(long) } else { 0 }, way }
    }
}

/// The ids of the page of the span's popular tweets in order, and one more where another page follows.
pub(crate) fn ranked(
    connection: &mut SqliteConnection,
    query: &FeedQuery,
    span: Span,
) -> Result<Vec<i64>, Failure> {
    let part = Part::of(query);
    let viewer = match query.scope {
        Scope::By(author) => {
            Strategy::Author.taken();
            return part.taken(since(AUTHOR, &part, span).bind(author), connection);
        }
        Scope::Following => Some(query.viewer),
        Scope::All => None,
    };
    let followees = viewer.map(|viewer| following_count(connection, viewer)).transpose()?;
    let Plan { walked, way } = Plan::of(followees, span, part.reach());
    if walked > 0 {
        let text = if viewer.is_some() { FOLLOWING_WALK } else { WALK };
        let walk = sql::<BigInt>(text).bind(part.likes).bind(part.id).bind(walked).bind(span.first());
        let found = part.taken(walk.bind_all(viewer.map(Into::into).into_iter().collect()), connection)?;
        if found.len() as u64 == part.wanted {
            Strategy::Walk.taken();
            return Ok(found);
        }
        Strategy::WalkInVain.taken();
    }
    let (text, strategy) = match (viewer, way) {
        (None, Way::Window) => (WINDOW, Strategy::Window),
        (None, Way::Index | Way::Indexes) => (INDEX, Strategy::All),
        (Some(_), Way::Window) => (FOLLOWING_WINDOW, Strategy::Window),
        (Some(_), Way::Indexes | Way::Index) => (FOLLOWING_INDEXES, Strategy::Indexes),
    };
    if walked == 0 {
        strategy.taken();
    }
    part.taken(since(text, &part, span).bind_all(viewer.map(Into::into).into_iter().collect()), connection)
}

/// What all statements but walks have in common.
fn since(text: &'static str, part: &Part, span: Span) -> Statement<BigInt> {
    sql(text).bind(part.likes).bind(part.id).bind(span.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts that a day, a week, a month and a year have of three years.
    fn spans() -> [Span; 4] {
        [274, 1_918, 8_219, 100_000].map(|inside| Span::between(300_000 - inside + 1, 300_000).unwrap())
    }

    /// The way, and whether a walk comes before.
    fn ways(followees: Option<u64>, reach: u64) -> [(Way, bool); 4] {
        spans().map(|span| Plan::of(followees, span, reach)).map(|plan| (plan.way, plan.walked > 0))
    }

    #[test]
    fn a_short_time_is_read_and_a_long_one_walked_for_those_who_follow_many() {
        let (read, walked) = ((Way::Window, false), (Way::Window, true));
        assert_eq!(ways(None, 21), [read, read, walked, (Way::Index, false)]);
        assert_eq!(ways(Some(20_000), 21), [read, walked, walked, walked]);
        assert_eq!(ways(Some(1_000), 21), [read, read, walked, (Way::Indexes, true)]);
        assert_eq!(ways(Some(10), 21), [(Way::Indexes, false); 4]);
    }

    #[test]
    fn a_page_that_no_affordable_walk_can_fill_is_not_walked_for() {
        assert_eq!(ways(None, 100_000)[..3], [(Way::Window, false); 3]);
        assert_eq!(Plan::of(Some(5_000), Span::between(i64::MAX, i64::MAX).unwrap(), u64::MAX).walked, 0);
    }
}
