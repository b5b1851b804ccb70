//! One user asks for the dearest things from 64 connections, without a quota, while others read and upload: shares alone
//! must keep that from them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tweetty_trial::{Result, noise, photograph};

use crate::latency::{Waited, measure_with};
use crate::person::{Person, Request};
use crate::place::Place;
use crate::raw;
use crate::row::{Row, span};
use crate::trial::Trial;

const CONNECTIONS: usize = 64;
/// The company: so many of everything.
const SEED: [&str; 9] =
    ["seed", "--users", "500", "--tweets", "20000", "--likes", "200000", "--follows", "10000"];
/// What is asked for in turn: the dearest of each kind.
const DEAREST: [(&str, &str); 7] = [
    ("1,000 tweets", "/api/tweets?scope=all"),
    ("1,000 tweets of a year", "/api/tweets?scope=all&period=year"),
    ("1,000 tweets, packed", "/api/tweets?scope=all&limit=1000"),
    ("the deepest page", "/api/tweets?scope=all&limit=1&offset=1000"),
    ("a page far behind it", "/api/tweets?scope=all&limit=1&offset=1000000000000"),
    ("a search", "/api/users?query=a"),
    ("a profile", "/api/users/1"),
];
/// Others wait at most so many times as long as when all is quiet.
const MORE: u32 = 5;
/// Or so long.
const LONGEST: Duration = Duration::from_millis(100);
/// Where one short round is measured beside other work, no figure is a verdict: only what nobody would wait for.
const FAR_TOO_LONG: Duration = Duration::from_secs(2);
/// The side of the pictures that others upload, and of the greedy one's.
const SMALL: u32 = 640;
const LARGE: u32 = 1_500;

pub(super) async fn greedy(trial: Trial) -> Result<Row> {
    let mut place = Place::prepare(trial.store, trial.full)?;
    place.command(&SEED)?;
    place.start()?;
    let at = place.address();
    let greedy = place.people("greedy", 1)?.remove(0);
    let others = place.people("patient", 4)?;
    let (count, time) = (trial.of(1, 5), Duration::from_secs(trial.of(1, 2)));
    let rounds = Rounds { at, others, count, time, longest: trial.of(FAR_TOO_LONG, LONGEST) };
    let read = Request::get("/api/tweets?limit=20&scope=all");
    let (mut seen, mut complaints) = (vec![], vec![]);
    for (name, path) in DEAREST {
        let packed = if name.ends_with("packed") { "accept-encoding: br\r\n" } else { "" };
        let headers = format!("connection: close\r\n{packed}");
        let dear = raw::request(&greedy, "GET", path, &headers, b"");
        rounds.compare(name, &dear, &read, &mut seen, &mut complaints).await?;
    }
    let dear = raw::upload_again(&greedy, &noise(LARGE)?, "connection: close\r\n");
    let small = Request::upload(&photograph(SMALL, SMALL)?.into());
    rounds.compare("uploads beside uploads", &dear, &small, &mut seen, &mut complaints).await?;
    if !place.server()?.runs()? {
        complaints.push("the server has ended".to_owned());
    }
    let checked = place.check()?;
    let clean = checked.is_none();
    complaints.extend(checked);
    let besides = format!("p99 of others, quiet and beside: {}", seen.join(", "));
    let (fault, store) = (trial.fault.to_owned(), trial.store.name());
    Ok(Row { fault, store, clean, besides, complaints, ..Row::default() })
}

/// Comparisons of what others wait when all is quiet, and beside the greedy one.
struct Rounds {
    at: SocketAddr,
    others: Vec<Person>,
    count: usize,
    time: Duration,
    longest: Duration,
}

impl Rounds {
    async fn compare(
        &self,
        name: &str,
        dear: &[u8],
        request: &Request,
        seen: &mut Vec<String>,
        complaints: &mut Vec<String>,
    ) -> Result<()> {
        let (mut quiet, mut beside) = (vec![], vec![]);
        for _ in 0..self.count {
            quiet.push(self.waited(request).await?.p99);
            let asking = Greedy::start(self.at, dear);
            let waited = self.waited(request).await;
            drop(asking);
            beside.push(waited.map_err(|error| format!("beside {name}: {error}"))?.p99);
        }
        let (quiet, beside) = (median(quiet), median(beside));
        seen.push(format!("{name} {} {}", span(quiet), span(beside)));
        if beside > (MORE * quiet).max(self.longest) {
            complaints.push(format!(
                "{name} raises the p99 of others from {} to {}",
                span(quiet),
                span(beside)
            ));
        }
        Ok(())
    }

    async fn waited(&self, request: &Request) -> Result<Waited> {
        let request = request.clone();
        measure_with(&self.others, self.at, self.time, Arc::new(move |_, _| request.clone())).await
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The greedy one's connections, until this value is gone.
struct Greedy(#[expect(dead_code, reason = "held, not read")] JoinSet<()>);

impl Greedy {
    fn start(at: SocketAddr, request: &[u8]) -> Self {
        let request = Arc::<[u8]>::from(request);
        let mut connections = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let request = Arc::clone(&request);
            connections.spawn(async move {
                loop {
                    let Ok(mut stream) = TcpStream::connect(at).await else { continue };
                    let (mut from, mut to) = stream.split();
                    // The answer may come before all is sent.
                    let mut nowhere = tokio::io::sink();
                    let answered = tokio::io::copy(&mut from, &mut nowhere);
                    let (sent, read) = tokio::join!(to.write_all(&request), answered);
                    drop((sent, read));
                }
            });
        }
        Self(connections)
    }
}
