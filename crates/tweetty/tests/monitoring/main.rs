//! What an operator sees of the running service: its log, its metrics, its readiness, its traces and reports.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a test fails")]

#[path = "../support/mod.rs"]
#[macro_use]
mod support;

mod collector;
mod draining;
mod exchange;
mod metrics;
mod offered;
mod readiness;
mod reports;
mod request_log;
mod traces;
