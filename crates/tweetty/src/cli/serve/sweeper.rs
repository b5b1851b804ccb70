//! Sweeping in the background: what nobody needs any more goes, every hour.

use std::time::Duration;

use tweetty_domain::{Microblog, Swept};

/// Many instances that start at once should not sweep while they are busy starting.
const FIRST_AFTER: Duration = Duration::from_mins(5);
const EVERY: Duration = Duration::from_hours(1);
/// What a sweep does not finish in this time is left to the next one.
const LONGEST: Duration = Duration::from_mins(10);

/// Sweeps until the task is aborted. A sweep that fails is logged and tried again an hour later.
pub(super) async fn sweep_for_ever(microblog: Microblog) {
    tokio::time::sleep(FIRST_AFTER).await;
    loop {
        match tokio::time::timeout(LONGEST, microblog.sweep()).await {
            Ok(Ok(Swept { uploads, files, files_left, expired })) => {
                tracing::info!(uploads, files, expired, "swept");
                if files_left > 0 {
                    tracing::warn!(
                        files_left,
                        "files without a row were left alone: they can't be removed, or most of the folder is unknown \
                         to this database"
                    );
                }
            }
            Ok(Err(error)) => tracing::warn!(%error, "the sweep failed"),
            Err(_) => tracing::warn!("the sweep took too long and was broken off"),
        }
        tokio::time::sleep(EVERY).await;
    }
}
