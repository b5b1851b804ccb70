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
    for number in 0..10 {
        clients.push(ask(ann.connect_narrowly().await, &ann, &paths[number % 2]).await);
    }
    // Ten connections and five images.
    while blog.held_open().len() < before + 15 {
        assert!(begun.elapsed() < UNREAD, "{:?}", blog.held_open());
        sleep(Duration::from_millis(10)).await;
    }
    // What is open besides may close, too: a connection on which nothing was asked does after some seconds.
    let are_cut_off = || blog.logged().matches("\"aborted\":true").count() >= 10;
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
