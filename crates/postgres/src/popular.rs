//! Which of a time's popular tweets make a page.
//!
//! A page takes the cheapest way that surely leads to it, behind a walk of at most half of that way's cost where the walk
//! may fill it:
//! - *walk*: down the popular tweets of everybody. It passes over those before the time (0.1 µs each) and looks each other
//!   author up among the followees (2.5 µs): short where much was written in the time.
//! - *window*: all tweets of the time (0.16 µs each), with the followees in a hash (0.15 µs each): for a short time.
//! - *heads*: the first tweet of each followee in the time (5 µs each), as in `ranking.rs`: for a long time.
//! - *index*: the popular tweets of everybody or of one author, those before the time left out by the index itself
//!   (0.02 µs each): cheaper than to read a time that has a large part of all tweets.
//!
//! (Figures: 3 million tweets; docs/adr/0013.)

use std::sync::LazyLock;

use tweetty_adapter::Span;
use tweetty_domain::{FeedQuery, Scope, Start};

use crate::details::Columns;
use crate::measures::Strategy;
use crate::ranking::{self, POPULAR, Ranked};
use crate::statement::{Statement, sql};

/// What is done, in nanoseconds.
const PASSED: u64 = 100;
const LOOKED_UP: u64 = 2_500;
const READ: u64 = 160;
const HASHED: u64 = 150;
const HEAD: u64 = 5_000;
/// A head takes longer for a page that lies deep.
const HEAD_A_TWEET: u64 = 30;
/// Up to so many followees a walk is longer than heads.
const FEW_FOLLOWEES: u64 = 300;
/// A walk gives up when it is so many times longer than it would be among followees alone.
const PATIENCE: u64 = 16;
/// A time that has more than such a part of all tweets is better found in the index than read.
const LARGE_PART: u64 = 8;

/// The popular tweets since `:first`.
const SINCE: Ranked = Ranked { behind: "(like_count, id) < (:likes, :id) AND id >= :first", ..POPULAR };

const FOLLOWED: &str = "
        CROSS JOIN LATERAL (
            SELECT 1 WHERE author_id = :viewer
            UNION ALL
            SELECT 1 FROM follows WHERE follower_id = :viewer AND followee_id = author_id
            LIMIT 1
        ) AS followed";
const IN_HASH: &str = "
          AND (
            author_id = :viewer
            OR author_id IN (SELECT followee_id FROM follows WHERE follower_id = :viewer)
          )";

/// The way that surely leads to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Window,
    Heads,
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
        let window = READ.saturating_mul(inside).saturating_add(HASHED * followees.unwrap_or_default());
        let (way, cost, lookup) = match followees {
            None if inside.saturating_mul(LARGE_PART) > ever => return Self { walked: 0, way: Way::Index },
            None => (Way::Window, window, 0),
            Some(followees) => {
                let head = HEAD.saturating_add(HEAD_A_TWEET.saturating_mul(reach));
                let heads = head.saturating_mul(followees.saturating_add(1));
                let way = if window < heads { Way::Window } else { Way::Heads };
                (way, window.min(heads), LOOKED_UP)
            }
        };
        // One of so many entries belongs to the time.
        let apart = (ever / inside).max(1);
        let shortest = reach.saturating_mul(apart);
        let affordable = cost / 2 / (PASSED + lookup / apart);
        let is_short = shortest <= affordable && followees.is_none_or(|followees| followees > FEW_FOLLOWEES);
        Self { walked: if is_short { affordable.min(shortest.saturating_mul(PATIENCE)) } else { 0 }, way }
    }
}

/// The statements of a time. Each names the page and then asks for its details, in one snapshot.
struct Statements {
    window: String,
    walk_or_window: String,
    index: String,
    heads: String,
    followed_window: String,
    followed_walk_or_window: String,
    walk_or_heads: String,
    one_author: String,
}

static STATEMENTS: LazyLock<Statements> = LazyLock::new(Statements::new);

impl Statements {
    fn new() -> Self {
        let page = |ctes: &str| ranking::named(&SINCE, ctes);
        let surely = |way: &str| page(&format!("ranked AS ({way})"));
        let (heads, from_heads) = (ranking::heads(&SINCE), ranking::from_heads(&SINCE));
        Self {
            window: surely(&window("", "")),
            walk_or_window: page(&walk_or("", &|unless| window("", unless))),
            index: surely(&ranking::walk(&SINCE, "")),
            heads: page(&format!("{heads}, ranked AS ({from_heads})")),
            followed_window: surely(&window(IN_HASH, "")),
            followed_walk_or_window: page(&walk_or(FOLLOWED, &|unless| window(IN_HASH, unless))),
            walk_or_heads: page(&format!(
                "{heads}, {}",
                walk_or(FOLLOWED, &|unless| {
                    let Ranked { key, .. } = SINCE;
                    format!(
                        "SELECT id, like_count FROM ({from_heads}) AS otherwise WHERE TRUE {unless} ORDER BY {key} LIMIT :reach"
                    )
                })
            )),
            one_author: surely(&ranking::walk(&SINCE, "author_id = :author AND")),
        }
    }
}

/// All tweets of the time. With `BETWEEN` the planner takes them for a small part of the table.
fn window(condition: &str, unless: &str) -> String {
    let Ranked { key, behind, .. } = POPULAR;
    format!(
        "SELECT id, like_count
        FROM (
            SELECT id, like_count, author_id FROM tweets WHERE id BETWEEN :first AND :newest OFFSET 0
        ) AS entry
        WHERE {behind}{condition}{unless}
        ORDER BY {key}
        LIMIT :reach"
    )
}

/// At most `:walked` entries of everybody's tweets until the page is full, and the sure way where it is not. A branch whose
/// condition is false is never executed.
fn walk_or(condition: &str, way: &dyn Fn(&str) -> String) -> String {
    let Ranked { key, behind, .. } = POPULAR;
    let filled = "(SELECT count(*) FROM walked) >= :reach";
    format!(
        "walked AS MATERIALIZED (
        SELECT id, like_count
        FROM (
            SELECT id, like_count, author_id FROM tweets WHERE {behind} ORDER BY {key} LIMIT :walked
        ) AS entry{condition}
        WHERE id >= :first
        ORDER BY {key}
        LIMIT :reach
    ), ranked AS (
        (SELECT id, like_count FROM walked WHERE {filled})
        UNION ALL
        ({})
    )",
        way(&format!(" AND NOT ({filled})"))
    )
}

/// The statement of a page of the span's popular tweets and one tweet more where another page follows, for a viewer with
/// so many followees.
pub(crate) fn page(query: &FeedQuery, followees: u64, span: Span) -> Statement<Columns> {
    let size = u64::from(query.size.get());
    let wanted = size + 1;
    let (likes, id, skipped) = match query.start {
        Start::Page(number) => (u64::MAX, i64::MAX, number.saturating_sub(1).saturating_mul(size)),
        Start::After(position) => (position.likes, position.id.get(), 0),
    };
    let reach = wanted.saturating_add(skipped);
    let followed = (query.scope == Scope::Following).then_some(followees);
    let Plan { walked, way } = Plan::of(followed, span, reach);
    let statements = &*STATEMENTS;
    let (text, strategy) = match (query.scope, way, walked) {
        (Scope::By(_), ..) => (&statements.one_author, Strategy::Author),
        (Scope::All, Way::Window, 0) => (&statements.window, Strategy::Window),
        (Scope::All, Way::Window, _) => (&statements.walk_or_window, Strategy::All),
        (Scope::All, Way::Index | Way::Heads, _) => (&statements.index, Strategy::All),
        (Scope::Following, Way::Window, 0) => (&statements.followed_window, Strategy::Window),
        (Scope::Following, Way::Window, _) => (&statements.followed_walk_or_window, Strategy::Probe),
        (Scope::Following, Way::Heads | Way::Index, 0) => (&statements.heads, Strategy::Heads),
        (Scope::Following, Way::Heads | Way::Index, _) => (&statements.walk_or_heads, Strategy::Probe),
    };
    strategy.taken();
    let author = if let Scope::By(author) = query.scope { author } else { query.viewer };
    sql(text)
        .bind("viewer", query.viewer)
        .bind("author", author)
        .bind("likes", i32::try_from(likes).unwrap_or(i32::MAX))
        .bind("id", id)
        .bind("first", span.first())
        .bind("newest", i64::MAX)
        .bind("wanted", wanted)
        .bind("skipped", skipped)
        .bind("reach", reach)
        .bind("walked", walked)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts that a day, a week, a month and a year have of three years.
    fn spans() -> [Span; 4] {
        [2_740, 19_178, 82_192, 1_000_000]
            .map(|inside| Span::between(3_000_000 - inside + 1, 3_000_000).unwrap())
    }

    /// The way, and whether a walk comes before.
    fn ways(followees: Option<u64>, reach: u64) -> [(Way, bool); 4] {
        spans().map(|span| Plan::of(followees, span, reach)).map(|plan| (plan.way, plan.walked > 0))
    }

    #[test]
    fn a_short_time_is_read_and_a_long_one_walked_for_those_who_follow_many() {
        let (read, walked) = ((Way::Window, false), (Way::Window, true));
        assert_eq!(ways(None, 21), [read, walked, walked, (Way::Index, false)]);
        assert_eq!(ways(Some(20_000), 21), [read, walked, walked, (Way::Heads, true)]);
        assert_eq!(ways(Some(1_000), 21), [read, walked, (Way::Heads, true), (Way::Heads, true)]);
        assert_eq!(ways(Some(10), 21), [(Way::Heads, false); 4]);
    }

    #[test]
    fn a_page_that_no_affordable_walk_can_fill_is_not_walked_for() {
        assert_eq!(ways(None, 100_000)[..3], [(Way::Window, false); 3]);
        assert_eq!(Plan::of(Some(5_000), Span::between(i64::MAX, i64::MAX).unwrap(), u64::MAX).walked, 0);
    }

    #[test]
    fn a_walk_takes_at_most_half_of_what_the_sure_way_takes() {
        for span in spans() {
            for followees in [None, Some(1_000), Some(5_000), Some(20_000)] {
                let Plan { walked, way } = Plan::of(followees, span, 21);
                let sure = match way {
                    Way::Window => READ * span.inside() + HASHED * followees.unwrap_or_default(),
                    Way::Heads | Way::Index => {
                        (HEAD + 21 * HEAD_A_TWEET) * (followees.unwrap_or_default() + 1)
                    }
                };
                let looked_up = followees.map_or(0, |_| walked * span.inside() / span.ever() * LOOKED_UP);
                assert!(PASSED * walked + looked_up <= sure / 2 + sure / 10, "{span:?} {followees:?}");
            }
        }
    }
}
