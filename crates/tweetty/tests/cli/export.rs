//! What a person may ask for: all their data, and that nothing of it stays.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};
use tweetty_tables::{Export, WholeStore as _};

use crate::client::{call, publish, publish_described, upload};
use crate::support::{Data, Service, Store};

on_both_stores!(
    all_that_is_hers_is_exported,
    each_table_is_exported_where_the_list_of_tables_says,
    nothing_of_a_removed_user_is_left,
);

/// Words that stand nowhere else.
const WORDS: [&str; 5] = ["Zyxwvutsrq", "Qponmlkjih", "Gfedcbazyx", "quetzalcoatlus", "pterodactylus"];

/// A served company in which `WORDS` stand for one person alone: nickname, names, a tweet, what a picture shows.
fn company(store: Store) -> (Service, String) {
    let service = Service::start(store);
    let bobs = service.add_user("bob");
    let added = service.cli(&["users", "add", WORDS[0], "-f", WORDS[1], "-l", WORDS[2], "--json"]).json();
    let key = added["api_key"].as_str().unwrap().to_owned();
    let images = [upload(&service, &key, 1), upload(&service, &key, 2)];
    let text = format!("{} \"quoted\"\nпривет", WORDS[3]);
    let hers = publish_described(&service, &key, &text, &[(images[0], Some(WORDS[4])), (images[1], None)]);
    upload(&service, &key, 3);
    for number in 0..30 {
        let text = format!("{} {}", WORDS[3].repeat(5), "x".repeat(100 + number));
        publish(&service, &key, &text, &[]);
    }
    let his = publish(&service, &bobs, "his", &[]);
    for (tweet, key) in [(his, &key), (hers, &bobs), (hers, &key)] {
        assert_eq!(call(&service, "POST", &format!("/api/tweets/{tweet}/likes"), key, "").0, 201);
    }
    for pair in [[WORDS[0], "bob"], ["bob", WORDS[0]]] {
        service.cli(&["users", "follow", "--follower", pair[0], "--followee", pair[1]]).quietly();
    }
    let removed = publish(&service, &key, &format!("{} removed", WORDS[3]), &[]).to_string();
    service.cli(&["tweets", "remove", &removed, "--reason", "off topic"]).quietly();
    (service, key)
}

fn all_that_is_hers_is_exported(store: Store) {
    let (service, key) = company(store);
    // Somebody guessed where the archive would lie until it is whole.
    fs::write(service.file("precious"), "precious").unwrap();
    std::os::unix::fs::symlink(service.file("precious"), service.file("ann.zip.partial")).unwrap();
    let said = service.cli(&["users", "export", WORDS[0], "--to", "ann.zip", "--json"]).json();
    assert_eq!(fs::read(service.file("precious")).unwrap(), b"precious", "no planted link is followed");
    fs::remove_file(service.file("ann.zip.partial")).unwrap();
    assert_eq!(fs::metadata(service.file("ann.zip")).unwrap().permissions().mode() & 0o777, 0o600);
    let counts = ["tweets", "likes", "following", "followers", "images", "removals"]
        .map(|list| said[list].as_u64().unwrap());
    assert_eq!(counts, [31, 2, 1, 1, 3, 1]);
    let mut archive = zip::ZipArchive::new(File::open(service.file("ann.zip")).unwrap()).unwrap();
    let mut read = |name: &str| {
        let mut bytes = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    let mut list = |name: &str| serde_json::from_slice::<Value>(&read(name)).unwrap();
    let profile = list("profile.json");
    assert_eq!((&profile["nickname"], &profile["first_name"]), (&json!(WORDS[0]), &json!(WORDS[1])));
    let tweets = list("tweets.json");
    let first = &tweets[30];
    assert_eq!(first["content"], format!("{} \"quoted\"\nпривет", WORDS[3]));
    assert_eq!((&first["likes_count"], first["images"].as_array().unwrap().len()), (&json!(2), 2));
    let likes = list("likes.json");
    assert_eq!(likes.as_array().unwrap().len(), 2);
    assert_eq!(likes[1]["author"], "bob");
    assert_eq!(list("following.json"), json!([{"id": 1, "name": "bob"}]));
    assert_eq!(list("followers.json"), list("following.json"));
    let removals = list("removals.json");
    assert_eq!(removals[0]["content"], format!("{} removed", WORDS[3]));
    assert_eq!(removals[0]["reason"], "off topic");
    let images = list("images.json");
    assert_eq!((&images[0]["tweet_id"], &images[2]["tweet_id"]), (&first["id"], &Value::Null));
    assert_eq!((&images[0]["description"], &images[1]["description"]), (&json!(WORDS[4]), &Value::Null));
    for image in images.as_array().unwrap() {
        let file = image["file"].as_str().unwrap();
        let name = file.strip_prefix("images/").unwrap();
        assert_eq!(read(file), fs::read(service.file("media").join(&name[..2]).join(name)).unwrap());
    }
    for name in ["profile.json", "tweets.json", "images.json", "README.txt"] {
        assert!(!String::from_utf8(read(name)).unwrap().contains(&key[8..]), "{name}");
    }
    service.cli(&["users", "export", WORDS[0], "--to", "ann.zip"]).refused(1, &["--to", "is there already"]);
    service.cli(&["users", "export", "nobody", "--to", "no.zip"]).refused(1, &["no such user"]);
    let names = fs::read_dir(service.file(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left = names.filter(|name| name.contains("tmp") || name == "no.zip").collect::<Vec<_>>();
    assert!(left.is_empty(), "{left:?}");
}

/// Loads a store with something in every table; the images' files are not there.
fn load_something_of_everything(data: &Data) {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let source = tweetty_contract::furnished().await;
        if let Some(path) = data.url().strip_prefix("sqlite://") {
            let store =
                tweetty_sqlite::Store::open(path.as_ref(), &tweetty_sqlite::Options::default()).unwrap();
            store.load(source).await.unwrap();
        } else {
            let options = tweetty_postgres::Options::default();
            let store = tweetty_postgres::Store::connect(data.url(), &options).await.unwrap();
            store.load(source).await.unwrap();
        }
    });
}

fn each_table_is_exported_where_the_list_of_tables_says(store: Store) {
    let data = Data::made(store);
    load_something_of_everything(&data);
    // The folder has none of its images, which is only taken where an operator says so.
    fs::create_dir_all(data.file("media")).unwrap();
    data.cli(&["check", "--claim-media"]);
    let mut archived = BTreeMap::<String, usize>::new();
    for user in ["#1", "#2", "#3"] {
        let archive = format!("{user}.zip");
        data.cli(&["users", "export", user, "--to", &archive]).quietly();
        let mut archive = zip::ZipArchive::new(File::open(data.file(&archive)).unwrap()).unwrap();
        let mut explained = String::new();
        archive.by_name("README.txt").unwrap().read_to_string(&mut explained).unwrap();
        for name in archive.file_names().map(|name| name.unwrap().into_owned()).collect::<Vec<_>>() {
            assert!(name == "README.txt" || explained.contains(&name), "README.txt says nothing of {name}");
            let rows =
                serde_json::from_reader::<_, Value>(archive.by_name(&name).unwrap()).unwrap_or_default();
            *archived.entry(name).or_default() +=
                rows.as_array().map_or(usize::from(rows.is_object()), Vec::len);
        }
    }
    for table in tweetty_tables::TABLES {
        if let Export::In(file) = table.export {
            assert!(archived.get(file).is_some_and(|rows| *rows > 0), "{}: nothing in {file}", table.name);
        }
    }
}

fn nothing_of_a_removed_user_is_left(store: Store) {
    let (service, _) = company(store);
    let left = || match service.data.database() {
        None => {
            let files =
                ["tweetty.db", "tweetty.db-wal"].map(|name| fs::read(service.file(name)).unwrap_or_default());
            files.concat()
        }
        Some(database) => {
            let rows = tweetty_tables::TABLES
                .iter()
                .map(|table| database.execute(&format!("SELECT line::text FROM {} AS line", table.name)));
            let rows = rows.collect::<Vec<_>>();
            rows.concat().into_bytes()
        }
    };
    let stands = |word: &str| {
        let word = word.to_lowercase();
        left().to_ascii_lowercase().windows(word.len()).any(|window| window == word.as_bytes())
    };
    for word in WORDS {
        assert!(stands(word), "{word} was looked for in the wrong place");
    }
    service.cli(&["users", "remove", WORDS[0], "--yes"]).quietly();
    for word in WORDS {
        assert!(!stands(word), "{word} is still there");
    }
    let shards = fs::read_dir(service.file("media")).unwrap().map(|entry| entry.unwrap().path());
    let files = shards.filter(|path| path.is_dir()).flat_map(|shard| fs::read_dir(shard).unwrap());
    assert_eq!(files.count(), 0, "the images went at once");
    assert_eq!(service.cli(&["check"]).quietly(), "all is as it should be\n");
}
