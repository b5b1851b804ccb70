//! What the store does when its primary becomes a server that only reads, and another takes over.
#![expect(clippy::unwrap_used, clippy::panic, reason = "where an arrangement fails, the test has to fail")]

use std::time::{Duration, Instant};

use tweetty_cluster::{Cluster, Database};
use tweetty_contract::arrange::{draft, new_user, noon};
use tweetty_domain::{Error, Result, Tweets as _, Upkeep as _, UserId, Users as _};
use tweetty_postgres::{Options, Store};

mod forwarder;
use forwarder::Forwarder;

/// Sessions that are open become read-only with their next transaction, as on a primary that is demoted.
fn becomes_read_only(cluster: &Cluster, read_only: bool) {
    let value = if read_only { "on" } else { "off" };
    cluster.execute("postgres", &format!("ALTER SYSTEM SET default_transaction_read_only = {value}"));
    cluster.execute("postgres", "SELECT pg_reload_conf()");
    let begun = Instant::now();
    while cluster.execute("postgres", "SHOW transaction_read_only") != value {
        assert!(begun.elapsed() < Duration::from_secs(10), "the setting is not taken");
    }
}

async fn connect(url: &str) -> Store {
    let wait = Duration::from_secs(10);
    let options = Options { connections: 4, wait, statement_timeout: wait };
    let store = Store::connect(url, &options).await.unwrap();
    store.migrate().await.unwrap();
    store
}

/// A write of each way: a single statement, a transaction, a group.
async fn write(store: &Store, user: UserId) -> [Result<()>; 3] {
    [
        store.forget_unattached(noon(), 1).await.map(drop),
        store.publish(draft(user, "hi")).await.map(drop),
        store.follow(user, UserId::stored(999), noon(), None).await.map(drop),
    ]
}

fn processes(database: &Database<'_>) -> Vec<String> {
    let asked = "SELECT pid FROM pg_stat_activity WHERE application_name = 'tweetty' ORDER BY 1";
    database.execute(asked).lines().map(str::to_owned).collect()
}

/// Opens all connections that there may be.
async fn busy(store: &Store, user: UserId) {
    let reads = (0..64).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store.find(user).await.unwrap() })
    });
    for read in reads.collect::<Vec<_>>() {
        read.await.unwrap();
    }
}

fn assert_read_only(answer: &Result<()>) {
    let Err(Error::Unavailable(cause)) = answer else { panic!("{answer:?}") };
    assert!(cause.to_string().contains("read-only"), "{cause}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_that_became_read_only_is_not_ready_and_is_left_for_the_one_that_takes_over() {
    let (old, new) = (Cluster::start(), Cluster::start());
    let (database, successor) = (old.database(), new.database());
    let line = Forwarder::before(&database).await;
    let store = connect(&line.url()).await;
    let ann = store.add(vec![new_user("ann")], None).await.unwrap()[0];
    let other = connect(&successor.url()).await;
    assert_eq!(other.add(vec![new_user("ann")], None).await.unwrap()[0], ann);
    busy(&store, ann).await;
    store.ready().await.unwrap();
    let before = processes(&database);
    becomes_read_only(&old, true);
    for _ in 0..3 {
        for written in write(&store, ann).await {
            assert_read_only(&written);
        }
        assert_read_only(&store.ready().await);
        assert!(store.find(ann).await.unwrap().is_some(), "what can be read is read");
    }
    busy(&store, ann).await;
    store.ready().await.ok();
    let kept = processes(&database).into_iter().filter(|process| before.contains(process)).count();
    assert_eq!(kept, 0, "connections from before are closed");
    line.leads_to(&successor);
    let begun = Instant::now();
    while write(&store, ann).await.iter().any(Result::is_err) {
        assert!(begun.elapsed() < Duration::from_secs(5), "writes don't come back");
    }
    store.ready().await.unwrap();
    busy(&store, ann).await;
    assert_eq!(processes(&database), [] as [&str; 0], "nobody is left behind");
    assert_eq!(successor.execute("SELECT count(*) > 0 FROM tweets"), "t");
    // So that its database can be dropped.
    becomes_read_only(&old, false);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_new_primary_is_there_already_no_write_fails() {
    let (old, new) = (Cluster::start(), Cluster::start());
    let (database, successor) = (old.database(), new.database());
    let line = Forwarder::before(&database).await;
    let store = connect(&line.url()).await;
    let ann = store.add(vec![new_user("ann")], None).await.unwrap()[0];
    connect(&successor.url()).await.add(vec![new_user("ann")], None).await.unwrap();
    for asked_first in [false, true] {
        busy(&store, ann).await;
        let (from, to) = if asked_first { (&new, &database) } else { (&old, &successor) };
        line.leads_to(to);
        becomes_read_only(from, true);
        if asked_first {
            store.ready().await.unwrap();
        }
        for written in write(&store, ann).await {
            written.unwrap();
        }
        becomes_read_only(from, false);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_hosts_the_one_that_takes_writes_is_found() {
    let (old, new) = (Cluster::start(), Cluster::start());
    let (database, successor) = (old.database(), new.database());
    let [first, second] = [Forwarder::before(&database).await, Forwarder::before(&successor).await];
    connect(&database.url()).await.add(vec![new_user("ann")], None).await.unwrap();
    connect(&successor.url()).await.add(vec![new_user("ann")], None).await.unwrap();
    let url = format!(
        "postgres://postgres@{},{}/{}?sslmode=disable",
        first.address(),
        second.address(),
        database.name()
    );
    assert_eq!(database.name(), successor.name(), "both are the first of their clusters");
    let store = connect(&url).await;
    let ann = UserId::stored(1);
    store.publish(draft(ann, "hi")).await.unwrap();
    for away in [&old, &new] {
        becomes_read_only(away, true);
        for written in write(&store, ann).await {
            written.unwrap();
        }
        store.ready().await.unwrap();
        connect(&url).await.publish(draft(ann, "a start in between")).await.unwrap();
        becomes_read_only(away, false);
    }
    assert_eq!(database.execute("SELECT count(*) > 1 FROM tweets"), "t");
    assert_eq!(successor.execute("SELECT count(*) > 1 FROM tweets"), "t");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_takes_writes_again_is_ready_again_on_the_connections_that_there_are() {
    let cluster = Cluster::start();
    let database = cluster.database();
    let store = connect(&database.url()).await;
    let ann = store.add(vec![new_user("ann")], None).await.unwrap()[0];
    for _ in 0..3 {
        becomes_read_only(&cluster, true);
        assert_read_only(&store.ready().await);
        becomes_read_only(&cluster, false);
        store.ready().await.unwrap();
        for written in write(&store, ann).await {
            written.unwrap();
        }
    }
}
