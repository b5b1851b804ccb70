//! That no statement of this crate reads or sorts a whole table, but for those that are named here.

use std::collections::BTreeSet;
use std::path::Path;

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{BigInt, Text};
use diesel::{RunQueryDsl as _, SqliteConnection};
use tweetty_tables::TABLES;

use crate::migrations::tests::migrated;
use crate::statement::{Bind, sql};

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

/// What reads a whole table: one of a single row, or no further than the first row; or the index of what an operator's
/// command has still to do; or a check.
const READING: &[&str] =
    &["backup::USERS", "identity::STORE_ID", "images::COUNT_WITHOUT_VARIANTS", "upkeep::LOOK_ALIKES"];

/// What is sorted there is bounded: by the page or the names asked for, by a limit inside, or by what SQLite keeps of the
/// followees' best; or by what was written in a time, where that is little (`popular.rs`).
const SORTING: &[&str] = &[
    "ranking::FOLLOWING_POPULAR",
    "ranking::FOLLOWING_RECENT",
    "popular::WINDOW",
    "popular::FOLLOWING_WINDOW",
    "popular::FOLLOWING_INDEXES",
    "details::TWEETS",
    "details::ATTACHMENTS",
    "likers::LIKERS",
    "announcements::STANDING",
    "follows::EMBEDDED_FOLLOWERS",
    "follows::EMBEDDED_FOLLOWING",
    "upkeep::KNOWN_IMAGES",
];

/// A constant of this crate that is a statement, by its file and name.
struct Written {
    name: String,
    text: String,
}

/// Every statement that is a constant, read from the source: a new one is looked at without being named here.
fn statements() -> Vec<Written> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let stem = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let source = std::fs::read_to_string(&file).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap();
        let constants = source.split("const ").skip(1).filter_map(|rest| rest.split_once(": &str = \""));
        for (name, rest) in constants.filter(|(name, _)| !stem.ends_with("_test") && !name.contains(' ')) {
            let text = rest.split("\";").next().unwrap().replace("\\\"", "\"");
            let verb = text.trim_start().split([' ', '\n']).next().unwrap();
            if ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&verb) {
                found.push(Written { name: format!("{stem}::{name}"), text });
            }
        }
    }
    found
}

/// How many parameters a statement has.
fn parameters(statement: &str) -> usize {
    (1..=99).take_while(|number| statement.contains(&format!("?{number}"))).count()
}

fn plan(connection: &mut SqliteConnection, statement: &str) -> Vec<String> {
    let binds = (0..parameters(statement)).map(|_| Bind::Integer(1)).collect();
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

#[test]
fn no_statement_reads_or_sorts_a_whole_table_unless_it_is_named() {
    let (_folder, mut connection) = migrated();
    connection.batch_execute(COMPANY).unwrap();
    let statements = statements();
    assert!(statements.len() > 40, "{} are too few to be all", statements.len());
    let (mut reading, mut sorting) = (BTreeSet::new(), BTreeSet::new());
    for known_to_planner in [false, true] {
        if known_to_planner {
            connection.batch_execute("ANALYZE").unwrap();
        }
        for Written { name, text } in &statements {
            let plan = plan(&mut connection, text);
            let reads_all = |step: &String| {
                step.contains("ANY(")
                    || TABLES.iter().any(|table| step.split(' ').take(2).eq(["SCAN", table.name]))
            };
            if plan.iter().any(reads_all) {
                reading.insert(name.as_str());
            }
            if plan.iter().any(|step| step.starts_with("USE TEMP B-TREE")) {
                sorting.insert(name.as_str());
            }
        }
    }
    assert_eq!(reading, READING.iter().copied().collect(), "what reads whole tables");
    assert_eq!(sorting, SORTING.iter().copied().collect(), "what sorts");
}

#[test]
fn a_statement_that_reads_a_whole_table_would_be_noticed() {
    let (_folder, mut connection) = migrated();
    let plan = plan(&mut connection, "SELECT id FROM tweets ORDER BY content LIMIT ?1");
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
