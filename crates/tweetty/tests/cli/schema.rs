//! A database is code, too: whatever somebody put into its schema is named and not taken over.

use std::process::Command;

use crate::support::{Data, Store};

on_both_stores!(
    a_backup_with_a_smuggled_trigger_is_refused_by_its_name,
    a_store_with_a_smuggled_table_is_neither_copied_nor_called_clean,
    an_index_more_is_no_reason_to_refuse,
);

/// Runs SQL beside tweetty, as anybody with access to the database can.
pub(crate) fn execute(data: &Data, sql: &str) {
    const PYTHON: &str = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])";
    let Some(database) = data.database() else {
        let file = data.url().trim_start_matches("sqlite://");
        let ran = Command::new("python3").args(["-c", PYTHON, file, sql]).status().unwrap();
        return assert!(ran.success(), "{sql}");
    };
    database.execute(sql);
}

/// Takes all likes back whenever somebody gets a key.
fn smuggle(data: &Data, store: Store) {
    execute(data, match store {
        Store::Sqlite => "CREATE TRIGGER steal AFTER INSERT ON api_keys BEGIN DELETE FROM likes; END",
        Store::Postgres => {
            "CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM likes; RETURN NEW; END';
             CREATE TRIGGER steal AFTER INSERT ON api_keys EXECUTE FUNCTION steal()"
        }
    });
}

fn a_backup_with_a_smuggled_trigger_is_refused_by_its_name(store: Store) {
    let source = Data::made(store);
    source.add_user("ann");
    let [honest, smuggled] = ["honest", "smuggled"].map(|name| source.file(name).display().to_string());
    source.cli(&["backup", "--to", &honest]).quietly();
    smuggle(&source, store);
    source.cli(&["backup", "--to", &smuggled]).quietly();
    let target = Data::fresh(store);
    let words = ["TWEETTY_DATABASE_URL", "not the one that tweetty makes", "trigger", "api_keys", "steal"];
    target.cli(&["restore", "--from", &smuggled]).refused(1, &words);
    let restored = target.cli(&["restore", "--from", &honest]).quietly();
    assert!(restored.ends_with("all is as it should be\n"), "the place stayed empty: {restored}");
    target.add_user("bob");
}

fn a_store_with_a_smuggled_table_is_neither_copied_nor_called_clean(store: Store) {
    let source = Data::made(store);
    source.add_user("ann");
    execute(&source, "CREATE TABLE stolen (x text)");
    let words = ["not the one that tweetty makes", "unknown table stolen"];
    source.cli(&["check"]).refused(1, &words);
    for other in [Store::Sqlite, Store::Postgres] {
        let target = Data::made(other);
        target.cli(&["copy", "--from", source.url(), "--to", target.url()]).refused(1, &words);
        target.cli(&["copy", "--from", target.url(), "--to", source.url(), "--verify"]).refused(1, &words);
    }
}

fn an_index_more_is_no_reason_to_refuse(store: Store) {
    let data = Data::made(store);
    execute(&data, "CREATE INDEX mine ON tweets (created_at)");
    let ran = data.cli(&["check"]);
    assert_eq!((ran.status, ran.out.as_str()), (0, "all is as it should be\n"), "{ran:?}");
    assert!(ran.err.contains("unknown index mine on tweets"), "{ran:?}");
}
