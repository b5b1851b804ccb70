//! `adopt`: a company comes over from the server that it had before.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tweetty_cluster::{Cluster, Database};

use crate::client::{call, get, picture, publish, status_of_key};
use crate::support::{Data, Service, Store};

on_both_stores!(
    a_company_comes_over_with_its_keys_times_and_pictures,
    what_can_not_stay_as_it_was_is_named,
    a_store_with_users_is_refused,
    what_breaks_off_leaves_nothing_and_is_begun_again,
    a_company_without_pictures_comes_over,
    nonsense_is_refused_before_anything_is_made,
);

/// The database of such a server.
fn former() -> Database<'static> {
    let database = Cluster::shared().database();
    database.execute(include_str!("former_server.sql"));
    database
}

/// Its static folder, some of whose files are missing or no pictures.
fn pictures(data: &Data) {
    let folder = data.file("static/upload");
    for (path, content) in [
        ("annie/medias/one.png", picture(1)),
        ("annie/medias/two.png", picture(2)),
        ("annie/medias/text.txt", b"no picture".to_vec()),
        ("tester/medias/draft.png", picture(3)),
        ("nobody/medias/lost.png", picture(4)),
        ("../../secret.png", picture(5)),
    ] {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }
}

fn adopt(data: &Data, former: &Database<'_>, more: &[&str]) -> Value {
    data.cli(&[&["adopt", &former.url(), "--json"], more].concat()).json()
}

/// How many files are in a folder and those below it, but for what says to whom it belongs.
fn files(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            if path.is_dir() {
                return files(&path);
            }
            usize::from(path.extension().is_some_and(|extension| extension == "png" || extension == "jpg"))
        })
        .sum()
}

fn a_company_comes_over_with_its_keys_times_and_pictures(store: Store) {
    let (data, former) = (Data::fresh(store), former());
    pictures(&data);
    let adopted = adopt(&data, &former, &["--static", "static", "--time-zone", "Europe/Berlin"]);
    assert_eq!((&adopted["equal"], &adopted["test_user"]), (&json!(true), &json!(1)), "{adopted}");
    let rows = |name: &str| {
        let list = adopted["lists"].as_array().unwrap().iter().find(|list| list["name"] == name);
        list.unwrap()["rows"].as_i64().unwrap()
    };
    assert_eq!(["users", "keys", "follows", "tweets", "likes", "images"].map(rows), [5, 4, 4, 3, 3, 3]);
    assert_eq!(data.cli(&["check"]).quietly(), "all is as it should be\n");

    let service = Service::on(data, &[]);
    let annie = "a".repeat(30);
    let me = get(&service, "/api/users/me", &annie)["user"].clone();
    assert_eq!((&me["id"], &me["name"]), (&json!(2), &json!("annie")));
    let counts = (&me["followers_count"], &me["following_count"]);
    assert_eq!(counts, (&json!(3), &json!(1)));
    assert_eq!(
        me["following"],
        json!([{"id": 1, "name": "tester", "first_name": "Test", "last_name": null, "avatar": null}])
    );

    let feed = get(&service, "/api/tweets?scope=all&sort=recent", &annie);
    let tweets = feed["tweets"].as_array().unwrap();
    assert_eq!(tweets.iter().map(|tweet| tweet["id"].as_i64().unwrap()).collect::<Vec<_>>(), [9, 4, 3]);
    let first = &tweets[2];
    assert_eq!(first["created_at"], "2023-06-01T10:00:00.123Z", "summer in that zone");
    assert_eq!(tweets[1]["created_at"], "2023-12-01T11:00:00.000Z", "winter");
    assert_eq!(tweets[1]["content"], "second\n  kept as it is ");
    assert_eq!((&first["likes_count"], &first["liked"]), (&json!(2), &json!(true)));
    let media = first["media"].as_array().unwrap();
    assert_eq!(media.iter().map(|image| &image["id"]).collect::<Vec<_>>(), [2, 6]);
    for image in media {
        assert_eq!(call(&service, "HEAD", image["url"].as_str().unwrap(), "", "").0, 200);
    }
    assert_eq!(status_of_key(&service, &"t".repeat(30)), 200);
    assert_eq!(status_of_key(&service, "test"), 401, "nobody has the key that everybody knows");
    assert_eq!(publish(&service, &annie, "goes on", &[]), 21, "an id that was given out is not given again");
    let found = get(&service, "/api/users?query=%D0%B5%D0%BB%D0%BA%D0%B8%D0%BD%D0%B0", &annie);
    assert_eq!(found["users"][0]["name"], "annie");
    let log = service.cli(&["audit", "--json"]).json();
    let record = log["records"].as_array().unwrap().last().unwrap();
    assert_eq!((&record["action"], &record["outcome"]), (&json!("adopt"), &json!("done")));
    assert!(record["detail"].as_str().unwrap().starts_with("from postgres://"), "{record}");
    // The page that they had sends `test`.
    fs::write(service.file("key"), "test\n").unwrap();
    service.cli(&["users", "new_api_key", "#1", "--api-key-file", "key", "--json"]).json();
    assert_eq!(status_of_key(&service, "test"), 200);
}

fn what_can_not_stay_as_it_was_is_named(store: Store) {
    let (data, former) = (Data::fresh(store), former());
    pictures(&data);
    let text = data.cli(&["adopt", &former.url(), "--static", "static"]).quietly();
    for line in [
        "user #4: the nickname \"ANNIE\" is \"ANNIE2\" from now on",
        "user #7: the nickname",
        "user #7: the first name is left out: ",
        "user #7: the key is lost: ",
        "picture #1, \"upload/annie/medias/gone.png\", is left: ",
        "picture #3, \"upload/annie/medias/text.txt\", is left: ",
        "picture #8, \"upload/nobody/medias/lost.png\", is left: no tweet has it, and its folder is no user's",
        "picture #9, \"../secret.png\", is left: the path leads out of the folder",
        "user #1 had the key that the server put into the place of the header `test`",
        " but for 4 pictures\n",
    ] {
        assert!(text.contains(line), "{line:?} is missing in {text}");
    }
    let names = data.cli(&["users", "list", "--json"]).json();
    let names = names["users"].as_array().unwrap().iter().map(|user| user["nickname"].as_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["tester", "annie", "ANNIE2", "боб_б", "user7"]);
    let shown = data.cli(&["users", "get", "#5", "--json"]).json();
    assert_eq!((&shown["first_name"], &shown["last_name"]), (&json!("Боб"), &json!(null)));
    assert_eq!(shown["created_at"], "2024-01-01T00:30:00.000Z", "as old as the first tweet, in UTC");
    assert_eq!(data.cli(&["check"]).quietly(), "all is as it should be\n");
}

fn a_store_with_users_is_refused(store: Store) {
    let (data, former) = (Data::made(store), former());
    pictures(&data);
    data.add_user("ann");
    data.cli(&["adopt", &former.url(), "--static", "static"])
        .refused(1, &["TWEETTY_DATABASE_URL", "has users already"]);
    assert_eq!(data.cli(&["users", "list", "--json"]).json()["users"].as_array().unwrap().len(), 1);
    assert_eq!(files(&data.file("media")), 0);
}

fn what_breaks_off_leaves_nothing_and_is_begun_again(store: Store) {
    let (data, former) = (Data::fresh(store), former());
    pictures(&data);
    former.execute(
        "ALTER TABLE tweet ALTER COLUMN user_id DROP NOT NULL; UPDATE tweet SET user_id = NULL WHERE id = 9",
    );
    let words = ["adopt", &former.url(), "--static", "static"];
    let broken = data.cli(&words);
    assert!(broken.status == 1 && broken.out.is_empty(), "{broken:?}");
    assert_eq!(data.cli(&["users", "list"]).quietly(), "no users\n");
    assert_eq!(files(&data.file("media")), 0, "no picture is left without its row");
    former.execute("UPDATE tweet SET user_id = 5 WHERE id = 9");
    assert!(data.cli(&words).quietly().contains(" but for 4 pictures\n"));
    data.cli(&words).refused(1, &["has users already"]);
}

fn a_company_without_pictures_comes_over(store: Store) {
    let (data, former) = (Data::fresh(store), former());
    let adopted = adopt(&data, &former, &[]);
    let left = adopted["pictures_left"].as_array().unwrap();
    assert!(
        left.len() == 7 && left.iter().all(|picture| picture["problem"] == "no --static was given"),
        "{adopted}"
    );
    former.execute("DELETE FROM tweet_media");
    let second = Data::fresh(store);
    assert_eq!(adopt(&second, &former, &["--time-zone", "utc"])["pictures_left"], json!([]));
    assert_eq!(second.cli(&["check"]).quietly(), "all is as it should be\n");
}

fn nonsense_is_refused_before_anything_is_made(store: Store) {
    let (data, former) = (Data::fresh(store), former());
    let (url, other) = (former.url(), Cluster::shared().database());
    let secret = "mysql://ann:hunter2@db/x";
    for (words, status, said) in [
        (
            &["adopt", &url, "--time-zone", "Mars"][..],
            1,
            &["TWEETTY_FROM", "no time zone", "Europe/Berlin"][..],
        ),
        (&["adopt", &url, "--static", "nowhere"], 1, &["--static", "nowhere"]),
        (&["adopt", &other.url()], 1, &["TWEETTY_FROM", "tweet_media are missing"]),
        (&["adopt", "sqlite://t.db"], 2, &["TWEETTY_FROM", "PostgreSQL"]),
        (&["adopt", data.url()], 2, &["TWEETTY_FROM"]),
        (&["adopt", secret], 2, &["TWEETTY_FROM"]),
    ] {
        let ran = data.cli(words);
        ran.refused(status, said);
        assert!(!ran.err.contains("hunter2"), "{ran:?}");
    }
    data.cli(&["users", "list"]).refused(1, &["there is no store here"]);
}
