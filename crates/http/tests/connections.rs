//! Which answers end their connections, and what becomes of requests behind them.

#![expect(clippy::unwrap_used, reason = "where an arrangement fails, the test has to fail")]

mod double;
mod running;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use tweetty_http::Options;

/// A chunked body, as it should be.
const BODY: &str = "17\r\n{\"tweet_data\": \"hello\"}\r\n0\r\n\r\n";
const JSON: &str = "{\"tweet_data\": \"hello\"}";
const FOLLOW: &str = "POST /api/users/2/follow HTTP/1.1\r\nhost: x\r\napi-key: ann\r\n\r\n";
const ME: &str = "GET /api/users/me HTTP/1.1\r\nhost: x\r\napi-key: ann\r\n\r\n";

/// The head of a chunked request of ann's.
fn chunked(request: &str) -> String {
    format!("{request} HTTP/1.1\r\nhost: x\r\napi-key: ann\r\ntransfer-encoding: chunked\r\n")
}

/// All that comes until the server ends the connection.
fn until_the_end(connection: &mut TcpStream) -> String {
    let mut answers = String::new();
    connection.read_to_string(&mut answers).unwrap();
    answers
}

/// The answers on one connection, by their heads.
fn heads(answers: &str) -> Vec<&str> {
    answers.split("HTTP/1.1 ").skip(1).map(|answer| answer.split("\r\n\r\n").next().unwrap()).collect()
}

fn follows(address: SocketAddr) -> bool {
    let mut connection = running::connect(address);
    connection.write_all(ME.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n").as_bytes()).unwrap();
    !until_the_end(&mut connection).contains("\"following_count\":0")
}

#[test]
fn an_answer_to_a_chunked_request_is_the_last_one_of_its_connection() {
    let address = running::server(double::stores(), Options::default());
    for (request, lines, status) in [
        ("POST /api/tweets", "content-type: application/json\r\n", "201"),
        ("POST /api/tweets", "content-type: text/plain\r\n", "415"),
        ("POST /api/tweets", "content-type: application/json\r\napi-key: bob\r\n", "401"),
        ("POST /api/tweets/999/likes", "", "404"),
        ("POST /api/medias", "", "400"),
        ("GET /api/users/me", "", "200"),
        ("HEAD /api/users/me", "", "200"),
        ("GET /api/tweets?limit=0", "", "422"),
        ("DELETE /api/users/me", "", "405"),
        ("GET /health/live", "", "200"),
        ("GET /docs", "", "200"),
        ("GET /media/x", "", "404"),
        ("GET /nothing", "", "404"),
    ] {
        let mut connection = running::connect(address);
        write!(connection, "{}{lines}\r\n{BODY}", chunked(request)).unwrap();
        let answers = until_the_end(&mut connection);
        let [head] = heads(&answers)[..] else { panic!("{request}: {answers}") };
        assert!(head.starts_with(status) && head.contains("\r\nconnection: close"), "{request}: {head}");
    }
    let full = running::server(double::stores(), Options { requests_in_flight: 0, ..Options::default() });
    let mut connection = running::connect(full);
    write!(connection, "{}\r\n{BODY}", chunked("GET /api/users/me")).unwrap();
    let answers = until_the_end(&mut connection);
    assert!(answers.starts_with("HTTP/1.1 503") && answers.contains("\r\nconnection: close"), "{answers}");
}

#[test]
fn what_comes_behind_a_chunked_body_is_not_served() {
    let address = running::server(double::stores(), Options::default());
    let json = format!("{}content-type: application/json\r\n\r\n", chunked("POST /api/tweets"));
    let unread = format!("{}\r\n", chunked("GET /api/users/me"));
    for end in ["0\r\n\r\n", "0\r\n\n", "0\r\nx: y\r\n\r\n"] {
        for head in [&json, &unread] {
            let body = BODY.replace("0\r\n\r\n", end);
            let behind = format!("{ME}{FOLLOW}{FOLLOW}");
            // At once, and when the answer may be there.
            for pause in [Duration::ZERO, Duration::from_millis(200)] {
                let mut connection = running::connect(address);
                connection.write_all(format!("{head}{body}").as_bytes()).unwrap();
                std::thread::sleep(pause);
                // It may be closed already.
                connection.write_all(behind.as_bytes()).ok();
                let mut answers = vec![];
                connection.read_to_end(&mut answers).ok();
                let answers = String::from_utf8(answers).unwrap();
                let heads = heads(&answers);
                assert!(
                    heads.iter().all(|head| head.contains("\r\nconnection: close")),
                    "{end:?}: {answers}"
                );
                assert!(heads.iter().skip(1).all(|head| head.starts_with("400")), "{end:?}: {answers}");
                assert!(!follows(address), "{end:?}: what came behind was served");
            }
        }
    }
}

/// The last line break of a form belongs to no part, and may come when the file is kept already.
#[test]
fn an_upload_keeps_its_connection_when_its_end_comes_late() {
    let address = running::server(double::stores(), Options::default());
    let form = "--b\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\nGIF89a\r\n--b--\r\n";
    let head = format!(
        "POST /api/medias HTTP/1.1\r\nhost: x\r\napi-key: ann\r\n\
         content-type: multipart/form-data; boundary=b\r\ncontent-length: {}\r\n\r\n",
        form.len()
    );
    let mut connection = running::connect(address);
    for late in [0, 2, 4] {
        let (early, late) = form.split_at(form.len() - late);
        connection.write_all(format!("{head}{early}").as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        connection.write_all(late.as_bytes()).unwrap();
        let mut answer = [0; 4096];
        let length = connection.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 201"), "{late:?}: {answer}");
    }
    write!(connection, "{}", ME.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n")).unwrap();
    assert!(until_the_end(&mut connection).starts_with("HTTP/1.1 200"));
}

#[test]
fn ordinary_requests_keep_their_connection() {
    let address = running::server(double::stores(), Options::default());
    let mut connection = running::connect(address);
    let post = format!(
        "POST /api/tweets HTTP/1.1\r\nhost: x\r\napi-key: ann\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{JSON}",
        JSON.len()
    );
    let head = ME.replace("GET", "HEAD");
    let (stranger, nowhere) = (ME.replace("ann", "eve"), ME.replace("users/me", "nothing"));
    let ordinary = [ME, &post, &head, &stranger, &nowhere, FOLLOW, ME];
    for request in ordinary {
        connection.write_all(request.as_bytes()).unwrap();
        let mut answer = [0; 4096];
        let length = connection.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 ") && !answer.contains("\r\nconnection: close"), "{answer}");
    }
    // All at once, on the same connection.
    connection.write_all(ordinary.concat().as_bytes()).unwrap();
    write!(connection, "{}\r\n{BODY}", chunked("GET /health/live")).unwrap();
    let answers = until_the_end(&mut connection);
    let statuses = heads(&answers).into_iter().map(|head| head[..3].to_owned()).collect::<Vec<_>>();
    assert_eq!(statuses, ["200", "201", "200", "401", "404", "200", "200", "200"], "{answers}");
    assert_eq!(answers.matches("\r\nconnection: close").count(), 1, "{answers}");
}
