//! The fault runs: the release binary is killed, starved, cut off and slowed down under load, and afterwards every
//! acknowledged write is looked for. `scripts/faults` builds everything and calls this.

mod document;
mod faults;
mod files;
mod injection;
mod lanes;
mod latency;
mod ledger;
mod load;
mod options;
mod person;
mod place;
mod proxy;
mod pulse;
mod raw;
mod row;
mod search;
mod trial;
mod writer;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use tokio::time::timeout;
use tweetty_trial::{Result, tweetty};

use crate::faults::{FAULTS, Fault};
use crate::options::Options;
use crate::place::Store;
use crate::row::{Row, table};
use crate::trial::Trial;

/// A fault that takes longer has got stuck.
const LONGEST: Duration = Duration::from_mins(15);
/// How many faults run at the same time: most of their time they wait for what is broken to be whole again.
const AT_A_TIME: usize = 2;
/// What a binary with crash points contains, and no release binary may.
const CRASH_POINT: &[u8] = b"the process dies at";

fn main() -> ExitCode {
    let Some(options) = Options::parse(std::env::args().skip(1)) else {
        writeln!(std::io::stderr(), "{}", options::USAGE).ok();
        return ExitCode::from(2);
    };
    let failures = run(&options).unwrap_or_else(|error| vec![error.to_string()]);
    if failures.is_empty() {
        return ExitCode::SUCCESS;
    }
    writeln!(std::io::stderr(), "\n{}", failures.join("\n")).ok();
    ExitCode::FAILURE
}

/// Runs every fault that is wanted; answers what is wrong.
fn run(options: &Options) -> Result<Vec<String>> {
    let (mut rows, mut failures) = (Vec::<Row>::new(), vec![]);
    let binary = std::fs::read(tweetty()?.get_program())?;
    if binary.windows(CRASH_POINT.len()).any(|bytes| bytes == CRASH_POINT) {
        failures.push("this is no release binary: it has crash points".to_owned());
    }
    let wanted = FAULTS.iter().flat_map(|fault| fault.stores.iter().map(move |store| (fault, *store)));
    let wanted = wanted.filter(|(fault, store)| options.wants(fault.name, store.name()));
    // Figures for the document are those of a fault that has the machine to itself.
    let (alone, together) = wanted.partition::<Vec<_>, _>(|(fault, _)| options.full || fault.alone);
    for (faults, at_a_time) in [(alone, 1), (together, AT_A_TIME)] {
        for (row, failure) in
            lanes::run(faults, at_a_time, |(fault, store)| attempt(fault, store, options.full))
        {
            rows.extend(row);
            failures.extend(failure);
        }
    }
    writeln!(std::io::stdout(), "{}", table(&rows))?;
    if rows.is_empty() {
        failures.push("no fault is called so".to_owned());
    }
    if options.full && options.only.is_none() && failures.is_empty() {
        document::write(&rows, &tweetty_cluster::version())?;
    }
    Ok(failures)
}

/// Tries one fault on one store: what became of the writes, and what is wrong.
fn attempt(fault: &Fault, store: Store, full: bool) -> (Option<Row>, Option<String>) {
    let name = format!("{} on {}", fault.name, store.name());
    let begun = Instant::now();
    let outcome = tokio::runtime::Runtime::new().map_err(Into::into).and_then(|runtime| {
        let trial = (fault.run)(Trial { fault: fault.name, store, full });
        let outcome = runtime.block_on(async { timeout(LONGEST, trial).await });
        outcome.unwrap_or_else(|_| Err("it does not come to an end".into()))
    });
    let (row, failure) = match outcome {
        Ok(row) if row.complaints.is_empty() => (Some(row), None),
        Ok(row) => {
            let complaints = row.complaints.join("; ");
            (Some(row), Some(complaints))
        }
        Err(error) => (None, Some(error.to_string())),
    };
    let outcome = failure.as_deref().unwrap_or("survived");
    writeln!(std::io::stderr(), "{name}: {outcome} ({:.0} s)", begun.elapsed().as_secs_f64()).ok();
    (row, failure.map(|failure| format!("{name}: {failure}")))
}
