//! A PostgreSQL that goes away and comes back, while tweetty stays.

use std::time::Duration;

use tokio::task::block_in_place;
use tweetty_cluster::Cluster;
use tweetty_trial::Result;

use crate::load::{Crowd, Load};
use crate::place::Place;
use crate::row::Row;
use crate::trial::{Allowed, RECOVERY, Trial};
use crate::writer::Mix;

/// Half of that is the wait for a connection, which is 2 s.
const ALLOWED: Allowed = Allowed { errors: &["503"], slowest: Duration::from_secs(5) };

pub(super) async fn restarted(trial: Trial) -> Result<Row> {
    let times = trial.of(2, 20);
    let row = away(trial, Cluster::stop, Duration::ZERO, times).await?;
    Ok(Row { besides: format!("{times} times, as an administrator does"), ..row })
}

pub(super) async fn crashed(trial: Trial) -> Result<Row> {
    let times = trial.of(2, 20);
    let row = away(trial, Cluster::crash, Duration::ZERO, times).await?;
    Ok(Row { besides: format!("{times} times; it recovers from its log"), ..row })
}

pub(super) async fn stopped(trial: Trial) -> Result<Row> {
    let pause = Duration::from_secs(trial.of(5, 30));
    let row = away(trial, Cluster::stop, pause, 1).await?;
    Ok(Row { besides: format!("for {} s", pause.as_secs()), ..row })
}

async fn away(trial: Trial, end: fn(&Cluster), pause: Duration, times: u32) -> Result<Row> {
    let mut place = Place::open(trial.store, trial.full)?;
    let crowd = Crowd::gather(&place, 32, 1_000)?;
    let load = Load::start(&crowd, &[place.address()], Mix::Everything);
    let mut longest = Duration::ZERO;
    for _ in 0..times {
        load.pulse().more(300, Duration::from_secs(30)).await?;
        block_in_place(|| place.cluster().map(end))?;
        load.pulse().more_failures(1, Duration::from_secs(10)).await?;
        tokio::time::sleep(pause).await;
        block_in_place(|| place.cluster().map(Cluster::start_again))?;
        longest = longest.max(load.pulse().recovery(RECOVERY).await?);
    }
    load.pulse().more(300, Duration::from_secs(30)).await?;
    trial.judge(&mut place, &crowd, load, Some(longest), ALLOWED).await
}
