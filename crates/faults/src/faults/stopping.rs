//! SIGTERM while requests are under way.

use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::task::JoinSet;
use tweetty_trial::{Result, photograph};

use crate::ledger::{Ledger, Upload};
use crate::load::{Answered, Crowd};
use crate::place::Place;
use crate::pulse::Pulse;
use crate::raw;
use crate::row::{Row, span};
use crate::search::look;
use crate::trial::Trial;

/// The server is asked to stop, drains so long, and closes its listener.
const DRAIN: Duration = Duration::from_millis(300);
/// By then the listener is closed for sure.
const CLOSED: Duration = Duration::from_millis(900);
/// Requests that are under way when the signal comes, half of them with half their body.
const UNDER_WAY: usize = 16;
/// The longest that a stop may take: it waits 30 s for requests at most.
const LONGEST_STOP: Duration = Duration::from_secs(20);

/// How much of a request is its head and half its body: before the head is there, it is none that could be finished.
fn half_a_body(request: &[u8]) -> usize {
    let head = request.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |at| at + 4);
    head + (request.len() - head) / 2
}

pub(super) async fn stopped(trial: Trial) -> Result<Row> {
    let stops = trial.of(3, 30);
    let mut place = Place::prepare(trial.store, trial.full)?;
    place.setup.arguments.push(format!("--drain-delay={}ms", DRAIN.as_millis()));
    place.start()?;
    let crowd = Crowd::gather(&place, UNDER_WAY, 1)?;
    let picture = photograph(1_200, 900)?;
    let mut ledgers = crowd.writers.iter().cloned().map(Ledger::of).collect::<Vec<_>>();
    let (pulse, mut complaints, mut longest) = (Pulse::new(), vec![], Duration::ZERO);
    for stop in 0..stops {
        let mut under_way = JoinSet::new();
        for (number, person) in crowd.writers.iter().enumerate() {
            let once = format!("stop-{stop}");
            let text = format!("written by {} at stop {stop}", person.id);
            let bytes = if number % 2 == 0 {
                raw::upload(person, &picture, &once)
            } else {
                raw::tweet(person, &text, &once)
            };
            let mut stream = raw::connect(place.address()).await?;
            let sent = if number % 4 < 2 { bytes.len() } else { half_a_body(&bytes) };
            stream.write_all(&bytes[..sent]).await?;
            under_way.spawn(async move {
                let begun = Instant::now();
                // The other half follows when the server has been asked to stop and lets nobody in any more.
                if sent < bytes.len() {
                    tokio::time::sleep(CLOSED).await;
                }
                stream.write_all(&bytes[sent..]).await.ok();
                (number, text, once, begun, raw::receive(&mut stream).await)
            });
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
        let begun = Instant::now();
        place.server()?.terminate()?;
        for (number, text, once, begun, answer) in under_way.join_all().await {
            let ledger = &mut ledgers[number];
            match answer {
                Some((201, answer)) => {
                    pulse.acknowledged(begun.elapsed());
                    let id = |field: &str| answer[field].as_i64().unwrap_or_default();
                    if number % 2 == 0 {
                        ledger.uploads.push(Upload { once, media: id("media_id"), repeated: false });
                    } else {
                        ledger.tweets.push((text, id("tweet_id")));
                    }
                }
                Some((status, _)) => {
                    ledger.uploads_in_doubt += usize::from(number % 2 == 0);
                    pulse.failed(&status.to_string(), begun.elapsed());
                }
                None => {
                    ledger.uploads_in_doubt += usize::from(number % 2 == 0);
                    let what = if number % 2 == 0 { "upload" } else { "tweet" };
                    let how = if number % 4 < 2 { "sent before" } else { "half sent before" };
                    pulse.failed(&format!("{what} {how} cut off"), begun.elapsed());
                }
            }
        }
        let ended = tokio::task::block_in_place(|| place.server()?.wait())?;
        if !ended.success() {
            complaints.push(format!("the server ended with {ended}"));
        }
        longest = longest.max(begun.elapsed());
        place.start()?;
    }
    let answered = Answered { ledgers, seen: pulse.seen() };
    let found = look(&answered, &picture, &place).await?;
    let mut row = trial.row(&mut place, found)?;
    (row.errors, row.slowest) = (answered.seen.errors, answered.seen.slowest);
    complaints.extend(row.errors.keys().map(|error| format!("clients saw {error}")));
    if longest > LONGEST_STOP {
        complaints.push(format!("a stop took {}", span(longest)));
    }
    row.complaints.extend(complaints);
    row.besides = format!(
        "{stops} stops, each with {UNDER_WAY} requests under way; the longest took {}",
        span(longest)
    );
    Ok(row)
}
