//! `serve --demo`: on empty stores and safe addresses only.

use crate::client::get;
use crate::support::{Data, Service, Store};

on_both_stores!(an_empty_store_becomes_a_demo_that_is_served_again_without_the_flag);

fn an_empty_store_becomes_a_demo_that_is_served_again_without_the_flag(store: Store) {
    let mut demo = Service::on(Data::fresh(store), &["--demo"]);
    assert_eq!(demo.welcome()["demo"], true);
    let feed = get(&demo, "/api/tweets?limit=5", "test");
    let tweets = feed["tweets"].as_array().unwrap();
    assert!(tweets.len() == 5 && tweets[0]["likes_count"].as_i64() > Some(0), "{feed}");
    assert_eq!(demo.cli(&["check"]).quietly(), "all is as it should be\n");
    assert!(demo.stop().success());
    let data = std::mem::replace(&mut demo.data, Data::fresh(Store::Sqlite));
    data.cli(&["serve", "--demo"]).refused(1, &["--demo", "has users already", "`tweetty serve`"]);
    let served = Service::on(data, &[]);
    assert_eq!(get(&served, "/api/tweets?limit=5", "test"), feed);
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
