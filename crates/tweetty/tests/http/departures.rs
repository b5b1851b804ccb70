//! Clients that go away in the middle of a request.

use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::blog::Blog;
use crate::client::Person;
use crate::pictures;
use crate::support::Store;

on_both_stores!(
    clients_that_reset_their_connections_leave_the_service_healthy_and_the_store_whole,
    a_client_that_stops_in_the_middle_of_a_body_holds_nobody_up,
);

const DEPARTURES: usize = 240;

/// Sends the bytes, waits a little, and resets the connection.
async fn depart(person: &Person, request: &[u8], pause: Duration) {
    let mut stream: TcpStream = person.connect().await;
    stream.write_all(request).await.unwrap();
    tokio::time::sleep(pause).await;
    // Without lingering the kernel sends RST instead of closing in good order.
    stream.set_zero_linger().unwrap();
    drop(stream);
}

/// A request with everything that belongs to it.
pub(crate) fn request(person: &Person, method: &str, path: &str, media_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\napi-key: {}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n",
        person.key(),
        body.len()
    );
    [head.as_bytes(), body].concat()
}

async fn clients_that_reset_their_connections_leave_the_service_healthy_and_the_store_whole(store: Store) {
    let blog = Blog::open(store).await;
    let crowd = blog.crowd("fan", 8).await;
    let tweet = crowd[0].publish("x").await;
    let draft = json!({"tweet_data": "sent and gone"}).to_string();
    let part = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    let form =
        [part.as_slice(), &pictures::image_of(image::ImageFormat::Png, 200, 150), b"\r\n--b--\r\n"].concat();
    let mut leaving = tokio::task::JoinSet::new();
    for number in 0..DEPARTURES {
        let person = crowd[number % crowd.len()].clone();
        let likes = format!("/api/tweets/{tweet}/likes");
        let mut request = match number % 6 {
            0 => request(&person, "POST", "/api/tweets", "application/json", draft.as_bytes()),
            1 => request(&person, "POST", &likes, "text/plain", b""),
            2 => request(&person, "DELETE", &likes, "text/plain", b""),
            3 => request(&person, "POST", "/api/medias", "multipart/form-data; boundary=b", &form),
            4 => request(&person, "POST", &format!("/api/users/{}/follow", crowd[0].id), "text/plain", b""),
            _ => request(&person, "GET", "/api/tweets?scope=all", "text/plain", b""),
        };
        if number % 4 == 3 {
            request.truncate(request.len() * 3 / 4);
        }
        // Most leave while they are served, some just behind the answer.
        let pause = if number % 24 == 0 { 300_000 } else { (number as u64 * 37) % 5000 };
        let pause = Duration::from_micros(pause);
        leaving.spawn(async move { depart(&person, &request, pause).await });
        if leaving.len() >= 16 {
            leaving.join_next().await.unwrap().unwrap();
        }
    }
    leaving.join_all().await;
    blog.nobody.get("/health/ready").await.succeeds(200);
    let feed = crowd[1].get("/api/tweets?scope=all").await.succeeds(200);
    let tweets = feed["tweets"].as_array().unwrap();
    assert!(tweets.len() > 1, "some were published before their author left");
    for tweet in tweets {
        assert_eq!(tweet["likes_count"], tweet["likes"].as_array().unwrap().len());
    }
    crowd[1].picture(pictures::png()).await;
}

async fn a_client_that_stops_in_the_middle_of_a_body_holds_nobody_up(store: Store) {
    // A quarter of the uploads may be one user's.
    let settings = [("TWEETTY_BODY_TIMEOUT", "2s"), ("TWEETTY_WORKERS", "1"), ("TWEETTY_UPLOADS", "100")];
    let blog = Blog::with(store, &settings).await;
    let ann = blog.person("ann").await;
    let whole = request(&ann, "POST", "/api/tweets", "application/json", br#"{"tweet_data": "slow"}"#);
    let form = request(&ann, "POST", "/api/medias", "multipart/form-data; boundary=b", &[b'x'; 5000]);
    let mut stalled = vec![];
    for number in 0..40 {
        let mut stream = ann.connect().await;
        let request = if number % 2 == 0 { &whole } else { &form };
        stream.write_all(&request[..request.len() - 10]).await.unwrap();
        stalled.push(stream);
    }
    let begun = tokio::time::Instant::now();
    ann.publish("quick").await;
    assert!(begun.elapsed() < Duration::from_millis(1800), "{:?}", begun.elapsed());
    for mut stream in stalled {
        let receiving = crate::raw::receive(&mut stream);
        let answer = tokio::time::timeout(Duration::from_secs(15), receiving).await;
        if let Some(answer) = answer.expect("408 or a closed connection") {
            answer.has(408).has_the_form_of_a_failure();
        }
    }
    assert_eq!(ann.ids("/api/tweets", "tweets").await.len(), 1, "half a request publishes nothing");
}
