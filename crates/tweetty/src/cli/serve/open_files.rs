//! No more connections than there may be open files: one that is accepted without a file left for it ends at once, and
//! uploads fail beside it.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tweetty_http::Options;

use crate::config::Refusal;

/// A connection, and the image that is sent on it.
const FOR_A_CONNECTION: u64 = 2;
/// For each of the connections to the database (SQLite has a log beside its file) and of the uploads (the file, and its
/// folder when it is made durable).
const FOR_A_WORK: u64 = 2;
/// For each thread that answers: what it waits by.
const FOR_A_WORKER: u64 = 4;
/// Standard streams, listeners, metrics, traces, reports, and what the runtime waits by.
const BESIDES: u64 = 256;

/// Raises the limit of open files as far as the system lets, and lowers the number of connections to what it leaves.
/// Answers what is to be logged where it had to.
pub(super) fn make_room(
    options: &mut Options,
    database_connections: usize,
) -> Result<Option<Fewer>, Refusal> {
    let allowed = raised_limit();
    let needs = Needs::of(options, database_connections);
    let fitting = needs.connections_per_worker_within(allowed);
    if fitting == 0 {
        let least = needs.limit_for(1);
        let problem = format!("only {allowed} are allowed, and {least} are needed; raise the limit, {CURE}");
        return Err(Refusal::world("open files", problem));
    }
    let wanted = options.connections_per_worker as u64;
    if fitting >= wanted {
        return Ok(None);
    }
    options.connections_per_worker = usize::try_from(fitting).unwrap_or(usize::MAX);
    Ok(Some(Fewer { fitting, wanted, allowed, needed: needs.limit_for(wanted) }))
}

/// Fewer connections than configured.
pub(super) struct Fewer {
    fitting: u64,
    wanted: u64,
    allowed: u64,
    needed: u64,
}

impl Fewer {
    /// Logs it, once the start has succeeded: one that is refused says nothing else.
    pub(super) fn log(&self) {
        let Self { fitting, wanted, allowed, needed } = self;
        tracing::info!(
            connections_per_worker = fitting,
            wanted,
            open_files_allowed = allowed,
            open_files_needed = needed,
            "fewer connections than --connections-per-worker says, so that open files suffice; raise their limit, {CURE}"
        );
    }
}

const CURE: &str = "such as by `ulimit -n`, LimitNOFILE of systemd or nofile of a container";

/// The limit that holds from now on.
fn raised_limit() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    // Some systems allow no process as many as they say.
    if raised.is_ok() { maximum } else { current }.unwrap_or(u64::MAX)
}

/// What the open files are for.
struct Needs {
    workers: u64,
    besides: u64,
}

impl Needs {
    fn of(options: &Options, database_connections: usize) -> Self {
        let workers = options.workers as u64;
        let work = database_connections as u64 + options.uploads as u64;
        Self { workers, besides: BESIDES + FOR_A_WORKER * workers + FOR_A_WORK * work }
    }

    fn limit_for(&self, connections_per_worker: u64) -> u64 {
        self.besides + FOR_A_CONNECTION * self.workers * connections_per_worker
    }

    fn connections_per_worker_within(&self, limit: u64) -> u64 {
        limit.saturating_sub(self.besides) / (FOR_A_CONNECTION * self.workers).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_connections_fit_as_leave_files_for_everything_else() {
        let options = Options { workers: 2, ..Options::default() };
        let needs = Needs::of(&options, 16);
        for connections in [1, 100, 12_500] {
            let limit = needs.limit_for(connections);
            assert_eq!(needs.connections_per_worker_within(limit), connections);
            assert_eq!(needs.connections_per_worker_within(limit - 1), connections - 1);
        }
        assert_eq!(needs.connections_per_worker_within(0), 0);
        assert!(needs.limit_for(12_500) < 65_536, "what the unit and the composition allow");
    }
}
