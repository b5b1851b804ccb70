//! Sweeping in the background: what nobody needs any more goes, every hour.

use std::time::Duration;

use metrics::{Counter, counter, gauge};
use tweetty_domain::{Clock as _, Operations, Swept, SystemClock};

/// Many instances that start at once should not sweep while they are busy starting.
const FIRST_AFTER: Duration = Duration::from_mins(5);
const EVERY: Duration = Duration::from_hours(1);
/// What a sweep does not finish in this time is left to the next one.
const LONGEST: Duration = Duration::from_mins(10);

/// Sweeps until the task is aborted. A sweep that fails is logged and tried again an hour later.
pub(super) async fn sweep_for_ever(service: Operations) {
    announce_metrics();
    tokio::time::sleep(FIRST_AFTER).await;
    loop {
        match tokio::time::timeout(LONGEST, service.sweep()).await {
            Ok(Ok(swept)) => {
                count(&swept);
                let Swept { uploads, files, files_left, erased, expired } = swept;
                tracing::info!(uploads, files, erased, expired, "swept");
                if files_left > 0 {
                    tracing::warn!(
                        files_left,
                        "files without a row were left alone: they can't be moved to the trash, or they are more than \
                         100 and most of the folder; is the database an old copy?"
                    );
                }
            }
            Ok(Err(error)) => {
                sweeps("failed").increment(1);
                tracing::warn!(%error, "the sweep failed");
            }
            Err(_) => {
                sweeps("broken_off").increment(1);
                tracing::warn!("the sweep took too long and was broken off");
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

fn sweeps(outcome: &'static str) -> Counter {
    let name = "tweetty_sweeps_total";
    counter!(description: "Sweeps by how they ended", name, "outcome" => outcome)
}

fn swept(what: &'static str) -> Counter {
    let name = "tweetty_swept_total";
    counter!(description: "What sweeps have removed", name, "what" => what)
}

/// Makes what is counted visible before the first sweep.
fn announce_metrics() {
    for outcome in ["done", "failed", "broken_off"] {
        sweeps(outcome).increment(0);
    }
    count_removed(&Swept::default());
    set_last(0.0);
}

fn count(result: &Swept) {
    sweeps("done").increment(1);
    count_removed(result);
    let now = SystemClock.now().timestamp();
    set_last(u32::try_from(now).map_or(f64::INFINITY, f64::from));
}

fn count_removed(result: &Swept) {
    swept("uploads").increment(result.uploads);
    swept("files").increment(result.files);
    swept("erased").increment(result.erased);
    swept("expired").increment(result.expired);
    let left = u32::try_from(result.files_left).unwrap_or(u32::MAX);
    gauge!(description: "Files without a row that the last sweep left alone", "tweetty_sweep_files_left")
        .set(left);
}

fn set_last(seconds: f64) {
    let name = "tweetty_sweep_last_done_timestamp_seconds";
    gauge!(description: "When a sweep was done last, since 1970; 0 before the first one", name).set(seconds);
}
