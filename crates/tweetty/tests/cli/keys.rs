//! Keys: shown once, replaced, and never where they don't belong.

use std::time::{Duration, Instant};

use crate::client::{get, status_of_key};
use crate::support::{Service, Store};

on_both_stores!(
    a_new_key_ends_the_old_one_beside_a_running_server,
    an_old_key_has_its_grace_time_and_no_more,
    a_given_key_is_taken_with_a_warning_if_it_is_short,
    keys_and_passwords_are_in_no_log,
);

/// A key that was seen lately may work for five seconds more, as is promised.
fn ends_soon(service: &Service, key: &str) -> bool {
    let begun = Instant::now();
    while status_of_key(service, key) != 401 {
        if begun.elapsed() > Duration::from_secs(5) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    true
}

fn a_new_key_ends_the_old_one_beside_a_running_server(store: Store) {
    let service = Service::start(store);
    let old = service.add_user("ann");
    assert_eq!(get(&service, "/api/users/me", &old)["user"]["name"], "ann");
    let replaced = service.cli(&["users", "new-api-key", "ann", "--json"]).json();
    let new = replaced["api_key"].as_str().unwrap();
    assert_ne!(new, old);
    assert_eq!(status_of_key(&service, new), 200);
    assert!(ends_soon(&service, &old));
    let text = service.cli(&["users", "new-api-key", "ann"]).quietly();
    assert_eq!(status_of_key(&service, text.lines().last().unwrap()), 200);
}

fn an_old_key_has_its_grace_time_and_no_more(store: Store) {
    let service = Service::start(store);
    let old = service.add_user("ann");
    let begun = Instant::now();
    let new = service.cli(&["users", "new-api-key", "ann", "--keep-old-for", "4s", "--json"]).json();
    assert_eq!(status_of_key(&service, &old), 200, "after {:?}", begun.elapsed());
    assert_eq!(status_of_key(&service, new["api_key"].as_str().unwrap()), 200);
    std::thread::sleep(Duration::from_secs(4).saturating_sub(begun.elapsed()));
    assert!(ends_soon(&service, &old));
    service
        .cli(&["users", "new-api-key", "ann", "--keep-old-for", "soon"])
        .refused(2, &["--keep-old-for", "36h"]);
    service.cli(&["users", "new-api-key", "eve"]).refused(1, &["\"eve\""]);
}

fn a_given_key_is_taken_with_a_warning_if_it_is_short(store: Store) {
    let service = Service::start(store);
    let short = service.cli(&["users", "add", "ann", "--api-key", "sesame"]);
    assert_eq!(short.status, 0);
    assert!(
        short.err.contains("warning") && short.err.contains("30 characters") && !short.err.contains("sesame")
    );
    assert_eq!(status_of_key(&service, "sesame"), 200);
    service.cli(&["users", "add", "bob", "--api-key", &"b".repeat(30)]).quietly();
    let taken = service.cli(&["users", "add", "eve", "--api-key", &"b".repeat(30)]);
    taken.refused(1, &["\"eve\"", "in use"]);
    service.cli(&["users", "new-api-key", "ann", "--api-key", &"b".repeat(30)]).refused(1, &["in use"]);
    for bad in ["", "open sesame", "clé", &"x".repeat(257)] {
        let refused = service.cli(&["users", "add", "eve", "--api-key", bad]);
        refused.refused(2, &["--api-key", "1 to 256 visible ASCII"]);
        assert!(bad.is_empty() || !refused.err.contains(bad));
    }
    assert!(!service.logged().contains("sesame"));
}

fn keys_and_passwords_are_in_no_log(store: Store) {
    let service = Service::with(store, &[("TWEETTY_LOG_LEVEL", "debug")]);
    let key = service.add_user("ann");
    assert_eq!(status_of_key(&service, &key), 200);
    assert_eq!(status_of_key(&service, "wrong-but-secret"), 401);
    let logged = service.logged();
    assert!(
        !logged.is_empty() && !logged.contains(&key[8..]) && !logged.contains("wrong-but-secret"),
        "{logged}"
    );
}
