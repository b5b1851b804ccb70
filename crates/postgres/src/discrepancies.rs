//! Counters that differ from their rows, and rows that should not be.

use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use tweetty_domain::Discrepancy;

use crate::connection::Connection;
use crate::failure::Failure;
use crate::statement::{Bind, sql};

/// How many rows one transaction of a repair locks at most.
pub(crate) const REPAIRED_AT_ONCE: usize = 10_000;

/// How a counter is compared with its rows and set anew.
pub(crate) struct Counter {
    /// What it belongs to, what is stored, what is counted.
    wrong: &'static str,
    /// The ids of what it belongs to, where it is wrong.
    wrong_ids: &'static str,
    /// Keeps those from changing until the transaction ends.
    lock: &'static str,
    /// Counts those anew; a statement of its own, so that it sees what happened before the lock.
    repair: &'static str,
}

/// All of one counter's statements: its table, its column, its name in a finding, the table of its rows and their key.
macro_rules! counter {
    ($table:literal, $column:literal, $message:literal, $rows:literal, $key:literal) => {
        Counter {
            wrong: concat!(
                "SELECT ",
                $message,
                ", CAST(",
                $column,
                " AS BIGINT), COALESCE(counted, 0)
                 FROM ",
                $table,
                "
                 LEFT JOIN (SELECT ",
                $key,
                " AS id, count(*) AS counted FROM ",
                $rows,
                " GROUP BY 1) AS counts USING (id)
                 WHERE ",
                $column,
                " <> COALESCE(counted, 0)
                 ORDER BY id
                 LIMIT :limit"
            ),
            wrong_ids: concat!(
                "SELECT id
                 FROM ",
                $table,
                "
                 LEFT JOIN (SELECT ",
                $key,
                " AS id, count(*) AS counted FROM ",
                $rows,
                " GROUP BY 1) AS counts USING (id)
                 WHERE ",
                $column,
                " <> COALESCE(counted, 0)
                 ORDER BY id
                 LIMIT :limit"
            ),
            lock: concat!(
                "SELECT count(*)
                 FROM (SELECT id FROM ",
                $table,
                " WHERE id = ANY (:ids) ORDER BY id FOR NO KEY UPDATE) AS locked"
            ),
            repair: concat!(
                "UPDATE ",
                $table,
                "
                 SET ",
                $column,
                " = counts.counted
                 FROM (
                     SELECT wrong.id, (SELECT count(*) FROM ",
                $rows,
                " WHERE ",
                $key,
                " = wrong.id) AS counted
                     FROM unnest(:ids) AS wrong (id)
                 ) AS counts
                 WHERE ",
                $table,
                ".id = counts.id
                   AND ",
                $column,
                " <> counts.counted"
            ),
        }
    };
}

pub(crate) static COUNTERS: [Counter; 3] = [
    counter!("tweets", "like_count", "'tweet ' || id || ': likes_count'", "likes", "tweet_id"),
    counter!("users", "followers_count", "'user ' || id || ': followers_count'", "follows", "followee_id"),
    counter!("users", "following_count", "'user ' || id || ': following_count'", "follows", "follower_id"),
];

/// What is wrong with rows, and a statement that counts them.
const WRONG_ROWS: [(&str, &str); 2] = [
    (
        "tweets whose images are not numbered from 0 without gaps",
        "SELECT count(*)
         FROM (
             SELECT FROM images
             WHERE tweet_id IS NOT NULL
             GROUP BY tweet_id
             HAVING min(position) <> 0 OR max(position) <> count(*) - 1
         ) AS gaps",
    ),
    (
        "images attached to another user's tweet",
        "SELECT count(*)
         FROM images
         JOIN tweets ON tweets.id = images.tweet_id
         WHERE images.owner_id <> tweets.author_id",
    ),
];

/// Users whose nickname is compared with the characters in it that nobody sees, and with every space: without them it is that
/// of another user, who came before there was that rule.
const LOOK_ALIKES: &str = "
    SELECT 'user ' || id
    FROM users
    WHERE nickname_folded LIKE '%  %'
       OR nickname_folded ~ '[\u{AD}\u{34F}\u{61C}\u{115F}\u{1160}\u{17B4}\u{17B5}\u{180B}-\u{180F}\u{200B}-\u{200F}\u{202A}-\u{202E}\u{2060}-\u{206F}\u{3164}\
    \u{FE00}-\u{FE0F}\u{FEFF}\u{FFA0}\u{FFF0}-\u{FFF8}\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]'
    ORDER BY id
    LIMIT :limit";

/// At most so many findings.
pub(crate) async fn find(connection: &mut Connection, limit: u32) -> Result<Vec<Discrepancy>, Failure> {
    let mut found = Vec::new();
    for (what, counting) in WRONG_ROWS {
        let count = sql::<BigInt>(counting).get_result::<i64>(connection).await?.unsigned_abs();
        if count > 0 {
            found.push(Discrepancy::Rows { what: what.to_owned(), count });
        }
    }
    let alike = sql::<Text>(LOOK_ALIKES).bind("limit", limit).load::<String>(connection).await?;
    found.extend(alike.iter().map(|user| look_alike(user)));
    for counter in &COUNTERS {
        let wrong = sql::<(Text, BigInt, BigInt)>(counter.wrong).bind("limit", limit);
        let wrong = wrong.load::<(String, i64, i64)>(connection).await?.into_iter();
        found.extend(wrong.map(|(what, stored, counted)| Discrepancy::Counter { what, stored, counted }));
    }
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

fn look_alike(user: &str) -> Discrepancy {
    Discrepancy::Rows { what: format!("{user}: the nickname looks like that of another user"), count: 1 }
}

/// Repairs some of what is wrong with a counter; answers how many were found and how many of them were still wrong
/// once they could not change any more.
pub(crate) async fn repair(
    connection: &mut Connection,
    counter: &'static Counter,
) -> Result<(usize, u64), Failure> {
    let wrong = sql::<BigInt>(counter.wrong_ids).bind("limit", REPAIRED_AT_ONCE as u64);
    let wrong = wrong.load::<i64>(connection).await?;
    if wrong.is_empty() {
        return Ok((0, 0));
    }
    sql::<BigInt>(counter.lock)
        .bind("ids", Bind::BigInts(wrong.clone()))
        .get_result::<i64>(connection)
        .await?;
    let count = wrong.len();
    let repaired = sql::<()>(counter.repair).bind("ids", Bind::BigInts(wrong)).execute(connection).await?;
    Ok((count, repaired as u64))
}
