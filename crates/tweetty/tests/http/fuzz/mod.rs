//! Requests by chance, byte by byte, against the real service: bodies, forms, queries and cursors, heads, images. Whatever
//! comes, there is no 500, no panic, no answer outside the contract's form, and none that takes long.
//!
//! Each input follows from the seed and its number. One that fails is written to a file; in `corpus/` it is sent again on
//! every run. `scripts/fuzz` sends many more than a usual run of the tests does.

mod damage;
mod forms;
mod heads;
mod images;
mod json;
mod queries;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rand::SeedableRng as _;
use rand_pcg::Pcg64;
use tokio::io::AsyncWriteExt as _;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::answer::Answer;
use crate::blog::Blog;
use crate::client::{Client, Person};
use crate::raw;
use crate::support::Store;

on_both_stores!(
    no_input_by_chance_is_answered_with_a_failure_of_ours_or_outside_the_form,
    what_was_found_once_is_answered_well_ever_since,
);

/// Inputs of a usual run.
const USUAL: usize = 1_500;
/// Requests under way at the same time.
const TASKS: usize = 16;
/// A client that waits so long has perhaps sent less than it announced; its end of the connection is closed then.
const PATIENCE: Duration = Duration::from_millis(300);
/// No request takes longer, also where this machine is busy: it is what decoding an image may take.
const LONGEST: Duration = Duration::from_secs(10);
/// What stands in an input where the key of a user belongs.
const KEY: &[u8] = b"{key}";

/// A request, and what it is in the eyes of the document where that is known: then it is whole, and must be answered.
struct Input {
    bytes: Vec<u8>,
    known_as: Option<(String, String)>,
}

impl Input {
    /// A request with that body and its true length.
    fn whole(method: &str, path: &str, head: &str, body: &[u8]) -> Self {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\napi-key: {{key}}\r\n{head}Content-Length: {}\r\n\r\n",
            body.len()
        );
        let known_as = Some((method.to_owned(), path.to_owned()));
        Self { bytes: [head.as_bytes(), body].concat(), known_as }
    }

    fn with_key(&self, key: &str) -> Vec<u8> {
        replaced(&self.bytes, KEY, key.as_bytes())
    }
}

fn replaced(bytes: &[u8], name: &[u8], value: &[u8]) -> Vec<u8> {
    match bytes.windows(name.len()).position(|window| window == name) {
        Some(at) => [&bytes[..at], value, &replaced(&bytes[at + name.len()..], name, value)].concat(),
        None => bytes.to_vec(),
    }
}

/// What a service holds that requests may name.
struct World {
    client: Client,
    keys: Vec<String>,
    cursors: Vec<String>,
    people: Vec<i64>,
}

/// Makes an input of one kind.
type Generator = fn(&mut Pcg64, &World) -> Input;

const KINDS: [(&str, Generator); 5] = [
    ("JSON bodies", json::input),
    ("forms", forms::input),
    ("queries and cursors", queries::input),
    ("heads and keys", heads::input),
    ("images", images::input),
];

fn setting(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A small company, and settings under which a stalled request costs little time.
async fn open(store: Store) -> (Blog, Arc<World>) {
    let settings = [
        ("TWEETTY_BODY_TIMEOUT", "1s"),
        ("TWEETTY_PAGE_SIZE", "20"),
        ("TWEETTY_UPLOAD_SIZE", "1MiB"),
        ("TWEETTY_TWEETS_PER_DAY", "0"),
        ("TWEETTY_UPLOADS_PER_DAY", "0"),
        ("TWEETTY_UPLOADS_UNATTACHED", "0"),
    ];
    let blog = Blog::with(store, &settings).await;
    let people = blog.crowd("fan", 4).await;
    let mut cursors = vec![];
    for (at, person) in people.iter().enumerate() {
        for number in 0..3 {
            person.publish(&format!("tweet {number}")).await;
        }
        person.follow(people[(at + 1) % 4].id).await.succeeds(201);
    }
    for path in
        ["/api/tweets?limit=1&scope=all", "/api/tweets?limit=1&scope=all&sort=recent", "/api/users?limit=1"]
    {
        let page = people[0].get(path).await.succeeds(200);
        cursors.push(page["next_cursor"].as_str().unwrap().to_owned());
    }
    let world = World {
        client: blog.nobody.clone(),
        keys: people.iter().map(|person| person.key().to_owned()).collect(),
        cursors,
        people: people.iter().map(|person: &Person| person.id).collect(),
    };
    (blog, Arc::new(world))
}

async fn no_input_by_chance_is_answered_with_a_failure_of_ours_or_outside_the_form(store: Store) {
    let inputs = setting("TWEETTY_FUZZ_INPUTS", USUAL);
    let seed = setting("TWEETTY_FUZZ_SEED", 1);
    let (blog, world) = open(store).await;
    let begun = Instant::now();
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (world, next) = (Arc::clone(&world), Arc::clone(&next));
        tasks.spawn(async move {
            let mut seen = BTreeMap::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= inputs {
                    return seen;
                }
                let status = send(&world, seed, number).await;
                *seen.entry(status).or_insert(0_usize) += 1;
            }
        });
    }
    let mut statuses = BTreeMap::new();
    for (status, count) in tasks.join_all().await.into_iter().flatten() {
        *statuses.entry(status).or_insert(0) += count;
    }
    let took = begun.elapsed();
    let unanswered = statuses.remove(&0).unwrap_or_default();
    println!(
        "{inputs} inputs from seed {seed} on {store:?} in {took:.1?}, by status: {statuses:?}; {unanswered} that were not \
         whole got no answer"
    );
    let answered = |status| statuses.get(&status).copied().unwrap_or_default();
    assert!(
        answered(200) + answered(201) > inputs / 50,
        "next to nothing made sense: the inputs are too wild"
    );
    assert!(unanswered < inputs / 5, "too many got no answer");
    blog.nobody.get("/health/ready").await.succeeds(200);
}

/// Sends the input of that number and judges the answer; answers its status, 0 where there was none.
async fn send(world: &World, seed: usize, number: usize) -> u16 {
    let mut chance = Pcg64::seed_from_u64((seed as u64) << 32 | number as u64);
    let (kind, make) = KINDS[number % KINDS.len()];
    let input = make(&mut chance, world);
    let begun = Instant::now();
    let bytes = input.with_key(&world.keys[number % world.keys.len()]);
    let answer = exchange(&world.client, &bytes, input.known_as.is_some()).await;
    let took = begun.elapsed();
    let judged = std::panic::catch_unwind(AssertUnwindSafe(|| judge(world, &input, answer.as_ref(), took)));
    if judged.is_err() {
        let file = kept(&input.bytes, &format!("seed-{seed}-number-{number}"));
        panic!("{kind}: see above; the request lies in {}, and belongs into fuzz/corpus", file.display());
    }
    answer.map_or(0, |answer| answer.status)
}

/// Sends the bytes; the answer, where there is one. Behind a whole request nothing more has to be sent: half a connection that
/// is closed may pass for a client that has gone.
async fn exchange(client: &Client, bytes: &[u8], whole: bool) -> Option<Answer> {
    let mut stream = client.connect().await;
    // The service may have answered and closed before it has read everything.
    stream.write_all(bytes).await.ok();
    if !whole {
        if let Ok(answer) = timeout(PATIENCE, raw::receive(&mut stream)).await {
            return answer;
        }
        stream.shutdown().await.ok();
    }
    timeout(2 * LONGEST, raw::receive(&mut stream)).await.expect("the service answers or closes in time")
}

fn judge(world: &World, input: &Input, answer: Option<&Answer>, took: Duration) {
    assert!(took < LONGEST, "it took {took:?}");
    let Some(answer) = answer else {
        assert!(input.known_as.is_none(), "a whole request got no answer");
        return;
    };
    assert_ne!(answer.status, 500, "{answer}");
    // What the parser of the library refuses never reaches us, and has no request id.
    if answer.header("x-request-id").is_none() {
        assert!([400, 408, 431, 505].contains(&answer.status) && answer.body.is_empty(), "{answer}");
        return;
    }
    if answer.status >= 400 && !input.bytes.starts_with(b"HEAD") {
        answer.has_the_form_of_a_failure();
    }
    if let Some((method, path)) = &input.known_as {
        world.client.document.judge(method, path, answer);
    }
}

/// Writes a request that was answered badly to a file.
fn kept(bytes: &[u8], name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{name}.http"));
    std::fs::write(&file, bytes).unwrap();
    file
}

async fn what_was_found_once_is_answered_well_ever_since(store: Store) {
    let (blog, world) = open(store).await;
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/http/fuzz/corpus");
    let mut sent = 0;
    for entry in std::fs::read_dir(corpus).unwrap() {
        let path = entry.unwrap().path();
        let input = Input { bytes: std::fs::read(&path).unwrap(), known_as: None };
        let begun = Instant::now();
        let answer = exchange(&world.client, &input.with_key(&world.keys[0]), false).await;
        println!("{}: {:?}", path.display(), answer.as_ref().map(|answer| answer.status));
        judge(&world, &input, answer.as_ref(), begun.elapsed());
        sent += 1;
    }
    assert!(sent > 0);
    blog.nobody.get("/health/ready").await.succeeds(200);
}
