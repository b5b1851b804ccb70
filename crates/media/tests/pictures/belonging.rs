//! Whose images a folder holds, and where those go that nobody knows.

use std::fs;

use crate::kit::{Shelf, png};
use chrono::TimeDelta;
use tweetty_domain::{Claim, Clock as _, Error, Images as _, StoreId, SystemClock};
use tweetty_media::{Folder, Storage as _};

fn claim(images_lost: bool) -> Claim {
    Claim { store: StoreId::random().unwrap(), images_lost }
}

#[tokio::test]
async fn a_folder_keeps_the_last_claim_until_it_is_forgotten() {
    let shelf = Shelf::new();
    assert_eq!(shelf.folder.claimed_by().await.unwrap(), None);
    for claim in [claim(false), claim(true), claim(false)] {
        shelf.folder.claim(claim).await.unwrap();
        let again = Folder::existing(&shelf.path());
        assert_eq!(again.claimed_by().await.unwrap(), Some(claim));
    }
    for _ in 0..2 {
        shelf.folder.unclaim().await.unwrap();
        assert_eq!(shelf.folder.claimed_by().await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_mark_that_can_not_be_read_is_no_mark_and_is_named() {
    let shelf = Shelf::new();
    for text in ["", "\n", "0123\n", "media"] {
        fs::write(shelf.path().join("store-id"), text).unwrap();
        let refused = shelf.folder.claimed_by().await.unwrap_err().to_string();
        assert!(refused.contains("store-id holds no store id"), "{text:?}: {refused}");
    }
}

#[tokio::test]
async fn a_folder_is_empty_until_it_keeps_an_image() {
    let shelf = Shelf::new();
    shelf.folder.claim(claim(false)).await.unwrap();
    fs::create_dir(shelf.path().join("ff")).unwrap();
    fs::write(shelf.path().join("ff/readme.txt"), "no image").unwrap();
    assert!(shelf.folder.is_empty().await.unwrap());
    shelf.keep(&png(3, 3)).await.unwrap();
    assert!(!shelf.folder.is_empty().await.unwrap());
}

#[tokio::test]
async fn what_is_discarded_can_be_taken_back_until_the_trash_is_emptied() {
    let shelf = Shelf::new();
    let stored = shelf.keep(&png(3, 3)).await.unwrap();
    let (bytes, file) = (shelf.read(stored.name).await, shelf.files().remove(0));
    let now = SystemClock.now();
    shelf.folder.discard(vec![stored.name], now).await.unwrap();
    shelf.folder.discard(vec![stored.name], now).await.unwrap();
    assert!(!shelf.folder.contains(stored.name).await.unwrap() && shelf.folder.is_empty().await.unwrap());
    assert_eq!(shelf.folder.list(None, 10).await.unwrap(), []);
    let trash = shelf.path().join("trash").join(now.date_naive().to_string());
    assert_eq!(fs::read(trash.join(stored.name.to_string())).unwrap(), bytes);
    assert_eq!(shelf.folder.empty_trash(now).await.unwrap(), 0, "its day has not passed");

    fs::rename(trash.join(stored.name.to_string()), file).unwrap();
    assert_eq!(shelf.read(stored.name).await, bytes, "taken back");
    shelf.folder.discard(vec![stored.name], now).await.unwrap();
    fs::create_dir(shelf.path().join("trash/kept-by-hand")).unwrap();
    assert_eq!(shelf.folder.empty_trash(now + TimeDelta::days(1)).await.unwrap(), 1);
    assert!(!trash.exists() && shelf.path().join("trash/kept-by-hand").exists());
}

#[tokio::test]
async fn nothing_is_discarded_while_the_images_are_held() {
    let shelf = Shelf::new();
    let stored = shelf.keep(&png(3, 3)).await.unwrap();
    let hold = shelf.folder.hold().await.unwrap();
    let refused = shelf.folder.discard(vec![stored.name], SystemClock.now()).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    assert!(shelf.folder.contains(stored.name).await.unwrap());
    drop(hold);
    shelf.folder.discard(vec![stored.name], SystemClock.now()).await.unwrap();
    assert!(!shelf.folder.contains(stored.name).await.unwrap());
}

#[tokio::test]
async fn an_empty_place_where_the_folder_was_takes_no_image() {
    let shelf = Shelf::new();
    shelf.folder.claim(claim(false)).await.unwrap();
    fs::remove_dir(shelf.path().join("incoming")).unwrap();
    shelf.folder.ready().await.unwrap();
    shelf.keep(&png(3, 3)).await.unwrap();
    fs::rename(shelf.path(), shelf.path().with_extension("away")).unwrap();
    fs::create_dir(shelf.path()).unwrap();
    assert!(matches!(shelf.folder.ready().await, Err(Error::Unavailable(_))));
    assert!(shelf.images.receive().await.is_err());
    assert_eq!(fs::read_dir(shelf.path()).unwrap().count(), 0, "nothing is made there");
}

#[tokio::test]
async fn a_folder_that_is_only_looked_at_is_not_made() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("media");
    let folder = Folder::existing(&path);
    assert_eq!(folder.claimed_by().await.unwrap(), None);
    assert!(folder.is_empty().await.unwrap());
    assert_eq!(folder.list(None, 10).await.unwrap(), []);
    assert_eq!(folder.empty_trash(SystemClock.now()).await.unwrap(), 0);
    drop(folder.hold().await.unwrap());
    assert!(!path.exists());
}
