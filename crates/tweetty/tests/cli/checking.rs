//! `check`: clean where all is well, loud where something was planted.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::support::{Data, Store};

on_both_stores!(
    a_file_without_a_row_is_found_and_goes_to_the_trash_once_it_is_old,
    a_check_of_a_fresh_store_is_clean,
    a_repair_tells_why_it_leaves_a_folder_alone,
);

fn a_check_of_a_fresh_store_is_clean(store: Store) {
    let data = Data::made(store);
    assert_eq!(data.cli(&["check"]).quietly(), "all is as it should be\n");
    let clean =
        json!({"clean": true, "repaired": null, "discrepancies": [], "missing_files": [], "stray_files": []});
    assert_eq!(data.cli(&["check", "--json"]).json(), clean);
    assert_eq!(data.cli(&["check", "--repair", "--json"]).json(), clean);
}

fn a_repair_tells_why_it_leaves_a_folder_alone(store: Store) {
    let data = with_a_folder(store);
    for number in 0..101 {
        plant(&data, &format!("{number:032x}.png"), Duration::from_hours(48));
    }
    let ran = data.cli(&["check", "--repair"]);
    assert!(ran.status == 1 && ran.out.contains("101 files without a row were left alone"), "{ran:?}");
    let ran: Value = serde_json::from_str(&data.cli(&["check", "--repair", "--json"]).out).unwrap();
    assert_eq!(
        ran["repaired"],
        json!({"counters": 0, "files": 0, "files_left": 101, "variants": 0, "avatars": 0})
    );
}

/// A store with a folder that is its own.
fn with_a_folder(store: Store) -> Data {
    let data = Data::made(store);
    fs::create_dir(data.file("media")).unwrap();
    data.cli(&["check", "--claim-media"]).quietly();
    data
}

#[expect(clippy::disallowed_methods, reason = "files bear the machine's time")]
fn plant(data: &Data, name: &str, age: Duration) {
    let file = data.file("media").join(&name[..2]).join(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    File::create(&file).unwrap().set_modified(SystemTime::now() - age).unwrap();
}

fn a_file_without_a_row_is_found_and_goes_to_the_trash_once_it_is_old(store: Store) {
    const HOUR: Duration = Duration::from_hours(1);
    let data = with_a_folder(store);
    let [old, younger, new] = ["0a", "0b", "0c"].map(|start| format!("{start}{}.png", "5".repeat(30)));
    plant(&data, &old, 25 * HOUR);
    plant(&data, &younger, 2 * HOUR);
    plant(&data, &new, HOUR / 2);
    let found = data.cli(&["check", "--json"]);
    assert_eq!(found.status, 1);
    let answer: Value = serde_json::from_str(&found.out).unwrap();
    assert_eq!((&answer["clean"], &answer["stray_files"]), (&json!(false), &json!([old, younger])));
    let text = data.cli(&["check"]);
    assert!(text.status == 1 && text.out.contains(&old) && text.err.is_empty(), "{text:?}");
    let repaired = data.cli(&["check", "--repair"]);
    assert_eq!(repaired.status, 1, "the younger one stays for a day: {repaired:?}");
    assert!(repaired.out.starts_with("repaired: 0 counters, 1 files moved to the trash\n"), "{repaired:?}");
    assert!(!repaired.out.contains(&old) && repaired.out.contains(&younger), "{repaired:?}");
    let days = fs::read_dir(data.file("media/trash")).unwrap().map(|day| day.unwrap().path());
    assert_eq!(days.map(|day| day.join(&old).exists()).collect::<Vec<_>>(), [true]);
    fs::remove_file(data.file("media").join("0b").join(&younger)).unwrap();
    assert_eq!(data.cli(&["check"]).quietly(), "all is as it should be\n");
}

#[test]
fn a_wrong_counter_is_found_and_repaired() {
    let data = Data::fresh(Store::Postgres);
    data.cli(&["seed", "--users", "20", "--tweets", "30", "--likes", "200", "--follows", "40"]).quietly();
    let database = data.database().unwrap();
    database.execute("UPDATE tweets SET like_count = like_count + 5 WHERE id = 7");
    database.execute("UPDATE users SET followers_count = followers_count + 1 WHERE id = 3");
    let found = data.cli(&["check"]);
    assert_eq!(found.status, 1);
    assert!(
        found.out.contains("tweet 7") && found.out.contains("user 3") && found.out.lines().count() == 2,
        "{found:?}"
    );
    let repaired = data.cli(&["check", "--repair"]).quietly();
    assert_eq!(repaired, "repaired: 2 counters, 0 files moved to the trash\nall is as it should be\n");
    assert_eq!(data.cli(&["check"]).quietly(), "all is as it should be\n");
}
