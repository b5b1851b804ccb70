//! That no query of a request reads or sorts a whole table.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{BigInt, Text};
use diesel::{RunQueryDsl as _, SqliteConnection};
use tweetty_tables::TABLES;

use crate::migrations::tests::migrated;
use crate::statement::{Bind, sql};
use crate::{details, follows, people, ranking, search};

/// A company of so many users with five tweets each; everybody follows 50 and likes 20 tweets.
pub(crate) const COMPANY: &str = "
    CREATE TEMP TABLE numbers AS
    WITH RECURSIVE counting (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < 2000)
    SELECT n FROM counting;

    INSERT INTO users (id, nickname, nickname_folded, searchable, followers_count, following_count, created_at)
    SELECT n, 'user' || n, 'user' || n, 'user' || n, 50, 50, n FROM numbers;

    INSERT INTO tweets (id, author_id, content, like_count, created_at)
    SELECT n.n + 2000 * (m.n - 1), n.n, 'tweet', 0, 0 FROM numbers AS n, numbers AS m WHERE m.n <= 5;

    INSERT INTO follows (follower_id, followee_id)
    SELECT n.n, (n.n + 37 * m.n) % 2000 + 1 FROM numbers AS n, numbers AS m WHERE m.n <= 50;

    INSERT INTO likes (tweet_id, user_id)
    SELECT (n.n + 97 * m.n * m.n) % 10000 + 1, n.n FROM numbers AS n, numbers AS m WHERE m.n <= 20;

    UPDATE tweets SET like_count = (SELECT count(*) FROM likes WHERE tweet_id = tweets.id);
";

/// Statements of requests with as many parameters as they have.
const STATEMENTS: &[(&str, usize)] = &[
    (ranking::ALL_POPULAR, 4),
    (ranking::ALL_RECENT, 3),
    (ranking::AUTHOR_POPULAR, 5),
    (ranking::AUTHOR_RECENT, 4),
    (ranking::FOLLOWING_POPULAR, 5),
    (ranking::FOLLOWING_RECENT, 4),
    (ranking::WALK_POPULAR, 6),
    (ranking::WALK_RECENT, 5),
    (details::TWEETS, 3),
    (details::ATTACHMENTS, 1),
    (people::NAMES, 1),
    (follows::FOLLOWERS, 3),
    (follows::FOLLOWING, 3),
    (follows::EMBEDDED_FOLLOWERS, 3),
    (follows::EMBEDDED_FOLLOWING, 3),
    (search::EVERYBODY, 3),
    (search::LONG_PART, 5),
];

fn plan(connection: &mut SqliteConnection, statement: &str, parameters: usize) -> Vec<String> {
    let binds = (0..parameters).map(|_| Bind::Integer(1)).collect();
    let steps = sql::<(BigInt, BigInt, BigInt, Text)>(format!("EXPLAIN QUERY PLAN {statement}"))
        .bind_all(binds)
        .load::<(i64, i64, i64, String)>(connection)
        .unwrap();
    steps.into_iter().map(|(_, _, _, step)| step).collect()
}

/// Without an index the removal of a parent would read all rows that might be its children.
const FOREIGN_KEYS: &str = "
    SELECT tables.name || '.' || keys.\"from\"
    FROM sqlite_schema AS tables
    CROSS JOIN pragma_foreign_key_list(tables.name) AS keys
    WHERE tables.type = 'table'";

/// The first columns of whole indexes.
const LED_BY: &str = "
    SELECT tables.name || '.' || columns.name
    FROM sqlite_schema AS tables
    CROSS JOIN pragma_index_list(tables.name) AS indexes
    CROSS JOIN pragma_index_info(indexes.name) AS columns
    WHERE tables.type = 'table'
      AND columns.seqno = 0
      AND NOT indexes.partial";

/// What is sorted there is bounded: by the page, by a limit inside, or by what SQLite keeps of the followees' best.
const SORTING: &[&str] = &[
    ranking::FOLLOWING_POPULAR,
    ranking::FOLLOWING_RECENT,
    details::TWEETS,
    details::ATTACHMENTS,
    follows::EMBEDDED_FOLLOWERS,
    follows::EMBEDDED_FOLLOWING,
];

#[test]
fn no_request_reads_or_sorts_a_whole_table() {
    let (_folder, mut connection) = migrated();
    connection.batch_execute(COMPANY).unwrap();
    for known_to_planner in [false, true] {
        if known_to_planner {
            connection.batch_execute("ANALYZE").unwrap();
        }
        for (statement, parameters) in STATEMENTS {
            let plan = plan(&mut connection, statement, *parameters);
            for step in &plan {
                let reads_all = TABLES.iter().any(|table| step.split(' ').take(2).eq(["SCAN", table.name]));
                assert!(!reads_all && !step.contains("ANY("), "{statement}\n{plan:#?}");
                let sorts = step.starts_with("USE TEMP B-TREE");
                assert!(!sorts || SORTING.contains(statement), "{statement}\n{plan:#?}");
            }
        }
    }
}

#[test]
fn a_statement_that_reads_a_whole_table_would_be_noticed() {
    let (_folder, mut connection) = migrated();
    let plan = plan(&mut connection, "SELECT id FROM tweets ORDER BY content LIMIT ?1", 1);
    assert_eq!(plan, ["SCAN tweets", "USE TEMP B-TREE FOR ORDER BY"]);
}

#[test]
fn every_foreign_key_has_an_index_to_follow() {
    let (_folder, mut connection) = migrated();
    let mut columns = |statement| {
        sql::<Text>(statement).load(&mut connection).unwrap().into_iter().collect::<BTreeSet<String>>()
    };
    let (keys, led) = (columns(FOREIGN_KEYS), columns(LED_BY));
    assert!(keys.len() > 8, "{keys:?}");
    assert_eq!(keys.difference(&led).collect::<Vec<_>>(), Vec::<&String>::new());
}
