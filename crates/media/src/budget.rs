//! How much decoding happens at the same time.

use std::time::Duration;

use tweetty_adapter::{Held, Shares, Sharing};
use tweetty_domain::{Error, Invalid, Result};

const MEBIBYTE: u64 = 1024 * 1024;

/// Shares processors and memory among the images that are being decoded, and among those who sent them. An image that takes
/// more than half of the memory is decoded all the same, beside no other of its sender.
#[derive(Clone)]
pub(crate) struct Budget {
    decoders: Shares,
    /// One place is a mebibyte.
    memory: Shares,
    mebibytes: usize,
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
pub(crate) type Share = Held;

impl Budget {
    pub(crate) fn new(decoders: usize, memory: u64, wait: Duration) -> Self {
        let mebibytes = usize::try_from(memory / MEBIBYTE).unwrap_or(usize::MAX).clamp(1, 1 << 20);
        let shared = |places| Shares::new(Sharing::halves(places));
        Self { decoders: shared(decoders), memory: shared(mebibytes), mebibytes, wait }
    }

    pub(crate) fn load(&self) -> Load {
        Load {
            decoders: self.decoders.taken(),
            mebibytes: self.memory.taken(),
            waiting: self.decoders.waiting() + self.memory.waiting(),
        }
    }

    /// The most memory that one image may take, in bytes.
    pub(crate) fn most_memory(&self) -> u64 {
        self.mebibytes as u64 * MEBIBYTE
    }

    /// A decoder's place. It is taken before the memory, always in this order, so that nobody waits in a circle.
    pub(crate) async fn decoder(&self) -> Result<Share> {
        self.within(&self.decoders, 1).await
    }

    /// Memory for so many bytes.
    pub(crate) async fn memory(&self, bytes: u64) -> Result<Share> {
        match usize::try_from(bytes.div_ceil(MEBIBYTE)) {
            Ok(mebibytes) if mebibytes <= self.mebibytes => self.within(&self.memory, mebibytes).await,
            _ => Err(Invalid::TooCostlyImage.into()),
        }
    }

    async fn within(&self, shares: &Shares, amount: usize) -> Result<Share> {
        let share = shares.take(amount, self.wait).await;
        share.map_err(|_| Error::unavailable("too many images are being decoded"))
    }
}

#[cfg(test)]
mod tests {
    use tweetty_adapter::Party;

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

    #[tokio::test]
    async fn one_user_leaves_a_decoder_and_half_of_the_memory_to_others() {
        let budget = Budget::new(2, 8 * MEBIBYTE, Duration::from_millis(20));
        let (ann, bob) = (Party::User(1), Party::User(2));
        let of_ann = (
            ann.on_behalf(budget.decoder()).await.unwrap(),
            ann.on_behalf(budget.memory(4 * MEBIBYTE)).await.unwrap(),
        );
        assert!(ann.on_behalf(budget.decoder()).await.is_err());
        assert!(ann.on_behalf(budget.memory(MEBIBYTE)).await.is_err());
        let of_bob = (
            bob.on_behalf(budget.decoder()).await.unwrap(),
            bob.on_behalf(budget.memory(4 * MEBIBYTE)).await.unwrap(),
        );
        drop((of_ann, of_bob));
        assert!(ann.on_behalf(budget.memory(8 * MEBIBYTE)).await.is_ok(), "an image may need all of it");
    }
}
