//! What was acknowledged stays.

#![expect(clippy::unwrap_used, reason = "where an arrangement fails, the test has to fail")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use tweetty_contract::arrange::{draft, new_user};
use tweetty_domain::{Feeds as _, TweetId, Tweets as _, Upkeep as _, UserId, Users as _};
use tweetty_sqlite::{Options, Store};

/// Names the database in a process that is to be killed.
const VICTIM: &str = "TWEETTY_TEST_VICTIM";

async fn open(path: &Path) -> Store {
    let store = Store::open(path, &Options::default()).unwrap();
    store.migrate().await.unwrap();
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_opened_again_has_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let store = open(&path).await;
    let company = tweetty_contract::Store::new(store, ());
    let [ann, bob] = company.people(["Ann", "Bob"]).await;
    company.follow(bob, ann).await;
    let image = company.image(ann).await;
    let tweet = company.tweet_with(ann, "hi", &[image]).await;
    company.like(tweet, bob).await;
    let before = (company.see(tweet, bob).await, company.profile(ann, bob).await, company.found("ann").await);
    drop(company);
    let company = tweetty_contract::Store::new(open(&path).await, ());
    let after = (company.see(tweet, bob).await, company.profile(ann, bob).await, company.found("ann").await);
    assert_eq!(after, before);
    assert_eq!(after.0.unwrap().attachments.len(), 1);
    company.assert_sound().await;
}

/// Publishes and likes without end, telling each acknowledgement. Does nothing unless it is a victim.
#[tokio::test(flavor = "multi_thread")]
async fn victim() {
    let Ok(path) = std::env::var(VICTIM) else { return };
    let store = open(Path::new(&path)).await;
    let users =
        store.add((0..16).map(|number| new_user(&format!("user{number}"))).collect(), None).await.unwrap();
    let writers = users.into_iter().map(|user| {
        let store = store.clone();
        tokio::spawn(async move {
            while let Ok(tweet) = store.publish(draft(user, "still here")).await {
                let tweet = tweet.outcome();
                store.like(tweet, user).await.unwrap();
                // One call a line: lines of several threads don't mix.
                std::io::stdout().write_all(format!("acknowledged {tweet} {user}\n").as_bytes()).unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_the_death_of_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.db");
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["victim", "--exact", "--nocapture"])
        .env(VICTIM, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut acknowledged = Vec::new();
    for line in lines {
        // The test harness writes lines too, and its own start of the first.
        if let Some((_, numbers)) = line.split_once("acknowledged ") {
            let numbers = numbers.split(' ').map(|number| number.parse().unwrap()).collect::<Vec<i64>>();
            acknowledged.push((TweetId::stored(numbers[0]), UserId::stored(numbers[1])));
        }
        if acknowledged.len() == 500 {
            process.kill().unwrap();
        }
    }
    process.wait().unwrap();
    assert!(acknowledged.len() >= 500);
    let store = open(&path).await;
    for (tweet, user) in acknowledged {
        let kept = store.tweet(tweet, user, 1).await.unwrap();
        assert!(kept.is_some_and(|tweet| tweet.liked && tweet.likes_count == 1), "{tweet} is lost");
    }
    assert_eq!(store.discrepancies(10).await.unwrap(), []);
}
