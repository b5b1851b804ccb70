//! Paths, parameters and cursors.

use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use rand_pcg::Pcg64;

use super::damage::{any, damaged, noise, rarely};
use super::{Input, World};

const LISTS: [&str; 7] = [
    "/api/tweets",
    "/api/tweets",
    "/api/tweets/{}/likes",
    "/api/users",
    "/api/users/{}/tweets",
    "/api/users/{}/followers",
    "/api/users/{}/following",
];
const OTHERS: [(&str, &str); 10] = [
    ("GET", "/api/tweets/{}"),
    ("GET", "/api/users/{}"),
    ("POST", "/api/tweets/{}/likes"),
    ("DELETE", "/api/tweets/{}/likes"),
    ("POST", "/api/users/{}/follow"),
    ("DELETE", "/api/users/{}/follow"),
    ("DELETE", "/api/tweets/{}"),
    ("GET", "/media/{}"),
    ("PUT", "/api/users/{}"),
    ("GET", "/api/limits"),
];
const IDS: [&str; 16] = [
    "1",
    "2",
    "3",
    "0",
    "-1",
    "+1",
    "01",
    "1.0",
    "1e3",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "me",
    "null",
    "%31",
    "00000000000000000000000000000000.png",
];
const NAMES: [&str; 13] = [
    "limit", "offset", "cursor", "sort", "scope", "period", "likers", "people", "query", "reason", "l%69mit",
    "%00", "unknown",
];
const VALUES: [&str; 20] = [
    "",
    "0",
    "1",
    "2",
    "20",
    "21",
    "-1",
    "%2B1",
    "1.5",
    "9223372036854775807",
    "9223372036854775808",
    "recent",
    "popular",
    "all",
    "following",
    "FAN",
    "%D1%84",
    "%ff",
    "%00",
    "%",
];
const WORDS: [&[u8]; 16] = [
    b"%00",
    b"%ff",
    b"%2e%2e%2f",
    b"../",
    b"//",
    b"?",
    b"&",
    b"=",
    b"#",
    b";",
    b"%",
    b"+",
    b"%25",
    b"_",
    b"'",
    b"%C0%AF",
];

pub(super) fn input(chance: &mut Pcg64, world: &World) -> Input {
    let (method, template) =
        if rarely(chance, 3) { *OTHERS.choose(chance).unwrap() } else { ("GET", any(chance, &LISTS)) };
    let path = template.replace("{}", &id(chance, world));
    let target = format!("{path}{}", parameters(chance, world));
    let whole = Input::whole(method, &target, "", b"");
    if !rarely(chance, 3) {
        // An id with an escape may be unknown to the document and known to the router.
        let known_as = whole.known_as.filter(|_| !path.contains('%'));
        return Input { bytes: whole.bytes, known_as };
    }
    let wild = damaged(chance, target.as_bytes(), &WORDS);
    // Line breaks would be another request.
    let wild = wild.into_iter().filter(|byte| !b" \r\n".contains(byte)).collect::<Vec<_>>();
    let head = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\napi-key: {key}\r\nContent-Length: 0\r\n\r\n";
    Input { bytes: [method.as_bytes(), b" /", &wild, head].concat(), known_as: None }
}

fn id(chance: &mut Pcg64, world: &World) -> String {
    if rarely(chance, 2) {
        world.people.choose(chance).unwrap().to_string()
    } else {
        any(chance, &IDS).to_owned()
    }
}

fn parameters(chance: &mut Pcg64, world: &World) -> String {
    let mut parameters = String::new();
    for at in 0..chance.random_range(0..4_u8) {
        let name = any(chance, &NAMES);
        let value = if name == "cursor" { cursor(chance, world) } else { any(chance, &VALUES).to_owned() };
        parameters.push(if at == 0 { '?' } else { '&' });
        parameters.extend([name, "=", &value]);
    }
    parameters
}

/// A cursor of another list, one with characters changed, or what could be one.
fn cursor(chance: &mut Pcg64, world: &World) -> String {
    let good = world.cursors.choose(chance).unwrap().clone();
    match chance.random_range(0..5_u8) {
        0 | 1 => good,
        2 => escaped(&noise(chance, 60)),
        3 => (0..chance.random_range(0..64)).map(|_| any(chance, &["A", "z", "0", "-", "_"])).collect(),
        _ => escaped(&damaged(chance, good.as_bytes(), &WORDS)),
    }
}

fn escaped(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| {
        if byte.is_ascii_alphanumeric() {
            format!("{text}{}", char::from(*byte))
        } else {
            format!("{text}%{byte:02x}")
        }
    })
}
