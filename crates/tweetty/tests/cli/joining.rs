//! `--follow`: whom those who join follow from the beginning.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Data, Store};

on_both_stores!(
    those_who_join_follow_those_who_are_named,
    whom_everybody_follows_may_be_a_setting,
    an_unknown_name_is_refused_before_anything_is_written,
    who_leaves_by_the_same_list_can_not_be_followed,
);

/// How many follow a user, and how many the user follows.
fn counts(data: &Data, user: &str) -> [u64; 2] {
    let user = data.cli(&["users", "get", user, "--json"]).json();
    ["followers_count", "following_count"].map(|count| user[count].as_u64().unwrap())
}

/// What the log says of users who came in that way.
fn details(data: &Data, action: &str) -> Vec<Value> {
    let log = data.cli(&["audit", "--json"]).json();
    let records = log["records"].as_array().unwrap().iter();
    records.filter(|record| record["action"] == action).map(|record| record["detail"].clone()).collect()
}

fn those_who_join_follow_those_who_are_named(store: Store) {
    let data = Data::made(store);
    for name in ["boss", "office"] {
        data.add_user(name);
    }
    data.cli(&["users", "add", "ann", "--follow", "boss, #2 ,BOSS"]).quietly();
    fs::write(data.file("people.csv"), "nickname\nbob\neve\n").unwrap();
    data.cli(&["users", "import", "people.csv", "--follow", "office"]).quietly();
    assert_eq!(
        ["boss", "office", "ann", "bob"].map(|user| counts(&data, user)),
        [[1, 0], [3, 0], [0, 2], [0, 1]]
    );
    fs::write(data.file("list.csv"), "nickname,title\nbob,Editor\nkim,\nzoe,\n").unwrap();
    data.cli(&["users", "sync", "list.csv", "--follow", "boss,office"]).quietly();
    assert_eq!(
        ["boss", "office", "bob", "kim"].map(|user| counts(&data, user)),
        [[3, 0], [5, 0], [0, 1], [0, 2]]
    );
    data.cli(&["users", "sync", "list.csv", "--follow", "ann"]).quietly();
    assert_eq!(counts(&data, "ann"), [0, 2], "nobody joined");
    let none = Value::Null;
    let added = [
        none.clone(),
        none,
        json!("follows user 1, user 2"),
        json!("follows user 2"),
        json!("follows user 2"),
    ];
    assert_eq!(details(&data, "users add"), added);
    let joined = json!("joined, follows user 1, user 2");
    assert_eq!(details(&data, "users sync")[1..], [joined.clone(), joined]);
    assert_eq!(data.cli(&["check"]).quietly(), "all is as it should be\n");
}

fn whom_everybody_follows_may_be_a_setting(store: Store) {
    let mut data = Data::made(store);
    data.add_user("boss");
    data.set("TWEETTY_FOLLOW", "boss");
    data.add_user("ann");
    fs::write(data.file("people.csv"), "nickname\nbob\n").unwrap();
    data.cli(&["users", "sync", "people.csv"]).quietly();
    assert_eq!(counts(&data, "boss"), [2, 0]);
    data.cli(&["users", "add", "eve", "--follow", ""]).quietly();
    assert_eq!((counts(&data, "boss"), counts(&data, "eve")), ([2, 0], [0, 0]));
}

fn an_unknown_name_is_refused_before_anything_is_written(store: Store) {
    let data = Data::made(store);
    for name in ["boss", "gone"] {
        data.add_user(name);
    }
    data.cli(&["users", "deactivate", "gone"]).quietly();
    fs::write(data.file("people.csv"), "nickname\nbob\n").unwrap();
    let before = data.cli(&["audit", "--json"]).out;
    for (follow, words) in [
        ("boss,nobody", &["--follow: \"nobody\"", "no such user"][..]),
        ("#9", &["--follow", "#9"]),
        ("gone", &["--follow", "\"gone\" is deactivated"]),
        // Not even somebody of the same file: they are not there yet.
        ("bob", &["--follow", "\"bob\""]),
    ] {
        for command in [&["add", "ann"][..], &["import", "people.csv"], &["sync", "people.csv"]] {
            data.cli(&[&["users"], command, &["--follow", follow]].concat()).refused(1, words);
        }
        data.cli(&["users", "import", "people.csv", "--keys-to", "keys", "--follow", follow])
            .refused(1, words);
        data.cli(&["users", "sync", "people.csv", "--dry-run", "--follow", follow]).refused(1, words);
    }
    assert_eq!(data.cli(&["audit", "--json"]).out, before);
    assert!(!data.file("keys").exists());
    assert_eq!(data.cli(&["users", "list", "--json"]).json()["users"].as_array().unwrap().len(), 2);
}

fn who_leaves_by_the_same_list_can_not_be_followed(store: Store) {
    let data = Data::made(store);
    let sync = |content: &str, more: &[&str]| {
        fs::write(data.file("people.csv"), content).unwrap();
        data.cli(&[&["users", "sync", "people.csv"], more].concat())
    };
    sync("nickname\nann\nbob\n", &[]).quietly();
    let leave = ["--deactivate-missing", "--at-most", "1", "--follow", "bob"];
    sync("nickname\nann\neve\n", &leave)
        .refused(1, &["--follow", "user #2 would be deactivated", "nobody was touched"]);
    assert_eq!(counts(&data, "bob"), [0, 0]);
    assert_eq!(data.cli(&["users", "get", "bob", "--json"]).json()["active"], true);
}
