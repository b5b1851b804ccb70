//! `serve --demo`: on empty stores and safe addresses only.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::client::get;
use crate::support::{Data, Service, Store};

on_both_stores!(
    an_empty_store_becomes_a_demo_that_is_served_again_with_the_flag_and_without,
    a_store_with_users_of_its_own_becomes_no_demo,
    a_demo_that_was_killed_while_it_was_founded_is_founded_to_its_end,
);

fn an_empty_store_becomes_a_demo_that_is_served_again_with_the_flag_and_without(store: Store) {
    let mut data = Data::fresh(store);
    // What the service itself adds has no quotas.
    for quota in ["TWEETS_PER_DAY", "UPLOADS_PER_DAY", "UPLOAD_BYTES_PER_DAY", "UPLOADS_UNATTACHED"] {
        data.set(&format!("TWEETTY_{quota}"), "1");
    }
    let mut demo = Service::on(data, &["--demo"]);
    assert_eq!(demo.welcome()["demo"], true);
    let feed = get(&demo, "/api/tweets?limit=5", "test");
    let tweets = feed["tweets"].as_array().unwrap();
    assert!(tweets.len() == 5 && tweets[0]["likes_count"].as_i64() > Some(0), "{feed}");
    assert_eq!(demo.cli(&["check"]).quietly(), "all is as it should be\n");
    assert!(demo.stop().success());
    let data = std::mem::replace(&mut demo.data, Data::fresh(Store::Sqlite));
    let mut again = Service::on(data, &["--demo"]);
    assert_eq!(get(&again, "/api/tweets?limit=5", "test"), feed);
    assert!(again.stop().success());
    let data = std::mem::replace(&mut again.data, Data::fresh(Store::Sqlite));
    let served = Service::on(data, &[]);
    assert_eq!(get(&served, "/api/tweets?limit=5", "test"), feed);
}

fn a_store_with_users_of_its_own_becomes_no_demo(store: Store) {
    for key in [&[][..], &["--api-key", "test"]] {
        let data = Data::fresh(store);
        data.cli(&["migrate"]).quietly();
        assert_eq!(data.cli(&[&["users", "add", "ann"], key].concat()).status, 0);
        data.cli(&["serve", "--demo"]).refused(1, &["--demo", "has users already", "leaving out --demo"]);
    }
}

fn a_demo_that_was_killed_while_it_was_founded_is_founded_to_its_end(store: Store) {
    let data = Data::fresh(store);
    let mut founding = data.command().args(["serve", "--demo"]).stdout(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    // Some tweets are there, others are not.
    while data.cli(&["users", "list"]).out.is_empty() || !has_files(&data.file("media")) {
        assert!(begun.elapsed() < Duration::from_mins(2) && founding.try_wait().unwrap().is_none());
        thread::sleep(Duration::from_millis(20));
    }
    founding.kill().unwrap();
    founding.wait().unwrap();
    let unfinished = data.cli(&["users", "get", "#1"]).quietly();
    assert!(unfinished.contains("moving in"), "{unfinished}");

    let mut demo = Service::on(data, &["--demo"]);
    let all = get(&demo, "/api/tweets?scope=all", "test");
    let texts = all["tweets"].as_array().unwrap().iter().map(|tweet| tweet["content"].as_str().unwrap());
    let different = texts.clone().collect::<HashSet<_>>().len();
    assert!(different == texts.count() && different > 40, "nothing is said twice and all is said");
    assert_eq!(get(&demo, "/api/users/me", "test")["user"]["name"], "Mira");
    assert_eq!(demo.cli(&["check"]).quietly(), "all is as it should be\n");
    demo.stop();
}

/// Whether an image was kept.
fn has_files(media: &Path) -> bool {
    let folders = fs::read_dir(media).into_iter().flatten().flatten();
    folders
        .filter(|folder| folder.file_name() != "incoming")
        .any(|folder| fs::read_dir(folder.path()).is_ok_and(|mut files| files.next().is_some()))
}

#[test]
fn an_address_that_is_not_loopback_is_refused_unless_the_operator_insists() {
    let mut data = Data::fresh(Store::Sqlite);
    data.set("TWEETTY_BIND", "0.0.0.0:0");
    data.cli(&["serve", "--demo"]).refused(2, &["TWEETTY_BIND", "0.0.0.0:0", "--demo-anywhere"]);
    assert!(!data.file("tweetty.db").exists());
    data.unset("TWEETTY_BIND");
    data.set("PORT", "0");
    data.cli(&["serve", "--demo"]).refused(2, &["PORT", "--demo-anywhere"]);
    let alone = data.cli(&["serve", "--demo-anywhere"]);
    assert!(alone.status == 2 && alone.err.contains("--demo"), "{alone:?}");
    let mut anywhere = Service::on(data, &["--demo", "--demo-anywhere"]);
    assert!(anywhere.address().starts_with("0.0.0.0:"));
    anywhere.stop();
    let data = std::mem::replace(&mut anywhere.data, Data::fresh(Store::Sqlite));
    let reopened = Service::on(data, &[]);
    assert!(reopened.logged().contains("the demo's key opens this store"), "{}", reopened.logged());
}
