//! Avatars by the operator, and that they go wherever a user's pictures go.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::client::get;
use crate::support::noise::noise;
use crate::support::{Data, Service, Store};

on_both_stores!(
    an_operator_gives_an_avatar_and_takes_it_away,
    a_file_that_is_no_picture_is_refused_and_recorded,
    an_avatar_goes_where_its_user_goes,
    an_avatar_whose_file_is_missing_is_named,
    a_repair_takes_an_avatar_away_whose_file_is_missing,
);

/// Gives the user of that key an avatar; answers the addresses of both sizes.
fn dress(service: &Service, nickname: &str, key: &str) -> [String; 2] {
    fs::write(service.file("face.png"), noise(300, 200, 7)).unwrap();
    let said = service.cli(&["users", "avatar", nickname, "face.png"]).quietly();
    assert!(said.ends_with("has a new avatar\n"), "{said}");
    let me = get(service, "/api/users/me", key);
    ["avatar", "avatar_large"].map(|size| me["user"][size].as_str().unwrap().to_owned())
}

fn file(data: &Data, url: &str) -> PathBuf {
    let name = url.rsplit('/').next().unwrap();
    data.file("media").join(&name[..2]).join(name)
}

fn an_operator_gives_an_avatar_and_takes_it_away(store: Store) {
    let service = Service::start(store);
    let key = service.add_user("ann");
    let before = dress(&service, "ann", &key);
    let urls = dress(&service, "ann", &key);
    assert_ne!(before, urls);
    for (url, is_there) in before.iter().map(|url| (url, false)).chain(urls.iter().map(|url| (url, true))) {
        assert_eq!(file(&service.data, url).is_file(), is_there, "{url}");
    }
    let shown = service.cli(&["users", "get", "ann", "--json"]).json();
    assert!(urls[1].ends_with(shown["avatar"].as_str().unwrap()), "{shown}");
    let removed = service.cli(&["users", "avatar", "ann", "--remove", "--json"]).json();
    assert_eq!(removed, json!({"id": 1, "nickname": "ann", "avatar": null}));
    assert_eq!(get(&service, "/api/users/me", &key)["user"]["avatar"], Value::Null);
    assert!(!file(&service.data, &urls[0]).exists());
    service.cli(&["users", "avatar", "ann", "--remove"]).quietly();
    let log = service.cli(&["audit", "--json"]).json();
    let records = log["records"].as_array().unwrap().iter();
    let records = records.filter(|record| record["action"] == "users avatar").collect::<Vec<_>>();
    assert_eq!(records.len(), 3, "what changes nothing leaves no record: {log}");
    assert_eq!((&records[2]["user_id"], &records[2]["detail"]), (&json!(1), &json!("none")));
    assert_eq!(service.cli(&["check"]).quietly(), "all is as it should be\n");
}

fn a_file_that_is_no_picture_is_refused_and_recorded(store: Store) {
    let service = Service::start(store);
    service.add_user("ann");
    fs::write(service.file("words.png"), "words").unwrap();
    for (arguments, words) in [
        (["ann", "words.png"], "not a JPEG, PNG, GIF or WebP image"),
        (["ann", "nothing.png"], "nothing.png"),
        (["eve", "words.png"], "there is no such user"),
    ] {
        let ran = service.cli(&["users", "avatar", arguments[0], arguments[1]]);
        assert!(ran.status == 1 && ran.err.contains(words) && ran.err.lines().count() == 1, "{ran:?}");
    }
    assert_eq!(service.cli(&["users", "avatar", "ann"]).status, 2);
    assert_eq!(service.cli(&["users", "avatar", "ann", "words.png", "--remove"]).status, 2);
    let log = service.cli(&["audit", "--json"]).json();
    let failed = log["records"].as_array().unwrap().iter().filter(|record| record["outcome"] == "failed");
    assert_eq!(failed.filter(|record| record["action"] == "users avatar").count(), 1, "{log}");
}

fn an_avatar_goes_where_its_user_goes(store: Store) {
    let mut service = Service::start(store);
    let key = service.add_user("ann");
    let urls = dress(&service, "ann", &key);
    let bytes = fs::read(file(&service.data, &urls[1])).unwrap();
    service.cli(&["users", "export", "ann", "--to", "ann.zip"]).quietly();
    let mut archive = zip::ZipArchive::new(File::open(service.file("ann.zip")).unwrap()).unwrap();
    let mut read = |name: &str| {
        let mut content = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut content).unwrap();
        content
    };
    let profile = serde_json::from_slice::<Value>(&read("profile.json")).unwrap();
    assert_eq!(read(&format!("images/{}", profile["avatar"].as_str().unwrap())), bytes);
    assert!(service.stop().success());
    let source = service.into_data();
    let folder = source.file("backup").display().to_string();
    assert_eq!(source.cli(&["backup", "--to", &folder, "--json"]).json()["images"], 2);
    let target = Data::fresh(store);
    target.cli(&["restore", "--from", &folder]).quietly();
    assert_eq!(fs::read(file(&target, &urls[1])).unwrap(), bytes);
    assert_eq!(target.cli(&["check"]).quietly(), "all is as it should be\n");
    target.cli(&["users", "remove", "ann", "--yes"]).quietly();
    assert!(urls.iter().all(|url| !file(&target, url).exists()));
}

fn an_avatar_whose_file_is_missing_is_named(store: Store) {
    let service = Service::start(store);
    let key = service.add_user("ann");
    let [small, _] = dress(&service, "ann", &key);
    fs::remove_file(file(&service.data, &small)).unwrap();
    let checked = service.cli(&["check", "--json"]);
    let found: Value = serde_json::from_str(&checked.out).unwrap();
    assert_eq!((checked.status, &found["missing_files"]), (1, &json!([small.rsplit('/').next().unwrap()])));
    service.cli(&["users", "avatar", "ann", "--remove"]).quietly();
    assert_eq!(service.cli(&["check"]).quietly(), "all is as it should be\n");
}

fn a_repair_takes_an_avatar_away_whose_file_is_missing(store: Store) {
    let service = Service::start(store);
    let [ann, bob] = ["ann", "bob"].map(|name| service.add_user(name));
    let [urls, his] = [dress(&service, "ann", &ann), dress(&service, "bob", &bob)];
    for (gone, left) in [(0, 1), (1, 0)] {
        let urls = if gone == 0 { urls.clone() } else { dress(&service, "ann", &ann) };
        fs::remove_file(file(&service.data, &urls[gone])).unwrap();
        let said = service.cli(&["check", "--repair"]).quietly();
        assert!(said.contains("avatars that lacked a file, and were taken away: 1\n"), "{said}");
        assert!(said.ends_with("all is as it should be\n"), "{said}");
        assert!(!file(&service.data, &urls[left]).exists(), "nothing needs the other size");
        let shown = service.cli(&["users", "get", "ann", "--json"]).json();
        assert_eq!(shown["avatar"], Value::Null);
    }
    assert!(his.iter().all(|url| file(&service.data, url).exists()));
    let log = service.cli(&["audit", "--json"]).json();
    let repaired =
        log["records"].as_array().unwrap().iter().rfind(|record| record["action"] == "check --repair");
    assert!(repaired.unwrap()["detail"].as_str().unwrap().ends_with(", 1 avatars taken away"), "{log}");
}
