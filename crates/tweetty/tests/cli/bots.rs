//! Bots: programs that have an owner, and leave with them.

use std::fs;

use serde_json::{Value, json};

use crate::client::{ends_soon, status_of_key};
use crate::support::{Data, Service, Store};

on_both_stores!(
    a_bot_has_an_owner_who_can_change,
    what_is_no_bot_and_no_owner_is_refused,
    a_bot_leaves_with_its_owner_and_comes_back_by_hand,
    a_list_of_people_leaves_bots_alone,
    bots_of_leavers_leave_with_them,
    a_bot_keeps_its_owner_in_a_copy,
);

fn get(data: &Data, user: &str) -> Value {
    data.cli(&["users", "get", user, "--json"]).json()
}

fn add_bot(data: &Data, name: &str, owner: &str) -> String {
    let added = data.cli(&["users", "add", name, "--bot", "--owner", owner, "--json"]).json();
    added["api_key"].as_str().unwrap().to_owned()
}

/// Ann, Bob, and Ann's bot, which is the third user.
fn company(store: Store) -> Data {
    let data = Data::made(store);
    for name in ["ann", "bob"] {
        data.add_user(name);
    }
    add_bot(&data, "ci", "ann");
    data
}

fn a_bot_has_an_owner_who_can_change(store: Store) {
    let data = company(store);
    let shown = get(&data, "ci");
    assert_eq!((&shown["bot"], &shown["owner_id"]), (&json!(true), &json!(1)));
    assert_eq!(get(&data, "ann")["bot"], false);
    assert!(data.cli(&["users", "get", "ci"]).quietly().contains("bot of     #1\n"));
    assert!(data.cli(&["users", "list"]).quietly().contains("ci (bot of #1)\n"));
    assert!(data.cli(&["users", "search", "ci"]).quietly().contains("ci (bot of #1)\n"));
    let updated = data.cli(&["users", "update", "ci", "--owner", "#2", "--json"]).json();
    assert_eq!(updated["owner_id"], 2);
    data.cli(&["users", "update", "ci", "--reset-owner"]).quietly();
    assert_eq!(get(&data, "ci")["bot"], false);
    data.cli(&["users", "update", "ci", "--bot", "--owner", "ann"]).quietly();
    let log = data.cli(&["audit", "--json"]).json();
    let details = log["records"].as_array().unwrap().iter().filter(|record| record["user_id"] == 3);
    let details = details.map(|record| record["detail"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(details, ["bot of user 1", "bot of user 2", "no bot", "bot of user 1"]);
}

fn what_is_no_bot_and_no_owner_is_refused(store: Store) {
    let data = company(store);
    for half in [&["--bot"][..], &["--owner", "ann"]] {
        let ran = data.cli(&[&["users", "add", "x"], half].concat());
        assert_eq!(ran.status, 2, "{ran:?}");
    }
    data.cli(&["users", "add", "x", "--bot", "--owner", "nobody"]).refused(1, &["--owner", "\"nobody\""]);
    data.cli(&["users", "add", "x", "--bot", "--owner", "ci"]).refused(1, &["an active user and no bot"]);
    data.cli(&["users", "add", "x", "--bot", "--owner", "ann", "--role", "moderator"])
        .refused(1, &["neither moderator nor communicator"]);
    data.cli(&["users", "update", "ci", "--role", "communicator"])
        .refused(1, &["neither moderator nor communicator"]);
    data.cli(&["users", "update", "bob", "--owner", "ann"]).refused(1, &["\"bob\" is no bot", "--bot"]);
    data.cli(&["users", "update", "ann", "--bot", "--owner", "bob"]).refused(1, &["owns bots"]);
    data.cli(&["users", "remove", "ann", "--yes"])
        .refused(1, &["owns bots", "give them another owner first"]);
    data.cli(&["users", "deactivate", "bob"]).quietly();
    data.cli(&["users", "update", "ci", "--owner", "bob"]).refused(1, &["an active user and no bot"]);
    assert_eq!(
        (get(&data, "ci")["owner_id"].clone(), get(&data, "ci")["role"].clone()),
        (json!(1), json!("member"))
    );
}

fn a_bot_leaves_with_its_owner_and_comes_back_by_hand(store: Store) {
    let service = Service::start(store);
    service.add_user("ann");
    service.add_user("bob");
    let key = service.cli(&["users", "add", "ci", "--bot", "--owner", "ann", "--json"]).json();
    let key = key["api_key"].as_str().unwrap();
    assert_eq!(status_of_key(&service, key), 200);
    let said = service.cli(&["users", "deactivate", "ann", "--json"]).json();
    assert_eq!(said["bots"], json!([{"id": 3, "nickname": "ci"}]));
    assert!(ends_soon(&service, key));
    service.cli(&["users", "activate", "ci"]).refused(1, &["an active user and no bot; name another one"]);
    service.cli(&["users", "activate", "ann"]).quietly();
    assert_eq!(service.cli(&["users", "get", "ci", "--json"]).json()["active"], false);
    service.cli(&["users", "update", "ci", "--owner", "bob"]).quietly();
    service.cli(&["users", "activate", "ci"]).quietly();
    assert_eq!(status_of_key(&service, key), 401);
    let said = service.cli(&["users", "deactivate", "bob"]).quietly();
    assert!(said.contains("bot #3, ci, is deactivated with its owner\n"), "{said}");
    assert!(said.contains("`tweetty users update '#ID' --owner USER`"), "{said}");
    let log = service.cli(&["audit", "--json"]).json();
    let of_bot = log["records"].as_array().unwrap().iter().filter(|record| record["user_id"] == 3);
    let of_bot = of_bot.filter(|record| record["action"] == "users deactivate");
    let details = of_bot.map(|record| record["detail"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(details, ["with the owner, user 1", "with the owner, user 2"]);
}

fn sync(data: &Data, content: &str) -> Value {
    fs::write(data.file("people.csv"), content).unwrap();
    let leave = ["--deactivate-missing", "--at-most", "50%", "--json"];
    data.cli(&[&["users", "sync", "people.csv"], &leave[..]].concat()).json()
}

fn a_list_of_people_leaves_bots_alone(store: Store) {
    let data = Data::made(store);
    sync(&data, "nickname,email\nann,ann@corp.test\nbob,bob@corp.test\nci,\n");
    // One that was in the list as a person.
    data.cli(&["users", "update", "ci", "--bot", "--owner", "ann", "--email", "ann@corp.test"]).quietly();
    let synced = sync(&data, "nickname,email\nann,ann@corp.test\nbob,bob@corp.test\nci,x@corp.test\n");
    assert_eq!(synced["left_alone"], json!([{"line": 4, "id": 3, "nickname": "ci", "managed_by": null}]));
    let said = data.cli(&["users", "sync", "people.csv", "--dry-run"]).quietly();
    assert!(said.contains("left alone  #3 ci (line 4), a bot\n"), "{said}");
    assert_eq!(get(&data, "ci")["email"], "ann@corp.test");
    let synced = sync(&data, "nickname\nann\nbob\n");
    assert_eq!((&synced["left"], &synced["missing"]), (&json!([]), &json!([])));
    assert_eq!(get(&data, "ci")["active"], true);
}

fn bots_of_leavers_leave_with_them(store: Store) {
    let data = Data::made(store);
    sync(&data, "nickname\nann\nbob\n");
    add_bot(&data, "ci", "ann");
    fs::write(data.file("people.csv"), "nickname\nbob\n").unwrap();
    let leave = ["users", "sync", "people.csv", "--deactivate-missing", "--at-most", "50%"];
    let said = data.cli(&[&leave[..], &["--dry-run"]].concat()).quietly();
    assert!(said.contains("leaves      #3 ci, a bot, with its owner #1\n"), "{said}");
    assert!(said.contains("1 left with 1 bots;"), "{said}");
    assert_eq!(get(&data, "ci")["active"], true);
    data.cli(&[&leave[..], &["--follow", "ci"]].concat()).refused(1, &["user #3 would be deactivated"]);
    let synced = data.cli(&[&leave[..], &["--json"]].concat()).json();
    assert_eq!(synced["bots"], json!([{"id": 3, "nickname": "ci", "owner_id": 1}]));
    assert_eq!(
        (get(&data, "ci")["active"].clone(), get(&data, "ann")["active"].clone()),
        (json!(false), json!(false))
    );
    let synced = sync(&data, "nickname\nann\nbob\n");
    assert_eq!(synced["changed"][0]["returns"], true);
    assert_eq!(get(&data, "ci")["active"], false, "no bot comes back by itself");
}

fn a_bot_keeps_its_owner_in_a_copy(store: Store) {
    let data = company(store);
    // The bot stands before its owner.
    data.add_user("kim");
    data.cli(&["users", "update", "ci", "--owner", "kim"]).quietly();
    for target in [Store::Sqlite, Store::Postgres].map(Data::fresh) {
        let copied = target.cli(&["copy", "--from", data.url(), "--to", target.url(), "--json"]).json();
        assert_eq!(copied["equal"], true, "{copied}");
        assert_eq!(get(&target, "ci")["owner_id"], 4);
    }
}
