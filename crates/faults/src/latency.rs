//! How long clients wait who behave.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tweetty_trial::Result;

use crate::person::{Answer, Person, Request};

/// How many tweets they have written: none may look like another one that was published twice.
static TWEETS: AtomicUsize = AtomicUsize::new(0);

/// What they waited.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waited {
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

/// The request of that number.
pub(crate) type Requests = Arc<dyn Fn(&Person, usize) -> Request + Send + Sync>;

/// Each person reads the feed, likes and writes for so long.
pub(crate) async fn measure(people: &[Person], to: SocketAddr, tweet: i64, time: Duration) -> Result<Waited> {
    measure_with(people, to, time, Arc::new(move |person, number| usual(person, number, tweet))).await
}

/// Each person sends one request after the other for so long. On threads of their own, so that nothing else that this
/// process does is measured. Any answer but success is an error.
pub(crate) async fn measure_with(
    people: &[Person],
    to: SocketAddr,
    time: Duration,
    requests: Requests,
) -> Result<Waited> {
    let people = people.to_vec();
    let measuring = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let mut waited = runtime.block_on(async {
            let tasks =
                people.into_iter().map(|person| tokio::spawn(ask(person, to, time, Arc::clone(&requests))));
            let mut waited = vec![];
            for task in tasks.collect::<Vec<_>>() {
                waited.extend(task.await??);
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(waited)
        })?;
        waited.sort_unstable();
        let at = |share: usize| waited.get(waited.len() * share / 100).copied().ok_or("nothing was answered");
        Ok(Waited { p50: at(50)?, p99: at(99)? })
    });
    measuring.await?
}

fn usual(person: &Person, number: usize, tweet: i64) -> Request {
    match number % 10 {
        0 => Request::like(tweet, number.is_multiple_of(20)),
        5 => {
            let tweet = TWEETS.fetch_add(1, Ordering::Relaxed);
            Request::tweet(&format!("{} waits for answer {number}, tweet {tweet}", person.id), &[])
        }
        2 | 7 => Request::get("/api/users/me"),
        _ => Request::get("/api/tweets?limit=20&scope=all"),
    }
}

async fn ask(person: Person, to: SocketAddr, time: Duration, requests: Requests) -> Result<Vec<Duration>> {
    // Connections belong to the runtime that opened them.
    let person = person.anew()?;
    let (begun, mut waited) = (Instant::now(), vec![]);
    for number in 0_usize.. {
        let request = requests(&person, number);
        let asked = Instant::now();
        match person.send(to, &request).await {
            Answer::Given(200..=299, _) => waited.push(asked.elapsed()),
            other => return Err(format!("a client that behaves was answered {other:?}").into()),
        }
        if begun.elapsed() > time {
            break;
        }
    }
    Ok(waited)
}
