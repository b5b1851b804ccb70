//! Roles, and tweets that operators remove.

use std::fs;

use serde_json::{Value, json};

use crate::client::{get, publish, upload};
use crate::support::{Data, Service, Store};

on_both_stores!(
    roles_are_given_shown_changed_and_recorded,
    a_list_of_people_says_their_roles,
    an_operator_removes_a_tweet_and_its_author_reads_why,
);

fn role(data: &Data, user: &str) -> Value {
    data.cli(&["users", "get", user, "--json"]).json()["role"].take()
}

fn log(data: &Data) -> Vec<Value> {
    data.cli(&["audit", "--json"]).json()["records"].as_array().unwrap().clone()
}

fn roles_are_given_shown_changed_and_recorded(store: Store) {
    let data = Data::made(store);
    data.cli(&["users", "add", "ann", "--role", "Moderator"]).quietly();
    data.add_user("bob");
    assert_eq!([role(&data, "ann"), role(&data, "bob")], ["moderator", "member"]);
    assert!(data.cli(&["users", "get", "ann"]).quietly().contains("role       moderator\n"));
    let list = data.cli(&["users", "list"]).quietly();
    assert!(list.contains("(moderator)") && !list.contains("(member)"), "{list}");
    let changed = data.cli(&["users", "update", "bob", "--role", "communicator", "--json"]).json();
    assert_eq!(changed["role"], "communicator");
    data.cli(&["users", "update", "bob", "--title", "Boss"]).quietly();
    assert_eq!(role(&data, "bob"), "communicator", "another change leaves it");
    data.cli(&["users", "update", "ann", "--role", "member"]).quietly();
    assert_eq!(role(&data, "ann"), "member");
    let details = log(&data).iter().map(|record| record["detail"].clone()).collect::<Vec<_>>();
    assert_eq!(details[3..], [json!("role communicator"), json!("title"), json!("role member")]);
    for command in ["add", "update"] {
        data.cli(&["users", command, "ann", "--role", "admin"])
            .refused(2, &["--role", "one of member, moderator, communicator"]);
    }
}

fn a_list_of_people_says_their_roles(store: Store) {
    let data = Data::made(store);
    let file = |content: &str| fs::write(data.file("people.csv"), content).unwrap();
    file("nickname,Role\nann,MODERATOR\nbob,\n");
    data.cli(&["users", "import", "people.csv"]).quietly();
    assert_eq!([role(&data, "ann"), role(&data, "bob")], ["moderator", "member"]);
    file("nickname,role\neve,\nkim,Engineer\n");
    data.cli(&["users", "import", "people.csv"])
        .refused(1, &["line 3", "role: a role is one of", "--ignore-columns"]);
    data.cli(&["users", "import", "people.csv", "--ignore-columns", "role"]).quietly();
    let sync = |content: &str| {
        file(content);
        data.cli(&["users", "sync", "people.csv", "--json"]).json()
    };
    sync("nickname,title\nann,Editor\n");
    assert_eq!(role(&data, "ann"), "moderator", "what has no column stays");
    let synced = sync("nickname,role\nann,\nbob,communicator\nzoe,moderator\n");
    let fields = [&synced["changed"][0]["fields"], &synced["changed"][1]["fields"]];
    assert_eq!(fields, ["role member", "managed by, role communicator"]);
    let roles = ["ann", "bob", "zoe"].map(|user| role(&data, user));
    assert_eq!(roles, ["member", "communicator", "moderator"]);
    let again = sync("nickname,role\nann,\nbob,communicator\nzoe,moderator\n");
    assert_eq!(again["unchanged"], 3);
}

fn an_operator_removes_a_tweet_and_its_author_reads_why(store: Store) {
    let service = Service::start(store);
    let key = service.add_user("ann");
    let image = upload(&service, &key, 1);
    let tweet = publish(&service, &key, "a secret", &[image]).to_string();
    let remove = |id: &str, more: &[&str]| service.cli(&[&["tweets", "remove", id], more].concat());
    let without = remove(&tweet, &[]);
    assert!(without.status == 2 && without.err.contains("--reason"), "{without:?}");
    remove(&tweet, &["--reason", " \n"]).refused(2, &["--reason", "at least 1 visible character"]);
    remove(&tweet, &["--reason", &"x".repeat(281)]).refused(2, &["--reason", "at most 280"]);
    remove("999999", &["--reason", "x"]).refused(1, &["there is no tweet 999999"]);
    remove("first", &["--reason", "x"]).refused(2, &["positive integer"]);
    let said = remove(&tweet, &["--reason", "names\n a  customer"]).quietly();
    assert_eq!(said, format!("removed tweet {tweet} with its likes and images\n"));
    remove(&tweet, &["--reason", "again"]).refused(1, &["no tweet"]);
    let removals = get(&service, "/api/removals", &key);
    let removal = &removals["removals"][0];
    assert_eq!((&removal["content"], &removal["reason"]), (&json!("a secret"), &json!("names a customer")));
    assert_eq!(removals["removals"].as_array().unwrap().len(), 1);
    let log = log(&service.data);
    let done = log.iter().find(|record| record["outcome"] == "done" && record["action"] == "tweets remove");
    let done = done.unwrap();
    assert_eq!((&done["user_id"], &done["nickname"]), (&json!(1), &json!("ann")));
    assert_eq!(done["detail"], format!("tweet {tweet}: names a customer"));
    assert!(done["os_user"].as_str().is_some_and(|user| !user.is_empty()) && done["by_user_id"].is_null());
    let shards = fs::read_dir(service.file("media")).unwrap().map(|entry| entry.unwrap().path());
    let files = shards.filter(|path| path.is_dir()).flat_map(|shard| fs::read_dir(shard).unwrap());
    assert_eq!(files.count(), 0, "its image went at once");
    assert_eq!(service.cli(&["check"]).quietly(), "all is as it should be\n");
}
