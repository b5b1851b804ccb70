//! The machine's clock is set back, and forward again; by libfaketime.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tweetty_trial::Result;

use crate::load::{Crowd, Load};
use crate::person::{Person, Request};
use crate::place::Place;
use crate::row::Row;
use crate::trial::{Allowed, RECOVERY, Trial};
use crate::writer::Mix;

/// How far it goes back.
const BACK: &str = "-2h";
const ALLOWED: Allowed = Allowed { errors: &[], slowest: Duration::from_secs(5) };

pub(super) async fn set_back(trial: Trial) -> Result<Row> {
    let mut place = Place::prepare(trial.store, trial.full)?;
    let clock = place.folder.path().join("clock");
    set(&clock, "+0")?;
    for (name, value) in [
        ("LD_PRELOAD", library()?.display().to_string()),
        ("FAKETIME_TIMESTAMP_FILE", clock.display().to_string()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        // Waiting and timeouts go by the clock that nobody sets.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ] {
        place.setup.environment.push((name.to_owned(), value));
    }
    place.start()?;
    let crowd = Crowd::gather(&place, 16, 1_000)?;
    let (writer, at) = (&crowd.writers[0], place.address());
    let load = Load::start(&crowd, &[at], Mix::Everything);
    let mut recovery = Duration::ZERO;
    for round in 0..trial.of(1, 10) {
        load.pulse().more(300, Duration::from_secs(30)).await?;
        let before = written_at(writer, at, &format!("before round {round}")).await?;
        set(&clock, BACK)?;
        recovery = recovery.max(load.pulse().recovery(RECOVERY).await?);
        load.pulse().more(300, Duration::from_secs(30)).await?;
        let during = written_at(writer, at, &format!("in round {round}")).await?;
        if during >= before {
            return Err(format!("the clock was not set back: {before}, then {during}").into());
        }
        set(&clock, "+0")?;
    }
    load.pulse().more(300, Duration::from_secs(30)).await?;
    let row = trial.judge(&mut place, &crowd, load, Some(recovery), ALLOWED).await?;
    Ok(Row { besides: "by two hours, and forward again".to_owned(), ..row })
}

/// Replaces the file as a whole: a half-written one would be another time.
fn set(clock: &Path, to: &str) -> Result<()> {
    let new = clock.with_extension("new");
    std::fs::write(&new, to)?;
    Ok(std::fs::rename(new, clock)?)
}

/// When a tweet that is published now says that it was.
async fn written_at(writer: &Person, at: std::net::SocketAddr, text: &str) -> Result<String> {
    let tweet = writer.expect(at, &Request::tweet(text, &[])).await?;
    let tweet = writer.expect(at, &Request::get(format!("/api/tweets/{}", tweet["tweet_id"]))).await?;
    Ok(tweet["tweet"]["created_at"].as_str().unwrap_or_default().to_owned())
}

fn library() -> Result<PathBuf> {
    let folders = ["/usr/lib", "/usr/lib64"].into_iter().flat_map(|folder| {
        let within = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        within.chain([PathBuf::from(folder)]).collect::<Vec<_>>()
    });
    let mut candidates = folders.map(|folder| folder.join("faketime/libfaketime.so.1"));
    candidates.find(|path| path.is_file()).ok_or_else(|| "libfaketime is not installed".into())
}
