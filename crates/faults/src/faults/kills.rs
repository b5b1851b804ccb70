//! `kill -9` under write load.

use std::time::Duration;

use tweetty_trial::Result;

use crate::load::{Crowd, Load};
use crate::place::Place;
use crate::row::{Row, span};
use crate::trial::{Allowed, RECOVERY, Trial};
use crate::writer::Mix;

/// More answers than acknowledged writes that can be looked for: of a like that is taken back only that.
const ANSWERS: u64 = 118_000;
const WANTED: usize = 100_000;

pub(super) async fn killed(trial: Trial) -> Result<Row> {
    let (kills, answers) = trial.of((8, 2_000), (200, ANSWERS));
    let mut place = Place::open(trial.store, trial.full)?;
    let crowd = Crowd::gather(&place, 32, 1_000)?;
    let load = Load::start(&crowd, &[place.address()], Mix::Everything);
    let mut recoveries = Vec::new();
    for kill in 0..kills {
        // At another moment each time.
        let more = answers / kills / 2 + (kill * 7_919) % (answers / kills);
        load.pulse().more(more, Duration::from_secs(30)).await?;
        place.server()?.kill()?;
        place.spawn()?;
        recoveries.push(load.pulse().recovery(RECOVERY).await?);
    }
    load.pulse().more(answers / kills, Duration::from_secs(30)).await?;
    recoveries.sort_unstable();
    let (median, longest) = (recoveries[recoveries.len() / 2], recoveries[recoveries.len() - 1]);
    let allowed = Allowed { errors: &["refused", "broken off", "503"], slowest: Duration::from_secs(5) };
    let mut row = trial.judge(&mut place, &crowd, load, Some(longest), allowed).await?;
    row.besides = format!("{kills} kills; half of the recoveries within {}", span(median));
    if trial.full && row.acknowledged < WANTED {
        row.complaints.push(format!("only {} writes were acknowledged", row.acknowledged));
    }
    Ok(row)
}
