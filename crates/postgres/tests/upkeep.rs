//! Damage that the ports can't do is found, and repaired where it can be.
#![expect(clippy::unwrap_used, reason = "where an arrangement fails, the test has to fail")]

use std::collections::BTreeSet;

use chrono::{TimeZone as _, Utc};
use tweetty_cluster::Cluster;
use tweetty_domain::{Discrepancy, Upkeep as _};
use tweetty_postgres::{Options, Store};

mod held;
use held::held;

const COMPANY: &str = "
    INSERT INTO users (nickname, nickname_folded, searchable, created_at)
    SELECT name, name, name, now() FROM (VALUES ('ann'), ('bob'), ('cleo')) AS people (name);
    INSERT INTO tweets (author_id, content, created_at) VALUES (1, 'one', now()), (2, 'two', now());
    INSERT INTO likes VALUES (1, 2), (1, 3);
    INSERT INTO follows VALUES (1, 2), (3, 2);
    UPDATE tweets SET like_count = 7 WHERE id = 2;
    UPDATE users SET following_count = 1 WHERE id IN (1, 3);
    UPDATE users SET followers_count = 5 WHERE id = 2;
    UPDATE users SET following_count = 4 WHERE id = 2";

async fn damaged() -> (Store, tweetty_cluster::Database<'static>) {
    let database = Cluster::shared().database();
    let store = Store::connect(&database.url(), &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    database.execute(COMPANY);
    (store, database)
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_counters_are_named_and_counted_anew() {
    let (store, _database) = damaged().await;
    let found = store.discrepancies(10).await.unwrap().into_iter().map(|found| match found {
        Discrepancy::Counter { what, stored, counted } => (what, stored, counted),
        Discrepancy::Rows { what, .. } => panic!("{what}"),
    });
    let expected = [
        ("tweet 1: likes_count", 0, 2),
        ("tweet 2: likes_count", 7, 0),
        ("user 2: followers_count", 5, 2),
        ("user 2: following_count", 4, 0),
    ];
    let expected = expected.map(|(what, stored, counted)| (what.to_owned(), stored, counted));
    assert_eq!(found.collect::<BTreeSet<_>>(), BTreeSet::from(expected));
    assert_eq!(store.discrepancies(3).await.unwrap().len(), 3);
    assert_eq!(store.repair_counters().await.unwrap(), 4);
    assert_eq!(store.discrepancies(10).await.unwrap(), []);
    assert_eq!(store.repair_counters().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn images_that_stand_wrong_are_counted() {
    let (store, database) = damaged().await;
    store.repair_counters().await.unwrap();
    database.execute(
        "INSERT INTO images (owner_id, name, width, height, bytes, tweet_id, position, uploaded_at)
         VALUES (1, 'a.png', 1, 1, 1, 1, 1, now()), (3, 'b.png', 1, 1, 1, 2, 0, now())",
    );
    let expected = [
        "tweets whose images are not numbered from 0 without gaps",
        "images attached to another user's tweet",
    ]
    .map(|what| Discrepancy::Rows { what: what.to_owned(), count: 1 });
    assert_eq!(store.discrepancies(10).await.unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_being_attached_is_not_forgotten() {
    let (store, database) = damaged().await;
    let name = "0123456789abcdef0123456789abcdef.png";
    database.execute(&format!(
        "INSERT INTO images (owner_id, name, width, height, bytes, uploaded_at)
         VALUES (1, '{name}', 1, 1, 1, '2026-01-01T00:00:00Z')"
    ));
    let later = Utc.with_ymd_and_hms(2026, 2, 1, 0, 0, 0).unwrap();
    let attaching = held(&database, "SELECT FROM images FOR UPDATE");
    assert_eq!(store.forget_unattached(later, 10).await.unwrap(), []);
    drop(attaching);
    let forgotten = store.forget_unattached(later, 10).await.unwrap();
    assert_eq!(forgotten.iter().map(|image| image.name.to_string()).collect::<Vec<_>>(), [name]);
}
