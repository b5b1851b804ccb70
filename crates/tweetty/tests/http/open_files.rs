//! Few open files: the service takes as many connections as it has files for, and no more.
#![cfg(target_os = "linux")]

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::blog::Blog;
use crate::client::Client;
use crate::pictures;
use crate::raw;
use crate::support::{Data, Store};

/// What two workers need with the usual settings, and two files for each of twenty connections.
const LIMIT: usize = 256 + 4 * 2 + 2 * (16 + 64) + 2 * 20;

/// Asks for an image that does not fit into the buffers of the connection.
async fn ask(nobody: &Client, image: &str) -> TcpStream {
    let mut stream = nobody.connect_narrowly().await;
    stream.write_all(format!("GET {image} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
    stream
}

/// Sends a request on a connection that is open already; the status of its answer.
async fn status(stream: &mut TcpStream, key: &str, line: &str, media_type: &str, body: &[u8]) -> u16 {
    let length = body.len();
    let head = format!(
        "{line} HTTP/1.1\r\nHost: x\r\napi-key: {key}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
    let answer = timeout(Duration::from_secs(30), raw::receive(stream)).await;
    answer.expect("those inside are served").expect("the connection stays").status
}

/// Those of the connections on which an answer has begun, once no more of them have within two seconds; and the others.
async fn answered(streams: Vec<TcpStream>) -> (Vec<TcpStream>, Vec<TcpStream>) {
    let mut before = None;
    loop {
        sleep(Duration::from_secs(2)).await;
        let mut begun = 0;
        for stream in &streams {
            let begins = timeout(Duration::from_millis(5), stream.peek(&mut [0; 1])).await;
            begun += usize::from(matches!(begins, Ok(Ok(1))));
        }
        if begun > 0 && before.replace(begun) == Some(begun) {
            break;
        }
    }
    let (mut inside, mut waiting) = (vec![], vec![]);
    for stream in streams {
        let begins = timeout(Duration::from_millis(5), stream.peek(&mut [0; 1])).await;
        if matches!(begins, Ok(Ok(1))) { inside.push(stream) } else { waiting.push(stream) }
    }
    (inside, waiting)
}

#[tokio::test(flavor = "multi_thread")]
async fn more_connections_than_open_files_wait_and_those_inside_are_served_in_full() {
    let starter = ["sh", "-c", &format!("ulimit -n {LIMIT} && exec \"$0\" \"$@\"")];
    let blog = Blog::within(Store::Sqlite, &[("TWEETTY_WORKERS", "2")], &starter).await;
    let ann = blog.person("ann").await;
    let picture = ann.picture(pictures::noise(1_500, 1_500)).await;
    let tweet = ann.publish_with("a large image", &[picture]).await;
    let image = ann.see(tweet).await["attachments"][0].as_str().unwrap().to_owned();

    // A client of its own choice may open another connection, which would wait.
    let mut own = blog.nobody.connect().await;
    let form = [
        b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".as_slice(),
        &pictures::png(),
        b"\r\n--b--\r\n",
    ]
    .concat();
    assert_eq!(status(&mut own, ann.key(), "GET /health/ready", "text/plain", b"").await, 200);
    let mut crowd = vec![];
    for _ in 0..LIMIT {
        crowd.push(ask(&blog.nobody, &image).await);
    }
    let (inside, mut waiting) = answered(crowd).await;
    // The own connection is one of the twenty, and so are those by which Ann has published.
    assert!((15..20).contains(&inside.len()), "{} of {} are inside", inside.len(), LIMIT);
    // Each has its image open, and there is a file left for whatever else is to do.
    assert_eq!(blog.held_open().iter().filter(|target| target.contains("/media/")).count(), inside.len());
    for _ in 0..3 {
        let health = status(&mut own, ann.key(), "GET /health/ready", "text/plain", b"").await;
        let upload =
            status(&mut own, ann.key(), "POST /api/medias", "multipart/form-data; boundary=b", &form).await;
        let tweet = br#"{"tweet_data": "in the middle of the crowd"}"#;
        let tweet = status(&mut own, ann.key(), "POST /api/tweets", "application/json", tweet).await;
        assert_eq!([health, upload, tweet], [200, 201, 201]);
    }

    drop(inside);
    let mut next = waiting.remove(0);
    let mut first = vec![0; 15];
    timeout(Duration::from_secs(10), next.read_exact(&mut first)).await.unwrap().unwrap();
    assert_eq!(first, b"HTTP/1.1 200 OK", "who has waited comes in");
    drop((next, waiting));
    let log = blog.logged();
    assert!(log.contains("fewer connections than --connections-per-worker says"), "{log}");
    assert!(!log.contains("os error 24") && !log.contains("oo many open files"), "{log}");
    assert!(!log.contains("ERROR"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_low_soft_limit_is_raised_to_the_hard_one() {
    let starter = ["sh", "-c", "ulimit -Sn 256 && ulimit -Hn 4096 && exec \"$0\" \"$@\""];
    let blog = Blog::within(Store::Sqlite, &[], &starter).await;
    assert_eq!(blog.limits_of_open_files(), ["4096", "4096"]);
}

#[test]
fn too_few_open_files_for_a_single_connection_end_the_start_with_the_cure() {
    let starter = ["sh", "-c", "ulimit -n 100 && exec \"$0\" \"$@\""];
    let ran = Data::fresh(Store::Sqlite).cli_within(&starter, &["serve"]);
    ran.refused(1, &["open files", "100", "LimitNOFILE"]);
}
