//! Clients that take their time, as an attacker's do: heads and bodies byte by byte, and images that nobody reads.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, Interest};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tweetty_trial::{Result, noise};

use crate::latency::{Waited, measure};
use crate::load::{Crowd, Load};
use crate::person::{Person, Request};
use crate::place::Place;
use crate::raw;
use crate::row::{Row, span};
use crate::trial::{Allowed, RECOVERY, Trial};
use crate::writer::Mix;

/// Of so many slow clients nobody else may wait twice as long.
const FEW: usize = 1_000;
const MANY: usize = 10_000;
/// So many of them ask for an image and read nothing; each fills some MiB of the kernel's buffers.
const UNREADING: usize = 20;
/// The side of that image, which is larger than those buffers.
const SIDE: u32 = 1_500;
/// Between two bytes.
const PAUSE: Duration = Duration::from_secs(1);
/// By when as many connections are open as should be.
const OPENING: Duration = Duration::from_secs(30);
/// Differences below that are the machine's, not the clients'.
const NOISE: Duration = Duration::from_millis(1);
/// The quietest of so many measurements counts: other processes disturb them.
const MEASUREMENTS: usize = 3;

pub(super) async fn slow(trial: Trial) -> Result<Row> {
    let mut place = Place::open(trial.store, trial.full)?;
    let at = place.address();
    let crowd = Crowd::gather(&place, 8, 100)?;
    let people = place.people("patient", 4)?;
    let slow = place.people("slow", 1)?.remove(0);
    let tweet = people[0].expect(at, &Request::tweet("liked while others dawdle", &[])).await?;
    let tweet = tweet["tweet_id"].as_i64().unwrap_or_default();
    let time = Duration::from_secs(trial.of(1, 5));

    let image = large_image(&people[0], at).await?;
    let alone = quietest(&people, at, tweet, time).await?;
    let few = Slow::open(FEW, &slow, at, &image).await?;
    let beside_few = quietest(&people, at, tweet, time).await?;
    drop(few);
    let many = Slow::open(MANY, &slow, at, &image).await?;
    let beside_many = quietest(&people, at, tweet, time).await?;
    // Heads that began together are thrown out together, and are back a moment later.
    many.wait_until_open(MANY).await?;
    let open = many.open_now();
    // Writes go on beside them too; not uploads, whose places a slow client with a key may hold.
    let load = Load::start(&crowd, &[at], Mix::Words);
    load.pulse().more(trial.of(500, 5_000), Duration::from_mins(1)).await?;
    drop(many);
    let recovery = load.pulse().recovery(RECOVERY).await?;

    let allowed = Allowed { errors: &[], slowest: Duration::from_secs(5) };
    let mut row = trial.judge(&mut place, &crowd, load, Some(recovery), allowed).await?;
    let format = |waited: Waited| format!("{}/{}", span_fine(waited.p50), span_fine(waited.p99));
    row.besides = format!(
        "p50/p99 of others {} alone, {} beside {FEW}, {} beside {open}",
        format(alone),
        format(beside_few),
        format(beside_many)
    );
    if beside_few.p99 > 2 * alone.p99 + NOISE {
        row.complaints.push(format!(
            "{FEW} slow clients raise the p99 of others from {} to {}",
            span_fine(alone.p99),
            span_fine(beside_few.p99)
        ));
    }
    Ok(row)
}

/// The path of an image that does not fit into the buffers of a connection.
async fn large_image(person: &Person, at: SocketAddr) -> Result<String> {
    let upload = person.expect(at, &Request::upload(&noise(SIDE)?.into())).await?;
    let media = upload["media_id"].as_i64().ok_or("an upload has an id")?;
    let tweet = person.expect(at, &Request::tweet("a large image", &[media])).await?;
    let tweet = person.expect(at, &Request::get(format!("/api/tweets/{}", tweet["tweet_id"]))).await?;
    Ok(tweet["tweet"]["attachments"][0].as_str().ok_or("the tweet shows its image")?.to_owned())
}

async fn quietest(people: &[Person], at: SocketAddr, tweet: i64, time: Duration) -> Result<Waited> {
    let mut best: Option<Waited> = None;
    for _ in 0..MEASUREMENTS {
        let waited = measure(people, at, tweet, time).await?;
        best = Some(best.filter(|best| best.p99 <= waited.p99).unwrap_or(waited));
    }
    best.ok_or_else(|| "nothing was measured".into())
}

fn span_fine(time: Duration) -> String {
    if time < Duration::from_millis(100) { format!("{:.1} ms", time.as_secs_f64() * 1e3) } else { span(time) }
}

/// Slow clients, as many as were asked for until this value is gone: who is thrown out comes back.
struct Slow {
    open: Arc<AtomicUsize>,
    _clients: JoinSet<()>,
}

impl Slow {
    async fn open(count: usize, person: &Person, at: SocketAddr, image: &str) -> Result<Self> {
        let open = Arc::new(AtomicUsize::new(0));
        let mut clients = JoinSet::new();
        let requests = [
            raw::tweet(person, "never to be whole", "slow"),
            raw::upload(person, &vec![0; 4_096], "slow"),
            raw::request(person, "GET", "/api/users/me", "", b""),
        ];
        let unread = raw::request(person, "GET", image, "", b"");
        for number in 0..count {
            let (request, open) = (requests[number % requests.len()].clone(), Arc::clone(&open));
            let unread = unread.clone();
            // Bodies begin where the head ends; heads are slow in every third.
            let head = request.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap_or_default() + 4;
            let quick = if number % 3 == 2 { 1 } else { head };
            clients.spawn(async move {
                loop {
                    if let Ok(stream) = TcpStream::connect(at).await {
                        open.fetch_add(1, Ordering::Relaxed);
                        if number < UNREADING {
                            ignore(stream, &unread).await;
                        } else {
                            dawdle(stream, &request, quick).await;
                        }
                        open.fetch_sub(1, Ordering::Relaxed);
                    }
                    tokio::time::sleep(PAUSE / 10).await;
                }
            });
        }
        let slow = Self { open, _clients: clients };
        slow.wait_until_open(count).await?;
        Ok(slow)
    }

    /// Waits until nearly as many are open as should be.
    async fn wait_until_open(&self, count: usize) -> Result<()> {
        let begun = Instant::now();
        while self.open_now() < count * 95 / 100 {
            if begun.elapsed() > OPENING {
                let open = self.open_now();
                return Err(
                    format!("only {open} of {count} slow connections are open; see `ulimit -n`").into()
                );
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    fn open_now(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }
}

/// Sends the first bytes at once and the others one by one, until the server has enough of it.
async fn dawdle(mut stream: TcpStream, request: &[u8], quick: usize) {
    let (first, rest) = request.split_at(quick);
    if stream.write_all(first).await.is_err() {
        return;
    }
    let (mut from, mut to) = stream.split();
    let mut piece = [0; 1_024];
    let listening = async { while matches!(from.read(&mut piece).await, Ok(1..)) {} };
    let talking = async {
        // The last byte is never sent.
        for byte in rest.split_last().map_or(&[][..], |(_, rest)| rest) {
            tokio::time::sleep(PAUSE).await;
            if to.write_all(&[*byte]).await.is_err() {
                return;
            }
        }
        std::future::pending::<()>().await;
    };
    tokio::select! { () = listening => {}, () = talking => {} }
}

/// Asks and reads nothing, until the server has enough of it.
async fn ignore(mut stream: TcpStream, request: &[u8]) {
    if stream.write_all(request).await.is_ok() {
        stream.ready(Interest::ERROR).await.ok();
    }
}
