//! What the store counts. Where nobody collects it, all of this does nothing.

use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use crate::kind::Kind;

/// How a page of a feed is looked for; where one way finds too little the next one follows in the same statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strategy {
    /// Down the tweets of everybody, for any viewer.
    All,
    /// The index of one author.
    Author,
    /// The first tweets of all followees.
    Heads,
    /// Down the tweets of everybody with the followees in a hash.
    Scan,
    /// Down the tweets of everybody, each author looked up.
    Probe,
    /// All tweets of a time.
    Window,
}

impl Strategy {
    const ALL: [Self; 6] = [Self::All, Self::Author, Self::Heads, Self::Scan, Self::Probe, Self::Window];

    fn counter(self) -> Counter {
        let strategy = match self {
            Self::All => "all",
            Self::Author => "author",
            Self::Heads => "heads",
            Self::Scan => "scan",
            Self::Probe => "probe",
            Self::Window => "window",
        };
        let name = "tweetty_feed_pages_total";
        counter!(description: "Pages of feeds by the way on which they were found", name, "strategy" => strategy)
    }

    /// A page is looked for so.
    pub(crate) fn taken(self) {
        self.counter().increment(1);
    }
}

/// Makes what is counted visible before it happens for the first time. A recorder is installed before.
pub fn announce_metrics() {
    for strategy in Strategy::ALL {
        strategy.counter().increment(0);
    }
    for kind in Kind::ALL {
        drop((group_size(kind), group_time(kind)));
    }
}

fn group_size(kind: Kind) -> Histogram {
    let name = "tweetty_write_group_size";
    histogram!(description: "Writes that shared a commit", name, "lane" => kind.name())
}

fn group_time(kind: Kind) -> Histogram {
    let name = "tweetty_write_group_duration_seconds";
    histogram!(description: "From the begin of a group of writes to the end of its commit", name, "lane" => kind.name())
}

/// So many changes shared a commit, or failed together.
pub(crate) fn committed(kind: Kind, size: usize, time: Duration) {
    group_size(kind).record(number(size));
    group_time(kind).record(time);
}

/// So many changes wait.
pub(crate) fn set_queue(kind: Kind, waiting: usize) {
    let name = "tweetty_write_queue_length";
    gauge!(description: "Writes that wait for their group", name, "lane" => kind.name()).set(number(waiting));
}

/// How busy the pool is.
pub(crate) struct Load {
    pub(crate) most: usize,
    /// Reads at the same time at most, at present.
    pub(crate) reads: usize,
    pub(crate) open: usize,
    /// Open, but not in use.
    pub(crate) idle: usize,
    /// Requests that wait for a connection.
    pub(crate) waiting: usize,
}

/// Sets the gauges of the pool.
pub(crate) fn set_pool(pool: &Load) {
    let connections = |state| -> Gauge {
        let name = "tweetty_database_connections";
        gauge!(description: "Open connections to the database", name, "state" => state)
    };
    connections("in_use").set(number(pool.open.saturating_sub(pool.idle)));
    connections("idle").set(number(pool.idle));
    gauge!(description: "Connections at most", "tweetty_database_connections_limit").set(number(pool.most));
    gauge!(description: "Reads at the same time at most, at present", "tweetty_database_reads_limit")
        .set(number(pool.reads));
    gauge!(description: "Requests that wait for a connection", "tweetty_database_waiting")
        .set(number(pool.waiting));
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
