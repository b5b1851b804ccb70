//! A bad line between tweetty and PostgreSQL.

use std::time::Duration;

use tweetty_trial::Result;

use crate::load::{Crowd, Load};
use crate::place::Place;
use crate::proxy::{End, Line, Proxy};
use crate::row::Row;
use crate::trial::{Allowed, RECOVERY, Trial};
use crate::writer::Mix;

/// A statement may take 5 s, and what waits behind it for a connection 2 s more, before and after.
const ALLOWED: Allowed = Allowed { errors: &["503"], slowest: Duration::from_secs(12) };

/// A server with PostgreSQL behind a line, and the load on it.
struct Lined {
    place: Place,
    proxy: Proxy,
    crowd: Crowd,
    load: Load,
}

impl Lined {
    async fn open(trial: Trial) -> Result<Self> {
        let mut place = Place::prepare(trial.store, trial.full)?;
        let proxy = Proxy::before(place.cluster()?.socket_folder().to_owned()).await?;
        let direct = std::mem::replace(&mut place.setup.database, proxy.url("tweetty"));
        place.start()?;
        // The operator's own commands take the good line.
        place.setup.database = direct;
        let crowd = Crowd::gather(&place, 32, 1_000)?;
        let load = Load::start(&crowd, &[place.address()], Mix::Everything);
        load.pulse().more(300, Duration::from_secs(30)).await?;
        Ok(Self { place, proxy, crowd, load })
    }

    async fn judged(mut self, trial: Trial, recovery: Duration) -> Result<Row> {
        self.load.pulse().more(300, Duration::from_secs(30)).await?;
        trial.judge(&mut self.place, &self.crowd, self.load, Some(recovery), ALLOWED).await
    }
}

async fn bad_for(trial: Trial, line: Line, time: Duration) -> Result<Row> {
    let lined = Lined::open(trial).await?;
    lined.proxy.becomes(line);
    tokio::time::sleep(time).await;
    lined.proxy.becomes(Line::Good);
    let recovery = lined.load.pulse().recovery(RECOVERY).await?;
    lined.judged(trial, recovery).await
}

pub(super) async fn late(trial: Trial) -> Result<Row> {
    let time = Duration::from_secs(trial.of(4, 30));
    let row = bad_for(trial, Line::Late(Duration::from_millis(150)), time).await?;
    Ok(Row { besides: format!("each message 150 ms later, for {} s", time.as_secs()), ..row })
}

pub(super) async fn narrow(trial: Trial) -> Result<Row> {
    let time = Duration::from_secs(trial.of(4, 30));
    let row = bad_for(trial, Line::Narrow(4_096), time).await?;
    Ok(Row { besides: format!("4 KiB/s a connection, for {} s", time.as_secs()), ..row })
}

pub(super) async fn silent(trial: Trial) -> Result<Row> {
    let time = Duration::from_secs(trial.of(10, 30));
    let row = bad_for(trial, Line::Silent, time).await?;
    Ok(Row { besides: format!("takes connections and says nothing, for {} s", time.as_secs()), ..row })
}

pub(super) async fn closed(trial: Trial) -> Result<Row> {
    ended(trial, End::Closed).await
}

pub(super) async fn reset(trial: Trial) -> Result<Row> {
    ended(trial, End::Reset).await
}

async fn ended(trial: Trial, how: End) -> Result<Row> {
    let times = trial.of(5, 100);
    let lined = Lined::open(trial).await?;
    let mut longest = Duration::ZERO;
    for _ in 0..times {
        lined.proxy.end(how);
        longest = longest.max(lined.load.pulse().recovery(RECOVERY).await?);
        lined.load.pulse().more(200, Duration::from_secs(30)).await?;
    }
    let row = lined.judged(trial, longest).await?;
    Ok(Row { besides: format!("all of them, {times} times"), ..row })
}
