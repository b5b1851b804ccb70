//! `media variants`: images from before there were smaller copies get theirs.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::client::{get, publish, upload_file};
use crate::schema::execute;
use crate::support::noise::noise;
use crate::support::{Data, Service, Store};

on_both_stores!(
    old_images_get_their_smaller_copies_beside_a_running_server,
    an_image_that_cannot_be_read_is_named_and_stays_without,
    a_smaller_copy_that_is_missing_is_made_anew_after_a_repair,
    the_variants_go_where_their_image_goes,
);

/// A tweet with that many images; what is shown of them.
fn tweet_with(service: &Service, key: &str, images: u32) -> Vec<Value> {
    let images = (0..images).map(|number| upload_file(service, key, &noise(500, 400, number)));
    let tweet = publish(service, key, "look", &images.collect::<Vec<_>>());
    shown(service, key, tweet)
}

fn shown(service: &Service, key: &str, tweet: i64) -> Vec<Value> {
    let tweet = get(service, &format!("/api/tweets/{tweet}"), key);
    tweet["tweet"]["media"].as_array().unwrap().clone()
}

/// Where the file of that URL lies.
fn file(data: &Data, url: &Value) -> PathBuf {
    let name = url.as_str().unwrap().rsplit('/').next().unwrap();
    data.file("media").join(&name[..2]).join(name)
}

/// Makes the images as they were before there were variants.
fn age(data: &Data, images: &[Value]) {
    execute(data, "UPDATE images SET variants = NULL");
    for variant in images.iter().flat_map(|image| image["variants"].as_array().unwrap()) {
        fs::remove_file(file(data, &variant["url"])).unwrap();
    }
}

fn old_images_get_their_smaller_copies_beside_a_running_server(store: Store) {
    let service = Service::start(store);
    let key = service.add_user("ann");
    let images = tweet_with(&service, &key, 3);
    assert!(images.iter().all(|image| image["variants"].as_array().unwrap().len() == 1), "{images:?}");
    age(&service.data, &images);
    assert_eq!(service.cli(&["check"]).quietly(), "all is as it should be\n", "none is missed");
    let without = shown(&service, &key, 1);
    assert!(without.iter().all(|image| image["variants"] == json!([])), "{without:?}");
    let made = service.cli(&["media", "variants"]).quietly();
    assert_eq!(made, "made the smaller copies of 3 images\n");
    assert_eq!(shown(&service, &key, 1), images);
    for variant in images.iter().flat_map(|image| image["variants"].as_array().unwrap()) {
        assert!(file(&service.data, &variant["url"]).is_file(), "{variant}");
    }
    assert_eq!(service.cli(&["check"]).quietly(), "all is as it should be\n");
    let again = service.cli(&["media", "variants", "--json"]).json();
    assert_eq!(again, json!({"images": 0, "failures": []}));
    assert_eq!(service.cli(&["media", "variants"]).quietly(), "no image is without its smaller copies\n");
    let log = service.cli(&["audit", "--json"]).json();
    let records = log["records"].as_array().unwrap().iter();
    let made = records.filter(|record| record["action"] == "media variants").collect::<Vec<_>>();
    assert_eq!(made.len(), 6, "each run has begun and ended: {log}");
    assert_eq!(made[1]["detail"], "3 images, 0 failed");
}

fn a_smaller_copy_that_is_missing_is_made_anew_after_a_repair(store: Store) {
    let service = Service::start(store);
    let key = service.add_user("ann");
    let images = tweet_with(&service, &key, 2);
    let lost = file(&service.data, &images[1]["variants"][0]["url"]);
    fs::remove_file(&lost).unwrap();
    let found = service.cli(&["check"]);
    assert!(found.status == 1 && found.out.contains("is missing"), "{found:?}");
    let repaired = service.cli(&["check", "--repair"]).quietly();
    let line = "images that lacked smaller copies: 1; `tweetty media variants` makes them anew\n";
    assert!(repaired.contains(line) && repaired.ends_with("all is as it should be\n"), "{repaired}");
    let without = shown(&service, &key, 1);
    assert_eq!([&without[0]["variants"], &without[1]["variants"]], [&images[0]["variants"], &json!([])]);
    assert_eq!(service.cli(&["media", "variants"]).quietly(), "made the smaller copies of 1 images\n");
    assert_eq!(shown(&service, &key, 1), images);
    assert!(lost.is_file());
}

fn an_image_that_cannot_be_read_is_named_and_stays_without(store: Store) {
    let service = Service::start(store);
    let key = service.add_user("ann");
    let images = tweet_with(&service, &key, 3);
    age(&service.data, &images);
    let [broken, missing] = [&images[0], &images[1]].map(|image| file(&service.data, &image["url"]));
    fs::write(&broken, b"no picture").unwrap();
    fs::remove_file(&missing).unwrap();
    let ran = service.cli(&["media", "variants"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert_eq!(ran.out, "made the smaller copies of 1 images; 2 can't be read and stay without\n");
    let named = |path: &PathBuf| ran.err.contains(path.file_name().unwrap().to_str().unwrap());
    assert!(named(&broken) && named(&missing) && ran.err.lines().count() == 2, "{ran:?}");
    let left = shown(&service, &key, 1);
    assert_eq!((&left[0]["variants"], &left[2]["variants"]), (&json!([]), &images[2]["variants"]));
    let again = service.cli(&["media", "variants", "--json"]);
    let answer: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!((again.status, &answer["images"]), (1, &json!(0)), "{again:?}");
    assert_eq!(answer["failures"].as_array().unwrap().len(), 2);
}

fn the_variants_go_where_their_image_goes(store: Store) {
    let mut service = Service::start(store);
    let key = service.add_user("ann");
    let images = tweet_with(&service, &key, 2);
    assert!(service.stop().success());
    let source = service.into_data();
    let folder = source.file("backup").display().to_string();
    let made = source.cli(&["backup", "--to", &folder, "--json"]).json();
    assert_eq!(made["images"], 4, "two images and a smaller copy of each: {made}");
    let target = Data::fresh(store);
    target.cli(&["restore", "--from", &folder]).quietly();
    for variant in images.iter().flat_map(|image| image["variants"].as_array().unwrap()) {
        assert!(file(&target, &variant["url"]).is_file(), "{variant}");
    }
    assert_eq!(target.cli(&["check"]).quietly(), "all is as it should be\n");
    fs::remove_file(file(&target, &images[0]["variants"][0]["url"])).unwrap();
    let checked = target.cli(&["check", "--json"]);
    let checked: Value = serde_json::from_str(&checked.out).unwrap();
    assert_eq!(checked["missing_files"].as_array().unwrap().len(), 1);
    target.cli(&["users", "remove", "ann", "--yes"]).quietly();
    let left = fs::read_dir(target.file("media")).unwrap().map(|entry| entry.unwrap().path());
    let left = left.filter(|path| path.is_dir() && path.file_name().unwrap().len() == 2);
    assert_eq!(left.flat_map(|shard| fs::read_dir(shard).unwrap()).count(), 0);
}
