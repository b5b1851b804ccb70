//! What the store does while its database does not do well.
#![expect(clippy::unwrap_used, reason = "where an arrangement fails, the test has to fail")]

use std::time::{Duration, Instant};

use chrono::{TimeZone as _, Utc};
use tweetty_cluster::{Cluster, Database};
use tweetty_domain::{
    ApiKey, Attachments, Change, Error, NewTweet, NewUser, Nickname, Particulars, Quota, Timestamp, TweetId,
    TweetText, Tweets as _, Upkeep as _, UserId, Users as _,
};
use tweetty_postgres::{Options, Store};

mod held;
use held::held;

fn noon() -> Timestamp {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
}

fn options(connections: usize, wait_ms: u64) -> Options {
    let wait = Duration::from_millis(wait_ms);
    Options { connections, wait, statement_timeout: 2 * wait }
}

async fn connect(database: &Database<'_>, options: &Options) -> Store {
    let store = Store::connect(&database.url(), options).await.unwrap();
    store.migrate().await.unwrap();
    store
}

async fn person(store: &Store, nickname: &str) -> UserId {
    let user = NewUser {
        nickname: Nickname::parse(nickname).unwrap(),
        first_name: None,
        last_name: None,
        particulars: Particulars::default(),
        key: Some(ApiKey::parse(nickname).unwrap().hash().into()),
        follows: Vec::new(),
        created_at: noon(),
    };
    store.add(vec![user], None).await.unwrap()[0]
}

async fn tweet(store: &Store, author: UserId) -> TweetId {
    let text = TweetText::parse("hi", 280).unwrap();
    let tweet = NewTweet {
        author,
        text,
        attachments: Attachments::default(),
        created_at: noon(),
        quota: Quota::NONE,
        guard: None,
    };
    store.publish(tweet).await.unwrap().outcome()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_database_is_unavailable_at_once_and_found_again_when_it_is_back() {
    let cluster = Cluster::start();
    let database = cluster.database();
    let store = connect(&database, &options(4, 2000)).await;
    let ann = person(&store, "ann").await;
    for stop in [Cluster::stop, Cluster::crash] {
        // All connections have been open.
        let reads = (0..4).map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.find(ann).await })
        });
        for read in reads.collect::<Vec<_>>() {
            read.await.unwrap().unwrap();
        }
        stop(&cluster);
        let started = Instant::now();
        for _ in 0..5 {
            assert!(matches!(store.find(ann).await, Err(Error::Unavailable(_))));
            let written = store.follow(ann, UserId::stored(99), noon(), None).await;
            assert!(matches!(written, Err(Error::Unavailable(_))), "{written:?}");
            assert!(matches!(store.ready().await, Err(Error::Unavailable(_))));
        }
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        cluster.start_again();
        assert!(store.find(ann).await.unwrap().is_some());
        store.ready().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_that_wait_for_each_other_are_answered_within_the_wait() {
    let database = Cluster::shared().database();
    let store = connect(&database, &options(1, 600)).await;
    let ann = person(&store, "ann").await;
    let holder = held(&database, "LOCK TABLE users");
    let started = Instant::now();
    let find = || {
        let store = store.clone();
        tokio::spawn(async move { store.find(ann).await })
    };
    for read in [find(), find(), find()] {
        let read = read.await.unwrap();
        assert!(matches!(read, Err(Error::Unavailable(_))), "{read:?}");
    }
    assert!(started.elapsed() < Duration::from_secs(3), "a turn and a lock: {:?}", started.elapsed());
    drop(holder);
    assert!(store.find(ann).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_that_wait_are_answered_within_the_wait_and_reads_go_before_them() {
    let database = Cluster::shared().database();
    let store = connect(&database, &options(1, 600)).await;
    let ann = person(&store, "ann").await;
    let tweet = tweet(&store, ann).await;
    let other = connect(&database, &options(1, 5000)).await;
    // Somebody holds the tweet: the store's only connection waits for it, and a second like for the connection.
    let holder = held(&database, "SELECT FROM tweets FOR UPDATE");
    let like = || {
        let store = store.clone();
        tokio::spawn(async move { store.like(tweet, ann).await })
    };
    let first = like();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let waiting = [first, like()];
    tokio::time::sleep(Duration::from_millis(100)).await;
    // Reads don't queue behind the writes that wait: one gets the connection once the first like gives it up.
    assert!(store.find(ann).await.unwrap().is_some());
    for waiting in waiting {
        let waited = waiting.await.unwrap();
        assert!(matches!(waited, Err(Error::Unavailable(_))), "a lock that does not come: {waited:?}");
    }
    drop(holder);
    assert_eq!(other.like(tweet, ann).await.unwrap(), Some(Change::Made));
    assert_eq!(store.like(tweet, ann).await.unwrap(), Some(Change::AlreadySo));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_goes_on_when_nobody_waits_for_it_any_more() {
    let database = Cluster::shared().database();
    let store = connect(&database, &options(2, 5000)).await;
    let ann = person(&store, "ann").await;
    let tweet = tweet(&store, ann).await;
    let holder = held(&database, "SELECT FROM tweets FOR UPDATE");
    let cut_short = tokio::time::timeout(Duration::from_millis(200), store.like(tweet, ann)).await;
    assert!(cut_short.is_err(), "the like must have been waiting");
    drop(holder);
    let started = Instant::now();
    while database.execute("SELECT count(*) FROM likes") != "1" {
        assert!(started.elapsed() < Duration::from_secs(5), "the like did not come about");
    }
    assert_eq!(store.discrepancies(10).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gives_up_or_is_removed_does_not_sink_the_group() {
    let database = Cluster::shared().database();
    let store = connect(&database, &options(8, 5000)).await;
    let mut people = vec![];
    for number in 0..8 {
        people.push(person(&store, &format!("person{number}")).await);
    }
    let tweet = tweet(&store, people[0]).await;
    let holder = held(&database, "SELECT FROM tweets FOR UPDATE");
    let mut likes = vec![];
    for person in people.clone() {
        let store = store.clone();
        likes.push(tokio::spawn(async move { store.like(tweet, person).await }));
        // The first four are groups under way, each waiting for the tweet; the rest become one behind them.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let [left, removed] = [5, 6];
    likes[left].abort();
    database.execute(&format!("DELETE FROM users WHERE id = {}", people[removed]));
    drop(holder);
    for (number, like) in likes.into_iter().enumerate() {
        match (number, like.await) {
            (number, Err(_)) => assert_eq!(number, left),
            (number, Ok(Ok(liked))) => {
                assert_eq!(liked, Some(Change::Made));
                assert!(number != removed && number != left);
            }
            (number, Ok(Err(refused))) => assert_eq!(number, removed, "{refused}"),
        }
    }
    // Taken by its group, the like of the client that left may be made; either way it is counted.
    let liked = database.execute("SELECT count(*) FROM likes");
    assert!(liked == "6" || liked == "7", "{liked}");
    assert_eq!(database.execute("SELECT like_count FROM tweets"), liked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_is_dropped_leaves_no_trace_in_the_pool() {
    let database = Cluster::shared().database();
    let store = connect(&database, &options(2, 5000)).await;
    let ann = person(&store, "ann").await;
    // Every read now waits for this lock, which is not a row's but the whole table's.
    let holder = held(&database, "LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
    for _ in 0..6 {
        let dropped = tokio::time::timeout(Duration::from_millis(50), store.find(ann)).await;
        assert!(dropped.is_err());
    }
    drop(holder);
    for _ in 0..6 {
        assert_eq!(store.find(ann).await.unwrap().unwrap().id, ann);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_is_resolved_by_trying_again() {
    let database = Cluster::shared().database();
    let store = connect(&database, &options(2, 10_000)).await;
    let (ann, bob) = (person(&store, "ann").await, person(&store, "bob").await);
    let mut holder = held(&database, &format!("SELECT FROM users WHERE id = {bob} FOR UPDATE"));
    let following = tokio::spawn(async move { store.follow(ann, bob, noon(), None).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    // Now each waits for the other; the server ends the one that has waited longer.
    holder.say(&format!("SELECT FROM users WHERE id = {ann} FOR UPDATE; COMMIT;"));
    assert_eq!(following.await.unwrap().unwrap(), Some(Change::Made));
    // More than one where the next try comes before the other has gone on.
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_ne!(database.execute(deadlocks), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_commit_fails_is_not_acknowledged() {
    let database = Cluster::shared().database();
    let store = connect(&database, &options(2, 5000)).await;
    let ann = person(&store, "ann").await;
    let tweet = tweet(&store, ann).await;
    // It refuses at the commit, when the row of the like is on its way already.
    database.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
         CREATE CONSTRAINT TRIGGER late AFTER INSERT ON likes DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION refuse();",
    );
    let liked = store.like(tweet, ann).await;
    assert!(liked.is_err(), "{liked:?}");
    assert_eq!(database.execute("SELECT count(*) FROM likes"), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_takes_too_long_is_unavailable_not_a_defect() {
    let database = Cluster::shared().database();
    let store = connect(&database, &options(2, 200)).await;
    let ann = person(&store, "ann").await;
    let _holder = held(&database, "LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
    let started = Instant::now();
    let found = store.find(ann).await;
    assert!(matches!(found, Err(Error::Unavailable(_))), "{found:?}");
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trouble_of_the_server_is_unavailable_in_whatever_language_and_a_defect_of_ours_is_not() {
    let database = Cluster::shared().database();
    let store = connect(&database, &options(2, 5000)).await;
    let (ann, bob) = (person(&store, "ann").await, person(&store, "bob").await);
    database.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
         'BEGIN RAISE EXCEPTION ''на диске нет места'' USING ERRCODE = ''disk_full''; END';
         CREATE TRIGGER full_disk BEFORE INSERT ON follows FOR EACH ROW EXECUTE FUNCTION refuse();",
    );
    let followed = store.follow(ann, bob, noon(), None).await;
    assert!(matches!(followed, Err(Error::Unavailable(_))), "{followed:?}");
    database.execute("ALTER TABLE users RENAME COLUMN nickname TO handle");
    let found = store.find(ann).await;
    assert!(matches!(found, Err(Error::Internal(_))), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_is_used_from_runtimes_that_end() {
    let database = Cluster::shared().database();
    let store = connect(&database, &options(2, 5000)).await;
    let ann = person(&store, "ann").await;
    for _ in 0..4 {
        let store = store.clone();
        let worker = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { store.find(ann).await.unwrap().unwrap().id })
        });
        assert_eq!(worker.join().unwrap(), ann);
    }
}

#[tokio::test]
async fn who_can_not_connect_is_told_why_without_the_password() {
    let nowhere = Cluster::shared().url("no-such-database");
    let (_, address) = nowhere.split_once('@').unwrap();
    for url in [format!("postgres://ann:hush@{address}"), "postgres://ann:hush@127.0.0.1:1/blog".to_owned()] {
        let Err(error) = Store::connect(&url, &options(1, 1000)).await else { panic!("connected to {url}") };
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        assert!(error.to_string().len() > 40, "it says why: {error}");
        assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
    }
}
