//! `users deactivate` and `activate`: who leaves is gone, and what they wrote stays.

use serde_json::{Value, json};

use crate::client::{call, ends_soon, get, publish, status_of_key};
use crate::support::{Data, Service, Store};

on_both_stores!(
    the_keys_of_a_deactivated_user_end_and_stay_ended,
    a_deactivated_user_is_not_found_and_what_they_wrote_stays,
    nobody_follows_a_deactivated_user_anew,
    a_deactivated_user_gets_no_key,
    operators_see_who_is_deactivated_and_the_log_has_it,
);

fn the_keys_of_a_deactivated_user_end_and_stay_ended(store: Store) {
    let service = Service::start(store);
    let old = service.add_user("ann");
    assert_eq!(status_of_key(&service, &old), 200);
    let said = service.cli(&["users", "deactivate", "ann", "--json"]).json();
    assert_eq!(said, json!({"id": 1, "nickname": "ann", "active": false, "changed": true}));
    assert!(ends_soon(&service, &old));
    let said = service.cli(&["users", "activate", "ann"]).quietly();
    assert!(said.starts_with("user #1, ann, is active again; "), "{said}");
    assert_eq!(status_of_key(&service, &old), 401);
    let new = service.cli(&["users", "new-api-key", "ann", "--json"]).json();
    assert_eq!(status_of_key(&service, new["api_key"].as_str().unwrap()), 200);
    assert_eq!(status_of_key(&service, &old), 401);
}

/// The users found by that text.
fn found(service: &Service, key: &str, text: &str) -> Vec<String> {
    let found = get(service, &format!("/api/users?query={text}"), key);
    let users = found["users"].as_array().unwrap().iter();
    users.map(|user| user["name"].as_str().unwrap().to_owned()).collect()
}

fn a_deactivated_user_is_not_found_and_what_they_wrote_stays(store: Store) {
    let service = Service::start(store);
    let [ann, bob] = ["anna", "bob"].map(|name| service.add_user(name));
    for pair in [["bob", "anna"], ["anna", "bob"]] {
        service.cli(&["users", "follow", "--follower", pair[0], "--followee", pair[1]]).quietly();
    }
    let tweet = publish(&service, &ann, "still here", &[]);
    let liked = publish(&service, &bob, "liked", &[]);
    assert_eq!(call(&service, "POST", &format!("/api/tweets/{liked}/likes"), &ann, "").0, 201);
    let shown = |path: &str| get(&service, path, &bob);
    let paths = ["/api/tweets".to_owned(), format!("/api/tweets/{tweet}"), "/api/users/1/tweets".to_owned()];
    let before = paths.each_ref().map(|path| shown(path));
    let profile = shown("/api/users/1")["user"].clone();
    assert_eq!(profile["active"], true);

    service.cli(&["users", "deactivate", "anna"]).quietly();
    assert_eq!(paths.each_ref().map(|path| shown(path)), before);
    let after = shown("/api/users/1")["user"].clone();
    let mut expected = profile.clone();
    expected["active"] = Value::Bool(false);
    assert_eq!(after, expected);
    for text in ["an", "anna", ""] {
        assert!(!found(&service, &bob, text).contains(&"anna".to_owned()), "{text}");
    }
    assert_eq!(
        shown("/api/users/2")["user"]["followers"],
        json!([{"id": 1, "name": "anna", "first_name": null, "last_name": null, "avatar": null}])
    );
    assert_eq!(service.cli(&["check"]).quietly(), "all is as it should be\n");

    service.cli(&["users", "activate", "anna"]).quietly();
    assert_eq!(paths.map(|path| shown(&path)), before);
    assert_eq!(shown("/api/users/1")["user"], profile);
    assert_eq!(found(&service, &bob, "anna"), ["anna"]);
}

fn nobody_follows_a_deactivated_user_anew(store: Store) {
    let service = Service::start(store);
    let [_, bob, eve] = ["ann", "bob", "eve"].map(|name| service.add_user(name));
    let follow = |method, key| call(&service, method, "/api/users/1/follow", key, "");
    assert_eq!(follow("POST", &bob).0, 201);
    service.cli(&["users", "deactivate", "ann"]).quietly();
    assert_eq!(follow("POST", &bob).0, 200, "a repetition is as before");
    let (status, body) = follow("POST", &eve);
    assert_eq!((status, &body["error_type"]), (422, &json!("validation_error")), "{body}");
    assert!(body["error_message"].as_str().unwrap().contains("deactivated"), "{body}");
    assert_eq!(follow("DELETE", &bob).0, 200);
    assert_eq!(follow("POST", &bob).0, 422);
    service.cli(&["users", "follow", "--follower", "eve", "--followee", "ann"]).refused(1, &["deactivated"]);
    service.cli(&["users", "activate", "ann"]).quietly();
    assert_eq!(follow("POST", &eve).0, 201);
}

fn a_deactivated_user_gets_no_key(store: Store) {
    let data = Data::made(store);
    data.add_user("ann");
    data.cli(&["users", "deactivate", "ann"]).quietly();
    data.cli(&["users", "new-api-key", "ann"])
        .refused(1, &["\"ann\" is deactivated", "activate the user first"]);
    data.cli(&["users", "activate", "ann"]).quietly();
    data.cli(&["users", "new-api-key", "ann"]).quietly();
}

fn operators_see_who_is_deactivated_and_the_log_has_it(store: Store) {
    let data = Data::made(store);
    for name in ["ann", "bob"] {
        data.add_user(name);
    }
    data.cli(&["users", "deactivate", "ann"]).quietly();
    let again = data.cli(&["users", "deactivate", "#1"]).quietly();
    assert_eq!(again, "user #1, ann, was deactivated already\n");
    assert!(data.cli(&["users", "list"]).quietly().contains("ann (deactivated)\n"));
    assert!(data.cli(&["users", "search", "ann"]).quietly().contains("ann (deactivated)\n"));
    let shown = data.cli(&["users", "get", "ann", "--json"]).json();
    assert_eq!(shown["active"], false);
    assert!(shown["deactivated_at"].as_str().unwrap().ends_with('Z'));
    data.cli(&["users", "activate", "ann"]).quietly();
    assert_eq!(data.cli(&["users", "activate", "ann"]).quietly(), "user #1, ann, was active already\n");
    data.cli(&["users", "deactivate", "eve"]).refused(1, &["\"eve\"", "no such user"]);
    let log = data.cli(&["audit", "--json"]).json();
    let actions = log["records"].as_array().unwrap().iter().map(|record| record["action"].as_str().unwrap());
    let changes = actions.filter(|action| action.contains("activate")).collect::<Vec<_>>();
    assert_eq!(changes, ["users deactivate", "users activate"]);
}
