//! Requests by chance, from a seed: whatever comes, no answer is a 500 or leaves the document.

use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;
use serde_json::json;

use crate::blog::Blog;
use crate::client::{Call, Person};
use crate::pictures;
use crate::support::Store;

on_both_stores!(whatever_is_sent_is_answered_as_the_document_says);

const REQUESTS: usize = 400;

const IDS: [&str; 10] = ["1", "2", "3", "4", "5", "0", "-1", "abc", "999999", "9223372036854775808"];
/// Beside the operations and the parameters of the document.
const PLACES: [(&str, &str); 3] = [("GET", "/openapi.json"), ("GET", "/docs"), ("GET", "/{any}")];
const NAMES: [&str; 2] = ["unknown", "%00"];
const VALUES: [&str; 16] = [
    "",
    "0",
    "1",
    "2",
    "5",
    "1000",
    "1001",
    "-1",
    "abc",
    "recent",
    "popular",
    "all",
    "%D0%90",
    "%00",
    "%ff",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
];
const TEXTS: [&str; 12] =
    ["hi", "", " ", "\0", "\u{202e}x", "👋", "<b>", "\u{7f}", "a\nb", "'; --", "\u{10ffff}", "%s{}"];
const FRAGMENTS: [&str; 12] = [
    "{",
    "}",
    "[",
    "]",
    "\"tweet_data\"",
    ":",
    ",",
    "\"x\"",
    "1e3",
    "null",
    "\\ud800",
    "\"tweet_media_ids\"",
];

async fn whatever_is_sent_is_answered_as_the_document_says(store: Store) {
    let blog = Blog::open(store).await;
    let people = blog.people(["ann", "bob", "eve"]).await;
    people[0].publish("first").await;
    let seed = std::env::var("TWEETTY_TEST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(7);
    println!("TWEETTY_TEST_SEED={seed}");
    let mut chance = Pcg64::seed_from_u64(seed);
    let operations = blog.nobody.document.operations();
    let known = operations.keys().map(|(method, template)| (method.as_str(), template.as_str()));
    let places = known.chain(PLACES).collect::<Vec<_>>();
    let parameters = operations.values().filter_map(|operation| operation["parameters"].as_array()).flatten();
    let in_query = parameters.filter(|parameter| parameter["in"] == "query");
    let names = in_query.filter_map(|parameter| parameter["name"].as_str()).chain(NAMES).collect::<Vec<_>>();
    let mut successes = 0;
    for _ in 0..REQUESTS {
        // `send` holds each answer against the document and refuses a 500.
        let answer = any_request(&mut chance, &places, &names, &people).send().await;
        successes += usize::from(answer.status < 300);
    }
    assert!(successes > REQUESTS / 10, "{successes} of {REQUESTS} made sense");
    blog.nobody.get("/health/ready").await.succeeds(200);
    people[0].publish("last").await;
}

fn any<'a>(chance: &mut Pcg64, from: &[&'a str]) -> &'a str {
    from.choose(chance).unwrap()
}

fn any_request(chance: &mut Pcg64, places: &[(&str, &str)], names: &[&str], people: &[Person]) -> Call {
    let (usual, place) = *places.choose(chance).unwrap();
    let mut path = match (place.find('{'), place.find('}')) {
        // Ending the only key of a user would make all their later requests 401.
        (Some(from), Some(to)) if place.starts_with("/api/keys/") => {
            format!("{}999999{}", &place[..from], &place[to + 1..])
        }
        (Some(from), Some(to)) => format!("{}{}{}", &place[..from], any(chance, &IDS), &place[to + 1..]),
        _ => place.to_owned(),
    };
    for at in 0..chance.random_range(0..4_u8) {
        let separator = if at == 0 { '?' } else { '&' };
        path = format!("{path}{separator}{}={}", any(chance, names), any(chance, &VALUES));
    }
    let method = any(chance, &[usual, usual, "GET", "POST", "DELETE", "PUT", "PATCH"]);
    let person = people.choose(chance).unwrap();
    let stranger = person.with_key(any(chance, &["", "x", "test"]));
    let call =
        if chance.random_ratio(1, 12) { stranger.call(method, &path) } else { person.call(method, &path) };
    let call = match chance.random_range(0..6_u8) {
        0 => call.header("Idempotency-Key", any(chance, &["k", "l", "", "two words", "é"])),
        1 => {
            call.header("accept-encoding", any(chance, &["identity", "*;q=0", "identity;q=0", "x", "\u{e9}"]))
        }
        2 => call.header("if-none-match", any(chance, &["*", "\"x\"", "broken"])),
        _ => call,
    };
    with_any_body(chance, call)
}

fn with_any_body(chance: &mut Pcg64, call: Call) -> Call {
    let media_type =
        any(chance, &["application/json", "application/json", "text/plain", "multipart/form-data"]);
    match chance.random_range(0..7_u8) {
        0 => {
            let text = (0..chance.random_range(0..6)).map(|_| any(chance, &TEXTS)).collect::<String>();
            call.json(&json!({"tweet_data": text, "tweet_media_ids": [chance.random_range(-1..4)]}))
        }
        1 => call.json(&json!({"tweet_data": any(chance, &TEXTS).repeat(chance.random_range(0..300))})),
        2 => call.json(&json!({"tweet_data": "a plain text", "tweet_media_ids": null})),
        3 => {
            let length = chance.random_range(0..40);
            call.body(media_type, (0..length).map(|_| chance.random::<u8>()).collect::<Vec<_>>())
        }
        4 => {
            let length = chance.random_range(0..12);
            call.body(media_type, (0..length).map(|_| any(chance, &FRAGMENTS)).collect::<String>())
        }
        5 => call.file("file", any_file(chance), "a.png", "image/png"),
        _ => call,
    }
}

/// An image with some bytes changed or cut off, or whole.
fn any_file(chance: &mut Pcg64) -> Vec<u8> {
    let (format, _) = *pictures::FORMATS.choose(chance).unwrap();
    let mut bytes = pictures::image_of(format, 16, 12);
    for _ in 0..chance.random_range(0..4_u8) {
        let at = chance.random_range(0..bytes.len());
        bytes[at] = chance.random();
    }
    if chance.random_ratio(1, 3) {
        bytes.truncate(chance.random_range(0..bytes.len()));
    }
    bytes
}
