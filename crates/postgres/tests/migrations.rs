//! The schema comes and goes, with data in every table.
#![expect(clippy::unwrap_used, reason = "where an arrangement fails, the test has to fail")]

use std::fs;
use std::path::Path;

use tweetty_cluster::{Cluster, Database};
use tweetty_contract::arrange::{draft, new_user, noon};
use tweetty_domain::{
    Change, Changes, Discrepancy, NamePart, Nickname, PeopleStart, PersonName, Tweets as _, Upkeep as _,
    UserId, Users, Whom,
};
use tweetty_postgres::{Options, Store};
use tweetty_tables::{TABLES, WholeStore as _};

/// A migration: its name, and the SQL there and back.
struct Migration {
    name: String,
    up: String,
    down: String,
}

/// All of them in their order.
fn migrations() -> Vec<Migration> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/postgres"));
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names = names.collect::<Vec<_>>();
    names.sort_unstable();
    let read = |name: &str, file| fs::read_to_string(folder.join(name).join(file)).unwrap();
    let migration =
        |name: String| Migration { up: read(&name, "up.sql"), down: read(&name, "down.sql"), name };
    names.into_iter().map(migration).collect()
}

fn names() -> Vec<String> {
    migrations().into_iter().map(|migration| migration.name).collect()
}

const SCHEMA: &str = "
    SELECT string_agg(line, E'\\n' ORDER BY line)
    FROM (
        SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS line
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        UNION ALL
        SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    ) AS schema
    WHERE line NOT LIKE '%diesel%'";

async fn connect(database: &Database<'_>) -> Store {
    Store::connect(&database.url(), &Options::default()).await.unwrap()
}

#[tokio::test]
async fn the_schema_goes_back_and_forth_with_data_in_every_table() {
    let database = Cluster::shared().database();
    let migrations = migrations();
    // On a runtime of one thread, as a command may have it.
    let store = connect(&database).await;
    assert_eq!(store.migrate().await.unwrap(), names());
    let before = database.execute(SCHEMA);
    assert!(before.contains("users_searchable") && before.contains("likes_of_user"));
    for back in (0..migrations.len()).rev() {
        store.load(tweetty_contract::furnished().await).await.unwrap();
        for table in TABLES {
            assert_ne!(
                database.execute(&format!("SELECT count(*) FROM {}", table.name)),
                "0",
                "{}",
                table.name
            );
        }
        let users = database.execute("SELECT count(*) FROM users");
        for migration in migrations[back..].iter().rev() {
            database.execute(&migration.down);
        }
        if back > 0 {
            assert_eq!(database.execute("SELECT count(*) FROM users"), users, "what came first stays");
        } else {
            assert_eq!(database.execute(SCHEMA), "", "nothing is left");
        }
        for migration in &migrations[back..] {
            database.execute(&migration.up);
        }
        assert_eq!(database.execute(SCHEMA), before);
        database.execute("TRUNCATE users CASCADE");
    }
}

/// Nicknames, and how they were compared before what nobody sees was left out.
const LOOK_ALIKE: [(&str, &str); 5] = [
    ("Ann", "ann"),
    ("A\u{200D}nn", "a\u{200D}nn"),
    ("Bob  Lee", "bob  lee"),
    ("葛\u{E0100}城", "葛\u{E0100}城"),
    ("Zed", "zed"),
];

#[tokio::test(flavor = "multi_thread")]
async fn nicknames_are_compared_anew_and_those_that_look_alike_are_kept_and_named() {
    let database = Cluster::shared().database();
    let store = connect(&database).await;
    store.migrate().await.unwrap();
    for (nickname, folded) in LOOK_ALIKE {
        database.execute(&format!(
            "INSERT INTO users (nickname, nickname_folded, searchable, created_at)
             VALUES ('{nickname}', '{folded}', '', now())"
        ));
    }
    let anew =
        migrations().into_iter().find(|migration| migration.name == "0007_quotas_and_nicknames").unwrap();
    database.execute(&anew.down);
    database.execute(&anew.up);
    let folded = database.execute("SELECT string_agg(nickname_folded, '|' ORDER BY id) FROM users");
    assert_eq!(folded, "ann|a\u{200D}nn|bob lee|葛城|zed");
    let found = store.discrepancies(10).await.unwrap();
    let what = "user 2: the nickname looks like that of another user".to_owned();
    assert!(found.contains(&Discrepancy::Rows { what, count: 1 }), "{found:?}");
    for (number, (nickname, _)) in (1..).zip(LOOK_ALIKE) {
        let user = store.find_by_nickname(&Nickname::stored(nickname)).await.unwrap().unwrap();
        assert_eq!(user.id.get(), number, "{nickname:?} finds its own user");
    }
    let changes = Changes { first_name: Some(PersonName::parse("Ann").ok()), ..Changes::default() };
    let changed = Users::update(&store, UserId::stored(2), changes, None).await.unwrap();
    assert!(changed, "the nickname stays as it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_searches_look_through_is_folded_anew() {
    let database = Cluster::shared().database();
    let store = connect(&database).await;
    store.migrate().await.unwrap();
    let search = migrations().into_iter().find(|migration| migration.name == "0008_search").unwrap();
    database.execute(&search.down);
    database.execute("DELETE FROM __diesel_schema_migrations WHERE version = '0008'");
    database.execute(
        "INSERT INTO users (nickname, nickname_folded, first_name, last_name, login, department, searchable, created_at)
         SELECT 'user' || n, 'user' || n, 'Пётр', 'O''Neil', 'p' || n || '@corp.test', 'Überall',
                'user' || n || E'\nпётр o''neil', now()
         FROM generate_series(1, 2500) AS n",
    );
    assert_eq!(store.migrate().await.unwrap(), ["0008_search"]);
    let text = database.execute("SELECT searchable FROM users WHERE id = 2500");
    assert_eq!(text.trim_end(), "user2500 петр oneil p2500@corp.test uberall");
    for (text, expected) in
        [("o’neil Пётр p2499@ uberall", vec![2499]), ("@q", vec![]), ("2499@", vec![2499])]
    {
        let part = NamePart::parse(text).unwrap();
        let found = store.search(Some(part), Whom::Active, PeopleStart::After(None), 10).await.unwrap();
        assert_eq!(found.people.iter().map(|user| user.id.get()).collect::<Vec<_>>(), expected, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_does_nothing() {
    let database = Cluster::shared().database();
    let store = connect(&database).await;
    assert_eq!(store.migrate().await.unwrap(), names());
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
    assert_eq!(applied, names());
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
    let store = connect(&database).await;
    store.migrate().await.unwrap();
    // An earlier version may come back.
    let search = migrations().into_iter().find(|migration| migration.name == "0008_search").unwrap();
    database.execute(&search.down);
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
    assert_eq!(store.migrate().await.unwrap(), names());
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
    Users::remove(&store, people[0], None).await.unwrap();
    database.execute("DROP OWNED BY writer; DROP ROLE writer");
}
