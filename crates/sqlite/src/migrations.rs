//! Bringing the schema up to this version.

use std::collections::HashSet;

use diesel::migration::{Migration, MigrationSource as _, MigrationVersion};
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::Sqlite;
use diesel::{RunQueryDsl as _, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use tweetty_domain::Error;

use crate::failure::Failure;
use crate::search_texts;
use crate::statement::sql;

/// Not by diesel, which would make the table where it is missing.
const RECORDED: &str = "SELECT count(*) FROM sqlite_schema WHERE name = '__diesel_schema_migrations'";
const APPLIED: &str = "SELECT version FROM __diesel_schema_migrations";

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// Applies what is pending in one transaction that keeps other processes out from before the look at what is there.
pub(crate) fn apply(connection: &mut SqliteConnection) -> Result<Vec<String>, Failure> {
    connection.immediate_transaction(|connection| {
        let known = known()?;
        let versions = known.iter().map(|migration| migration.name().version()).collect::<HashSet<_>>();
        let applied = connection.applied_migrations().map_err(Error::internal)?;
        if let Some(unknown) = applied.iter().find(|version| !versions.contains(*version)) {
            return Err(newer(&unknown.to_string()));
        }
        let pending = connection.pending_migrations(MIGRATIONS).map_err(Error::internal)?;
        for migration in &pending {
            connection.run_migration(migration).map_err(Error::internal)?;
            if migration.name().version() == search_texts::BEHIND.into() {
                search_texts::fold_anew(connection)?;
            }
        }
        Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
    })
}

/// The versions of the migrations that were applied; none where there is no store yet.
pub(crate) fn applied(connection: &mut SqliteConnection) -> Result<Vec<MigrationVersion<'static>>, Failure> {
    let recorded = sql::<BigInt>(RECORDED).get_result::<i64>(connection)? > 0;
    if !recorded {
        return Ok(Vec::new());
    }
    let versions = sql::<Text>(APPLIED).load::<String>(connection)?;
    Ok(versions.into_iter().map(MigrationVersion::from).collect())
}

/// Applies those of our migrations that are among the versions.
pub(crate) fn apply_those(
    connection: &mut SqliteConnection,
    versions: &HashSet<MigrationVersion<'_>>,
) -> Result<(), Failure> {
    for migration in connection.pending_migrations(MIGRATIONS).map_err(Error::internal)? {
        if versions.contains(&migration.name().version()) {
            connection.run_migration(&migration).map_err(Error::internal)?;
        }
    }
    Ok(())
}

fn known() -> Result<Vec<Box<dyn Migration<Sqlite>>>, Failure> {
    Ok(MIGRATIONS.migrations().map_err(Error::internal)?)
}

fn newer(migration: &str) -> Failure {
    let message = format!(
        "the store is newer than this version of tweetty, which does not know migration {migration}; use the version that wrote it, or a later one"
    );
    Failure::Refused(Error::internal(message))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::path::Path;
    use std::time::Duration;

    use diesel::connection::SimpleConnection as _;
    use tempfile::TempDir;
    use tweetty_tables::{TABLES, WholeStore as _};

    use tweetty_domain::{
        Changes, Discrepancy, NamePart, Nickname, PeopleStart, PersonName, Upkeep as _, UserId, Users as _,
        Whom,
    };

    use super::*;
    use crate::connection::Database;
    use crate::{Options, Store};

    /// Nicknames, and how they were compared before what nobody sees was left out.
    const LOOK_ALIKE: [(&str, &str); 5] = [
        ("Ann", "ann"),
        ("A\u{200D}nn", "a\u{200D}nn"),
        ("Bob  Lee", "bob  lee"),
        ("葛\u{E0100}城", "葛\u{E0100}城"),
        ("Zed", "zed"),
    ];

    /// Whatever the order is in which things came.
    const SCHEMA: &str = "
        SELECT group_concat(sql, ';')
        FROM (
            SELECT sql
            FROM sqlite_schema
            WHERE name NOT LIKE '%diesel%'
              AND name NOT LIKE 'sqlite%'
            ORDER BY name
        )";

    /// A connection to an empty database with the schema.
    pub(crate) fn migrated() -> (TempDir, SqliteConnection) {
        let folder = tempfile::tempdir().unwrap();
        let connection = migrated_at(&folder.path().join("t.db"));
        (folder, connection)
    }

    /// A connection to a new database there, with the schema.
    pub(crate) fn migrated_at(path: &Path) -> SqliteConnection {
        let mut connection = open(path);
        apply(&mut connection).unwrap();
        connection
    }

    fn open(path: &Path) -> SqliteConnection {
        Database::create(path, Duration::from_secs(5)).unwrap().writing().unwrap()
    }

    fn schema(connection: &mut SqliteConnection) -> Option<String> {
        sql::<diesel::sql_types::Nullable<Text>>(SCHEMA).get_result(connection).unwrap()
    }

    fn count(connection: &mut SqliteConnection, table: &str) -> i64 {
        sql::<BigInt>(format!("SELECT count(*) FROM {table}")).get_result(connection).unwrap()
    }

    /// Takes the newest migrations back.
    pub(crate) fn revert(connection: &mut SqliteConnection, count: usize) {
        for _ in 0..count {
            connection.revert_last_migration(MIGRATIONS).unwrap();
        }
    }

    /// Takes that migration back, and those behind it.
    fn revert_to(connection: &mut SqliteConnection, name: &str) {
        let back = names().iter().rev().position(|known| known == name).unwrap();
        revert(connection, back + 1);
    }

    fn names() -> Vec<String> {
        known().unwrap().iter().map(|migration| migration.name().to_string()).collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_schema_goes_back_and_forth_with_data_in_every_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.db");
        let names = names();
        for back in 1..=names.len() {
            let store = Store::open(&path, &Options::default()).unwrap();
            store.migrate().await.unwrap();
            store.load(tweetty_contract::furnished().await).await.unwrap();
            store.close().await;
            let mut connection = open(&path);
            for table in TABLES {
                assert!(count(&mut connection, table.name) > 0, "{}", table.name);
            }
            let (before, users) = (schema(&mut connection), count(&mut connection, "users"));
            revert(&mut connection, back);
            if back < names.len() {
                assert_eq!(count(&mut connection, "users"), users, "what came first stays");
                assert_eq!(count(&mut connection, "user_names WHERE searchable MATCH 'ann'"), 1);
            } else {
                assert_eq!(schema(&mut connection), None, "nothing is left");
            }
            assert_eq!(apply(&mut connection).unwrap(), names[names.len() - back..]);
            assert_eq!(schema(&mut connection), before);
            revert(&mut connection, names.len());
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nicknames_are_compared_anew_and_those_that_look_alike_are_kept_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.db");
        let mut connection = migrated_at(&path);
        revert_to(&mut connection, "0007_quotas_and_nicknames");
        for (nickname, folded) in LOOK_ALIKE {
            sql::<()>("INSERT INTO users (nickname, nickname_folded, searchable, created_at) VALUES (?1, ?2, '', 0)")
                .bind(nickname)
                .bind(folded)
                .execute(&mut connection)
                .unwrap();
        }
        apply(&mut connection).unwrap();
        let folded =
            sql::<Text>("SELECT nickname_folded FROM users ORDER BY id").load::<String>(&mut connection);
        assert_eq!(folded.unwrap(), ["ann", "a\u{200D}nn", "bob lee", "葛城", "zed"]);
        let store = Store::open(&path, &Options::default()).unwrap();
        let found = store.discrepancies(10).await.unwrap();
        let what = "user 2: the nickname looks like that of another user".to_owned();
        assert!(found.contains(&Discrepancy::Rows { what, count: 1 }), "{found:?}");
        for (number, (nickname, _)) in (1..).zip(LOOK_ALIKE) {
            let user = store.find_by_nickname(&Nickname::stored(nickname)).await.unwrap().unwrap();
            assert_eq!(user.id.get(), number, "{nickname:?} finds its own user");
        }
        let first_name = Some(PersonName::parse("Ann").ok());
        let changes = Changes { first_name, ..Changes::default() };
        assert!(store.update(UserId::stored(2), changes, None).await.unwrap(), "the nickname stays as it is");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_searches_look_through_is_folded_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.db");
        let mut connection = migrated_at(&path);
        revert_to(&mut connection, "0008_search");
        connection
            .batch_execute(
                "WITH RECURSIVE counting (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < 2500)
                 INSERT INTO users (nickname, nickname_folded, first_name, last_name, login, department, searchable, created_at)
                 SELECT 'user' || n, 'user' || n, 'Пётр', 'O''Neil', 'p' || n || '@corp.test', 'Überall',
                        'user' || n || char(10) || 'пётр o''neil', 0
                 FROM counting",
            )
            .unwrap();
        apply(&mut connection).unwrap();
        let texts =
            sql::<Text>("SELECT searchable FROM users WHERE id = 2500").load::<String>(&mut connection);
        assert_eq!(texts.unwrap(), ["user2500 петр oneil p2500@corp.test uberall  "]);
        let store = Store::open(&path, &Options::default()).unwrap();
        let part = NamePart::parse("o’neil Пётр p2499@ uberall").unwrap();
        let found = store.search(Some(part), Whom::Active, PeopleStart::After(None), 10).await.unwrap();
        assert_eq!(found.people.iter().map(|user| user.id.get()).collect::<Vec<_>>(), [2499]);
        assert_eq!(store.discrepancies(10).await.unwrap(), []);
    }

    #[test]
    fn a_second_run_does_nothing() {
        let (_folder, mut connection) = migrated();
        assert_eq!(apply(&mut connection).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_store_that_is_newer_is_refused_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = open(&folder.path().join("t.db"));
        connection
            .batch_execute(
                "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL,
                     run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
                 INSERT INTO __diesel_schema_migrations (version) VALUES ('0999');",
            )
            .unwrap();
        let refusal = Error::from(apply(&mut connection).unwrap_err()).to_string();
        assert!(refusal.contains("newer than this version") && refusal.contains("0999"), "{refusal}");
        assert_eq!(count(&mut connection, "sqlite_schema WHERE name = 'users'"), 0);
        assert_eq!(count(&mut connection, "__diesel_schema_migrations"), 1);
    }

    #[test]
    fn of_many_that_migrate_at_once_one_applies() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.db");
        let threads = (0..8).map(|_| {
            let path = path.clone();
            std::thread::spawn(move || apply(&mut open(&path)).unwrap().len())
        });
        let applied = threads.collect::<Vec<_>>().into_iter().map(|thread| thread.join().unwrap());
        assert_eq!(applied.sum::<usize>(), known().unwrap().len());
    }
}
