//! What the store counts. Where nobody collects it, all of this does nothing.

use std::sync::LazyLock;
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use crate::readers::Load;

/// The one lane of all writes; PostgreSQL has several.
const LANE: (&str, &str) = ("lane", "writer");

static GROUP_SIZE: LazyLock<Histogram> = LazyLock::new(|| {
    let name = "tweetty_write_group_size";
    histogram!(description: "Writes that shared a commit", name, &[LANE])
});
static GROUP_TIME: LazyLock<Histogram> = LazyLock::new(|| {
    let name = "tweetty_write_group_duration_seconds";
    histogram!(description: "From the begin of a group of writes to the end of its commit", name, &[LANE])
});

/// How a page of a feed is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strategy {
    /// Down the tweets of everybody, for any viewer.
    All,
    /// The index of one author.
    Author,
    /// The indexes of all followees.
    Indexes,
    /// Down the tweets of everybody, for those of the followees.
    Walk,
    /// A walk that found too little; the indexes followed, or the tweets of a time.
    WalkInVain,
    /// All tweets of a time.
    Window,
}

impl Strategy {
    const ALL: [Self; 6] =
        [Self::All, Self::Author, Self::Indexes, Self::Walk, Self::WalkInVain, Self::Window];

    fn counter(self) -> Counter {
        let strategy = match self {
            Self::All => "all",
            Self::Author => "author",
            Self::Indexes => "indexes",
            Self::Walk => "walk",
            Self::WalkInVain => "walk_in_vain",
            Self::Window => "window",
        };
        let name = "tweetty_feed_pages_total";
        counter!(description: "Pages of feeds by the way on which they were found", name, "strategy" => strategy)
    }

    /// A page was found so.
    pub(crate) fn taken(self) {
        self.counter().increment(1);
    }
}

/// Makes what is counted visible before it happens for the first time. A recorder is installed before.
pub fn announce_metrics() {
    LazyLock::force(&GROUP_SIZE);
    LazyLock::force(&GROUP_TIME);
    for strategy in Strategy::ALL {
        strategy.counter().increment(0);
    }
}

/// So many writes shared a commit.
pub(crate) fn committed(size: usize, time: Duration) {
    GROUP_SIZE.record(number(size));
    GROUP_TIME.record(time);
}

/// Sets the gauges of what is in use and of what waits.
pub(crate) fn set(readers: &Load, waiting_writes: usize) {
    let connections = |state| -> Gauge {
        let name = "tweetty_database_connections";
        gauge!(description: "Open connections of readers to the database", name, "state" => state)
    };
    connections("in_use").set(number(readers.in_use));
    connections("idle").set(number(readers.idle));
    gauge!(description: "Connections at most", "tweetty_database_connections_limit")
        .set(number(readers.most));
    gauge!(description: "Reads at the same time at most, at present", "tweetty_database_reads_limit")
        .set(number(readers.most));
    gauge!(description: "Requests that wait for a connection", "tweetty_database_waiting")
        .set(number(readers.waiting));
    gauge!(description: "Writes that wait for their group", "tweetty_write_queue_length", &[LANE])
        .set(number(waiting_writes));
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
