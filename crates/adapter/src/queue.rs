//! The queue in front of something busy, which serves the parties in turn. Those who ask wait for room and for their turn
//! until one deadline, and go away with nothing done where it comes first. Once the turn has come they wait for the answer, however late: what is under
//! way can't be cancelled, and its end is the truth.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use crate::line::{Line, Turn, Waiting};

/// How a queue deals with those who ask.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// How many wait in the queue at most, at least 1; those behind them wait for room.
    pub room: usize,
    /// How much of one party is under way at most, at least 1.
    pub share: usize,
    /// The longest wait for room and for the turn together.
    pub wait: Duration,
    /// What becomes of the work when those who asked for it go away before its turn.
    pub abandoned: Abandoned,
}

/// What becomes of work for which nobody waits any more, though its deadline has not passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Abandoned {
    /// It is done all the same.
    Done,
    /// It is left out.
    Dropped,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The turn did not come in time: nothing was done.
    Busy,
    /// The queue is closed, or nobody takes anything from it: nothing was done.
    Closed,
    /// The turn came, but the work ended without an answer.
    Unanswered,
}

/// The end of a queue at which work is asked for. The queue is closed when it is dropped.
pub struct Queue<Work> {
    terms: Terms,
    line: Arc<Line<Work>>,
}

/// The end at which work is taken. Cheap to clone; when the last one is dropped the queue is closed.
pub struct Taker<Work>(Arc<End<Work>>);

struct End<Work>(Arc<Line<Work>>);

impl<Work> Queue<Work> {
    /// A queue, and the end at which its work is taken.
    pub fn new(terms: Terms) -> (Self, Taker<Work>) {
        let line = Arc::new(Line::new(terms.room, terms.share));
        (Self { terms, line: Arc::clone(&line) }, Taker(Arc::new(End(line))))
    }

    /// Puts work into the queue and waits for its answer.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn ask<Answer>(
        &self,
        work: impl FnOnce(oneshot::Sender<Answer>) -> Work,
    ) -> Result<Answer, Refused> {
        self.put(work).await?.answer().await
    }

    /// Puts work into the queue, as soon as there is room.
    ///
    /// # Errors
    /// [`Refused::Busy`] or [`Refused::Closed`].
    pub async fn put<Answer>(
        &self,
        work: impl FnOnce(oneshot::Sender<Answer>) -> Work,
    ) -> Result<Asked<Answer>, Refused> {
        let deadline = Instant::now() + self.terms.wait;
        let room = timeout_at(deadline, self.line.room.acquire()).await;
        let room = room.map_err(|_| Refused::Busy)?.map_err(|_| Refused::Closed)?;
        let (answer, answered) = oneshot::channel();
        let turn = self.line.push(work(answer)).ok_or(Refused::Closed)?;
        // Given back by those who take the work.
        room.forget();
        Ok(Asked { turn, deadline, abandoned: self.terms.abandoned, answered })
    }

    /// How many wait for their turn.
    pub fn waiting(&self) -> usize {
        self.line.waiting()
    }

    /// How many threads wait for work.
    pub fn idle(&self) -> usize {
        self.line.idle()
    }

    /// Whether more work could begin than there are threads that wait for it.
    pub fn is_short(&self) -> bool {
        self.line.is_short()
    }

    /// Whether work is taken.
    pub fn is_open(&self) -> bool {
        !self.line.is_closed()
    }

    /// Lets nobody in any more. What waits is still taken; then the takers find the end.
    pub fn close(&self) {
        self.line.close();
    }
}

impl<Work> Drop for Queue<Work> {
    fn drop(&mut self) {
        self.close();
    }
}

/// Work that was asked for. Dropped before its turn it is abandoned.
pub struct Asked<Answer> {
    turn: Arc<Turn>,
    deadline: Instant,
    abandoned: Abandoned,
    answered: oneshot::Receiver<Answer>,
}

impl<Answer> Asked<Answer> {
    /// Waits for the turn until the deadline, and then for the answer.
    ///
    /// # Errors
    /// [`Refused::Busy`] or [`Refused::Unanswered`].
    pub async fn answer(mut self) -> Result<Answer, Refused> {
        let answer = match timeout_at(self.deadline, &mut self.answered).await {
            Ok(answer) => answer,
            Err(_) if self.turn.take() => return Err(Refused::Busy),
            Err(_) => (&mut self.answered).await,
        };
        answer.map_err(|_| Refused::Unanswered)
    }
}

impl<Answer> Drop for Asked<Answer> {
    fn drop(&mut self) {
        if self.abandoned == Abandoned::Dropped {
            self.turn.take();
        }
    }
}

impl<Work> Clone for Taker<Work> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<Work> Taker<Work> {
    /// So much of what waits at most, in turn by party, waited for; nothing once the queue is closed and empty.
    pub async fn take(&self, most: usize) -> Vec<Waiting<Work>> {
        self.0.0.take(most).await
    }

    /// The same on a thread outside of the async runtime.
    pub fn take_blocking(&self, most: usize) -> Vec<Waiting<Work>> {
        self.0.0.take_blocking(most)
    }
}

impl<Work> Drop for End<Work> {
    fn drop(&mut self) {
        self.0.close();
        self.0.clear();
    }
}

#[cfg(test)]
#[path = "queue_test.rs"]
mod tests;
