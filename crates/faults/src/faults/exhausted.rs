//! Nothing is free: on PostgreSQL a lock holds every connection, on SQLite a slow disk holds the one that writes.

use std::time::Duration;

use tweetty_trial::Result;

use crate::injection::Injection;
use crate::load::{Crowd, Load};
use crate::place::{Place, Store};
use crate::row::Row;
use crate::trial::{Allowed, RECOVERY, Trial};
use crate::writer::Mix;

/// Longer than a request waits for a connection, a lock or the writer. Where it and a request wait for each other, it is
/// the request that gives in.
const HELD: &str = "SET deadlock_timeout = '1min'; BEGIN;
     LOCK TABLE users, tweets, likes, follows IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(6);";
const SLOW_SYNC: &str = "fsync,fdatasync:delay_enter=3000000";

pub(super) async fn exhausted(trial: Trial) -> Result<Row> {
    let mut place = Place::prepare(trial.store, trial.full)?;
    place.setup.arguments.push("--database-connections=4".to_owned());
    place.start()?;
    let crowd = Crowd::gather(&place, 64, 1_000)?;
    let load = Load::start(&crowd, &[place.address()], Mix::Words);
    let mut longest = Duration::ZERO;
    for _ in 0..trial.of(1, 5) {
        load.pulse().more(300, Duration::from_secs(30)).await?;
        if trial.store == Store::Postgres {
            let mut holding = place.session(HELD)?;
            load.pulse().more_failures(64, Duration::from_secs(15)).await?;
            while holding.try_wait()?.is_none() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        } else {
            let injection = Injection::into(place.server()?.process(), "fsync,fdatasync", SLOW_SYNC)?;
            load.pulse().more_failures(64, Duration::from_secs(15)).await?;
            injection.end()?;
        }
        longest = longest.max(load.pulse().recovery(RECOVERY).await?);
    }
    load.pulse().more(300, Duration::from_secs(30)).await?;
    // The writer that is held can't be cancelled: the write whose turn it is then waits for the disk.
    let allowed = Allowed { errors: &["503"], slowest: Duration::from_secs(12) };
    let row = trial.judge(&mut place, &crowd, load, Some(longest), allowed).await?;
    let besides = match trial.store {
        Store::Postgres => "tables locked for 6 s, pool of 4",
        Store::Sqlite => "each sync takes 3 s",
    };
    Ok(Row { besides: besides.to_owned(), ..row })
}
