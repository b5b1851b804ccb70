//! The promises of the storage ports as one suite of tests, with a naive model as their oracle.
//!
//! An adapter's `tests/contract.rs` is all that it takes to run the suite:
//!
//! ```ignore
//! tweetty_contract::suite!(open);
//!
//! async fn open() -> tweetty_contract::Store {
//!     // fresh, migrated and empty; with a wait for connections that a loaded machine does not exceed
//! }
//! ```
//!
//! Each promise is a function and an entry of the suite at once, so that no adapter can forget one. After each of
//! them the store must be free of discrepancies.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "the crate is a test suite: where an arrangement fails, the test has to fail"
)]

pub mod arrange;
mod company;
mod history;
mod memory;
pub mod promises;
mod search_times;
mod store;

pub use memory::Memory;
pub use promises::holdings::furnished;
pub use search_times::{SearchTime, search_times};
pub use store::Store;

/// Makes a test of every promise; each opens a store of its own by calling and awaiting the function named.
/// What it answers is a fresh, migrated, empty [`Store`]. The caller needs `tokio` with its macros.
#[macro_export]
macro_rules! suite {
    ($open:ident) => {
        use $open as fresh_store;

        $crate::every_subject!();
    };
}

/// Runs a promise; whatever it did, the store is consistent afterwards.
#[doc(hidden)]
pub async fn verify(store: Store, promise: impl AsyncFnOnce(Store)) {
    promise(store.clone()).await;
    store.assert_sound().await;
}
