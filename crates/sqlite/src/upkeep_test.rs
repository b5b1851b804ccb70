//! That contradictions in a store are found, and its counters mended.

use diesel::connection::SimpleConnection as _;
use tempfile::TempDir;
use tweetty_domain::Discrepancy::{Counter, Rows};

use super::*;
use crate::Options;
use crate::plans_test::COMPANY;

/// A store whose rows are right, with a hand that reaches past its rules.
async fn company() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("t.db"), &Options::default()).unwrap();
    store.migrate().await.unwrap();
    break_rules(&store, COMPANY).await;
    assert_eq!(store.repair_counters().await.unwrap(), 0, "the company begins in order");
    (folder, store)
}

async fn break_rules(store: &Store, statements: &'static str) {
    let work = move |connection: &mut SqliteConnection| {
        connection.batch_execute("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")?;
        connection.batch_execute(statements)?;
        connection.batch_execute("PRAGMA foreign_keys = ON; PRAGMA ignore_check_constraints = OFF")?;
        Ok(())
    };
    store.writer.alone(work).await.unwrap();
}

#[tokio::test]
async fn wrong_counters_are_found_and_mended() {
    let (_folder, store) = company().await;
    assert_eq!(store.discrepancies(10).await.unwrap(), []);
    break_rules(
        &store,
        "UPDATE tweets SET like_count = like_count + 7 WHERE id = 3;
         UPDATE users SET followers_count = 49 WHERE id = 5;
         UPDATE users SET following_count = 0 WHERE id = 6;
         DELETE FROM likes WHERE tweet_id = 8;",
    )
    .await;
    let found = store.discrepancies(10).await.unwrap();
    let names = found.iter().map(|discrepancy| match discrepancy {
        Counter { what, stored, counted } => {
            assert_ne!(stored, counted);
            what.as_str()
        }
        Rows { what, .. } => panic!("{what}"),
    });
    let expected = [
        "tweet 3: likes_count",
        "tweet 8: likes_count",
        "user 5: followers_count",
        "user 6: following_count",
    ];
    assert_eq!(names.collect::<Vec<_>>(), expected);
    assert!(found.contains(&Counter { what: expected[2].to_owned(), stored: 49, counted: 50 }));
    assert_eq!(store.discrepancies(3).await.unwrap(), found[..3]);
    assert_eq!(store.repair_counters().await.unwrap(), 4);
    assert_eq!(store.discrepancies(10).await.unwrap(), []);
    assert_eq!(store.repair_counters().await.unwrap(), 0);
}

#[tokio::test]
async fn rows_that_break_a_rule_are_found() {
    let (_folder, store) = company().await;
    break_rules(
        &store,
        "INSERT INTO images (owner_id, name, width, height, bytes, tweet_id, position, uploaded_at)
         VALUES (1, 'a', 1, 1, 1, 1, 0, 0), (1, 'b', 1, 1, 1, 1, 2, 0),
                (3, 'c', 1, 1, 1, 3, 1, 0), (4, 'd', 1, 1, 1, 5, 0, 0);
         INSERT INTO likes VALUES (1000000, 1), (1000001, 1), (1000002, 1);
         INSERT INTO follows VALUES (9, 9);
         UPDATE users SET followers_count = 51, following_count = 51 WHERE id = 9;",
    )
    .await;
    let found = store.discrepancies(10).await.unwrap();
    let rows = |what: &str, count| Rows { what: what.to_owned(), count };
    let expected = [
        rows("tweets whose images are not numbered from 0 without gaps", 2),
        rows("images attached to another user's tweet", 1),
        rows("users who follow themselves", 1),
        rows("rows whose parent is missing", 3),
    ];
    // The check of the file speaks of broken constraints too.
    assert_eq!(found[..4], expected);
    assert!(
        found[4..]
            .iter()
            .all(|other| matches!(other, Rows { what, .. } if what.starts_with("database file: ")))
    );
}

#[tokio::test]
async fn a_name_that_the_search_index_has_lost_is_found() {
    let (_folder, store) = company().await;
    break_rules(
        &store,
        "INSERT INTO user_names (user_names, rowid, searchable) VALUES ('delete', 1, 'user1')",
    )
    .await;
    assert_eq!(
        store.discrepancies(10).await.unwrap(),
        [Rows { what: "users without their entry in the search index, or the reverse".to_owned(), count: 1 }]
    );
}
