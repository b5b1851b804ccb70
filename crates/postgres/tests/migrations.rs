//! The schema comes and goes, with data in every table.
#![expect(clippy::unwrap_used, reason = "where an arrangement fails, the test has to fail")]

use tweetty_cluster::{Cluster, Database};
use tweetty_contract::arrange::{draft, new_user, noon};
use tweetty_domain::{Change, Tweets as _, Users as _};
use tweetty_postgres::{Options, Store};
use tweetty_tables::TABLES;

const UP: &str = include_str!("../../../migrations/postgres/0001_microblog/up.sql");
const DOWN: &str = include_str!("../../../migrations/postgres/0001_microblog/down.sql");
const UP_TO_THE_LOG: &str = include_str!("../../../migrations/postgres/0002_audit_log/up.sql");
const DOWN_FROM_THE_LOG: &str = include_str!("../../../migrations/postgres/0002_audit_log/down.sql");
const UP_TO_THE_ID: &str = include_str!("../../../migrations/postgres/0003_store_id/up.sql");
const DOWN_FROM_THE_ID: &str = include_str!("../../../migrations/postgres/0003_store_id/down.sql");
const ALL: [&str; 3] = ["0001_microblog", "0002_audit_log", "0003_store_id"];

/// A row in each table, by which the constraints are held true.
const DATA: &str = "
    INSERT INTO users (nickname, nickname_folded, searchable, created_at)
    VALUES ('Ann', 'ann', 'ann', now()), ('Bob', 'bob', 'bob', now());
    INSERT INTO api_keys VALUES (decode(repeat('00', 32), 'hex'), 1, now());
    INSERT INTO tweets (author_id, content, like_count, created_at) VALUES (1, 'hi', 1, now());
    INSERT INTO likes VALUES (1, 2);
    INSERT INTO follows VALUES (2, 1);
    INSERT INTO images (owner_id, name, width, height, bytes, tweet_id, position, uploaded_at)
    VALUES (1, 'a.png', 1, 1, 1, 1, 0, now());
    INSERT INTO idempotency_keys VALUES (1, 'k', decode(repeat('00', 32), 'hex'), 1, now());";
const A_RECORD: &str =
    "INSERT INTO audit_log (at, os_user, action, outcome) VALUES (now(), 'root', 'migrate', 'done')";

const SCHEMA: &str = "
    SELECT string_agg(told, E'\\n' ORDER BY told)
    FROM (
        SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS told
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        UNION ALL
        SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    ) AS schema
    WHERE told NOT LIKE '%diesel%'";

async fn connect(database: &Database<'_>) -> Store {
    Store::connect(&database.url(), &Options::default()).await.unwrap()
}

#[tokio::test]
async fn the_schema_goes_back_and_forth_with_data_in_every_table() {
    let database = Cluster::shared().database();
    // On a runtime of one thread, as a command may have it.
    assert_eq!(connect(&database).await.migrate().await.unwrap(), ALL);
    let before = database.execute(SCHEMA);
    assert!(before.contains("gin_trgm_ops") && before.contains("likes_of_user"));
    database.execute(DATA);
    database.execute(A_RECORD);
    for table in TABLES {
        assert_ne!(database.execute(&format!("SELECT count(*) FROM {}", table.name)), "0", "{}", table.name);
    }
    database.execute(DOWN_FROM_THE_ID);
    assert_eq!(database.execute("SELECT count(*) FROM audit_log"), "1", "the id alone goes");
    database.execute(DOWN_FROM_THE_LOG);
    assert_eq!(database.execute("SELECT count(*) FROM users"), "2", "the log alone goes");
    database.execute(UP_TO_THE_LOG);
    database.execute(UP_TO_THE_ID);
    assert_eq!(database.execute(SCHEMA), before, "and comes to a store full of data");
    database.execute(DOWN_FROM_THE_ID);
    database.execute(DOWN_FROM_THE_LOG);
    database.execute(DOWN);
    assert_eq!(database.execute(SCHEMA), "", "nothing is left");
    database.execute(UP);
    database.execute(UP_TO_THE_LOG);
    database.execute(UP_TO_THE_ID);
    assert_eq!(database.execute(SCHEMA), before);
    database.execute(DATA);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_does_nothing() {
    let database = Cluster::shared().database();
    let store = connect(&database).await;
    assert_eq!(store.migrate().await.unwrap(), ALL);
    assert_eq!(store.migrate().await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_migrate_at_once_one_applies() {
    let database = Cluster::shared().database();
    let mut applied = Vec::new();
    let mut instances = Vec::new();
    for _ in 0..8 {
        let store = connect(&database).await;
        instances.push(tokio::spawn(async move { store.migrate().await.unwrap() }));
    }
    for instance in instances {
        applied.extend(instance.await.unwrap());
    }
    assert_eq!(applied, ALL);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_newer_is_refused_untouched() {
    let database = Cluster::shared().database();
    database.execute(
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY, run_on TIMESTAMP DEFAULT now());
         INSERT INTO __diesel_schema_migrations (version) VALUES ('0999')",
    );
    let refusal = connect(&database).await.migrate().await.unwrap_err().to_string();
    assert!(refusal.contains("newer than this version") && refusal.contains("0999"), "{refusal}");
    assert_eq!(database.execute(SCHEMA), "");
    assert_eq!(database.execute("SELECT count(*) FROM __diesel_schema_migrations"), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn trigrams_are_found_in_another_schema() {
    let database = Cluster::shared().database();
    database.execute("CREATE SCHEMA extensions; CREATE EXTENSION pg_trgm SCHEMA extensions");
    connect(&database).await.migrate().await.unwrap();
    assert!(database.execute(SCHEMA).contains("extensions.gin_trgm_ops"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_of_a_database_without_other_rights_can_migrate() {
    let cluster = Cluster::shared();
    let database = cluster.database();
    cluster.execute("postgres", "DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN");
    database.execute(&format!("ALTER DATABASE \"{}\" OWNER TO plain", database.name()));
    let url = database.url().replace("postgres://postgres@", "postgres://plain@");
    let store = Store::connect(&url, &Options::default()).await.unwrap();
    assert_eq!(store.migrate().await.unwrap(), ALL);
    // Roles outlive databases, and this one owns something here.
    database.execute("REASSIGN OWNED BY plain TO postgres; DROP OWNED BY plain; DROP ROLE plain");
}

const OPERATIONS: &str = include_str!("../../../docs/operations.md");

/// What a role needs that serves a store which another role migrates: the page for operators says it.
fn grants_of(role: &str) -> String {
    let (_, behind) = OPERATIONS.split_once("```sql\nGRANT ").unwrap();
    format!("GRANT {}", behind.split_once("```").unwrap().0).replace("tweetty_serve", role)
}

#[tokio::test]
async fn a_role_that_may_only_read_and_write_rows_serves_a_store_that_another_migrated() {
    let cluster = Cluster::shared();
    let database = cluster.database();
    cluster.execute("postgres", "DROP ROLE IF EXISTS writer; CREATE ROLE writer LOGIN");
    connect(&database).await.migrate().await.unwrap();
    database.execute(&grants_of("writer"));
    let url = database.url().replace("postgres://postgres@", "postgres://writer@");
    let store = Store::connect(&url, &Options::default()).await.unwrap();
    assert_eq!(store.migrate().await.unwrap(), [] as [String; 0]);
    let [ann, bob] = ["ann", "bob"].map(new_user);
    let people = store.add(vec![ann, bob], None).await.unwrap();
    let tweet = store.publish(draft(people[0], "hi")).await.unwrap().outcome();
    assert_eq!(store.like(tweet, people[1]).await.unwrap(), Some(Change::Made));
    store.follow(people[1], people[0], noon(), None).await.unwrap();
    store.delete(tweet, people[0]).await.unwrap();
    store.remove(people[0], None).await.unwrap();
    database.execute("DROP OWNED BY writer; DROP ROLE writer");
}
