//! A database and a folder of images that don't belong together: noticed by every command, before anything is lost.

use std::fs;
use std::path::{Path, PathBuf};

use crate::client::{call, get, publish, upload};
use crate::support::{Data, Ran, Service, Store};

on_both_stores!(
    a_new_database_beside_a_folder_of_older_pictures_touches_none_of_them,
    a_folder_from_before_there_were_ids_gets_the_id_once,
    an_empty_folder_beside_rows_that_name_pictures_is_refused_until_an_operator_says_they_are_lost,
    a_service_whose_folder_is_another_one_now_is_not_ready_and_keeps_no_picture,
    a_restored_store_carries_its_id_and_takes_no_folder_of_another,
    a_copied_store_belongs_to_the_same_folder,
    a_backup_from_before_there_were_ids_is_restored,
    a_command_that_only_looks_makes_no_folder,
);

/// The names of all pictures below a folder.
fn pictures(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        if entry.path().is_dir() {
            files.extend(pictures(&entry.path()));
        } else if entry.path().extension().is_some_and(|ending| ending == "png") {
            files.push(entry.path());
        }
    }
    files.sort();
    files
}

/// A stopped store with so many published pictures, and the key of their author.
fn with_pictures(store: Store, count: u32) -> (Data, String) {
    let mut service = Service::start(store);
    let key = service.add_user("ann");
    for number in 0..count {
        let image = upload(&service, &key, number);
        publish(&service, &key, "a picture", &[image]);
    }
    assert!(service.stop().success());
    (service.into_data(), key)
}

fn beside(mut data: Data, media: &Path) -> Data {
    data.set("TWEETTY_MEDIA", &media.display().to_string());
    data
}

/// Every command that has to do with the folder.
fn all_commands(data: &Data) -> Vec<Ran> {
    let commands = [
        &["serve"][..],
        &["check"],
        &["check", "--repair"],
        &["users", "export", "eve", "--to", "eve.zip"],
        &["backup", "--to", "backup"],
    ];
    commands.map(|command| data.cli(command)).into()
}

fn a_new_database_beside_a_folder_of_older_pictures_touches_none_of_them(store: Store) {
    let (old, _) = with_pictures(store, 39);
    let media = old.file("media");
    let before = pictures(&media);
    assert_eq!(before.len(), 39);
    let new = beside(Data::fresh(store), &media);
    new.cli(&["migrate"]).quietly();
    new.cli(&["users", "add", "eve"]).quietly();
    for ran in all_commands(&new) {
        ran.refused(1, &["TWEETTY_MEDIA", "the images belong to store", "the folder and the database"]);
    }
    // The same beside a folder from before there were ids.
    fs::remove_file(media.join("store-id")).unwrap();
    for ran in all_commands(&new).into_iter().take(4) {
        ran.refused(1, &["TWEETTY_MEDIA", "knows only 0 of 39 images"]);
    }
    assert_eq!(pictures(&media), before);
}

fn a_folder_from_before_there_were_ids_gets_the_id_once(store: Store) {
    let (data, key) = with_pictures(store, 3);
    let mark = data.file("media/store-id");
    let id = fs::read_to_string(&mark).unwrap();
    fs::remove_file(&mark).unwrap();
    // One upload whose row was lost, as a crash leaves it.
    fs::remove_dir_all(data.file("media/incoming")).unwrap();
    let stray = data.file("media/00").join(format!("{}.png", "0".repeat(32)));
    fs::create_dir_all(stray.parent().unwrap()).unwrap();
    fs::write(&stray, "a stray").unwrap();
    let mut service = Service::on(data, &[]);
    assert_eq!(fs::read_to_string(&mark).unwrap(), id);
    upload(&service, &key, 9);
    assert!(service.stop().success());
}

fn an_empty_folder_beside_rows_that_name_pictures_is_refused_until_an_operator_says_they_are_lost(
    store: Store,
) {
    let (data, key) = with_pictures(store, 2);
    let media = data.file("media");
    fs::remove_dir_all(&media).unwrap();
    let refused = |data: &Data| {
        for command in [&["serve"][..], &["check", "--repair"], &["backup", "--to", "backup"]] {
            data.cli(command).refused(1, &["TWEETTY_MEDIA", "there are no images", "from a backup"]);
        }
    };
    refused(&data);
    fs::remove_dir_all(&media).ok();
    data.cli(&["check", "--claim-media"]).refused(1, &["TWEETTY_MEDIA", "there is no such folder"]);
    fs::create_dir(&media).unwrap();
    refused(&data);

    let lost = data.cli(&["check", "--claim-media"]);
    assert!(lost.status == 1 && lost.out.lines().count() == 2 && lost.out.contains("is missing"), "{lost:?}");
    let service = Service::on(data, &[]);
    assert_eq!(call(&service, "GET", "/health/ready", "", "").0, 200);
    assert_eq!(get(&service, "/api/tweets", &key)["tweets"].as_array().unwrap().len(), 2);
    upload(&service, &key, 7);
    let log = service.cli(&["audit"]).quietly();
    assert!(log.contains("check --claim-media"), "{log}");
}

fn a_service_whose_folder_is_another_one_now_is_not_ready_and_keeps_no_picture(store: Store) {
    let (data, key) = with_pictures(store, 2);
    let (media, away) = (data.file("media"), data.file("away"));
    let service = Service::on(data, &[]);
    let ready = || call(&service, "GET", "/health/ready", "", "");
    assert_eq!(ready().0, 200);
    fs::rename(&media, &away).unwrap();
    fs::create_dir(&media).unwrap();
    let (status, answer) = ready();
    assert_eq!((status, &answer["not_ready"]), (503, &serde_json::json!(["media"])), "{answer}");
    assert_eq!(crate::client::try_upload(&service, &key, 8).0, 503);
    assert_eq!(fs::read_dir(&media).unwrap().count(), 0, "nothing lands where the folder is not");

    // Another store's.
    fs::create_dir(media.join("incoming")).unwrap();
    fs::write(media.join("store-id"), "0".repeat(32)).unwrap();
    assert_eq!(ready().0, 503);
    fs::remove_dir_all(&media).unwrap();
    fs::rename(&away, &media).unwrap();
    assert_eq!(ready().0, 200);
    upload(&service, &key, 8);
}

fn a_restored_store_carries_its_id_and_takes_no_folder_of_another(store: Store) {
    let (data, key) = with_pictures(store, 2);
    data.cli(&["backup", "--to", "backup"]).quietly();
    let backup = data.file("backup").display().to_string();
    let (another, _) = with_pictures(store, 1);
    let media = another.file("media");
    let target = beside(Data::fresh(store), &media);
    target.cli(&["restore", "--from", &backup]).refused(1, &["TWEETTY_MEDIA", "belong to another store"]);
    assert_eq!(pictures(&media).len(), 1);

    // A place that was served before, in which nobody ever was.
    let mut service = Service::start(store);
    assert!(service.stop().success());
    let target = service.into_data();
    target.cli(&["restore", "--from", &backup]).quietly();
    let id = |data: &Data| fs::read_to_string(data.file("media/store-id")).unwrap();
    assert_eq!(id(&target), id(&data));
    let service = Service::on(target, &[]);
    assert_eq!(get(&service, "/api/tweets", &key)["tweets"].as_array().unwrap().len(), 2);
    assert_eq!(service.cli(&["check"]).quietly(), "all is as it should be\n");
}

fn a_copied_store_belongs_to_the_same_folder(store: Store) {
    let (source, _) = with_pictures(store, 1);
    let other = if store == Store::Sqlite { Store::Postgres } else { Store::Sqlite };
    let target = beside(Data::fresh(other), &source.file("media"));
    target.cli(&["copy", "--from", source.url(), "--to", target.url()]).quietly();
    assert_eq!(target.cli(&["check"]).quietly(), "all is as it should be\n");
}

fn a_backup_from_before_there_were_ids_is_restored(store: Store) {
    let (data, _) = with_pictures(store, 2);
    data.cli(&["backup", "--to", "backup"]).quietly();
    let summary = data.file("backup/backup.json");
    let text = fs::read_to_string(&summary).unwrap();
    let mut old: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(old.as_object_mut().unwrap().remove("store").is_some(), "{text}");
    fs::write(&summary, old.to_string()).unwrap();
    let target = Data::fresh(store);
    let backup = data.file("backup").display().to_string();
    target.cli(&["restore", "--from", &backup]).quietly();
    assert_eq!(target.cli(&["check"]).quietly(), "all is as it should be\n");
    assert!(target.file("media/store-id").exists());
}

fn a_command_that_only_looks_makes_no_folder(store: Store) {
    let data = Data::made(store);
    data.cli(&["check"]).quietly();
    data.cli(&["check", "--media", "elsewhere/media"]).quietly();
    data.cli(&["users", "add", "ann"]).quietly();
    data.cli(&["users", "export", "ann", "--to", "ann.zip"]).quietly();
    data.cli(&["backup", "--to", "backup"]).quietly();
    assert!(!data.file("media").exists() && !data.file("elsewhere").exists());
    fs::write(data.file("file"), "").unwrap();
    data.cli(&["check", "--media", "file"]).refused(1, &["TWEETTY_MEDIA", "no folder"]);
}
