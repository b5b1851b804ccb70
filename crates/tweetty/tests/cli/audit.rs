//! `audit`: who changed what, without a secret and without the names of those who are gone.

use serde_json::Value;

use crate::support::{Data, Store};

on_both_stores!(
    every_command_that_changes_something_is_told,
    what_is_refused_is_told_too,
    a_backup_is_recorded_before_it_begins_and_when_it_ends,
    a_program_collects_the_log_line_by_line_and_goes_on_behind_what_it_has,
);

fn records(data: &Data, arguments: &[&str]) -> Vec<Value> {
    let log = data.cli(&[&["audit", "--json"], arguments].concat()).json();
    log["records"].as_array().unwrap().clone()
}

fn field(records: &[Value], name: &str) -> Vec<String> {
    records.iter().map(|record| record[name].as_str().unwrap_or_default().to_owned()).collect()
}

fn every_command_that_changes_something_is_told(store: Store) {
    let mut data = Data::fresh(store);
    data.set("SUDO_USER", "carla");
    data.cli(&["migrate"]).quietly();
    std::fs::write(data.file("people.csv"), "nickname,first_name,last_name\neve,,\nmax,Max,Secretname\n")
        .unwrap();
    let key = data.add_user("ann");
    for command in [
        &["users", "import", "people.csv"][..],
        &["users", "update", "ann", "-l", "Secretname"],
        &["users", "follow", "--follower", "ann", "--followee", "eve"],
        &["users", "follow", "--follower", "ann", "--followee", "eve"],
        &["users", "unfollow", "--follower", "ann", "--followee", "eve"],
        &["users", "new-api-key", "eve"],
        &["users", "export", "eve", "--to", "eve.zip"],
        &["users", "remove", "eve", "--yes"],
    ] {
        data.cli(command).quietly();
    }
    for command in [
        &["users", "list"][..],
        &["users", "followed", "--follower", "ann", "--followee", "max"],
        &["check"],
        &["migrate"],
        &["audit"],
    ] {
        data.cli(command).quietly();
    }
    let log = records(&data, &[]);
    let actions = field(&log, "action");
    let expected = [
        "migrate",
        "users add",
        "users add",
        "users add",
        "users update",
        "users follow",
        "users unfollow",
        "users new-api-key",
        "users export",
        "users remove",
    ];
    assert_eq!(actions, expected);
    assert!(field(&log, "outcome").iter().all(|outcome| outcome == "done"), "{log:?}");
    assert!(field(&log, "sudo_user").iter().all(|user| user == "carla"));
    assert!(field(&log, "os_user").iter().all(|user| !user.is_empty()));
    let ids = log.iter().map(|record| record["user_id"].as_i64()).collect::<Vec<_>>();
    assert_eq!(ids[1..], [Some(1), Some(2), Some(3), Some(1), Some(1), Some(1), Some(2), Some(2), Some(2)]);
    let names = field(&log, "nickname");
    assert_eq!((names[1].as_str(), names[2].as_str()), ("ann", ""), "eve is gone, and the name too");
    let text = data.cli(&["audit"]).quietly();
    assert!(text.contains("carla as ") && text.lines().count() == log.len(), "{text}");
    for secret in [&key[8..], "Secretname", "eve"] {
        assert!(!text.contains(secret) && !format!("{log:?}").contains(secret), "{secret} stands in {text}");
    }
    assert_eq!(records(&data, &["--since", "1h"]).len(), log.len());
    assert_eq!(records(&data, &["--since", "2999-01-01T00:00:00Z"]), Vec::<Value>::new());
    data.cli(&["audit", "--since", "soon"]).refused(2, &["--since", "soon"]);
}

fn what_is_refused_is_told_too(store: Store) {
    let data = Data::made(store);
    data.add_user("ann");
    data.cli(&["users", "add", "Ann"]).refused(1, &["taken"]);
    let log = records(&data, &["--since", "1h"]);
    let last = log.last().unwrap();
    assert_eq!((last["action"].as_str(), last["outcome"].as_str()), (Some("users add"), Some("failed")));
    assert_eq!(last["detail"], "the nickname is taken");
}

fn a_backup_is_recorded_before_it_begins_and_when_it_ends(store: Store) {
    let mut data = Data::made(store);
    data.set("SUDO_USER", "carla");
    let last = records(&data, &[]).len();
    data.cli(&["backup", "--to", "backup"]).quietly();
    let log = records(&data, &[]).split_off(last);
    assert_eq!(field(&log, "action"), ["backup", "backup"]);
    assert_eq!(field(&log, "outcome"), ["begun", "done"]);
    assert_eq!(field(&log, "detail"), ["", "0 images"]);
    assert_eq!(field(&log, "sudo_user"), ["carla", "carla"]);
    assert_eq!(data.cli(&["backup", "--to", "backup"]).status, 1);
    assert_eq!(field(&records(&data, &[]), "outcome").pop().unwrap(), "failed");
}

#[test]
fn a_backup_of_a_store_that_takes_no_record_is_made_with_a_warning() {
    let data = Data::made(Store::Postgres);
    data.database().unwrap().execute("ALTER TABLE audit_log ADD CHECK (action <> 'backup')");
    let ran = data.cli(&["backup", "--to", "backup"]);
    assert_eq!((ran.status, ran.err.lines().count()), (0, 1), "{ran:?}");
    assert!(ran.err.contains("this backup does not stand in the audit log"), "{ran:?}");
}

#[test]
fn a_seed_and_a_repair_are_told() {
    let data = Data::made(Store::Postgres);
    data.cli(&["seed", "--users", "20", "--tweets", "30", "--likes", "200", "--follows", "40"]).quietly();
    data.database().unwrap().execute("UPDATE tweets SET like_count = like_count + 5 WHERE id = 7");
    data.cli(&["check", "--repair"]).quietly();
    let log = records(&data, &[]);
    let recorded = log.iter().map(|record| {
        [&record["action"], &record["outcome"], &record["detail"]]
            .map(|field| field.as_str().unwrap_or_default().to_owned())
    });
    assert_eq!(
        recorded.collect::<Vec<_>>(),
        [
            ["seed", "done", "20 users, 30 tweets, 200 likes, 40 follows"],
            ["check --repair", "begun", ""],
            ["check --repair", "done", "1 counters, 0 files to the trash, 0 files left"],
        ]
    );
}

fn a_program_collects_the_log_line_by_line_and_goes_on_behind_what_it_has(store: Store) {
    let data = Data::made(store);
    let collect = |arguments: &[&str]| {
        let text = data.cli(&[&["audit", "--json-lines"], arguments].concat()).quietly();
        text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>()
    };
    let people = (0..1_500).map(|number| format!("user{number},,")).collect::<Vec<_>>().join("\n");
    std::fs::write(data.file("people.csv"), format!("nickname,first_name,last_name\n{people}\n")).unwrap();
    data.cli(&["users", "import", "people.csv"]).quietly();
    let first = collect(&[]);
    assert_eq!(first.len(), 1_501, "more than a page, and the migration");
    assert_eq!(first, records(&data, &[]), "the same as in one document");
    assert_eq!(first[1_500]["nickname"], "user1499");
    let last = first[1_500]["id"].as_i64().unwrap().to_string();
    assert_eq!(collect(&["--after", &last]), Vec::<Value>::new());
    data.add_user("late");
    let behind = collect(&["--after", &last]);
    assert_eq!(field(&behind, "nickname"), ["late"]);
    assert_eq!(records(&data, &["--after", &last]), behind);
    assert_eq!(records(&data, &["--since", "2999-01-01T00:00:00Z"]), Vec::<Value>::new());
    assert_eq!(data.cli(&["audit", "--after", "999999"]).quietly(), "no records\n");
    data.cli(&["audit", "--after", "x"]).refused(2, &["--after"]);
}
