//! The process dies between any two steps of what changes a store; afterwards a service on the same data has all that
//! was acknowledged, nothing by halves, and does what had not been acknowledged exactly once.
//!
//! Only debug builds have points at which to die, so a test with `--release` has nothing to do here.
#![cfg(debug_assertions)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "where an arrangement fails, the test has to fail, and each prints how many points it passed"
)]

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

#[path = "../cli/client.rs"]
#[allow(dead_code, reason = "these tests only read by it")]
mod client;
mod deaths;
mod victim;
