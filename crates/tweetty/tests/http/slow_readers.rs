//! Clients that ask for more than fits into the buffers of a connection, and don't read it, or slowly.
#![cfg(target_os = "linux")]

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use crate::blog::Blog;
use crate::client::Person;
use crate::pictures;
use crate::support::Store;

/// Long enough that the clients have asked before the first one is cut off.
const UNREAD: Duration = Duration::from_secs(5);

/// Ann with two answers of more than 6 MB: an image and a long page.
async fn blog_of_long_answers() -> (Blog, Person, [String; 2]) {
    let settings = [("TWEETTY_UNREAD_TIMEOUT", "5s"), ("TWEETTY_TWEET_LENGTH", "10000")];
    let blog = Blog::with(Store::Sqlite, &settings).await;
    let ann = blog.person("ann").await;
    let picture = ann.picture(pictures::noise(1_500, 1_500)).await;
    let tweet = ann.publish_with("a large image", &[picture]).await;
    let image = ann.see(tweet).await["attachments"][0].as_str().unwrap().to_owned();
    let text = "🐦".repeat(10_000);
    for _ in 0..170 {
        ann.publish(&text).await;
    }
    (blog, ann, [image, "/api/tweets?limit=1000".to_owned()])
}

async fn ask(mut stream: TcpStream, person: &Person, path: &str) -> TcpStream {
    let key = person.key();
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\napi-key: {key}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// All that comes, so much at a time with a pause before; and whether the connection ended in good order.
async fn read(stream: &mut TcpStream, at_once: usize, pause: Duration) -> (usize, bool) {
    let (mut all, mut piece) = (0, vec![0; at_once]);
    loop {
        sleep(pause).await;
        match stream.read(&mut piece).await {
            Ok(0) => return (all, true),
            Ok(length) => all += length,
            Err(_) => return (all, false),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_nothing_of_an_image_or_a_long_page_loses_its_connection() {
    let (blog, ann, paths) = blog_of_long_answers().await;
    let before = blog.held_open().len();
    let begun = Instant::now();
    let mut clients = vec![];
    for number in 0..8 {
        clients.push(ask(ann.connect_narrowly().await, &ann, &paths[number % 2]).await);
    }
    // Eight connections and four images; the pages are as many as one user's may be.
    while blog.held_open().len() < before + 12 {
        assert!(begun.elapsed() < UNREAD, "{:?}", blog.held_open());
        sleep(Duration::from_millis(10)).await;
    }
    // What is open besides may close, too: a connection on which nothing was asked does after some seconds.
    let are_cut_off = || blog.logged().matches("\"aborted\":true").count() >= 8;
    while !are_cut_off() || blog.held_open().len() > before {
        assert!(begun.elapsed() < 4 * UNREAD, "{:?} stay open", blog.held_open());
        sleep(Duration::from_millis(10)).await;
    }
    let took = begun.elapsed();
    println!("cut off after {took:.1?}");
    assert!(took >= UNREAD, "{took:?}");
    for mut client in clients {
        let (length, ended_well) = read(&mut client, 1 << 20, Duration::ZERO).await;
        assert!(!ended_well && length < 6_000_000, "{length} bytes, ended well: {ended_well}");
    }
    ann.get("/api/users/me").await.succeeds(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_slowly_but_steadily_gets_all_of_its_answer() {
    let (_blog, ann, paths) = blog_of_long_answers().await;
    for path in paths {
        let begun = Instant::now();
        let mut client = ask(ann.connect().await, &ann, &path).await;
        let (length, ended_well) = read(&mut client, 1 << 20, Duration::from_secs(1)).await;
        println!("{length} bytes of {path} in {:.1?}", begun.elapsed());
        assert!(ended_well && length > 6_000_000, "{length} bytes, ended well: {ended_well}");
        assert!(begun.elapsed() > UNREAD, "that was not slow: {:?}", begun.elapsed());
    }
}

/// Bytes that the kernel has taken for each connection of a server at that port and that its client has not.
fn unread_in_the_kernel(port: u16) -> Vec<u64> {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let fields = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let ours = fields.filter(|fields| fields[1].ends_with(&format!(":{port:04X}")));
    ours.map(|fields| u64::from_str_radix(fields[4].split(':').next().unwrap(), 16).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn little_of_an_answer_that_nobody_reads_lies_in_the_kernel() {
    let (blog, ann, paths) = blog_of_long_answers().await;
    let port = ann.address.rsplit(':').next().unwrap().parse().unwrap();
    let mut clients = vec![];
    for number in 0..8 {
        // Its end would take megabytes, of which the kernel of this machine keeps no account here.
        clients.push(ask(ann.connect_narrowly().await, &ann, &paths[number % 2]).await);
    }
    let begun = Instant::now();
    let waiting = || unread_in_the_kernel(port).into_iter().filter(|bytes| *bytes > 0).count();
    while waiting() < clients.len() {
        assert!(begun.elapsed() < UNREAD, "{:?}", unread_in_the_kernel(port));
        sleep(Duration::from_millis(10)).await;
    }
    sleep(UNREAD / 5).await;
    let most = unread_in_the_kernel(port).into_iter().max().unwrap();
    println!("at most {most} bytes of a connection");
    assert!(most < 256 * 1024, "{most}");
    drop((clients, blog));
}
