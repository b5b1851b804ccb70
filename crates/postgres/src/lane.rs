//! Changes that wait at the same time are committed together.
//!
//! Whatever waits while an earlier group commits becomes the next one: a lone change waits for nobody, and many at
//! once, of one tweet even, pay for one commit. A change is answered after its group's commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;
use tweetty_domain::{Change, Error, Result, crash_point};

use crate::changes::{self, Outcome, Pair};
use crate::connection::Connections;
use crate::kind::Kind;
use crate::measures;

/// How many groups of one kind are under way at the same time: some wait for pages or the log while others work.
const GROUPS: usize = 4;
/// How many changes share a commit at most.
const LARGEST: usize = 256;
/// How many changes wait at most; then callers wait for a place, or are refused.
const QUEUE: usize = 4096;

type Answer = Result<Option<Change>>;

struct Waiting {
    pair: Pair,
    /// Set by whoever comes first: the group that takes it, or the caller whose patience ends.
    claimed: Arc<AtomicBool>,
    answer: oneshot::Sender<Answer>,
}

/// The queue of one kind of change.
pub(crate) struct Lane {
    kind: Kind,
    queue: mpsc::Sender<Waiting>,
    wait: Duration,
}

impl Lane {
    /// Starts the groups; they end when the lane is gone and its queue is empty.
    pub(crate) fn start(kind: Kind, connections: &Connections, wait: Duration) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..GROUPS {
            let group = Group { kind, connections: connections.clone() };
            connections.opener().runtime().spawn(group.run(Arc::clone(&waiting)));
        }
        Self { kind, queue, wait }
    }

    /// Sets the gauge of the changes that wait.
    pub(crate) fn measure(&self) {
        measures::set_queue(self.kind, self.queue.max_capacity() - self.queue.capacity());
    }

    /// Makes the change; `None` where its object does not exist. Once a group has taken it, it is made also if the
    /// caller goes away.
    pub(crate) async fn change(&self, pair: Pair) -> Answer {
        let span = tracing::info_span!(target: "tweetty::trace", "postgres change", kind = self.kind.name());
        self.change_in_turn(pair).instrument(span).await
    }

    async fn change_in_turn(&self, pair: Pair) -> Answer {
        let busy = || Error::unavailable("too many changes wait for the database");
        let deadline = Instant::now() + self.wait;
        let place = timeout_at(deadline, self.queue.reserve()).await.map_err(|_| busy())?;
        let (answer, mut answered) = oneshot::channel();
        let claimed = Arc::new(AtomicBool::new(false));
        let place = place.map_err(|_| Error::unavailable("the store is closed"))?;
        place.send(Waiting { pair, claimed: Arc::clone(&claimed), answer });
        let answered = match timeout_at(deadline, &mut answered).await {
            Ok(answered) => answered,
            Err(_) if !claimed.swap(true, Ordering::AcqRel) => return Err(busy()),
            // It is under way, which is bounded in time, and can't be called off: its end is the truth.
            Err(_) => answered.await,
        };
        answered.map_err(|_| Error::unavailable("the change was not answered"))?
    }
}

struct Group {
    kind: Kind,
    connections: Connections,
}

impl Group {
    async fn run(self, waiting: Arc<Mutex<mpsc::Receiver<Waiting>>>) {
        loop {
            let mut group = Vec::new();
            if waiting.lock().await.recv_many(&mut group, LARGEST).await == 0 {
                return;
            }
            group.retain(|change| !change.claimed.swap(true, Ordering::AcqRel));
            if !group.is_empty() {
                self.perform(group).await;
            }
        }
    }

    async fn perform(&self, group: Vec<Waiting>) {
        let pairs = group.iter().map(|change| change.pair).collect::<Arc<[_]>>();
        let started = std::time::Instant::now();
        crash_point("a group has taken the changes");
        let made = self.make(Arc::clone(&pairs)).await;
        measures::committed(self.kind, pairs.len(), started.elapsed());
        match made {
            Ok(outcome) => {
                crash_point("the changes are committed");
                answer(group, outcome);
            }
            Err(Error::Unavailable(cause)) => {
                let cause = cause.to_string();
                for change in group {
                    change.answer.send(Err(Error::unavailable(cause.clone()))).ok();
                }
            }
            // One of them can't be made, as when its user was removed meanwhile: it must not sink the others.
            Err(_) => {
                for change in group {
                    let alone = self.make(Arc::new([change.pair])).await;
                    change.answer.send(alone.and_then(|mut outcome| outcome.of(change.pair))).ok();
                }
            }
        }
    }

    async fn make(&self, pairs: Arc<[Pair]>) -> Result<Outcome> {
        let kind = self.kind;
        self.connections
            .write(move |connection| {
                let pairs = Arc::clone(&pairs);
                async move { changes::make(kind, connection, &pairs).await }.boxed()
            })
            .await
    }
}

/// The first that asked for a change made it; whoever asked for the same in the same group came after her.
fn answer(group: Vec<Waiting>, mut outcome: Outcome) {
    for change in group {
        // A caller that is gone needs no answer.
        change.answer.send(outcome.of(change.pair)).ok();
    }
}
