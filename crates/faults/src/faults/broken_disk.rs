//! A disk that does not keep what it was given, and says so.

use std::time::Duration;

use tweetty_trial::Result;

use crate::injection::{self, Injection};
use crate::load::{Crowd, Load};
use crate::place::{Place, Store};
use crate::row::Row;
use crate::trial::{Allowed, RECOVERY, Trial};
use crate::writer::Mix;

const CALLS: &str = "fsync,fdatasync";
const ALLOWED: Allowed = Allowed { errors: &["503"], slowest: Duration::from_secs(5) };

pub(super) async fn all_fail(trial: Trial) -> Result<Row> {
    failing(trial, "fsync,fdatasync:error=EIO", Duration::from_secs(trial.of(2, 10))).await
}

pub(super) async fn some_fail(trial: Trial) -> Result<Row> {
    failing(trial, "fsync,fdatasync:error=EIO:when=2+3", Duration::from_secs(trial.of(2, 10))).await
}

async fn failing(trial: Trial, tampering: &str, time: Duration) -> Result<Row> {
    let mut place = Place::open(trial.store, trial.full)?;
    let crowd = Crowd::gather(&place, 16, 1_000)?;
    // On PostgreSQL, tweetty itself syncs images alone.
    let mix = if trial.store == Store::Postgres { Mix::Uploads } else { Mix::Everything };
    let load = Load::start(&crowd, &[place.address()], mix);
    load.pulse().more(100, Duration::from_secs(30)).await?;
    let injection = Injection::into(place.server()?.process(), CALLS, tampering)?;
    load.pulse().more_failures(10, Duration::from_secs(10)).await?;
    tokio::time::sleep(time).await;
    injection.end()?;
    let recovery = load.pulse().recovery(RECOVERY).await?;
    load.pulse().more(100, Duration::from_secs(30)).await?;
    let log = place.server()?.logged()?;
    let allowed = if injection::is_all_of_detaching(&log) {
        Allowed { errors: &["500", "503"], ..ALLOWED }
    } else {
        ALLOWED
    };
    let row = trial.judge(&mut place, &crowd, load, Some(recovery), allowed).await?;
    let besides = format!("for {} s, by strace", time.as_secs());
    Ok(Row { besides, ..row })
}
