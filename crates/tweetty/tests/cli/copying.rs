//! `copy`: a company moves from one database to another, row by row.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::client::{call, get, publish, upload};
use crate::support::{Data, Service, Store};

/// The target serves the source's images.
fn served_at(mut target: Data, source: &Data) -> Service {
    target.set("TWEETTY_MEDIA", &source.file("media").display().to_string());
    Service::on(target, &[])
}

/// A company with something in every table, stopped.
fn furnished(store: Store) -> (Data, String) {
    let data = Data::fresh(store);
    data.cli(&["seed", "--users", "300", "--tweets", "900", "--likes", "6000", "--follows", "2000"])
        .quietly();
    let mut service = Service::on(data, &[]);
    let key = service.add_user("änne");
    let image = upload(&service, &key, 7);
    publish(&service, &key, "tab\there \\N 👋\nnew line", &[image]);
    upload(&service, &key, 8);
    let last = publish(&service, &key, "gone", &[]);
    assert_eq!(call(&service, "DELETE", &format!("/api/tweets/{last}"), &key, "").0, 200);
    service.cli(&["users", "new-api-key", "#1", "--keep-old-for", "1h"]).quietly();
    assert!(service.stop().success());
    (service.into_data(), key)
}

fn moved(from: Store, to: Store) {
    let (source, key) = furnished(from);
    let target = Data::fresh(to);
    let copied = target.cli(&["copy", "--from", source.url(), "--to", target.url(), "--json"]).json();
    assert_eq!(copied["equal"], true, "{copied}");
    let rows = |name: &str| {
        let list = copied["lists"].as_array().unwrap().iter().find(|list| list["name"] == name);
        list.and_then(|list| list["rows"].as_u64()).unwrap()
    };
    let counts = ["users", "tweets", "likes", "images"].map(rows);
    assert_eq!(counts, [301, 901, 6000, 2]);
    let again = target.cli(&["copy", "--from", source.url(), "--to", target.url(), "--verify"]).quietly();
    assert!(again.ends_with("are equal\n"), "{again}");
    target
        .cli(&["copy", "--from", source.url(), "--to", target.url()])
        .refused(1, &["TWEETTY_TO", "has users already", "--verify"]);
    let log = target.cli(&["audit", "--json"]).json();
    let log = log["records"].as_array().unwrap();
    assert_eq!(log.last().unwrap()["action"], "copy", "{log:?}");
    assert!(log.iter().any(|record| record["action"] == "users add"), "the source's log came along: {log:?}");
    let service = served_at(target, &source);
    let feed = get(&service, "/api/tweets?scope=all&sort=recent&limit=1", &key);
    let tweet = &feed["tweets"][0];
    assert_eq!(tweet["content"], "tab\there \\N 👋\nnew line");
    assert_eq!(publish(&service, &key, "an id that is gone is not given again", &[]), 903);
    assert_eq!(service.cli(&["check"]).quietly(), "all is as it should be\n");
    let refused = service.cli(&["copy", "--from", source.url(), "--to", service.data.url()]);
    assert!(refused.status == 1 && refused.err.lines().count() == 1, "a served target: {refused:?}");
    let back = Data::fresh(to);
    let refused = back.cli(&["copy", "--from", service.data.url(), "--to", back.url()]);
    assert!(refused.status == 1 && refused.err.lines().count() == 1, "a served source: {refused:?}");
}

#[test]
fn a_company_moves_from_sqlite_to_postgres() {
    moved(Store::Sqlite, Store::Postgres);
}

#[test]
fn a_company_moves_from_postgres_to_sqlite() {
    moved(Store::Postgres, Store::Sqlite);
}

#[test]
fn a_difference_is_told_with_its_place() {
    let (source, _) = furnished(Store::Sqlite);
    let target = Data::fresh(Store::Postgres);
    let urls = ["--from", source.url(), "--to", target.url()];
    target.cli(&[&["copy"], &urls[..]].concat()).quietly();
    target.database().unwrap().execute("UPDATE tweets SET content = content || '.' WHERE id = 17");
    let ran = target.cli(&[&["copy", "--verify"], &urls[..]].concat());
    assert!(ran.status == 1 && ran.out.contains("16 equal, but row 17 differs"), "{ran:?}");
    assert!(ran.out.contains(" differ\n"), "{ran:?}");
}

#[test]
fn a_copy_that_is_killed_leaves_the_target_empty_and_is_begun_again() {
    let source = Data::fresh(Store::Sqlite);
    source
        .cli(&["seed", "--users", "5000", "--tweets", "60000", "--likes", "600000", "--follows", "20000"])
        .quietly();
    for to in [Store::Postgres, Store::Sqlite] {
        let target = Data::fresh(to);
        target.cli(&["migrate"]).quietly();
        let urls = ["copy", "--from", source.url(), "--to", target.url()];
        let mut process =
            target.command().args(urls).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(700));
        assert!(process.try_wait().unwrap().is_none(), "it was done before it could be killed");
        process.kill().unwrap();
        process.wait().unwrap();
        if to == Store::Sqlite {
            assert_eq!(target.cli(&["users", "list"]).quietly(), "no users\n");
        }
        // PostgreSQL notices that its client is gone when it has ended the statement.
        let begun = Instant::now();
        let copied = loop {
            let ran = target.cli(&urls);
            if ran.status == 0 || begun.elapsed() > Duration::from_mins(1) {
                break ran;
            }
            assert!(ran.err.contains("uses this database"), "{to:?}: {ran:?}");
            assert_eq!(target.cli(&["users", "list"]).quietly(), "no users\n", "{to:?}");
            std::thread::sleep(Duration::from_millis(200));
        };
        assert!(copied.quietly().ends_with("are equal\n"));
    }
}

#[test]
fn nonsense_is_refused_without_a_password() {
    let data = Data::fresh(Store::Sqlite);
    data.cli(&["copy", "--from", data.url(), "--to", data.url()]).refused(2, &["TWEETTY_TO", "into itself"]);
    let secret = "mysql://ann:hunter2@db/x";
    let ran = data.cli(&["copy", "--from", secret, "--to", data.url()]);
    assert!(ran.status == 2 && !ran.err.contains("hunter2"), "{ran:?}");
    data.cli(&["copy", "--from", "sqlite://nowhere.db", "--to", data.url()])
        .refused(1, &["there is no store here"]);
    let nothing = std::fs::read_dir(data.file("")).unwrap().count() == 0;
    assert!(nothing, "nothing is made for nothing");
}
