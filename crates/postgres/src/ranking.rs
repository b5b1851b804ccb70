//! Which tweets make a page; likes are never counted here.
//!
//! A viewer who follows few is served by *heads*: the first tweet of each followee, found by index, tells which
//! authors can reach the page at all. One who follows many is served by a *scan* down the tweets of everybody,
//! which is short when it finds enough of her followees' among the first few hundred; what it finds is then exact.
//! Where it doesn't, heads follow, or for very many followees the scan goes on without a bound.

use std::sync::LazyLock;

use tweetty_domain::{FeedQuery, Order, Scope, Start};

use crate::details::{Columns, DETAILS};
use crate::statement::{Statement, sql};

/// Up to so many followees heads are the shortest way.
const FEW_FOLLOWEES: u64 = 32;
/// The scan ends after as many entries as the viewer has followees, and after so many. For more followees heads would
/// take longer than going on.
const LONGEST_SCAN: u64 = 1000;

/// What one order of tweets looks like in SQL.
struct Ranked {
    /// How `ORDER BY` says it.
    key: &'static str,
    /// The tweets behind the start.
    behind: &'static str,
    /// The tweets that are not behind the last head that can matter.
    within_reach: &'static str,
}

const POPULAR: Ranked = Ranked {
    key: "like_count DESC, id DESC",
    behind: "(like_count, id) < (:likes, :id)",
    within_reach: "(like_count, id) >= (
                COALESCE((SELECT like_count FROM last_head), 0),
                COALESCE((SELECT id FROM last_head), 0)
            )",
};
const RECENT: Ranked = Ranked {
    key: "id DESC",
    behind: "id < :id",
    within_reach: "id >= COALESCE((SELECT id FROM last_head), 0)",
};

/// The statements of one order. Each names the page and then asks for its details, in one snapshot.
struct Statements {
    heads: String,
    scan_then_heads: String,
    scan_then_more: String,
    more: String,
    all: String,
    one_author: String,
}

static BY_POPULARITY: LazyLock<Statements> = LazyLock::new(|| Statements::of(&POPULAR));
static BY_AGE: LazyLock<Statements> = LazyLock::new(|| Statements::of(&RECENT));

impl Statements {
    fn of(ranked: &Ranked) -> Self {
        let Ranked { key, .. } = ranked;
        let (heads, scan, more) = (heads(ranked), scan(ranked), more(ranked));
        // A branch whose condition is false is never executed, nor is what only it refers to.
        let scan_then = |ctes: &str, otherwise: &str| {
            format!(
                "{ctes}, ranked AS (
        (SELECT id, like_count FROM scanned WHERE (SELECT count(*) FROM scanned) >= :reach)
        UNION ALL
        (SELECT id, like_count FROM ({otherwise}) AS otherwise
         WHERE (SELECT count(*) FROM scanned) < :reach
         ORDER BY {key} LIMIT :reach)
    )"
            )
        };
        let from_heads = format!("SELECT id, like_count FROM from_heads ORDER BY {key} LIMIT :reach");
        let page = |ranked_ctes: &str| {
            format!(
                "WITH {ranked_ctes}, page AS MATERIALIZED (
        SELECT id, like_count FROM ranked ORDER BY {key} LIMIT :wanted OFFSET :skipped
    ){DETAILS}
    ORDER BY {key}"
            )
        };
        Self {
            heads: page(&format!("{heads}, ranked AS ({from_heads})")),
            scan_then_heads: page(&scan_then(&format!("{scan}, {heads}"), &from_heads)),
            scan_then_more: page(&scan_then(&scan, &more)),
            more: page(&format!("ranked AS ({more})")),
            all: page(&format!("ranked AS ({})", walk(ranked, ""))),
            one_author: page(&format!("ranked AS ({})", walk(ranked, "author_id = :author AND"))),
        }
    }
}

/// The tweets that fulfil a condition, as far as the page reaches.
fn walk(Ranked { key, behind, .. }: &Ranked, condition: &str) -> String {
    format!("SELECT id, like_count FROM tweets WHERE {condition} {behind} ORDER BY {key} LIMIT :reach")
}

/// The scan without a bound. The parentheses of `OR` keep the followees a hash to look each author up in.
fn more(ranked: &Ranked) -> String {
    let followees = "SELECT followee_id FROM follows WHERE follower_id = :viewer";
    walk(ranked, &format!("(author_id = :viewer OR author_id IN ({followees})) AND"))
}

/// At most `:bound` entries of everybody's tweets, each looked up among the followees until the page is full.
fn scan(Ranked { key, behind, .. }: &Ranked) -> String {
    format!(
        "scanned AS MATERIALIZED (
        SELECT id, like_count
        FROM (
            SELECT id, like_count, author_id FROM tweets WHERE {behind} ORDER BY {key} LIMIT :bound
        ) AS entry
        CROSS JOIN LATERAL (
            SELECT 1 WHERE author_id = :viewer
            UNION ALL
            SELECT 1 FROM follows WHERE follower_id = :viewer AND followee_id = author_id
            LIMIT 1
        ) AS followed
        ORDER BY {key}
        LIMIT :reach
    )"
    )
}

/// The first tweets of all authors, best first; those authors' tweets as far as they can reach the page.
fn heads(Ranked { key, behind, within_reach }: &Ranked) -> String {
    format!(
        "heads AS MATERIALIZED (
        SELECT author.id AS author_id, head.id, head.like_count
        FROM (
            SELECT followee_id AS id FROM follows WHERE follower_id = :viewer
            UNION ALL
            SELECT :viewer
        ) AS author
        CROSS JOIN LATERAL (
            SELECT id, like_count FROM tweets WHERE author_id = author.id AND {behind} ORDER BY {key} LIMIT 1
        ) AS head
        ORDER BY {key}
        LIMIT :reach
    ), last_head AS MATERIALIZED (
        SELECT id, like_count FROM heads ORDER BY {key} LIMIT 1 OFFSET :reach - 1
    ), from_heads AS (
        SELECT tweet.id, tweet.like_count
        FROM heads
        CROSS JOIN LATERAL (
            SELECT id, like_count
            FROM tweets
            WHERE author_id = heads.author_id
              AND {behind}
              AND {within_reach}
            ORDER BY {key}
            LIMIT :reach
        ) AS tweet
    )"
    )
}

/// The statement of a page and one tweet more where another page follows, for a viewer with so many followees.
pub(crate) fn page(query: &FeedQuery, followees: u64) -> Statement<Columns> {
    let size = u64::from(query.size.get());
    let wanted = size + 1;
    let (likes, id, skipped) = match query.start {
        Start::Page(number) => (u64::MAX, i64::MAX, number.saturating_sub(1).saturating_mul(size)),
        Start::After(position) => (position.likes, position.id.get(), 0),
    };
    let reach = wanted.saturating_add(skipped);
    let bound = followees.min(LONGEST_SCAN);
    let statements = match query.order {
        Order::Popular => &*BY_POPULARITY,
        Order::Recent => &*BY_AGE,
    };
    // A scan that can't fill the page would be in vain.
    let (scans, many) = (followees > FEW_FOLLOWEES && reach <= bound, followees > LONGEST_SCAN);
    let text = match query.scope {
        Scope::All => &statements.all,
        Scope::By(_) => &statements.one_author,
        Scope::Following if scans && many => &statements.scan_then_more,
        Scope::Following if scans => &statements.scan_then_heads,
        Scope::Following if many => &statements.more,
        Scope::Following => &statements.heads,
    };
    let author = if let Scope::By(author) = query.scope { author } else { query.viewer };
    sql(text)
        .bind("viewer", query.viewer)
        .bind("author", author)
        .bind("embedded", query.embedded_likers)
        .bind("likes", i32::try_from(likes).unwrap_or(i32::MAX))
        .bind("id", id)
        .bind("wanted", wanted)
        .bind("skipped", skipped)
        .bind("reach", reach)
        .bind("bound", bound)
}
