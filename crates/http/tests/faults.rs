//! What goes wrong around the API: clients that stall or leave, stores that stall or break, callers who ask too much.

#![expect(clippy::unwrap_used, reason = "where an arrangement fails, the test has to fail")]

mod double;
mod running;

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::NaiveDate;
use tweetty_domain::{
    ApiKey, Entry, Holder, Key, KeyHash, KeyId, Keys, NewKey, Result, Stores, Timestamp, UserId,
};
use tweetty_http::Options;

use crate::double::Pictures;
use crate::running::connect;

/// Keys whose lookup breaks for two texts, and is as usual for all others. Uploads break by what they contain: see
/// [`Pictures`].
struct Broken(Arc<dyn Keys>);

const PANICS: &str = "api-key: panics\r\n";
const STALLS: &str = "api-key: stalls\r\n";

#[async_trait]
impl Keys for Broken {
    async fn find_by_key(&self, key: KeyHash, now: Timestamp) -> Result<Option<Holder>> {
        let is = |text: &str| ApiKey::parse(text).unwrap().hash() == key;
        assert!(!is("panics"), "the secret of the house\nlevel=forged");
        if is("stalls") {
            std::future::pending::<()>().await;
        }
        self.0.find_by_key(key, now).await
    }

    async fn keys_of(&self, user: UserId, now: Timestamp) -> Result<Vec<Key>> {
        self.0.keys_of(user, now).await
    }

    async fn add_key(
        &self,
        user: UserId,
        key: NewKey,
        at: Timestamp,
        most: Option<u32>,
        entry: Option<Entry>,
    ) -> Result<Option<KeyId>> {
        self.0.add_key(user, key, at, most, entry).await
    }

    async fn end_key(&self, user: UserId, key: KeyId, at: Timestamp, entry: Option<Entry>) -> Result<bool> {
        self.0.end_key(user, key, at, entry).await
    }

    async fn replace_key(
        &self,
        user: UserId,
        key: NewKey,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<bool> {
        self.0.replace_key(user, key, now, old_until, entry).await
    }

    async fn replace_keys(
        &self,
        keys: Vec<(UserId, NewKey)>,
        now: Timestamp,
        old_until: Option<Timestamp>,
        entry: Option<Entry>,
    ) -> Result<()> {
        self.0.replace_keys(keys, now, old_until, entry).await
    }

    async fn record_use(&self, keys: Vec<KeyId>, on: NaiveDate) -> Result<()> {
        self.0.record_use(keys, on).await
    }
}

/// A server that runs as long as the test; answers its address and the images that it kept.
fn server(options: Options) -> (SocketAddr, Pictures) {
    let (stores, pictures) = (double::stores(), Pictures::default());
    let keys = Arc::new(Broken(Arc::clone(&stores.keys)));
    let stores = Stores { keys, images: Arc::new(pictures.clone()), ..stores };
    (running::server(stores, options), pictures)
}

/// How many images were kept.
fn count(pictures: &Pictures) -> usize {
    pictures.kept.lock().unwrap().len()
}

/// Sends the head of a request of ann's with more lines, then the body; answers all that comes until the end.
fn ask(address: SocketAddr, request: &str, lines: &str, body: &[u8]) -> String {
    let mut connection = connect(address);
    write!(connection, "{request} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{lines}\r\n").unwrap();
    connection.write_all(body).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

const ANN: &str = "api-key: ann\r\n";
/// An upload that takes a while once it has come.
const SLOW: &str = "takes 300 ms";

/// The lines and the body of an upload of a picture that says so.
fn upload_of(words: &str) -> (String, Vec<u8>) {
    let head = b"--b\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n\xff\xd8";
    let body = [&head[..], words.as_bytes(), b"\r\n--b--\r\n"].concat();
    let lines =
        format!("content-type: multipart/form-data; boundary=b\r\ncontent-length: {}\r\n", body.len());
    (lines, body)
}

/// Sends an upload and goes away before it is answered.
fn leave_upload(address: SocketAddr, key: &str, words: &str) {
    let (lines, body) = upload_of(words);
    let mut connection = connect(address);
    write!(connection, "POST /api/medias HTTP/1.1\r\nhost: x\r\n{key}{lines}\r\n").unwrap();
    connection.write_all(&body).unwrap();
    std::thread::sleep(Duration::from_millis(100));
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next()?;
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(given, _)| *given == name)
        .map(|(_, value)| value)
}

#[test]
fn a_panic_is_500_in_the_form_with_the_request_id_and_nothing_of_the_inside() {
    let (address, _) = server(Options::default());
    let (lines, body) = upload_of("panics");
    let upload = format!("{ANN}{lines}");
    for (request, lines, body) in
        [("GET /api/users/me", PANICS, &b""[..]), ("POST /api/medias", upload.as_str(), body.as_slice())]
    {
        let answer = ask(address, request, &format!("{lines}x-request-id: trace-7\r\n"), body);
        assert_eq!(status(&answer), "500", "{answer}");
        assert_eq!(header(&answer, "x-request-id"), Some("trace-7"));
        assert_eq!(header(&answer, "cache-control"), Some("no-store"));
        assert!(answer.contains("\"internal_error\"") && answer.contains("request id trace-7"), "{answer}");
        assert!(!answer.contains("secret"), "{answer}");
    }
    assert_eq!(status(&ask(address, "GET /health/live", "", b"")), "200", "the worker lives on");
}

#[test]
fn a_write_that_takes_too_long_is_503_and_goes_on() {
    let (address, pictures) =
        server(Options { write_timeout: Duration::from_millis(50), ..Options::default() });
    let (lines, body) = upload_of(SLOW);
    let answer = ask(address, "POST /api/medias", &format!("{ANN}{lines}"), &body);
    assert_eq!(status(&answer), "503", "{answer}");
    assert!(header(&answer, "retry-after").is_some(), "{answer}");
    assert_eq!(count(&pictures), 0, "nobody waited for it");
    let begun = Instant::now();
    while count(&pictures) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(5), "the write was cut short");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_store_that_stalls_is_503_within_the_time_allowed() {
    let (address, _) = server(Options { request_timeout: Duration::from_millis(200), ..Options::default() });
    let started = Instant::now();
    let answer = ask(address, "GET /api/users/me", STALLS, b"");
    assert_eq!(status(&answer), "503", "{answer}");
    assert!(answer.contains("\"unavailable\"") && header(&answer, "retry-after").is_some(), "{answer}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_write_is_finished_though_its_client_has_gone() {
    let (address, pictures) = server(Options::default());
    leave_upload(address, ANN, SLOW);
    assert_eq!(count(&pictures), 0, "the client left before it was done");
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(count(&pictures), 1);
}

#[test]
fn a_body_that_stalls_is_answered_and_the_connection_closed() {
    let (address, _) = server(Options { body_timeout: Duration::from_millis(200), ..Options::default() });
    let json = "content-type: application/json\r\ncontent-length: 100\r\n";
    let form = "content-type: multipart/form-data; boundary=b\r\ncontent-length: 1000\r\n";
    let part = b"--b\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\nabc";
    for (request, head, begun) in [
        ("POST /api/tweets", json, &b"{"[..]),
        ("POST /api/medias", form, b""),
        ("POST /api/medias", form, part),
    ] {
        let started = Instant::now();
        let answer = ask(address, request, &format!("{ANN}{head}"), begun);
        assert_eq!(status(&answer), "408", "{answer}");
        assert!(answer.contains("\"result\":false"), "{answer}");
        assert!(started.elapsed() < Duration::from_secs(5), "{request}: {:?}", started.elapsed());
    }
}

#[test]
fn an_upload_that_trickles_in_ends_after_the_time_allowed_for_the_whole() {
    let options = Options { upload_timeout: Duration::from_millis(500), ..Options::default() };
    let (address, _) = server(options);
    let mut connection = connect(address);
    let head = "content-type: multipart/form-data; boundary=b\r\ncontent-length: 100000";
    write!(connection, "POST /api/medias HTTP/1.1\r\nhost: x\r\n{ANN}{head}\r\n\r\n").unwrap();
    connection.write_all(b"--b\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n").unwrap();
    connection.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let (started, mut answer) = (Instant::now(), [0; 12]);
    while connection.read_exact(&mut answer).is_err() {
        assert!(started.elapsed() < Duration::from_secs(5));
        connection.write_all(b"x").unwrap();
    }
    assert_eq!(&answer, b"HTTP/1.1 408");
}

#[test]
fn more_uploads_than_places_wait_a_while_and_are_503_then() {
    let options = Options { uploads: 1, upload_wait: Duration::from_millis(200), ..Options::default() };
    let (address, _) = server(options);
    let head = format!("{ANN}content-type: multipart/form-data; boundary=b\r\ncontent-length: 1000\r\n");
    let mut first = connect(address);
    write!(first, "POST /api/medias HTTP/1.1\r\nhost: x\r\n{head}\r\n--b\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let answer = ask(address, "POST /api/medias", &head, b"--b\r\n");
    assert_eq!((status(&answer), header(&answer, "retry-after")), ("503", Some("2")), "{answer}");
    drop(first);
}

#[test]
fn an_upload_whose_client_has_gone_keeps_its_place_until_it_is_done() {
    let options = Options { uploads: 1, upload_wait: Duration::from_millis(50), ..Options::default() };
    let (address, _) = server(options);
    leave_upload(address, "api-key: bob\r\n", "takes 1000 ms");
    std::thread::sleep(Duration::from_millis(300));
    let (lines, body) = upload_of("a picture");
    let upload = || ask(address, "POST /api/medias", &format!("{ANN}{lines}"), &body);
    assert_eq!(status(&upload()), "503");
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(status(&upload()), "201");
}

#[test]
fn more_requests_in_flight_than_there_are_places_are_503_at_once_and_the_health_is_told_all_the_same() {
    let options =
        Options { requests_in_flight: 1, request_timeout: Duration::from_secs(2), ..Options::default() };
    let (address, _) = server(options);
    let me = || ask(address, "GET /api/users/me", ANN, b"");
    assert_eq!(status(&me()), "200");
    let stalled = std::thread::spawn(move || ask(address, "GET /api/users/me", STALLS, b""));
    std::thread::sleep(Duration::from_millis(300));
    let started = Instant::now();
    for request in ["GET /api/users/me", "POST /api/users/2/follow"] {
        let answer = ask(address, request, ANN, b"");
        assert_eq!((status(&answer), header(&answer, "retry-after")), ("503", Some("2")), "{answer}");
    }
    for path in ["/health/live", "/health/ready", "/api/limits"] {
        assert_eq!(status(&ask(address, &format!("GET {path}"), "", b"")), "200", "{path}");
    }
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    assert_eq!(status(&stalled.join().unwrap()), "503");
    assert!(me().contains("\"following_count\":0"), "what was refused was not done: {}", me());
}

#[test]
fn too_many_requests_of_a_user_and_too_many_unknown_keys_are_429() {
    let options = Options {
        requests_per_minute: Some(3),
        failed_keys_per_minute: Some(2),
        rate_limit_loopback: true,
        ..Options::default()
    };
    let (address, _) = server(options);
    let me = |key: &str| ask(address, "GET /api/users/me", &format!("api-key: {key}\r\n"), b"");
    let answers = [(); 4].map(|()| me("ann"));
    assert_eq!(answers.each_ref().map(|answer| status(answer)), ["200", "200", "200", "429"]);
    assert!(answers[3].contains("\"rate_limited\""), "{}", answers[3]);
    assert_eq!(answers[3].matches("retry-after: ").count(), 1, "{}", answers[3]);
    let guesses = ["x1", "x2", "x3", "x4"].map(me);
    assert_eq!(guesses.each_ref().map(|answer| status(answer)), ["401", "401", "429", "429"]);
}

#[test]
fn who_guesses_is_stopped_and_colleagues_behind_the_same_address_are_not() {
    let options =
        Options { failed_keys_per_minute: Some(2), rate_limit_loopback: true, ..Options::default() };
    let (address, _) = server(options);
    let me = |key: &str| {
        let answer = ask(address, "GET /api/users/me", &format!("api-key: {key}\r\n"), b"");
        status(&answer).to_owned()
    };
    assert_eq!(["ann", "x1", "x2", "x3", "ann"].map(me), ["200", "401", "401", "429", "200"]);
    std::thread::sleep(Duration::from_millis(3200));
    assert_eq!(me("ann"), "200", "a key that was good is looked up again");
    assert_eq!(me("bob"), "429", "another may be a guess");
}

#[test]
fn callers_on_this_machine_are_not_counted_by_default() {
    let options =
        Options { requests_per_minute: Some(1), failed_keys_per_minute: Some(1), ..Options::default() };
    let (address, _) = server(options);
    for _ in 0..3 {
        assert_eq!(status(&ask(address, "GET /api/users/me", ANN, b"")), "200");
        assert_eq!(status(&ask(address, "GET /api/users/me", "api-key: no\r\n", b"")), "401");
    }
}

#[test]
fn pages_of_named_origins_may_call_and_others_may_not() {
    let (address, _) =
        server(Options { cors_origins: vec!["https://intranet.example".into()], ..Options::default() });
    let preflight = |origin: &str| {
        let asked =
            "access-control-request-method: POST\r\naccess-control-request-headers: api-key, idempotency-key";
        ask(address, "OPTIONS /api/tweets", &format!("origin: {origin}\r\n{asked}\r\n"), b"")
    };
    let named = preflight("https://intranet.example");
    assert_eq!(status(&named), "200", "{named}");
    assert_eq!(header(&named, "access-control-allow-origin"), Some("https://intranet.example"));
    let other = preflight("https://evil.example");
    assert_eq!((status(&other), header(&other, "access-control-allow-origin")), ("400", None), "{other}");
    assert!(other.contains("\"bad_request\""), "{other}");
    let refused = ask(address, "GET /api/users/me", "origin: https://intranet.example\r\n", b"");
    assert_eq!(status(&refused), "401");
    assert_eq!(header(&refused, "access-control-allow-origin"), Some("https://intranet.example"));
    let exposed = header(&refused, "access-control-expose-headers").unwrap().to_lowercase();
    for name in ["link", "x-request-id", "retry-after"] {
        assert!(exposed.contains(name), "{exposed}");
    }
}

#[test]
fn without_named_origins_no_page_of_another_host_may_call() {
    let (address, _) = server(Options::default());
    let answer =
        ask(address, "GET /api/users/me", &format!("{ANN}origin: https://intranet.example\r\n"), b"");
    assert_eq!((status(&answer), header(&answer, "access-control-allow-origin")), ("200", None));
    let preflight = "origin: https://intranet.example\r\naccess-control-request-method: POST\r\n";
    let answer = ask(address, "OPTIONS /api/limits", preflight, b"");
    assert_eq!((status(&answer), header(&answer, "allow")), ("405", Some("GET, HEAD")));
}

#[test]
fn a_client_that_sends_too_much_sees_why() {
    let (address, _) = server(Options::default());
    let part = b"--b\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n";
    let body = [&part[..], &vec![b'x'; 12 * 1024 * 1024]].concat();
    let head =
        format!("{ANN}content-type: multipart/form-data; boundary=b\r\ncontent-length: {}\r\n", 1_u64 << 40);
    let answer = ask(address, "POST /api/medias", &head, &body);
    assert_eq!(status(&answer), "413", "{answer}");
    assert!(answer.contains("larger than 10485760 bytes"), "{answer}");
}

#[test]
fn an_answer_ahead_of_a_body_that_never_comes_does_not_keep_the_connection() {
    let (address, _) = server(Options::default());
    for framing in ["content-length: 1000", "transfer-encoding: chunked"] {
        for (request, key, expected) in
            [("POST /api/tweets", "", "401"), ("GET /api/users/me", PANICS, "500")]
        {
            let started = Instant::now();
            let mut connection = connect(address);
            write!(connection, "{request} HTTP/1.1\r\nhost: x\r\n{key}{framing}\r\n\r\n").unwrap();
            let mut answer = String::new();
            connection.read_to_string(&mut answer).unwrap();
            assert_eq!(status(&answer), expected, "{answer}");
            assert!(started.elapsed() < Duration::from_secs(8), "{framing}: {:?}", started.elapsed());
        }
    }
}
