//! The fault runs: the release binary is killed, starved, cut off and slowed down under load, and afterwards every
//! acknowledged write is looked for. `scripts/faults` builds everything and calls this.

mod document;
mod faults;
mod files;
mod injection;
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

use tweetty_trial::{Result, tweetty};

use crate::faults::FAULTS;
use crate::options::Options;
use crate::row::{Row, table};
use crate::trial::Trial;

/// A fault that takes longer has got stuck.
const LONGEST: Duration = Duration::from_mins(15);
/// What a binary with crash points contains, and no release binary may.
const CRASH_POINT: &[u8] = b"the process dies at";

fn main() -> ExitCode {
    let Some(options) = Options::parse(std::env::args().skip(1)) else {
        writeln!(std::io::stderr(), "{}", options::USAGE).ok();
        return ExitCode::from(2);
    };
    let failures = tokio::runtime::Runtime::new()
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(run(&options)));
    let failures = failures.unwrap_or_else(|error| vec![error.to_string()]);
    if failures.is_empty() {
        return ExitCode::SUCCESS;
    }
    writeln!(std::io::stderr(), "\n{}", failures.join("\n")).ok();
    ExitCode::FAILURE
}

/// Runs every fault that is wanted; answers what is wrong.
async fn run(options: &Options) -> Result<Vec<String>> {
    let (mut rows, mut failures) = (Vec::<Row>::new(), vec![]);
    let binary = std::fs::read(tweetty()?.get_program())?;
    if binary.windows(CRASH_POINT.len()).any(|bytes| bytes == CRASH_POINT) {
        failures.push("this is no release binary: it has crash points".to_owned());
    }
    for fault in FAULTS {
        for store in fault.stores {
            if !options.wants(fault.name, store.name()) {
                continue;
            }
            let trial = Trial { fault: fault.name, store: *store, full: options.full };
            let begun = Instant::now();
            write!(std::io::stderr(), "{} on {} … ", fault.name, store.name()).ok();
            let outcome = tokio::time::timeout(LONGEST, (fault.run)(trial)).await;
            let outcome = outcome.unwrap_or_else(|_| Err("it does not come to an end".into()));
            let told = match outcome {
                Ok(row) if row.complaints.is_empty() => {
                    rows.push(row);
                    "survived".to_owned()
                }
                Ok(row) => {
                    let told = row.complaints.join("; ");
                    rows.push(row);
                    failures.push(format!("{} on {}: {told}", fault.name, store.name()));
                    told
                }
                Err(error) => {
                    failures.push(format!("{} on {}: {error}", fault.name, store.name()));
                    format!("failed: {error}")
                }
            };
            writeln!(std::io::stderr(), "{told} ({:.0} s)", begun.elapsed().as_secs_f64()).ok();
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
