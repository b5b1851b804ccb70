//! How much decoding happens at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tweetty_domain::{Error, Invalid, Result};

const MEBIBYTE: u64 = 1024 * 1024;

/// Shares processors and memory among the images that are being decoded.
#[derive(Clone)]
pub(crate) struct Budget {
    decoders: Arc<Semaphore>,
    /// One permit is a mebibyte.
    memory: Arc<Semaphore>,
    places: usize,
    mebibytes: u32,
    waiting: Arc<AtomicUsize>,
    wait: Duration,
}

/// How much of the budget is taken.
pub(crate) struct Load {
    pub(crate) decoders: usize,
    pub(crate) mebibytes: usize,
    /// Images that wait for their share.
    pub(crate) waiting: usize,
}

/// A share of the budget, given back when it is dropped. It travels into the blocking work, which goes on when
/// nobody waits for it any more.
pub(crate) struct Share(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl Budget {
    pub(crate) fn new(decoders: usize, memory: u64, wait: Duration) -> Self {
        let mebibytes = u32::try_from(memory / MEBIBYTE).unwrap_or(u32::MAX).clamp(1, 1 << 20);
        let places = decoders.max(1);
        Self {
            decoders: Arc::new(Semaphore::new(places)),
            memory: Arc::new(Semaphore::new(mebibytes as usize)),
            places,
            mebibytes,
            waiting: Arc::default(),
            wait,
        }
    }

    pub(crate) fn load(&self) -> Load {
        Load {
            decoders: self.places - self.decoders.available_permits(),
            mebibytes: self.mebibytes as usize - self.memory.available_permits(),
            waiting: self.waiting.load(Ordering::Relaxed),
        }
    }

    /// The most memory that one image may take, in bytes.
    pub(crate) fn most_memory(&self) -> u64 {
        u64::from(self.mebibytes) * MEBIBYTE
    }

    /// A decoder's place. It is taken before the memory, always in this order, so that nobody waits in a circle.
    pub(crate) async fn decoder(&self) -> Result<Share> {
        self.within(Arc::clone(&self.decoders), 1).await
    }

    /// Memory for so many bytes.
    pub(crate) async fn memory(&self, bytes: u64) -> Result<Share> {
        match u32::try_from(bytes.div_ceil(MEBIBYTE)) {
            Ok(mebibytes) if mebibytes <= self.mebibytes => {
                self.within(Arc::clone(&self.memory), mebibytes).await
            }
            _ => Err(Invalid::TooCostlyImage.into()),
        }
    }

    async fn within(&self, semaphore: Arc<Semaphore>, permits: u32) -> Result<Share> {
        let _waiting = Waiting::among(&self.waiting);
        match timeout(self.wait, semaphore.acquire_many_owned(permits)).await {
            Ok(permit) => permit.map(Share).map_err(Error::internal),
            Err(_) => Err(Error::unavailable("too many images are being decoded")),
        }
    }
}

/// Somebody who waits, until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn among(others: &'a AtomicUsize) -> Self {
        others.fetch_add(1, Ordering::Relaxed);
        Self(others)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget() -> Budget {
        Budget::new(1, 8 * MEBIBYTE, Duration::from_millis(20))
    }

    #[tokio::test]
    async fn who_waits_too_long_for_a_decoder_is_told_to_come_again() {
        let budget = budget();
        let held = budget.decoder().await.unwrap();
        assert!(matches!(budget.decoder().await, Err(Error::Unavailable(_))));
        drop(held);
        assert!(budget.decoder().await.is_ok());
    }

    #[tokio::test]
    async fn images_share_the_memory_and_none_takes_more_than_all() {
        let budget = budget();
        let half = budget.memory(5 * MEBIBYTE).await.unwrap();
        assert!(matches!(budget.memory(4 * MEBIBYTE).await, Err(Error::Unavailable(_))));
        assert!(budget.memory(3 * MEBIBYTE).await.is_ok());
        drop(half);
        assert!(budget.memory(8 * MEBIBYTE).await.is_ok());
        let more = budget.memory(8 * MEBIBYTE + 1).await;
        assert!(matches!(more, Err(Error::Invalid(Invalid::TooCostlyImage))));
    }
}
