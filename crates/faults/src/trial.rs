//! One fault on one store, and how it is judged.

use std::time::Duration;

use tweetty_trial::Result;

use crate::load::{Answered, Crowd, Load};
use crate::place::{Place, Store};
use crate::row::{Row, span};
use crate::search::{Found, look};

/// When all is well again, within this time a write is acknowledged.
pub(crate) const RECOVERY: Duration = Duration::from_secs(10);

/// What is tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trial {
    pub(crate) fault: &'static str,
    pub(crate) store: Store,
    pub(crate) full: bool,
}

/// What clients may see of a fault.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowed {
    /// Statuses, or how a connection ends.
    pub(crate) errors: &'static [&'static str],
    /// The longest that an answer may take.
    pub(crate) slowest: Duration,
}

impl Trial {
    /// One of two figures, by how much is asked.
    pub(crate) fn of<T>(&self, quick: T, full: T) -> T {
        if self.full { full } else { quick }
    }

    /// Ends the load, looks for every write, and checks the store; the server that was started last must still run.
    pub(crate) async fn judge(
        &self,
        place: &mut Place,
        crowd: &Crowd,
        load: Load,
        recovery: Option<Duration>,
        allowed: Allowed,
    ) -> Result<Row> {
        let answered = load.stop().await;
        let found = look(&answered, crowd.picture(), place).await?;
        let mut row = self.row(place, found)?;
        note(&mut row, &answered, recovery, allowed);
        if row.complaints.iter().any(|complaint| complaint == "clients saw 500") {
            let log = place.server()?.logged()?;
            row.complaints.extend(log.lines().find(|line| line.contains("ERROR")).map(str::to_owned));
        }
        Ok(row)
    }

    /// The row of what was found, once the store is checked.
    pub(crate) fn row(&self, place: &mut Place, found: Found) -> Result<Row> {
        let Found { acknowledged, there, doubled, mut complaints } = found;
        if !place.server()?.runs()? {
            complaints.push("the server has ended".to_owned());
        }
        if place.server()?.logged()?.contains("panicked at") {
            complaints.push("something in the server panicked; see its log".to_owned());
        }
        if there < acknowledged {
            complaints.push(format!("{} acknowledged writes are lost", acknowledged - there));
        }
        if doubled > 0 {
            complaints.push(format!("{doubled} writes stand twice"));
        }
        if acknowledged == 0 {
            complaints.push("nothing was acknowledged: there was no load".to_owned());
        }
        let checked = place.check()?;
        let clean = checked.is_none();
        complaints.extend(checked);
        let (fault, store) = (self.fault.to_owned(), self.store.name());
        Ok(Row { fault, store, acknowledged, found: there, doubled, clean, complaints, ..Row::default() })
    }
}

/// Writes down what clients saw, and what of it they should not have seen.
fn note(row: &mut Row, answered: &Answered, recovery: Option<Duration>, allowed: Allowed) {
    row.errors = answered.seen.errors.clone();
    row.slowest = answered.seen.slowest;
    row.unavailable = answered.seen.longest_gap;
    row.recovery = recovery;
    for error in row.errors.keys() {
        if !allowed.errors.contains(&error.as_str()) {
            row.complaints.push(format!("clients saw {error}"));
        }
    }
    if row.slowest > allowed.slowest {
        row.complaints.push(format!("an answer took {}", span(row.slowest)));
    }
}
