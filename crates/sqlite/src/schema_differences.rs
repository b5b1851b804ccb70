//! How a database's schema differs from the one that the migrations make.

use std::collections::{BTreeMap, HashSet};

use diesel::SqliteConnection;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use tweetty_domain::Error;
use tweetty_tables::{Difference, SchemaDifference, TABLES};

use crate::failure::Failure;
use crate::migrations;
use crate::statement::sql;

const OBJECTS: &str = "
    SELECT type, name, tbl_name, sql
    FROM sqlite_schema
    WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

/// Kind and name.
type Name = (String, String);

struct Object {
    table: String,
    definition: Option<String>,
}

/// Compares the database with an empty one to which the same migrations were applied. Nothing of its schema is executed.
pub(crate) fn schema_differences(
    connection: &mut SqliteConnection,
) -> Result<Vec<SchemaDifference>, Failure> {
    let versions = migrations::applied(connection)?.into_iter().collect::<HashSet<_>>();
    let mut fresh = SqliteConnection::establish(":memory:").map_err(Error::internal)?;
    migrations::apply_those(&mut fresh, &versions)?;
    let (ours, mut known) = (objects(connection)?, objects(&mut fresh)?);
    let mut differences = Vec::new();
    let mut differs = |how, (kind, name): &Name, table: &str| {
        let on = if name == table { String::new() } else { format!(" on {table}") };
        let what = format!("{kind} {name}{on}");
        differences.push(SchemaDifference { how, what, harmless: kind == "index" });
    };
    for (name, object) in &ours {
        match known.remove(name) {
            None => differs(Difference::Unknown, name, &object.table),
            Some(expected) if is_ours(name) && expected.definition != object.definition => {
                differs(Difference::Changed, name, &object.table);
            }
            Some(_) => {}
        }
    }
    for (name, object) in &known {
        differs(Difference::Missing, name, &object.table);
    }
    Ok(differences)
}

/// Tables that diesel and the search index make for themselves may look different in each of their versions.
fn is_ours((kind, name): &Name) -> bool {
    let is_for_searches = ["user_names", "user_names_trigrams"].contains(&name.as_str());
    kind != "table" || TABLES.iter().any(|table| table.name == name) || is_for_searches
}

fn objects(connection: &mut SqliteConnection) -> Result<BTreeMap<Name, Object>, Failure> {
    let objects =
        sql::<(Text, Text, Text, Nullable<Text>)>(OBJECTS)
            .load::<(String, String, String, Option<String>)>(connection)?;
    let object = |(kind, name, table, definition)| ((kind, name), Object { table, definition });
    Ok(objects.into_iter().map(object).collect())
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection as _;
    use diesel::sql_types::BigInt;
    use tweetty_tables::Kind;

    use super::*;
    use crate::migrations::tests::{migrated, revert};

    const COLUMNS: &str = "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1) ORDER BY cid";
    const NAMES: &str = "
        SELECT name
        FROM sqlite_schema
        WHERE type = 'table'
          AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
          AND name NOT LIKE 'user\\_names%' ESCAPE '\\'
          AND name NOT LIKE '%diesel%'
        ORDER BY name";

    fn changed(by: &str) -> Vec<(String, bool)> {
        let (_folder, mut connection) = migrated();
        connection.batch_execute(by).unwrap();
        let found = schema_differences(&mut connection).unwrap();
        found.iter().map(|found| (found.to_string(), found.harmless)).collect()
    }

    #[test]
    fn the_list_of_tables_is_the_schema() {
        let (_folder, mut connection) = migrated();
        let names = sql::<Text>(NAMES).load::<String>(&mut connection).unwrap();
        let mut listed = TABLES.iter().map(|table| table.name).collect::<Vec<_>>();
        listed.sort_unstable();
        assert_eq!(names, listed);
        for table in TABLES {
            let columns = sql::<(Text, Text, BigInt, BigInt)>(COLUMNS).bind(table.name);
            let columns = columns.load::<(String, String, i64, i64)>(&mut connection).unwrap();
            assert_eq!(columns.len(), table.columns.len(), "{}", table.name);
            for (place, (column, (name, kind, not_null, key))) in
                table.columns.iter().zip(columns).enumerate()
            {
                let expected = match column.kind {
                    Kind::Id | Kind::Integer | Kind::Time => "INTEGER",
                    Kind::Text => "TEXT",
                    Kind::Bytes => "BLOB",
                };
                assert_eq!((column.name, expected), (name.as_str(), kind.as_str()), "{}", table.name);
                let in_key = if place < table.key { place + 1 } else { 0 };
                assert_eq!(key, i64::try_from(in_key).unwrap(), "{}.{name}", table.name);
                // A primary key of one number is never empty, whatever is said of it.
                assert!(
                    column.nullable || not_null == 1 || kind == "INTEGER" && key == 1,
                    "{}.{name}",
                    table.name
                );
            }
        }
    }

    #[test]
    fn what_the_migrations_made_is_no_difference() {
        assert_eq!(changed("ANALYZE"), []);
    }

    #[test]
    fn what_could_change_or_pass_on_rows_is_named() {
        for (by, what) in [
            ("CREATE TABLE stolen (x)", "unknown table stolen"),
            ("CREATE VIEW everybody AS SELECT * FROM users", "unknown view everybody"),
            (
                "CREATE TRIGGER steal AFTER INSERT ON api_keys BEGIN DELETE FROM likes; END",
                "unknown trigger steal on api_keys",
            ),
            ("DROP TRIGGER user_names_after_insert", "missing trigger user_names_after_insert on users"),
            ("ALTER TABLE users ADD COLUMN secret TEXT", "changed table users"),
            ("ALTER TABLE tweets RENAME COLUMN content TO text", "changed table tweets"),
        ] {
            assert_eq!(changed(by)[0], (what.to_owned(), false), "{by}");
        }
        let replaced = "
            DROP TRIGGER user_names_after_insert;
            CREATE TRIGGER user_names_after_insert AFTER INSERT ON users BEGIN DELETE FROM likes; END";
        assert_eq!(
            changed(replaced),
            [("changed trigger user_names_after_insert on users".to_owned(), false)]
        );
    }

    #[test]
    fn an_index_more_or_less_is_harmless() {
        let more = changed("CREATE INDEX mine ON tweets (created_at)");
        assert_eq!(more, [("unknown index mine on tweets".to_owned(), true)]);
        let less = changed("DROP INDEX likes_of_user");
        assert_eq!(less, [("missing index likes_of_user on likes".to_owned(), true)]);
    }

    #[test]
    fn an_earlier_store_is_compared_with_what_was_made_then() {
        let (_folder, mut connection) = migrated();
        revert(&mut connection, 1);
        assert_eq!(schema_differences(&mut connection).unwrap(), []);
    }
}
