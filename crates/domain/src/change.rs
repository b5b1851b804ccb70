//! What came of a change that may have been made before.

/// Whether a like, a follow or their opposites changed anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was so from now on.
    Made,
    /// It had been so before.
    AlreadySo,
}
