//! How long one image may take to be encoded anew.
//!
//! What the image is refused for is the processor time that it takes: the same file takes much the same on a busy machine and
//! on an idle one. The clock only says that it is not the moment for it.

use std::cell::Cell;
use std::io::{self, ErrorKind};
use std::marker::PhantomData;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use tweetty_domain::{Error, Invalid};

/// Looks at the processor time are at least so far from each other: each is a call of the system.
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

/// What one image may take of the thread on which it begins, which it does not leave: the processor time is that thread's.
pub(crate) struct Allowance {
    /// As much processor time, for the message.
    processor: Duration,
    /// The processor time of the thread when the image has taken its own.
    ends: Duration,
    /// Nobody waits for the image any longer.
    gives_up: Option<Instant>,
    /// Nothing can be used up before: a thread takes no more processor time than goes by.
    next_look: Cell<Option<Instant>>,
    exceeded: Cell<Option<Exceeded>>,
    _on_this_thread: PhantomData<*const ()>,
}

#[derive(Clone, Copy)]
enum Exceeded {
    Processor,
    Clock,
}

impl Allowance {
    /// So much processor time from now on, and no longer than until that moment.
    pub(crate) fn begin(processor: Duration, gives_up: Option<Instant>) -> Self {
        Self {
            processor,
            ends: processor_time().saturating_add(processor),
            gives_up,
            next_look: Cell::new(None),
            exceeded: Cell::new(None),
            _on_this_thread: PhantomData,
        }
    }

    /// Fails with [`ErrorKind::TimedOut`] from when it is used up. Costs next to nothing.
    pub(super) fn check(&self) -> io::Result<()> {
        if self.exceeded.get().is_none() {
            let now = Instant::now();
            if self.next_look.get().is_none_or(|look| now >= look) {
                self.look(now);
            }
        }
        match self.exceeded.get() {
            None => Ok(()),
            Some(_) => Err(ErrorKind::TimedOut.into()),
        }
    }

    /// Why it was used up, where that was noticed: codecs make various things of a reader and a writer that fail.
    pub(crate) fn exceeded(&self) -> Option<Error> {
        self.exceeded.get().map(|exceeded| match exceeded {
            Exceeded::Processor => Invalid::TooSlowImage { seconds: self.processor.as_secs() }.into(),
            Exceeded::Clock => {
                Error::unavailable("the image had too little of the processors to be ready in time")
            }
        })
    }

    fn look(&self, now: Instant) {
        let left = self.ends.saturating_sub(processor_time());
        if left.is_zero() {
            self.exceeded.set(Some(Exceeded::Processor));
        } else if self.gives_up.is_some_and(|moment| now >= moment) {
            self.exceeded.set(Some(Exceeded::Clock));
        }
        let next = now.checked_add(left.max(BETWEEN_LOOKS));
        self.next_look.set(next.into_iter().chain(self.gives_up).min());
    }
}

/// The processor time that this thread has taken so far.
fn processor_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::hint::{black_box, spin_loop};
    use std::io::Read as _;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use super::*;
    use crate::recode::timed::Timed;

    const SHORT: Duration = Duration::from_millis(100);
    const LONG: Duration = Duration::from_mins(2);

    /// Decodes bytes by doing that for each; answers why it was stopped, if it was.
    fn decode(processor: Duration, clock: Duration, bytes: usize, one: impl Fn()) -> Option<Error> {
        let bytes = vec![7; bytes];
        let allowance = Allowance::begin(processor, Instant::now().checked_add(clock));
        let whole = Timed::new(&bytes, &allowance).bytes().inspect(|_| one()).all(|byte| byte.is_ok());
        assert_eq!(whole, allowance.exceeded().is_none());
        allowance.exceeded()
    }

    fn wait() {
        thread::sleep(Duration::from_millis(1));
    }

    /// Takes 100 µs of this thread's processor time, however long that is.
    fn work() {
        let done = processor_time() + Duration::from_micros(100);
        while processor_time() < done {
            black_box(0);
        }
    }

    /// Acts while four times as many threads as there are processors have something to do.
    fn while_busy<T>(act: impl FnOnce() -> T) -> T {
        let over = AtomicBool::new(false);
        let threads = 4 * thread::available_parallelism().map_or(2, usize::from);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        spin_loop();
                    }
                });
            }
            let outcome = act();
            over.store(true, Ordering::Relaxed);
            outcome
        })
    }

    #[test]
    fn an_image_that_has_to_wait_is_for_another_time_and_one_that_works_too_long_is_refused() {
        let waiting = || decode(LONG, SHORT, 100_000, wait);
        assert!(matches!(waiting(), Some(Error::Unavailable(_))));
        assert!(matches!(while_busy(waiting), Some(Error::Unavailable(_))));
        let working = || decode(SHORT, LONG, 1_000_000, work);
        let is_refused = |why| matches!(why, Some(Error::Invalid(Invalid::TooSlowImage { seconds: 0 })));
        assert!(is_refused(working()));
        assert!(is_refused(while_busy(working)));
    }

    #[test]
    fn an_image_that_takes_less_processor_time_is_decoded_however_long_that_takes() {
        let worked_and_waited = || {
            work();
            wait();
        };
        // 30 ms of work, and ten times as much waiting.
        let both = || decode(SHORT, LONG, 300, worked_and_waited);
        assert!(both().is_none());
        assert!(while_busy(both).is_none());
    }

    #[test]
    fn an_image_that_has_used_up_both_is_refused_for_good() {
        let why = decode(Duration::ZERO, Duration::ZERO, 1_000, wait);
        assert!(matches!(why, Some(Error::Invalid(Invalid::TooSlowImage { .. }))));
    }
}
