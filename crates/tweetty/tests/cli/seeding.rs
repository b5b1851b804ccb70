//! `seed`: a company of any size.

use crate::client::get;
use crate::support::{Data, Service, Store};

on_both_stores!(a_seeded_company_is_exact_and_its_probes_can_call);

fn a_seeded_company_is_exact_and_its_probes_can_call(store: Store) {
    let figures = ["--users", "300", "--tweets", "2000", "--likes", "15000", "--follows", "3000"];
    let data = Data::fresh(store);
    let seeded = data.cli(&[&["seed", "--json"], &figures[..]].concat()).json();
    assert_eq!(seeded["likes"], 15_000);
    let probes = seeded["probes"].as_array().unwrap();
    assert_eq!(
        probes.iter().map(|probe| probe["nickname"].as_str().unwrap()).collect::<Vec<_>>(),
        ["probe10", "probe100"]
    );
    assert_eq!(data.cli(&["check"]).quietly(), "all is as it should be\n");
    data.cli(&[&["seed"], &figures[..]].concat()).refused(1, &["has users already"]);
    let service = Service::on(data, &[]);
    for probe in probes {
        let key = probe["api_key"].as_str().unwrap();
        let me = get(&service, "/api/users/me", key);
        assert_eq!(me["user"]["following_count"], probe["following"]);
        let feed = get(&service, "/api/tweets?limit=20", key);
        let likes =
            feed["tweets"].as_array().unwrap().iter().map(|tweet| tweet["likes_count"].as_i64().unwrap());
        let likes = likes.collect::<Vec<_>>();
        assert!(likes.len() == 20 && likes.is_sorted_by(|one, next| one >= next), "{likes:?}");
    }
    let all = get(&service, "/api/tweets?scope=all&limit=1", probes[0]["api_key"].as_str().unwrap());
    assert!(all["tweets"][0]["likes_count"].as_i64().unwrap() <= 100, "at most a third of the company");
    service.add_user("later");
}

#[test]
fn a_company_too_small_for_probes_says_how_to_go_on() {
    let data = Data::fresh(Store::Sqlite);
    let said =
        data.cli(&["seed", "--users", "3", "--tweets", "5", "--likes", "15", "--follows", "6"]).quietly();
    assert!(
        said.starts_with("seeded 3 users, 5 tweets, 15 likes, 6 follows\n")
            && said.contains("new-api-key '#1'")
    );
    data.cli(&["users", "new-api-key", "#1"]).quietly();
}

#[test]
fn impossible_figures_are_refused_before_a_store_is_made() {
    let data = Data::fresh(Store::Sqlite);
    let figures = ["seed", "--users", "10", "--tweets", "5", "--likes", "51", "--follows", "0"];
    data.cli(&figures).refused(2, &["--likes 51", "at most 50"]);
    let figures = ["seed", "--users", "10", "--tweets", "5", "--likes", "5", "--follows", "0"];
    data.cli(&[&figures[..], &["--until", "9999-01-01"]].concat()).refused(2, &["--until", "in the future"]);
    assert!(!data.file("tweetty.db").exists());
}
