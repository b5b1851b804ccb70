//! Those who wait, in the order in which they are served.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore};

/// Work that waits for its turn.
pub struct Waiting<Work> {
    /// What is to be done, and how it is answered.
    pub work: Work,
    turn: Arc<Turn>,
}

/// Whether a turn has come, or never will: whichever side takes it first decides.
#[derive(Default)]
pub(crate) struct Turn(AtomicBool);

impl Turn {
    /// Whether it was still to be had.
    pub(crate) fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

impl<Work> Waiting<Work> {
    /// The work, now that its turn has come; nothing where those who asked for it have gone away.
    pub fn begin(self) -> Option<Work> {
        self.turn.take().then_some(self.work)
    }

    fn is_left(&self) -> bool {
        self.turn.0.load(Ordering::Acquire)
    }
}

/// First come, first served. This type alone decides the order: a share for each user needs a field of [`Waiting`] that
/// says whose work it is, and one list for each of them here.
///
/// Why not tokio's bounded channel, shared behind a mutex: with it, tiny reads by four readers of SQLite came to 54,000
/// instead of 100,000 a second where 8 asked, and to 62,000 instead of 137,000 where 64 did; p99 was 2.0 ms instead of
/// 0.2, and 5.6 instead of 4.5. Alone it made no difference. (Medians of five rounds in turn, on two shared processors.)
pub(crate) struct Line<Work> {
    state: Mutex<State<Work>>,
    /// A permit for each who may still get in.
    pub(crate) room: Semaphore,
    /// Wakes a thread that takes work.
    thread: Condvar,
    /// Wakes a task that does.
    task: Notify,
}

struct State<Work> {
    waiting: VecDeque<Waiting<Work>>,
    /// Threads that wait for work.
    idle: usize,
    closed: bool,
}

impl<Work> Line<Work> {
    pub(crate) fn new(room: usize) -> Self {
        let state = State { waiting: VecDeque::new(), idle: 0, closed: false };
        let room = Semaphore::new(room.clamp(1, Semaphore::MAX_PERMITS));
        Self { state: Mutex::new(state), room, thread: Condvar::new(), task: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State<Work>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts work at the end, for which there is room; nothing where the line is closed.
    pub(crate) fn push(&self, work: Work) -> Option<Arc<Turn>> {
        let mut state = self.state();
        if state.closed {
            return None;
        }
        let turn = Arc::new(Turn::default());
        state.waiting.push_back(Waiting { work, turn: Arc::clone(&turn) });
        if state.idle > 0 {
            self.thread.notify_one();
        } else {
            self.task.notify_one();
        }
        Some(turn)
    }

    /// The first of the line, waited for on this thread; nothing once it is closed and empty.
    pub(crate) fn take_blocking(&self, most: usize) -> Vec<Waiting<Work>> {
        let mut state = self.state();
        state.idle += 1;
        let nothing = |state: &mut State<Work>| state.waiting.is_empty() && !state.closed;
        let mut state = self.thread.wait_while(state, nothing).unwrap_or_else(PoisonError::into_inner);
        state.idle -= 1;
        self.first(&mut state, most)
    }

    /// The same in a task.
    pub(crate) async fn take(&self, most: usize) -> Vec<Waiting<Work>> {
        loop {
            // From here on no call is missed.
            let called = self.task.notified();
            if let Some(taken) = self.try_take(most) {
                return taken;
            }
            called.await;
        }
    }

    fn try_take(&self, most: usize) -> Option<Vec<Waiting<Work>>> {
        let mut state = self.state();
        (!state.waiting.is_empty() || state.closed).then(|| self.first(&mut state, most))
    }

    fn first(&self, state: &mut State<Work>, most: usize) -> Vec<Waiting<Work>> {
        let count = most.min(state.waiting.len());
        self.room.add_permits(count);
        state.waiting.drain(..count).collect()
    }

    /// How many wait who have not gone away.
    pub(crate) fn waiting(&self) -> usize {
        self.state().waiting.iter().filter(|waiting| !waiting.is_left()).count()
    }

    /// How many threads wait for work.
    pub(crate) fn idle(&self) -> usize {
        self.state().idle
    }

    /// Whether more waits than threads do.
    pub(crate) fn is_short(&self) -> bool {
        let state = self.state();
        state.waiting.len() > state.idle
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// Lets nobody in any more; what waits is still to be taken.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.room.close();
        self.thread.notify_all();
        self.task.notify_waiters();
    }

    /// Drops what waits, unanswered.
    pub(crate) fn clear(&self) {
        let left = std::mem::take(&mut self.state().waiting);
        drop(left);
    }
}
