//! Changes that wait at the same time are committed together.
//!
//! Whatever waits while an earlier group commits becomes the next one: a lone change waits for nobody, and many at
//! once, of one tweet even, pay for one commit. A change is answered after its group's commit.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::oneshot;
use tracing::Instrument as _;
use tweetty_adapter::{Abandoned, Queue, Refused, Taker, Terms, Waiting};
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

struct Asked {
    pair: Pair,
    answer: oneshot::Sender<Answer>,
}

/// The queue of one kind of change.
pub(crate) struct Lane {
    kind: Kind,
    queue: Queue<Asked>,
}

impl Lane {
    /// Starts the groups; they end when the lane is gone and its queue is empty.
    pub(crate) fn start(kind: Kind, connections: &Connections, wait: Duration) -> Self {
        let (queue, taker) = Queue::new(Terms {
            room: QUEUE,
            // A group takes of everybody in turn.
            share: usize::MAX,
            wait,
            abandoned: Abandoned::Done,
        });
        for _ in 0..GROUPS {
            let group = Group { kind, connections: connections.clone() };
            connections.opener().runtime().spawn(group.run(taker.clone()));
        }
        Self { kind, queue }
    }

    /// Sets the gauge of the changes that wait.
    pub(crate) fn measure(&self) {
        measures::set_queue(self.kind, self.queue.waiting());
    }

    /// Makes the change; `None` where its object does not exist. Once a group has taken it, it is made also if the
    /// caller goes away.
    pub(crate) async fn change(&self, pair: Pair) -> Answer {
        let span = tracing::info_span!(target: "tweetty::trace", "postgres change", kind = self.kind.name());
        self.queue.ask(|answer| Asked { pair, answer }).instrument(span).await.map_err(refused)?
    }
}

fn refused(refused: Refused) -> Error {
    Error::unavailable(match refused {
        Refused::Busy => "too many changes wait for the database",
        Refused::Closed => "the store is closed",
        Refused::Unanswered => "the change was not answered",
    })
}

struct Group {
    kind: Kind,
    connections: Connections,
}

impl Group {
    async fn run(self, taker: Taker<Asked>) {
        loop {
            let waiting = taker.take(LARGEST).await;
            if waiting.is_empty() {
                return;
            }
            let asked = |waiting: Waiting<Asked>| waiting.perform(|asked| asked);
            let group = waiting.into_iter().filter_map(asked).collect::<Vec<_>>();
            if !group.is_empty() {
                self.perform(group).await;
            }
        }
    }

    async fn perform(&self, group: Vec<Asked>) {
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

/// The first that asked for a change made it; the others in the group who asked for the same came later.
fn answer(group: Vec<Asked>, mut outcome: Outcome) {
    for change in group {
        // A caller that is gone needs no answer.
        change.answer.send(outcome.of(change.pair)).ok();
    }
}
