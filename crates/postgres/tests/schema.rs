//! The list of tables is the schema, and whatever somebody adds to it is seen.
#![expect(clippy::unwrap_used, reason = "where an arrangement fails, the test has to fail")]

use tweetty_cluster::{Cluster, Database};
use tweetty_postgres::{Options, Store};
use tweetty_tables::{TABLES, WholeStore as _};

/// Of each table of ours its columns in their order, those of its key marked and first: a key may be younger than its table.
const COLUMNS: &str = "
    SELECT string_agg(line, E'\\n' ORDER BY line COLLATE \"C\")
    FROM (
        SELECT relname || ': ' || string_agg(attname || CASE WHEN attnum = ANY (conkey) THEN '!' ELSE '' END, ', '
                                             ORDER BY attnum <> ALL (conkey), attnum) AS line
        FROM pg_class
        JOIN pg_attribute ON attrelid = pg_class.oid
        JOIN pg_constraint ON conrelid = pg_class.oid AND contype = 'p'
        WHERE relnamespace = 'public'::regnamespace
          AND relname NOT LIKE '%diesel%'
          AND attnum > 0
        GROUP BY relname
    ) AS tables";

async fn migrated(database: &Database<'_>) -> Store {
    let store = Store::connect(&database.url(), &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    store
}

async fn differences(store: &Store) -> Vec<(String, bool)> {
    let found = store.schema_differences().await.unwrap();
    found.iter().map(|found| (found.to_string(), found.harmless)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_tables_is_the_schema() {
    let database = Cluster::shared().database();
    let store = migrated(&database).await;
    let mut listed = TABLES
        .iter()
        .map(|table| {
            let column =
                |(place, name): (usize, &str)| format!("{name}{}", if place < table.key { "!" } else { "" });
            let names = table.columns.iter().map(|column| column.name).enumerate().map(column);
            format!("{}: {}", table.name, names.collect::<Vec<_>>().join(", "))
        })
        .collect::<Vec<_>>();
    listed.sort_unstable();
    assert_eq!(database.execute(COLUMNS), listed.join("\n"));
    assert_eq!(differences(&store).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_change_or_pass_on_rows_is_named() {
    let database = Cluster::shared().database();
    let store = migrated(&database).await;
    let function = "CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'";
    for (by, undo, what) in [
        ("CREATE TABLE stolen (x text)", "DROP TABLE stolen", "unknown table stolen"),
        ("CREATE TABLE child () INHERITS (users)", "DROP TABLE child", "unknown table child"),
        ("CREATE VIEW everybody AS SELECT * FROM users", "DROP VIEW everybody", "unknown view everybody"),
        (function, "", "unknown function steal()"),
        (
            "CREATE TRIGGER steal AFTER INSERT ON api_keys EXECUTE FUNCTION steal()",
            "DROP FUNCTION steal CASCADE",
            "unknown trigger steal on api_keys",
        ),
        (
            "CREATE RULE hide AS ON INSERT TO tweets DO INSTEAD NOTHING",
            "DROP RULE hide ON tweets",
            "unknown rule hide on tweets",
        ),
        (
            "CREATE POLICY part ON likes USING (true)",
            "DROP POLICY part ON likes",
            "unknown policy part on likes",
        ),
        (
            "ALTER TABLE follows ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE follows DISABLE ROW LEVEL SECURITY",
            "unknown row security on follows",
        ),
        ("ALTER TABLE users ADD secret text", "ALTER TABLE users DROP secret", "unknown column users.secret"),
        (
            "ALTER TABLE users ALTER first_name SET NOT NULL",
            "ALTER TABLE users ALTER first_name DROP NOT NULL",
            "changed column users.first_name",
        ),
        (
            "ALTER TABLE users ALTER first_name SET DEFAULT 'x'",
            "ALTER TABLE users ALTER first_name DROP DEFAULT",
            "changed column users.first_name",
        ),
        (
            "ALTER TABLE tweets RENAME content TO text",
            "ALTER TABLE tweets RENAME text TO content",
            "missing column tweets.content",
        ),
    ] {
        database.execute(by);
        let found = differences(&store).await;
        assert!(found.contains(&(what.to_owned(), false)), "{by}: {found:?}");
        if !undo.is_empty() {
            database.execute(undo);
        }
    }
    assert_eq!(differences(&store).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_of_another_schema_that_a_table_calls_is_named() {
    let database = Cluster::shared().database();
    let store = migrated(&database).await;
    database.execute("CREATE SCHEMA hidden");
    database
        .execute("CREATE FUNCTION hidden.peek(text) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true'");
    assert_eq!(differences(&store).await, [], "what nothing of ours calls is nobody's business");
    database.execute("ALTER TABLE tweets ADD CHECK (hidden.peek(content))");
    assert_eq!(differences(&store).await, [("unknown function hidden.peek(text)".to_owned(), false)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_more_and_an_extension_are_harmless() {
    let database = Cluster::shared().database();
    let store = migrated(&database).await;
    database.execute("CREATE INDEX mine ON tweets (created_at)");
    database.execute("CREATE EXTENSION pg_stat_statements");
    let harmless = ["unknown extension pg_stat_statements", "unknown index mine on tweets"];
    assert_eq!(differences(&store).await, harmless.map(|what| (what.to_owned(), true)));
}
