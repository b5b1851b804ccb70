//! Behind PgBouncer: whole in session mode, refused in the others.
#![expect(clippy::unwrap_used, clippy::panic, reason = "where an arrangement fails, the test has to fail")]

use std::process::Stdio;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tweetty_cluster::{Cluster, PoolMode, Pooler};
use tweetty_contract::arrange::{draft, new_user};
use tweetty_domain::{Change, Error, Tweets as _, Upkeep as _, Users as _};
use tweetty_postgres::{Options, Store, back_up, is_vacant};

/// Some tenths of a second on a machine with nothing else to do.
const AT_ONCE: Duration = Duration::from_secs(2);

/// What was refused says the cure, and in time.
fn assert_refused<T>(begun: Instant, refused: Result<T, Error>) {
    let Err(Error::Internal(cause)) = refused else { panic!("{:?}", refused.err()) };
    let cause = cause.to_string();
    assert!(cause.contains("connect to PostgreSQL directly, or set pool_mode=session"), "{cause}");
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_gives_a_session_no_process_of_its_own_is_refused_at_once() {
    let cluster = Cluster::start();
    let database = cluster.database();
    // Given back last, used first; or each in its turn.
    for (mode, round_robin) in [
        (PoolMode::Transaction, "0"),
        (PoolMode::Transaction, "1"),
        (PoolMode::Statement, "0"),
        (PoolMode::Statement, "1"),
    ] {
        let pooler = Pooler::before(&cluster, mode, &[("server_round_robin", round_robin)]);
        let url = pooler.url(database.name());
        for _ in 0..3 {
            let begun = Instant::now();
            assert_refused(begun, Store::connect(&url, &Options::default()).await);
            let begun = Instant::now();
            assert_refused(begun, is_vacant(&url).await);
            let begun = Instant::now();
            assert_refused(begun, back_up(&url, &std::env::temp_dir().join("never-made.dump")).await);
        }
        // Others use the pooler, and its processes are as they were.
        let direct = cluster.execute(database.name(), "SHOW statement_timeout");
        let mut psql = cluster.program("psql");
        psql.args(["-XqAt", "-d", &url, "-c", "SHOW statement_timeout"]);
        let pooled = String::from_utf8(psql.output().unwrap().stdout).unwrap();
        assert_eq!(pooled.trim(), direct);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_is_busy_is_refused_too() {
    let cluster = Cluster::start();
    let database = cluster.database();
    let pooler = Pooler::before(&cluster, PoolMode::Transaction, &[]);
    let url = pooler.url(database.name());
    // Others come and go all the time, so that two questions in a row seldom meet the same process.
    let others = (0..8).map(|_| {
        let mut psql = cluster.program("psql");
        psql.args(["-XqAt", "-d", &url]).stdin(Stdio::piped()).stdout(Stdio::null());
        psql.spawn().unwrap()
    });
    let mut others = others.collect::<Vec<_>>();
    let busy = "SELECT pg_sleep(0.001);\n".repeat(20_000);
    let writers = others.iter_mut().map(|other| {
        let (mut input, busy) = (other.stdin.take().unwrap(), busy.clone());
        std::thread::spawn(move || std::io::Write::write_all(&mut input, busy.as_bytes()).ok())
    });
    let writers = writers.collect::<Vec<_>>();
    for _ in 0..20 {
        let begun = Instant::now();
        assert_refused(begun, Store::connect(&url, &Options::default()).await);
    }
    for mut other in others {
        other.kill().unwrap();
        other.wait().unwrap();
    }
    for writer in writers {
        writer.join().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_stores_behind_a_pooler_in_session_mode_see_the_same() {
    let cluster = Cluster::start();
    let database = cluster.database();
    let pooler = Pooler::before(&cluster, PoolMode::Session, &[]);
    let url = pooler.url(database.name());
    let options = Options { connections: 4, ..Options::default() };
    let mut stores = vec![];
    for _ in 0..3 {
        let store = Store::connect(&url, &options).await.unwrap();
        store.migrate().await.unwrap();
        stores.push(store);
    }
    let ids = stores[0].add(["ann", "bob"].map(new_user).into(), None).await.unwrap();
    let tweet = stores[1].publish(draft(ids[0], "hi")).await.unwrap().outcome();
    assert_eq!(stores[2].like(tweet, ids[1]).await.unwrap(), Some(Change::Made));
    let reads = (0..300).map(|number| {
        let store = stores[number % 3].clone();
        let id = ids[number % 2];
        tokio::spawn(async move { store.find(id).await.unwrap().unwrap().id == id })
    });
    for read in reads.collect::<Vec<_>>() {
        assert!(read.await.unwrap());
    }
    for store in &stores {
        store.ready().await.unwrap();
        assert_eq!(store.discrepancies(10).await.unwrap(), []);
    }
}

/// Of the promises of the storage ports those that need most of a session: locks, transactions, groups, `COPY`, snapshots.
macro_rules! kept_in_session_mode {
    ($($subject:ident::$promise:ident,)*) => {
        mod kept_in_session_mode {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                let store = super::behind_a_pooler_in_session_mode().await;
                tweetty_contract::verify(store, tweetty_contract::promises::$subject::$promise).await;
            })*
        }
    };
}

kept_in_session_mode! {
    audit::every_change_of_a_person_is_recorded,
    bulk::a_loaded_company_lives_on,
    concurrency::a_storm_of_likes_and_unlikes_leaves_true_counters,
    concurrency::additions_that_overlap_in_opposite_orders_do_not_block_each_other,
    feeds::a_feed_follows_each_follow_at_once,
    holdings::what_another_store_held_is_loaded_whole_and_lives_on,
    model::after_short_random_histories_the_store_shows_what_the_model_shows,
    races::an_image_is_either_swept_or_published,
    races::publications_with_one_guard_make_one_tweet,
}

async fn behind_a_pooler_in_session_mode() -> tweetty_contract::Store {
    static BEHIND: OnceLock<(Cluster, Pooler)> = OnceLock::new();
    let (cluster, pooler) = BEHIND.get_or_init(|| {
        let cluster = Cluster::start();
        let pooler = Pooler::before(&cluster, PoolMode::Session, &[]);
        (cluster, pooler)
    });
    let database = cluster.database();
    let patient = Duration::from_secs(30);
    let options = Options { wait: patient, statement_timeout: patient, ..Options::default() };
    let store = Store::connect(&pooler.url(database.name()), &options).await.unwrap();
    store.migrate().await.unwrap();
    tweetty_contract::Store::new(store, database)
}
