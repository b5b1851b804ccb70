//! Which tweets make a page; likes are never counted here. Popular tweets of a time: `popular.rs`.
//!
//! There are three ways to the tweets of a viewer's followees, and a page takes the first that fills it:
//! - *probe*: down the tweets of everybody, each author looked up among the followees by index. Nothing is prepared, but
//!   an entry takes 2.5 µs: for those who follow so many that the page is full at once.
//! - *scan*: the same with the followees in a hash: 0.18 µs for each of them, then 0.13 µs an entry.
//! - *heads*: the first tweet of each followee, found by index, says which authors can reach the page at all:
//!   some 10 µs a followee, whatever the others write. For those who follow few, and where the scan finds too little.
//!
//! What a probe or a scan finds is exact once it fills the page. (Figures: 3 million tweets; docs/adr/0002.)

use std::sync::LazyLock;

use tweetty_domain::{FeedQuery, Order, Scope, Start};

use crate::details::{Columns, DETAILS};
use crate::measures::Strategy;
use crate::statement::{Statement, sql};

/// Up to so many followees heads are the shortest way.
const FEW_FOLLOWEES: u64 = 32;
/// From so many followees on their hash takes longer than a short probe.
const MANY_FOLLOWEES: u64 = 1000;
/// A probe goes as far as takes the time of the hash, and not further than this.
const FOLLOWEES_A_PROBE: u64 = 14;
const LONGEST_PROBE: u64 = 500;
/// A scan goes about as far as takes the time of heads, and further for a page that lies deep.
const SCANNED_A_FOLLOWEE: u64 = 30;
const SCANNED_A_TWEET: u64 = 40;

/// What one order of tweets looks like in SQL.
pub(crate) struct Ranked {
    /// How `ORDER BY` says it.
    pub(crate) key: &'static str,
    /// The tweets behind the start.
    pub(crate) behind: &'static str,
    /// The tweets that are not behind the last head that can matter.
    pub(crate) within_reach: &'static str,
}

pub(crate) const POPULAR: Ranked = Ranked {
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
    scan_or_heads: String,
    probe_or_scan_or_heads: String,
    all: String,
    one_author: String,
}

static BY_POPULARITY: LazyLock<Statements> = LazyLock::new(|| Statements::of(&POPULAR));
static BY_AGE: LazyLock<Statements> = LazyLock::new(|| Statements::of(&RECENT));

/// What holds where an earlier way filled the page. A branch whose condition is false is never executed, nor is what
/// only it refers to.
const PROBED: &str = "(SELECT count(*) FROM probed) >= :reach";
const SCANNED: &str = "(SELECT count(*) FROM scanned) >= :reach";

impl Statements {
    fn of(ranked: &Ranked) -> Self {
        let Ranked { key, .. } = ranked;
        let (probe, heads) = (probe(ranked), heads(ranked));
        let from_heads = from_heads(ranked);
        let unless = |filled: &str| {
            format!(
                "(SELECT id, like_count FROM ({from_heads}) AS otherwise WHERE NOT ({filled}) ORDER BY {key} LIMIT :reach)"
            )
        };
        let scan_or_heads = format!(
            "{}, {heads}, ranked AS (
        (SELECT id, like_count FROM scanned WHERE {SCANNED})
        UNION ALL
        {}
    )",
            scan(ranked, "TRUE"),
            unless(SCANNED)
        );
        let probe_or_scan_or_heads = format!(
            "{probe}, {}, {heads}, ranked AS (
        (SELECT id, like_count FROM probed WHERE {PROBED})
        UNION ALL
        (SELECT id, like_count FROM scanned WHERE {SCANNED})
        UNION ALL
        {}
    )",
            scan(ranked, &format!("NOT ({PROBED})")),
            unless(&format!("{PROBED} OR {SCANNED}"))
        );
        let page = |ctes: &str| named(ranked, ctes);
        Self {
            heads: page(&format!("{heads}, ranked AS ({from_heads})")),
            scan_or_heads: page(&scan_or_heads),
            probe_or_scan_or_heads: page(&probe_or_scan_or_heads),
            all: page(&format!("ranked AS ({})", walk(ranked, ""))),
            one_author: page(&format!("ranked AS ({})", walk(ranked, "author_id = :author AND"))),
        }
    }
}

/// The page of what those expressions call `ranked`, and its details.
pub(crate) fn named(Ranked { key, .. }: &Ranked, ctes: &str) -> String {
    format!(
        "WITH {ctes}, page AS MATERIALIZED (
        SELECT id, like_count FROM ranked ORDER BY {key} LIMIT :wanted OFFSET :skipped
    ){DETAILS}
    ORDER BY {key}"
    )
}

/// The tweets that fulfil a condition, as far as the page reaches.
pub(crate) fn walk(Ranked { key, behind, .. }: &Ranked, condition: &str) -> String {
    format!("SELECT id, like_count FROM tweets WHERE {condition} {behind} ORDER BY {key} LIMIT :reach")
}

/// At most `:probed` entries of everybody's tweets, each looked up among the followees until the page is full.
fn probe(Ranked { key, behind, .. }: &Ranked) -> String {
    format!(
        "probed AS MATERIALIZED (
        SELECT id, like_count
        FROM (
            SELECT id, like_count, author_id FROM tweets WHERE {behind} ORDER BY {key} LIMIT :probed
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

/// At most `:scanned` entries of everybody's tweets, until the page is full. `OR` keeps the followees a hash.
fn scan(Ranked { key, behind, .. }: &Ranked, condition: &str) -> String {
    format!(
        "scanned AS MATERIALIZED (
        SELECT id, like_count
        FROM (
            SELECT id, like_count, author_id FROM tweets WHERE {behind} ORDER BY {key} LIMIT :scanned
        ) AS entry
        WHERE {condition}
          AND (
            author_id = :viewer
            OR author_id IN (SELECT followee_id FROM follows WHERE follower_id = :viewer)
          )
        ORDER BY {key}
        LIMIT :reach
    )"
    )
}

/// The first tweets of all authors, best first; those authors' tweets as far as they can reach the page.
pub(crate) fn heads(Ranked { key, behind, within_reach }: &Ranked) -> String {
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

/// What [`heads`] found, as far as the page reaches.
pub(crate) fn from_heads(Ranked { key, .. }: &Ranked) -> String {
    format!("SELECT id, like_count FROM from_heads ORDER BY {key} LIMIT :reach")
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
    let probed = (followees / FOLLOWEES_A_PROBE).min(LONGEST_PROBE);
    let scanned =
        SCANNED_A_FOLLOWEE.saturating_mul(followees).saturating_add(SCANNED_A_TWEET.saturating_mul(reach));
    let statements = match query.order {
        Order::Popular { .. } => &*BY_POPULARITY,
        Order::Recent => &*BY_AGE,
    };
    let (text, strategy) = match query.scope {
        Scope::All => (&statements.all, Strategy::All),
        Scope::By(_) => (&statements.one_author, Strategy::Author),
        Scope::Following if followees <= FEW_FOLLOWEES => (&statements.heads, Strategy::Heads),
        // A probe that can't fill the page would be in vain.
        Scope::Following if followees > MANY_FOLLOWEES && reach <= probed => {
            (&statements.probe_or_scan_or_heads, Strategy::Probe)
        }
        Scope::Following => (&statements.scan_or_heads, Strategy::Scan),
    };
    strategy.taken();
    let author = if let Scope::By(author) = query.scope { author } else { query.viewer };
    sql(text)
        .bind("viewer", query.viewer)
        .bind("author", author)
        .bind("likes", i32::try_from(likes).unwrap_or(i32::MAX))
        .bind("id", id)
        .bind("wanted", wanted)
        .bind("skipped", skipped)
        .bind("reach", reach)
        .bind("probed", probed)
        .bind("scanned", scanned)
}
