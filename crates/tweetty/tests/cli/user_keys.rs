//! Several keys of a user, as operators list, add and end them.

use serde_json::Value;

use crate::client::{ends_soon, status_of_key};
use crate::support::{Data, Service, Store};

on_both_stores!(
    an_operator_adds_lists_and_ends_keys_one_by_one,
    every_change_of_keys_is_in_the_log_and_no_key_is,
    a_longest_lifetime_holds_for_every_key_that_is_made,
    a_new_api_key_replaces_all_keys_of_a_user,
    what_is_no_end_is_refused,
);

fn keys(data: &Data, user: &str) -> Vec<Value> {
    data.cli(&["users", "keys", "list", user, "--json"]).json()["keys"].as_array().unwrap().clone()
}

fn an_operator_adds_lists_and_ends_keys_one_by_one(store: Store) {
    let service = Service::start(store);
    let first = service.add_user("ann");
    let added = service
        .cli(&["users", "keys", "add", "ann", "--label", "build server", "--ends", "90d", "--json"])
        .json();
    let second = added["api_key"].as_str().unwrap();
    assert_eq!(status_of_key(&service, second), 200);
    let held = keys(&service.data, "ann");
    assert_eq!(
        held.iter().map(|key| &key["label"]).collect::<Vec<_>>(),
        [&Value::Null, &Value::from("build server")]
    );
    assert_eq!((&held[1]["id"], &held[1]["ends_at"]), (&added["id"], &added["ends_at"]));
    let text = service.cli(&["users", "keys", "list", "ann"]).quietly();
    assert!(text.contains("build server") && text.contains("ends 20") && text.lines().count() == 2, "{text}");
    let id = added["id"].to_string();
    service.add_user("bob");
    service.cli(&["users", "keys", "end", "bob", &id]).refused(1, &["there is no such key"]);
    let ended = service.cli(&["users", "keys", "end", "ann", &id]).quietly();
    assert!(ended.contains("has ended"), "{ended}");
    assert!(ends_soon(&service, second));
    assert_eq!(status_of_key(&service, &first), 200, "the other one stays");
    service.cli(&["users", "keys", "end", "ann", &id]).refused(1, &["there is no such key"]);
    let into = service.cli(&["users", "keys", "add", "ann", "--keys-to", "keys.csv"]).quietly();
    assert!(into.contains("one more key") && !into.contains("tweetty_"), "{into}");
    let file = std::fs::read_to_string(service.file("keys.csv")).unwrap();
    let key = file.lines().nth(1).unwrap().strip_prefix("ann,").unwrap();
    assert_eq!(status_of_key(&service, key), 200);
}

fn every_change_of_keys_is_in_the_log_and_no_key_is(store: Store) {
    let data = Data::made(store);
    data.add_user("ann");
    let added = data.cli(&["users", "keys", "add", "ann", "--json"]).json();
    let id = added["id"].to_string();
    data.cli(&["users", "keys", "end", "ann", &id]).quietly();
    data.cli(&["users", "keys", "end", "ann", &id]).refused(1, &["there is no such key"]);
    let log = data.cli(&["audit", "--json"]).json();
    let records = log["records"].as_array().unwrap().iter();
    let actions =
        records.map(|record| (record["action"].as_str().unwrap(), record["outcome"].as_str().unwrap()));
    let actions = actions.filter(|(action, _)| action.starts_with("users keys")).collect::<Vec<_>>();
    assert_eq!(
        actions,
        [("users keys add", "done"), ("users keys end", "done"), ("users keys end", "failed")]
    );
    assert!(!log.to_string().contains(added["api_key"].as_str().unwrap()), "{log}");
}

fn a_longest_lifetime_holds_for_every_key_that_is_made(store: Store) {
    let mut data = Data::made(store);
    data.add_user("before");
    data.set("TWEETTY_KEY_LIFETIME", "30d");
    data.add_user("ann");
    data.cli(&["users", "keys", "add", "ann", "--label", "second"]).quietly();
    std::fs::write(data.file("people.csv"), "nickname\nimported\n").unwrap();
    data.cli(&["users", "import", "people.csv"]).quietly();
    data.cli(&["users", "keys", "add", "ann", "--ends", "31d"]).refused(1, &["the end is too late"]);
    for (user, count) in [("ann", 2), ("imported", 1)] {
        let held = keys(&data, user);
        assert_eq!(held.len(), count);
        assert!(held.iter().all(|key| key["ends_at"].is_string()), "{user}: {held:?}");
    }
    assert_eq!(keys(&data, "before")[0]["ends_at"], Value::Null, "older keys keep theirs");
    data.cli(&["users", "new-api-key", "before"]).quietly();
    assert!(keys(&data, "before")[0]["ends_at"].is_string());
    let longer = data.cli(&["users", "keys", "add", "ann", "--key-lifetime", "60d", "--ends", "50d"]);
    assert_eq!(longer.status, 0, "{longer:?}");
}

fn a_new_api_key_replaces_all_keys_of_a_user(store: Store) {
    let data = Data::made(store);
    data.add_user("ann");
    data.cli(&["users", "keys", "add", "ann", "--label", "phone"]).quietly();
    data.cli(&["users", "new-api-key", "ann", "--keep-old-for", "1h"]).quietly();
    let held = keys(&data, "ann");
    assert_eq!(held.len(), 3, "{held:?}");
    assert_eq!(held.iter().filter(|key| key["ends_at"].is_string()).count(), 2, "the old ones have an hour");
    data.cli(&["users", "new-api-key", "ann"]).quietly();
    assert_eq!(keys(&data, "ann").len(), 1);
    data.cli(&["users", "deactivate", "ann"]).quietly();
    assert_eq!(keys(&data, "ann"), Vec::<Value>::new());
    data.cli(&["users", "keys", "add", "ann"]).refused(1, &["deactivated"]);
}

fn what_is_no_end_is_refused(store: Store) {
    let data = Data::made(store);
    data.add_user("ann");
    for wrong in ["soon", "", "2027-02-30T00:00:00Z", "-1d"] {
        data.cli(&["users", "keys", "add", "ann", &format!("--ends={wrong}")]).refused(2, &["--ends", "90d"]);
    }
    data.cli(&["users", "keys", "add", "ann", "--ends", "2020-01-01T00:00:00Z"])
        .refused(1, &["not in the future"]);
    assert_eq!(data.cli(&["users", "keys", "end", "ann", "0"]).status, 2);
    assert_eq!(keys(&data, "ann").len(), 1);
}
