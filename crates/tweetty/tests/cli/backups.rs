//! `backup` and `restore`: nothing is lost, nothing is written over, nothing damaged is taken for whole.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::client::{call, get, publish, try_upload, upload};
use crate::support::{Data, Service, Store};

on_both_stores!(
    a_backup_that_is_made_while_people_write_is_whole,
    a_restore_never_writes_over_anything,
    a_damaged_backup_is_refused_and_a_broken_off_restore_begun_again,
    a_later_backup_links_the_images_of_an_earlier_one,
    what_rotted_in_an_earlier_backup_is_not_handed_on,
    a_company_is_restored_with_every_hash_equal,
);

/// SHA-256 of every image below a folder, by its name.
fn images(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut sums = BTreeMap::new();
    let shards = fs::read_dir(folder).unwrap().map(Result::unwrap);
    for shard in shards.filter(|entry| entry.path().is_dir() && entry.file_name().len() == 2) {
        for file in fs::read_dir(shard.path()).unwrap().map(Result::unwrap) {
            let name = file.file_name().into_string().unwrap();
            sums.insert(name, Sha256::digest(fs::read(file.path()).unwrap()).to_vec());
        }
    }
    sums
}

/// A served company of two people with some tweets and pictures.
fn furnished(store: Store) -> (Service, String) {
    let service = Service::start(store);
    let key = service.add_user("ann");
    service.add_user("bob");
    for number in 0..5 {
        let image = upload(&service, &key, number);
        publish(&service, &key, &format!("picture {number}"), &[image]);
    }
    (service, key)
}

fn path(data: &Data, name: &str) -> String {
    data.file(name).display().to_string()
}

/// What people were promised: tweets that were acknowledged, and not deleted since.
type Promised = Mutex<Vec<(i64, Instant)>>;

/// Publishes pictures, deletes some and likes the others, until it has to stop. A machine that is busy elsewhere may
/// refuse (503); that is no promise.
fn write(service: &Service, key: &str, number: u32, stop: &AtomicBool, promised: &Promised) {
    static COLOUR: AtomicU32 = AtomicU32::new(1000);
    for turn in 0_u32.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let (status, image) = try_upload(service, key, COLOUR.fetch_add(1, Ordering::Relaxed));
        if done(status, 201) {
            let text = format!("writer {number} turn {turn}");
            let draft = json!({"tweet_data": text, "tweet_media_ids": [image["media_id"]]}).to_string();
            let (status, body) = call(service, "POST", "/api/tweets", key, &draft);
            if done(status, 201) {
                let tweet = body["tweet_id"].as_i64().unwrap();
                if turn.is_multiple_of(3) {
                    done(call(service, "DELETE", &format!("/api/tweets/{tweet}"), key, "").0, 200);
                } else {
                    promised.lock().unwrap().push((tweet, Instant::now()));
                    done(call(service, "POST", &format!("/api/tweets/{tweet}/likes"), key, "").0, 201);
                }
            }
        }
    }
}

fn done(status: u16, expected: u16) -> bool {
    assert!(status == expected || status == 503, "{status} instead of {expected}");
    status == expected
}

fn a_backup_that_is_made_while_people_write_is_whole(store: Store) {
    let (service, key) = furnished(store);
    let (stop, promised) = (AtomicBool::new(false), Promised::default());
    let backup = service.file("backup");
    let begun = std::thread::scope(|scope| {
        for number in 0..4 {
            let (service, key, stop, promised) = (&service, &key, &stop, &promised);
            scope.spawn(move || write(service, key, number, stop, promised));
        }
        let busy = Instant::now();
        while promised.lock().unwrap().len() < 8 && busy.elapsed() < Duration::from_mins(1) {
            std::thread::sleep(Duration::from_millis(10));
        }
        let begun = Instant::now();
        let made = service.cli(&["backup", "--to", "backup", "--json"]).json();
        assert!(made["images"].as_u64().unwrap() >= 5, "{made}");
        std::thread::sleep(Duration::from_millis(200));
        stop.store(true, Ordering::Relaxed);
        begun
    });
    let before = promised.into_inner().unwrap().into_iter().filter(|(_, at)| *at < begun).collect::<Vec<_>>();
    assert!(before.len() >= 8, "people wrote before it: {}", before.len());

    let data = Data::fresh(store);
    let restored = data.cli(&["restore", "--from", &backup.display().to_string(), "--json"]).json();
    assert_eq!(restored["check"]["clean"], true, "{restored}");
    assert_eq!(data.cli(&["check"]).quietly(), "all is as it should be\n");
    let (here, there) = (images(&data.file("media")), images(&service.file("media")));
    assert!(here.len() >= 5);
    for (name, sum) in &here {
        // What was deleted since is not there any more to compare with.
        assert!(there.get(name).is_none_or(|theirs| theirs == sum), "{name}");
    }
    let again = Service::on(data, &[]);
    for (tweet, _) in before {
        let tweet = get(&again, &format!("/api/tweets/{tweet}"), &key);
        assert_eq!(tweet["tweet"]["attachments"].as_array().unwrap().len(), 1, "{tweet}");
        let picture = tweet["tweet"]["attachments"][0].as_str().unwrap().rsplit('/').next().unwrap();
        assert!(here.contains_key(picture), "{tweet}");
    }
    assert!(publish(&again, &key, "it lives on", &[]) > 0);
    let log = again.cli(&["audit"]).quietly();
    assert!(log.lines().last().unwrap().contains("restore"), "{log}");
}

fn a_restore_never_writes_over_anything(store: Store) {
    let (service, _) = furnished(store);
    service.cli(&["backup", "--to", "backup"]).quietly();
    service.cli(&["backup", "--to", "backup"]).refused(1, &["--to", "is there already"]);
    let from = path(&service.data, "backup");

    let full = Data::made(store);
    full.add_user("eve");
    full.cli(&["restore", "--from", &from]).refused(1, &["TWEETTY_DATABASE_URL", "something in it"]);
    assert!(full.cli(&["users", "list"]).quietly().contains("eve"));
    assert!(images(&full.file("media")).is_empty());

    let foreign = Data::fresh(store);
    let name = format!("{}.png", "0".repeat(32));
    fs::create_dir_all(foreign.file("media/00")).unwrap();
    fs::write(foreign.file("media/00").join(&name), "another store's").unwrap();
    foreign.cli(&["restore", "--from", &from]).refused(1, &["TWEETTY_MEDIA", "another store", &name]);

    let migrated = Data::fresh(store);
    migrated.cli(&["migrate"]).quietly();
    let restored = migrated.cli(&["restore", "--from", &from]).quietly();
    assert!(
        restored.contains("with 5 images") && restored.ends_with("all is as it should be\n"),
        "{restored}"
    );

    let served = Service::start(store);
    let ran = served.cli(&["restore", "--from", &from]);
    assert!(ran.status == 1 && (ran.err.contains("served") || ran.err.contains("a server")), "{ran:?}");
    Data::fresh(store).cli(&["restore", "--from", "nowhere"]).refused(1, &["--from", "nowhere"]);
}

#[test]
fn a_restore_into_the_folder_where_the_command_runs_needs_no_more_than_a_name() {
    let mut data = Data::made(Store::Sqlite);
    data.add_user("ann");
    data.cli(&["backup", "--to", "backup"]).quietly();
    data.set("TWEETTY_DATABASE_URL", "sqlite://restored.db");
    data.set("TWEETTY_MEDIA", "restored-media");
    let restored = data.cli(&["restore", "--from", "backup"]).quietly();
    assert!(restored.ends_with("all is as it should be\n"), "{restored}");
}

/// Copies a backup, so that it can be damaged.
fn copied(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &to);
        } else {
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn any_image(folder: &Path) -> PathBuf {
    let shard = fs::read_dir(folder.join("media")).unwrap().last().unwrap().unwrap().path();
    fs::read_dir(shard).unwrap().next().unwrap().unwrap().path()
}

fn flip_a_byte(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(file, bytes).unwrap();
}

fn a_damaged_backup_is_refused_and_a_broken_off_restore_begun_again(store: Store) {
    let (service, key) = furnished(store);
    service.cli(&["backup", "--to", "backup"]).quietly();
    let whole = service.file("backup");
    let database = if store == Store::Sqlite { "database.sqlite" } else { "database.dump" };
    let data = Data::fresh(store);
    for damage in ["image", "database", "sums", "missing"] {
        let damaged = service.file(damage);
        copied(&whole, &damaged);
        match damage {
            "image" => flip_a_byte(&any_image(&damaged)),
            "database" => flip_a_byte(&damaged.join(database)),
            "sums" => {
                let sums = fs::read_to_string(damaged.join("SHA256SUMS")).unwrap();
                let less = sums.split_inclusive('\n').skip(2).collect::<String>();
                fs::write(damaged.join("SHA256SUMS"), less).unwrap();
            }
            _ => fs::remove_file(any_image(&damaged)).unwrap(),
        }
        let ran = data.cli(&["restore", "--from", &damaged.display().to_string()]);
        assert!(ran.status == 1 && ran.out.is_empty() && ran.err.lines().count() == 1, "{damage}: {ran:?}");
    }
    // Some images are there already, the database is not.
    data.cli(&["restore", "--from", &whole.display().to_string()]).quietly();
    let again = Service::on(data, &[]);
    let tweets = get(&again, "/api/tweets", &key);
    assert_eq!(tweets["tweets"].as_array().unwrap().len(), 5);
}

fn a_later_backup_links_the_images_of_an_earlier_one(store: Store) {
    let (service, key) = furnished(store);
    service.cli(&["backup", "--to", "first"]).quietly();
    upload(&service, &key, 99);
    let made = service.cli(&["backup", "--to", "second", "--since", "first", "--json"]).json();
    assert_eq!((&made["images"], &made["linked"]), (&Value::from(6), &Value::from(5)));
    let first = any_image(&service.file("first"));
    let second = service.file("second").join(first.strip_prefix(service.file("first")).unwrap());
    assert_eq!(fs::metadata(first).unwrap().ino(), fs::metadata(second).unwrap().ino());
    fs::remove_dir_all(service.file("first")).unwrap();
    let data = Data::fresh(store);
    let restored = data.cli(&["restore", "--from", &path(&service.data, "second"), "--json"]).json();
    assert_eq!((&restored["images"], &restored["check"]["clean"]), (&Value::from(6), &Value::from(true)));
}

fn what_rotted_in_an_earlier_backup_is_not_handed_on(store: Store) {
    let (service, _) = furnished(store);
    service.cli(&["backup", "--to", "first"]).quietly();
    let rotten = any_image(&service.file("first"));
    flip_a_byte(&rotten);
    let made = service.cli(&["backup", "--to", "second", "--since", "first", "--json"]).json();
    assert_eq!((&made["images"], &made["linked"]), (&Value::from(5), &Value::from(4)));
    assert_eq!(images(&service.file("second/media")), images(&service.file("media")), "whole again");
    let data = Data::fresh(store);
    data.cli(&["restore", "--from", &path(&service.data, "second")]).quietly();
    let sums = service.file("second").join("SHA256SUMS");
    let list = fs::read_to_string(&sums).unwrap();
    // The first line is the database's, the third is damaged: one image is linked still.
    fs::write(
        &sums,
        list.lines().enumerate().fold(String::new(), |text, (number, line)| {
            text + &if number == 2 { line.replacen(|_| true, "x", 1) } else { line.to_owned() } + "\n"
        }),
    )
    .unwrap();
    let made = service.cli(&["backup", "--to", "fourth", "--since", "second", "--json"]).json();
    assert_eq!((&made["images"], &made["linked"]), (&Value::from(5), &Value::from(1)));
    service.cli(&["backup", "--to", "third", "--since", "media"]).refused(1, &["--since", "no backup"]);
}

/// The binary, as an operator's PATH has it.
pub(crate) fn script(data: &Data, name: &str) -> std::process::Command {
    let mut command = data.command();
    let arguments = [concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/"), name].concat();
    let program = std::mem::replace(&mut command, std::process::Command::new("bash"));
    command
        .arg(arguments)
        .env("TWEETTY", program.get_program())
        .current_dir(program.get_current_dir().unwrap());
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
}

#[test]
fn the_script_makes_backups_links_them_and_keeps_the_newest() {
    let (service, _) = furnished(Store::Sqlite);
    let folder = service.file("backups");
    let mut seen = Vec::new();
    for _ in 0..4 {
        let mut backup = script(&service.data, "backup");
        backup.env("TWEETTY_BACKUPS", &folder).env("TWEETTY_BACKUPS_KEPT", "2");
        let ended = backup.output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        let mut kept =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        kept.sort();
        seen.push(kept);
        std::thread::sleep(Duration::from_millis(1100));
    }
    assert_eq!(seen.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2, 2, 2]);
    assert_eq!(seen[3][0], seen[2][1], "the oldest went");
    let newest = folder.join(&seen[3][1]);
    let data = Data::fresh(Store::Sqlite);
    let restored = data.cli(&["restore", "--from", &newest.display().to_string()]).quietly();
    assert!(restored.contains("with 5 images"), "{restored}");
}

#[test]
fn a_backup_whose_sums_are_not_right_is_set_aside_by_the_script() {
    let (service, _) = furnished(Store::Sqlite);
    let folder = service.file("backups");
    // A disk that gives back something else than was written, as far as the script can see.
    let tools = service.file("tools");
    fs::create_dir(&tools).unwrap();
    let liar = tools.join("sha256sum");
    fs::write(&liar, "#!/bin/sh\necho 'media: FAILED'\nexit 1\n").unwrap();
    fs::set_permissions(&liar, fs::Permissions::from_mode(0o755)).unwrap();
    let mut backup = script(&service.data, "backup");
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    let ended = backup.env("TWEETTY_BACKUPS", &folder).env("PATH", path).output().unwrap();
    assert!(!ended.status.success());
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names = names.collect::<Vec<_>>();
    assert!(names.len() == 1 && names[0].ends_with("Z.damaged"), "{names:?}");
    assert!(String::from_utf8_lossy(&ended.stderr).contains(&names[0]));
}

/// The figures of docs/backup.md:
/// `cargo test -p tweetty --test cli -- --ignored --nocapture measured`
#[test]
#[ignore = "takes minutes; prints figures"]
fn the_restore_of_a_hundred_thousand_tweets_is_measured() {
    for store in [Store::Sqlite, Store::Postgres] {
        measure(store, 1);
    }
}

fn a_company_is_restored_with_every_hash_equal(store: Store) {
    measure(store, 100);
}

#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
fn measure(store: Store, divisor: u32) {
    let (tweets, pictures) = (100_000 / divisor, 10_000 / divisor);
    let data = Data::fresh(store);
    let figures = [tweets / 10, tweets, 10 * tweets, tweets].map(|figure| figure.to_string());
    let [users, tweets, likes, follows] = figures.each_ref().map(String::as_str);
    data.cli(&["seed", "--users", users, "--tweets", tweets, "--likes", likes, "--follows", follows])
        .quietly();
    let mut service = Service::on(data, &[]);
    let keys = (0..8).map(|number| service.add_user(&format!("writer{number}"))).collect::<Vec<_>>();
    std::thread::scope(|scope| {
        for (writer, key) in (0..8).zip(&keys) {
            let service = &service;
            scope.spawn(move || {
                let mut waiting = Vec::new();
                for colour in (writer..pictures).step_by(8) {
                    waiting.push(upload(service, key, colour));
                    if waiting.len() == 10 {
                        publish(service, key, "ten pictures", &waiting);
                        waiting.clear();
                    }
                }
            });
        }
    });
    let begun = Instant::now();
    let made = service.cli(&["backup", "--to", "backup", "--json"]).json();
    let backed_up = begun.elapsed();
    let there = images(&service.file("media"));
    let target = Data::fresh(store);
    let begun = Instant::now();
    let restored = target.cli(&["restore", "--from", &path(&service.data, "backup"), "--json"]).json();
    let elapsed = begun.elapsed();
    assert_eq!(restored["check"]["clean"], true, "{restored}");
    assert_eq!(images(&target.file("media")), there, "every hash is equal");
    assert!(service.stop().success());
    let urls = ["--from", service.data.url(), "--to", target.url()];
    let compared = target.cli(&[&["copy", "--verify"], &urls[..]].concat()).quietly();
    assert!(
        compared.contains(" are equal\n"),
        "the backup's end and the restore stand in one log each: {compared}"
    );
    assert!(elapsed < Duration::from_mins(5), "{elapsed:?}");
    println!(
        "{store:?}: {tweets} tweets, {likes} likes, {} images of {} bytes, database {} bytes; backup {:.1} s, \
         restore and check {:.1} s, every hash equal",
        there.len(),
        made["image_bytes"],
        made["database_bytes"],
        backed_up.as_secs_f64(),
        elapsed.as_secs_f64()
    );
}
