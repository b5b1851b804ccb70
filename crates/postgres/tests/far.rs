//! How many reads at once a database on another machine gets. Takes minutes, so it runs by hand:
//! `cargo test -p tweetty-postgres --release --test far -- --ignored --nocapture`.
#![expect(clippy::unwrap_used, reason = "a measurement")]

use std::net::{IpAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::{Mutex, mpsc};
use tokio::time::sleep_until;
use tweetty_cluster::{Cluster, Database};
use tweetty_contract::arrange::new_user;
use tweetty_domain::{FeedQuery, Feeds as _, Order, PageSize, Scope, Start, Users as _};
use tweetty_postgres::{Options, Store};

const CLIENTS: usize = 64;
const WINDOW: Duration = Duration::from_secs(10);
const WINDOWS: usize = 12;

/// An address of this machine that is not loopback's, as that of another machine is not.
fn own_address() -> IpAddr {
    let socket = UdpSocket::bind(("0.0.0.0", 0)).unwrap();
    // Chooses a route; nothing is sent.
    socket.connect(("192.0.2.1", 9)).unwrap();
    socket.local_addr().unwrap().ip()
}

/// Passes everything on after that time.
async fn pass_on(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin + Send + 'static,
    delay: Duration,
) {
    let (sender, mut receiver) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::spawn(async move {
        while let Some((due, bytes)) = receiver.recv().await {
            sleep_until(due.into()).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    });
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if sender.send((Instant::now() + delay, buffer[..length].to_vec())).is_err() {
            return;
        }
    }
}

/// The URL of a way to the database that takes so long there, and as long back.
async fn far(database: &Database<'_>, delay: Duration) -> String {
    let listener = TcpListener::bind((own_address(), 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let socket = database.cluster().socket_folder().join(".s.PGSQL.5432");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            client.set_nodelay(true).unwrap();
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = UnixStream::connect(&socket).await.unwrap().into_split();
            tokio::spawn(pass_on(from_client, to_server, delay));
            tokio::spawn(pass_on(from_server, to_client, delay));
        }
    });
    format!("postgres://postgres@{address}/{}?sslmode=disable", database.name())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, which takes minutes"]
async fn reads_at_once_follow_a_database_on_another_machine() {
    tracing_subscriber::fmt().with_env_filter("tweetty_postgres=debug").with_test_writer().init();
    let database = Cluster::shared().database();
    let store = Store::connect(&database.url(), &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    let users =
        store.add((0..100).map(|number| new_user(&format!("user{number}"))).collect(), None).await.unwrap();
    for statement in [
        "INSERT INTO tweets (author_id, content, created_at, like_count)
         SELECT 1 + number % 100, 'tweet ' || number, now(), number % 20 FROM generate_series(1, 40000) AS number",
        "INSERT INTO likes (tweet_id, user_id) SELECT id, generate_series(1, like_count) FROM tweets",
        "VACUUM ANALYZE",
    ] {
        database.execute(statement);
    }
    drop(store);
    for delay in [Duration::from_micros(500), Duration::from_millis(10)] {
        println!("{:?} to the database and back", 2 * delay);
        let store = Store::connect(&far(&database, delay).await, &Options::default()).await.unwrap();
        let taken = Arc::new(Mutex::new(vec![]));
        let clients = (0..CLIENTS).map(|number| {
            let (store, taken, viewer) = (store.clone(), Arc::clone(&taken), users[number]);
            tokio::spawn(async move {
                let query = FeedQuery {
                    viewer,
                    scope: Scope::All,
                    order: Order::POPULAR,
                    start: Start::FIRST,
                    size: PageSize::parse(Some(20), 1000).unwrap(),
                    embedded_likers: 10,
                };
                loop {
                    let begun = Instant::now();
                    if store.page(query).await.is_ok() {
                        taken.lock().await.push(begun.elapsed());
                    }
                }
            })
        });
        let clients = clients.collect::<Vec<_>>();
        let mut rate = 0;
        for window in 1..=WINDOWS {
            tokio::time::sleep(WINDOW).await;
            let mut taken = std::mem::take(&mut *taken.lock().await);
            taken.sort_unstable();
            let (half, late) = (taken[taken.len() / 2], taken[taken.len() * 99 / 100]);
            rate = taken.len() as u64 / WINDOW.as_secs();
            println!(
                "after {:?}: {rate}/s, p50 {half:.1?}, p99 {late:.1?}",
                WINDOW * u32::try_from(window).unwrap()
            );
        }
        for client in clients {
            client.abort();
        }
        // Of twelve at once a third would answer no more.
        assert!(
            u128::from(rate) > 4_000 / (2 * delay).as_millis() || delay < Duration::from_millis(10),
            "{rate}/s"
        );
    }
}
