//! Clients that leave in the middle of a request, half of them by RST.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tweetty_trial::Result;

use crate::load::{Crowd, Load};
use crate::person::{Person, Request};
use crate::place::Place;
use crate::raw;
use crate::row::Row;
use crate::trial::{Allowed, RECOVERY, Trial};
use crate::writer::Mix;

/// How many leave at the same time.
const AT_ONCE: usize = 64;
/// By when what they left behind has come to its end.
const SETTLING: Duration = Duration::from_secs(20);
/// More than there are connections, readers and places for uploads.
const AFTERWARDS: usize = 128;

pub(super) async fn leave(trial: Trial) -> Result<Row> {
    let departures = trial.of(1_000, 10_000);
    let mut place = Place::open(trial.store, trial.full)?;
    let at = place.address();
    let crowd = Crowd::gather(&place, 8, 1_000)?;
    let leavers = place.people("leaver", 16)?;
    let tweet = leavers[0].expect(at, &Request::tweet("left alone", &[])).await?;
    let tweet = tweet["tweet_id"].as_i64().unwrap_or_default();
    let load = Load::start(&crowd, &[at], Mix::Everything);
    load.pulse().more(300, Duration::from_secs(30)).await?;
    let before = open_files(place.server()?.process())?;

    let picture = tweetty_trial::photograph(400, 300)?;
    let (mut leaving, mut left) = (JoinSet::new(), 0);
    for number in 0..departures {
        let person = &leavers[number % leavers.len()];
        let request = request(person, number, tweet, &picture);
        // Most leave while they are served, some just behind the answer.
        let pause = Duration::from_micros((number as u64 * 37) % 8_000);
        leaving.spawn(depart(at, request, pause, number % 2 == 0));
        while leaving.len() >= AT_ONCE {
            left += usize::from(leaving.join_next().await.ok_or("nobody leaves")??);
        }
    }
    for gone in leaving.join_all().await {
        left += usize::from(gone);
    }
    let recovery = load.pulse().recovery(RECOVERY).await?;
    load.pulse().more(300, Duration::from_secs(30)).await?;
    // They are a crowd, too: while they last, others may be refused. What counts is what they leave behind.
    let allowed = Allowed { errors: &["503"], slowest: Duration::from_secs(8) };
    let mut row = trial.judge(&mut place, &crowd, load, Some(recovery), allowed).await?;
    row.complaints.extend(remains(&mut place, &crowd, &leavers, before).await?);
    row.besides = format!("{left} requests, half by RST; no connection, reader or file is left");
    if left < departures * 99 / 100 {
        row.complaints.push(format!("only {left} of {departures} clients could connect"));
    }
    Ok(row)
}

fn request(person: &Person, number: usize, tweet: i64, picture: &[u8]) -> Vec<u8> {
    let likes = format!("/api/tweets/{tweet}/likes");
    let mut request = match number / 2 % 6 {
        0 => raw::tweet(person, &format!("sent and gone {number}"), &format!("gone-{number}")),
        1 => raw::request(person, "POST", &likes, "", b""),
        2 => raw::request(person, "DELETE", &likes, "", b""),
        3 => raw::upload(person, picture, &format!("gone-{number}")),
        4 => raw::request(person, "GET", "/api/users?query=writer", "", b""),
        _ => raw::request(person, "GET", "/api/tweets?scope=all", "", b""),
    };
    if number % 5 == 3 {
        request.truncate(request.len() * 3 / 4);
    }
    request
}

/// Sends the bytes, waits a little and goes; answers whether the server was there.
async fn depart(at: SocketAddr, request: Vec<u8>, pause: Duration, reset: bool) -> bool {
    let Ok(mut stream) = TcpStream::connect(at).await else { return false };
    if stream.write_all(&request).await.is_err() {
        return false;
    }
    tokio::time::sleep(pause).await;
    if reset {
        // Without lingering the kernel sends RST instead of closing in good order.
        stream.set_zero_linger().ok();
    }
    true
}

/// What those who left have left behind.
async fn remains(place: &mut Place, crowd: &Crowd, leavers: &[Person], before: usize) -> Result<Vec<String>> {
    let mut complaints = vec![];
    let (process, at) = (place.server()?.process(), place.address());
    // Every connection of the pool, every reader and every place for an upload is there to be had.
    let mut asking = JoinSet::new();
    let begun = Instant::now();
    for number in 0..AFTERWARDS {
        let person = leavers[number % leavers.len()].clone();
        let request = if number % 2 == 0 {
            Request::upload(crowd.picture())
        } else {
            Request::get("/api/tweets?scope=all&limit=20")
        };
        asking.spawn(async move { person.expect(at, &request).await.map(drop) });
    }
    for asked in asking.join_all().await {
        complaints.extend(asked.err().map(|error| error.to_string()));
    }
    if begun.elapsed() > SETTLING {
        complaints.push(format!("{AFTERWARDS} requests took {:?} afterwards", begun.elapsed()));
    }
    if place.cluster().is_ok() {
        let begun = Instant::now();
        let busy = "SELECT count(*) FROM pg_stat_activity WHERE application_name <> 'psql' AND datname = current_database() AND state <> 'idle'";
        while place.sql(busy)? != "0" {
            if begun.elapsed() > SETTLING {
                complaints.push("connections to the database are left in the middle of something".to_owned());
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    let begun = Instant::now();
    // What keeps alive besides: connections of the clients above, and readers that were opened under load.
    while open_files(process)? > before + AFTERWARDS + 32 {
        if begun.elapsed() > SETTLING {
            complaints.push(format!("{} files are open, {before} were before", open_files(process)?));
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let incoming = std::fs::read_dir(place.setup.media.join("incoming"))?.count();
    if incoming > 0 {
        complaints.push(format!("{incoming} files were left in incoming/"));
    }
    Ok(complaints)
}

fn open_files(process: u32) -> Result<usize> {
    Ok(std::fs::read_dir(format!("/proc/{process}/fd"))?.count())
}
