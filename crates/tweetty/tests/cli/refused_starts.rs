//! What can't be used ends the start: at once, with one line, without a secret.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::support::{Data, Service, Store};

on_both_stores!(a_port_that_is_taken_is_refused, commands_that_need_a_store_do_not_make_one);

fn a_port_that_is_taken_is_refused(store: Store) {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut data = Data::fresh(store);
    data.set("TWEETTY_BIND", &taken.local_addr().unwrap().to_string());
    let begun = Instant::now();
    data.cli(&["serve"]).refused(1, &["TWEETTY_BIND", "in use", "choose another port"]);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[test]
fn a_store_that_is_newer_is_refused_untouched() {
    let data = Data::made(Store::Postgres);
    let database = data.database().unwrap();
    database.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
    for command in [&["serve"][..], &["migrate"], &["users", "list"], &["check"]] {
        data.cli(command).refused(1, &["TWEETTY_DATABASE_URL", "newer than this version", "9999"]);
    }
}

#[test]
fn a_database_that_does_not_answer_is_refused_without_its_password() {
    // Nobody listens on the first; the second takes the connection and says nothing.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for address in [closed, silent.local_addr().unwrap()] {
        let mut data = Data::fresh(Store::Sqlite);
        data.set("TWEETTY_DATABASE_URL", &format!("postgres://ann:hunter2@{address}/blog"));
        let begun = Instant::now();
        for command in [&["serve"][..], &["users", "list", "--json"]] {
            let ran = data.cli(command);
            let shown = format!("postgres://ann@{address}/blog");
            ran.refused(1, &["TWEETTY_DATABASE_URL", &shown, "start that database"]);
            assert!(!ran.err.contains("hunter2"), "{ran:?}");
        }
        assert!(begun.elapsed() < Duration::from_secs(14), "{:?}", begun.elapsed());
    }
}

#[test]
fn a_database_that_refuses_the_login_is_refused_without_its_password() {
    let mut data = Data::fresh(Store::Postgres);
    let url = format!("{}_that_is_not_there", data.url().split('?').next().unwrap());
    let parameters =
        data.url().split_once('?').map(|(_, parameters)| format!("?{parameters}")).unwrap_or_default();
    data.set("TWEETTY_DATABASE_URL", &format!("{url}{parameters}"));
    data.cli(&["serve"]).refused(1, &["TWEETTY_DATABASE_URL", "does not exist"]);
}

#[test]
fn a_folder_that_can_not_be_written_is_refused() {
    let mut data = Data::fresh(Store::Sqlite);
    std::fs::write(data.file("file"), "").unwrap();
    data.set("TWEETTY_MEDIA", "file/media");
    data.cli(&["serve"]).refused(1, &["TWEETTY_MEDIA: file/media: ", "write there"]);
    data.set("TWEETTY_MEDIA", "media");
    data.set("TWEETTY_DATABASE_URL", "sqlite://file/tweetty.db");
    data.cli(&["serve"]).refused(1, &["TWEETTY_DATABASE_URL: sqlite://file/tweetty.db: "]);
}

#[test]
fn one_sqlite_file_is_served_once() {
    let service = Service::start(Store::Sqlite);
    service.cli(&["serve"]).refused(1, &["TWEETTY_DATABASE_URL", "served by another process"]);
    service.cli(&["users", "list"]).quietly();
}

/// In the wrong folder, or with a mistyped URL: nobody gets a key that opens nothing.
fn commands_that_need_a_store_do_not_make_one(store: Store) {
    let data = Data::fresh(store);
    std::fs::write(data.file("people.csv"), "nickname,first_name,last_name\nann,,\n").unwrap();
    let before = std::fs::read_dir(data.file("")).unwrap().count();
    for command in [
        &["users", "add", "ann"][..],
        &["users", "import", "people.csv"],
        &["users", "list"],
        &["users", "get", "ann"],
        &["users", "remove", "ann", "--yes"],
        &["users", "new-api-key", "ann"],
        &["users", "export", "ann", "--to", "ann.zip"],
        &["audit"],
        &["check", "--repair"],
        &["backup", "--to", "backup"],
        &["copy", "--from", data.url(), "--to", "sqlite://elsewhere.db"],
    ] {
        data.cli(command)
            .refused(1, &["there is no store here", "`tweetty serve` or `tweetty migrate` makes one"]);
    }
    assert_eq!(std::fs::read_dir(data.file("")).unwrap().count(), before);
    if let Some(database) = data.database() {
        let tables = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
        assert_eq!(database.execute(tables), "0");
    }
}

#[test]
fn the_database_of_another_program_is_no_store() {
    let data = Data::fresh(Store::Sqlite);
    std::fs::write(data.file("tweetty.db"), "no database at all, just a text").unwrap();
    data.cli(&["users", "list"]).refused(1, &["TWEETTY_DATABASE_URL"]);
}
