//! `serve`, `migrate`, `healthcheck`, `openapi`.

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::client::{call, get};
use crate::support::{Data, Service, Store};

on_both_stores!(
    everything_is_still_there_after_a_restart_and_after_a_death,
    signals_end_the_service_with_status_0,
    migrate_says_what_it_did,
    the_start_says_where_it_listens_and_what_to_try,
);

fn everything_is_still_there_after_a_restart_and_after_a_death(store: Store) {
    let mut service = Service::start(store);
    let [ann, bob] = ["ann", "bob"].map(|name| service.add_user(name));
    let (status, tweet) = call(&service, "POST", "/api/tweets", &ann, r#"{"tweet_data": "hello"}"#);
    assert_eq!(status, 201, "{tweet}");
    let id = tweet["tweet_id"].as_i64().unwrap();
    assert_eq!(call(&service, "POST", &format!("/api/tweets/{id}/likes"), &bob, "").0, 201);
    assert_eq!(call(&service, "POST", "/api/users/1/follow", &bob, "").0, 201);
    let seen = |service: &Service| (get(service, "/api/tweets", &bob), get(service, "/api/users/me", &ann));
    let before = seen(&service);
    assert_eq!(before.0["tweets"][0]["likes_count"], 1);
    service.restart();
    assert_eq!(seen(&service), before);
    service.kill();
    service.start_again();
    assert_eq!(seen(&service), before);
    assert!(service.welcome()["applied"].as_array().unwrap().is_empty());
    assert_eq!(service.cli(&["check"]).quietly(), "all is as it should be\n");
}

fn signals_end_the_service_with_status_0(store: Store) {
    let mut service = Service::start(store);
    for signal in ["TERM", "INT"] {
        service.signal(signal);
        assert_eq!(service.wait().code(), Some(0), "{signal}: {}", service.logged());
        service.start_again();
    }
    assert!(service.logged().contains("\"stopped\""), "{}", service.logged());
}

fn migrate_says_what_it_did(store: Store) {
    let data = Data::fresh(store);
    let first = data.cli(&["migrate"]).quietly();
    assert!(first.starts_with("applied 0001_microblog\n") && first.contains("up to date"), "{first}");
    assert!(data.cli(&["migrate"]).quietly().ends_with(" is up to date; nothing to do\n"));
    assert_eq!(data.cli(&["migrate", "--json"]).json()["applied"], json!([]));
}

/// The names of all migrations of that store, in their order.
fn migrations(store: Store) -> Vec<String> {
    let folder = if store == Store::Sqlite { "sqlite" } else { "postgres" };
    let folder = format!("{}/../../migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
    let names = std::fs::read_dir(folder).unwrap();
    let mut names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
    names.sort_unstable();
    names
}

fn the_start_says_where_it_listens_and_what_to_try(store: Store) {
    let service = Service::start(store);
    let welcome = service.welcome();
    assert_eq!((&welcome["demo"], &welcome["applied"]), (&json!(false), &json!(migrations(store))));
    let scheme = if store == Store::Sqlite { "sqlite://" } else { "postgres://" };
    assert!(welcome["database"].as_str().unwrap().starts_with(scheme), "{welcome}");
    assert!(welcome["media"].as_str().unwrap().ends_with("media"), "{welcome}");
    drop(service);
    let data = Data::fresh(store);
    let (reader, writer) = std::io::pipe().unwrap();
    let mut process =
        data.command().arg("serve").stdout(writer).stderr(std::process::Stdio::null()).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(reader));
    let said = lines.by_ref().map(Result::unwrap).take(9).collect::<Vec<_>>().join("\n");
    process.kill().unwrap();
    process.wait().unwrap();
    for part in
        ["listens on http://127.0.0.1:", scheme, "/media", "0001_microblog", "/docs", "tweetty users add"]
    {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
}

#[test]
fn healthcheck_tells_whether_the_server_is_ready() {
    let mut service = Service::start(Store::Sqlite);
    let address = service.address().to_owned();
    let check =
        |arguments: &[&str]| service.cli(&[&["healthcheck", "--bind", address.as_str()], arguments].concat());
    assert_eq!(check(&[]).quietly(), format!("{address} is ready\n"));
    assert_eq!(check(&["--json"]).json(), json!({"address": address, "ready": true}));
    service.stop();
    service.cli(&["healthcheck", "--bind", &address]).refused(1, &["not ready", "refused"]);
    let failed = service.cli(&["healthcheck", "--bind", &address, "--json"]);
    let answer: Value = serde_json::from_str(&failed.out).unwrap();
    assert_eq!((failed.status, &answer["ready"]), (1, &json!(false)));
    let silent = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    assert_eq!(service.cli(&["healthcheck", "--bind", &silent]).status, 1);
    service.cli(&["healthcheck"]).refused(2, &["TWEETTY_BIND", "port 0"]);
}

/// A change of the contract shows itself in the diff of that file: `just openapi > docs/openapi.json`.
#[test]
fn the_document_in_the_tree_is_the_one_that_is_printed() {
    let printed = Data::fresh(Store::Sqlite).cli(&["openapi"]).quietly();
    let kept =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json")).unwrap();
    assert_eq!(printed, kept);
}

#[test]
fn openapi_prints_the_document_that_is_served() {
    let service = Service::with(Store::Sqlite, &[("TWEETTY_TWEET_LENGTH", "99")]);
    let printed = service.cli(&["openapi"]).json();
    assert!(printed["openapi"].as_str().unwrap().starts_with("3."));
    assert_eq!(printed, get(&service, "/openapi.json", ""));
    assert_ne!(printed, service.cli(&["openapi", "--tweet-length", "98"]).json());
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let data = Data::made(Store::Sqlite);
    data.add_user("ann");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = data.command().args(["users", "list"]).stdout(writer).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}
