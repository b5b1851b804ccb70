//! How writes and reads get along with each other, with impatience and with failure.

use std::pin::Pin;
use std::sync::mpsc;
use std::task::Poll;
use std::time::{Duration, Instant};

use diesel::RunQueryDsl as _;
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::BigInt;
use tempfile::TempDir;
use tweetty_adapter::Party;
use tweetty_domain::{Error, Invalid};

use crate::failure::Failure;
use crate::reader_threads::UNTAKEN;
use crate::statement::sql;
use crate::{Options, Store};

const COUNT: &str = "SELECT count(*) FROM t";

fn options() -> Options {
    Options { readers: 1, wait: Duration::from_secs(1), waiting_writes: 2, ..Options::default() }
}

async fn open_with(options: &Options) -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("t.db"), options).unwrap();
    store.writer.write(|connection| Ok(connection.batch_execute("CREATE TABLE t (x)")?)).await.unwrap();
    (folder, store)
}

async fn insert(store: &Store) -> tweetty_domain::Result<()> {
    store.writer.write(|connection| Ok(connection.batch_execute("INSERT INTO t VALUES (1)")?)).await
}

async fn count(store: &Store) -> tweetty_domain::Result<i64> {
    store.readers.read(|connection| Ok(sql::<BigInt>(COUNT).get_result(connection)?)).await
}

/// A read that its caller doesn't look after.
type Slow<'a> = Pin<Box<dyn Future<Output = tweetty_domain::Result<i64>> + 'a>>;

/// Occupies the writer until the sender is dropped.
async fn occupy_writer(store: &Store) -> mpsc::Sender<()> {
    let (sender, receiver) = mpsc::channel::<()>();
    let (begun, beginning) = tokio::sync::oneshot::channel();
    let store = store.clone();
    tokio::spawn(async move {
        let work = move |connection: &mut diesel::SqliteConnection| {
            connection.batch_execute("INSERT INTO t VALUES (0)")?;
            begun.send(()).unwrap();
            receiver.recv().ok();
            Ok(())
        };
        store.writer.write(work).await
    });
    beginning.await.unwrap();
    sender
}

#[tokio::test]
async fn a_long_write_blocks_no_read() {
    let (_folder, store) = open_with(&options()).await;
    let writing = occupy_writer(&store).await;
    assert_eq!(count(&store).await.unwrap(), 0, "what is not committed is not seen");
    drop(writing);
    insert(&store).await.unwrap();
    assert_eq!(count(&store).await.unwrap(), 2);
}

#[tokio::test]
async fn a_long_read_blocks_no_write_and_sees_one_moment() {
    let (_folder, store) = open_with(&options()).await;
    let (begun, beginning) = tokio::sync::oneshot::channel();
    let (sender, receiver) = mpsc::channel::<()>();
    let reading = {
        let store = store.clone();
        tokio::spawn(async move {
            let work = move |connection: &mut diesel::SqliteConnection| {
                let before = sql::<BigInt>(COUNT).get_result::<i64>(connection)?;
                begun.send(()).unwrap();
                receiver.recv().ok();
                Ok((before, sql::<BigInt>(COUNT).get_result::<i64>(connection)?))
            };
            store.readers.snapshot(work).await
        })
    };
    beginning.await.unwrap();
    insert(&store).await.unwrap();
    insert(&store).await.unwrap();
    drop(sender);
    assert_eq!(reading.await.unwrap().unwrap(), (0, 0));
    assert_eq!(count(&store).await.unwrap(), 2);
}

#[tokio::test]
async fn a_write_that_waits_too_long_is_called_off() {
    let (_folder, store) = open_with(&options()).await;
    let writing = occupy_writer(&store).await;
    let start = Instant::now();
    // Two find a place in the queue, the others don't even get that.
    let refused = tokio::join!(insert(&store), insert(&store), insert(&store), insert(&store));
    for outcome in [refused.0, refused.1, refused.2, refused.3] {
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
    }
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    drop(writing);
    insert(&store).await.unwrap();
    assert_eq!(count(&store).await.unwrap(), 2, "what was refused was not done");
}

#[tokio::test]
async fn a_read_that_waits_too_long_is_called_off() {
    let (_folder, store) = open_with(&options()).await;
    let (begun, beginning) = tokio::sync::oneshot::channel();
    let (sender, receiver) = mpsc::channel::<()>();
    let reading = {
        let store = store.clone();
        tokio::spawn(async move {
            let work = move |_: &mut diesel::SqliteConnection| {
                begun.send(()).unwrap();
                receiver.recv().ok();
                Ok(())
            };
            store.readers.read(work).await
        })
    };
    beginning.await.unwrap();
    assert!(matches!(count(&store).await, Err(Error::Unavailable(_))));
    drop(sender);
    reading.await.unwrap().unwrap();
    assert_eq!(count(&store).await.unwrap(), 0);
}

#[tokio::test]
async fn readers_wait_for_those_who_do_not_take_what_was_read_but_not_for_long() {
    let (_folder, store) = open_with(&Options { wait: Duration::from_secs(10), ..options() }).await;
    let (sender, receiver) = mpsc::channel::<()>();
    let first = store.readers.read(move |_| Ok(receiver.recv().ok()));
    let counts =
        (0..UNTAKEN * options().readers).map(|_| Box::pin(count(&store)) as Slow).collect::<Vec<_>>();
    let mut slow = vec![Box::pin(async { first.await.map(|_| 0_i64) }) as Slow];
    slow.extend(counts);
    for reading in &mut slow {
        let polled_once = std::future::poll_fn(|context| Poll::Ready(reading.as_mut().poll(context)));
        assert!(polled_once.await.is_pending());
    }
    let begun = Instant::now();
    drop(sender);
    assert_eq!(count(&store).await.unwrap(), 0);
    assert!(begun.elapsed() > Duration::from_millis(100), "{:?}", begun.elapsed());
    for reading in slow {
        assert_eq!(reading.await.unwrap(), 0);
    }
    let begun = Instant::now();
    for _ in 0..20 {
        count(&store).await.unwrap();
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "nobody is waited for any more");
}

#[tokio::test]
async fn a_read_that_panics_is_told_and_the_readers_go_on() {
    let (_folder, store) = open_with(&options()).await;
    let work = |_: &mut diesel::SqliteConnection| -> Result<(), Failure> { panic!("on purpose") };
    assert!(matches!(store.readers.read(work).await, Err(Error::Internal(_))));
    assert_eq!(count(&store).await.unwrap(), 0);
}

#[tokio::test]
async fn another_store_on_the_file_that_writes_too_long_makes_writes_unavailable_for_a_bounded_time() {
    let (folder, store) = open_with(&options()).await;
    let other = Store::open(&folder.path().join("t.db"), &options()).unwrap();
    let writing = occupy_writer(&other).await;
    let start = Instant::now();
    assert!(matches!(insert(&store).await, Err(Error::Unavailable(_))));
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    assert_eq!(count(&store).await.unwrap(), 0);
    drop(writing);
    let patient = Instant::now();
    while insert(&store).await.is_err() {
        assert!(patient.elapsed() < Duration::from_secs(20));
    }
    assert_eq!(count(&store).await.unwrap(), 2);
}

#[tokio::test]
async fn a_write_whose_caller_goes_away_is_done() {
    let (_folder, store) = open_with(&options()).await;
    let writing = occupy_writer(&store).await;
    let caller = {
        let store = store.clone();
        tokio::spawn(async move { insert(&store).await })
    };
    while store.writer.waiting() == 0 {
        tokio::task::yield_now().await;
    }
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    drop(writing);
    insert(&store).await.unwrap();
    assert_eq!(count(&store).await.unwrap(), 3);
}

#[tokio::test]
async fn a_refused_write_harms_none_that_share_its_commit() {
    let (_folder, store) = open_with(&Options { waiting_writes: 100, ..options() }).await;
    let writing = occupy_writer(&store).await;
    let writes = (0..20).map(|number| {
        let store = store.clone();
        tokio::spawn(async move {
            let work = move |connection: &mut diesel::SqliteConnection| {
                connection.batch_execute("INSERT INTO t VALUES (1)")?;
                if number % 2 == 0 { Err(Failure::from(Invalid::EmptyText)) } else { Ok(()) }
            };
            store.writer.write(work).await
        })
    });
    let writes = writes.collect::<Vec<_>>();
    while store.writer.waiting() < 20 {
        tokio::task::yield_now().await;
    }
    drop(writing);
    let mut done = 0;
    for write in writes {
        match write.await.unwrap() {
            Ok(()) => done += 1,
            Err(Error::Invalid(Invalid::EmptyText)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(done, 10);
    assert_eq!(count(&store).await.unwrap(), 11);
}

#[tokio::test]
async fn a_write_that_panics_leaves_nothing_and_the_writer_goes_on() {
    let (_folder, store) = open_with(&options()).await;
    let panics = store.writer.write::<()>(|connection| {
        connection.batch_execute("INSERT INTO t VALUES (1)")?;
        panic!("on purpose");
    });
    assert!(panics.await.is_err());
    insert(&store).await.unwrap();
    assert_eq!(count(&store).await.unwrap(), 1);
}

#[tokio::test]
async fn a_full_disk_is_unavailable_and_heals() {
    let (_folder, store) = open_with(&options()).await;
    let limit = |pages: u32| {
        store.writer.alone(move |connection| {
            connection.batch_execute(&format!("PRAGMA max_page_count = {pages}"))?;
            Ok(())
        })
    };
    limit(1).await.unwrap();
    let large = || {
        store.writer.write(|connection| {
            connection.batch_execute("INSERT INTO t VALUES (zeroblob(100000))")?;
            Ok(())
        })
    };
    assert!(matches!(large().await, Err(Error::Unavailable(_))));
    assert_eq!(count(&store).await.unwrap(), 0);
    limit(1_000_000).await.unwrap();
    large().await.unwrap();
    assert_eq!(count(&store).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_closed_does_what_waits_and_leaves_one_file() {
    let (folder, store) = open_with(&Options { waiting_writes: 100, ..options() }).await;
    let writing = occupy_writer(&store).await;
    let writes = (0..20).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { insert(&store).await })
    });
    let writes = writes.collect::<Vec<_>>();
    while store.writer.waiting() < 20 {
        tokio::task::yield_now().await;
    }
    let closing = {
        let store = store.clone();
        tokio::spawn(async move { store.close().await })
    };
    drop(writing);
    for write in writes {
        write.await.unwrap().unwrap();
    }
    closing.await.unwrap();
    assert!(matches!(insert(&store).await, Err(Error::Unavailable(_))));
    assert!(matches!(count(&store).await, Err(Error::Unavailable(_))));
    let left =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    assert_eq!(left, ["t.db"]);
    let again = Store::open(&folder.path().join("t.db"), &options()).unwrap();
    assert_eq!(count(&again).await.unwrap(), 21);
}

#[tokio::test]
async fn a_store_that_is_dropped_leaves_one_file_too() {
    let (folder, store) = open_with(&options()).await;
    insert(&store).await.unwrap();
    assert_eq!(count(&store).await.unwrap(), 1);
    assert!(folder.path().join("t.db-wal").exists());
    drop(store);
    assert!(!folder.path().join("t.db-wal").exists());
}

const ENDLESS: &str = "
    WITH RECURSIVE numbers AS (SELECT 1 AS number UNION ALL SELECT number + 1 FROM numbers)
    SELECT count(*) FROM numbers";

/// Reads for ever.
async fn endless(store: &Store) -> tweetty_domain::Result<i64> {
    store.readers.snapshot(|connection| Ok(sql::<BigInt>(ENDLESS).get_result(connection)?)).await
}

#[tokio::test]
async fn a_read_for_a_request_is_ended_when_its_time_is_up_and_its_reader_goes_on() {
    let patience = Duration::from_secs(30);
    let statement_timeout = Duration::from_millis(50);
    let (_folder, store) = open_with(&Options { wait: patience, statement_timeout, ..options() }).await;
    let ended = Party::User(1).on_behalf(endless(&store)).await;
    assert!(matches!(ended, Err(Error::Unavailable(_))), "{ended:?}");
    // There is one reader, and it would wait for the first one for ever.
    for _ in 0..3 {
        assert_eq!(Party::User(1).on_behalf(count(&store)).await.unwrap(), 0);
    }
    let long_enough = |connection: &mut diesel::SqliteConnection| {
        std::thread::sleep(2 * Duration::from_millis(50));
        Ok(sql::<BigInt>(ENDLESS.replace("FROM numbers)", "FROM numbers LIMIT 1000000)"))
            .get_result::<i64>(connection)?)
    };
    assert_eq!(store.readers.read(long_enough).await.unwrap(), 1_000_000, "an operator has no such limit");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_the_readers_stay_for_others_however_long_one_reads() {
    let (_folder, store) =
        open_with(&Options { readers: 4, wait: Duration::from_secs(30), ..options() }).await;
    let (sender, receiver) = mpsc::channel::<()>();
    let receiver = std::sync::Arc::new(std::sync::Mutex::new(receiver));
    let long = (0..8).map(|_| {
        let (store, receiver) = (store.clone(), std::sync::Arc::clone(&receiver));
        let work = move |_: &mut diesel::SqliteConnection| Ok(receiver.lock().unwrap().recv().is_err());
        tokio::spawn(Party::User(1).on_behalf(async move { store.readers.read(work).await }))
    });
    let long = long.collect::<Vec<_>>();
    while store.readers.load().waiting != 6 {
        tokio::task::yield_now().await;
    }
    assert_eq!(Party::User(2).on_behalf(count(&store)).await.unwrap(), 0);
    assert_eq!(store.readers.load().waiting, 6, "the others of the first one go on waiting");
    drop(sender);
    for read in long {
        read.await.unwrap().unwrap();
    }
}
