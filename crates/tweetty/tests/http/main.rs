//! The service over a real socket, on both stores, as its clients meet it. Every answer that these tests receive is
//! held against the service's own OpenAPI document.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "where an arrangement fails, the test has to fail, and a failed one prints what it saw"
)]

#[path = "../support/mod.rs"]
mod support;

/// Makes two tests of each `async fn name(store: Store)`: one on each store.
macro_rules! on_both_stores {
    ($($test:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test(crate::support::Store::Sqlite).await;
            })*
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test(crate::support::Store::Postgres).await;
            })*
        }
    };
}

mod announcements;
mod answer;
mod authorisation;
mod avatars;
mod bad_bodies;
mod bad_requests;
mod blog;
mod bombs;
mod bots;
mod busy;
mod client;
mod concurrency;
mod departures;
mod document;
mod feed;
mod fuzz;
mod hardening;
mod idempotency;
mod keys;
mod likes;
mod media_sign_in;
mod names;
mod open_files;
mod operations;
mod overload;
mod people;
mod periods;
mod pictures;
mod publishing;
mod quotas;
mod random_requests;
mod ranges;
mod raw;
mod removals;
mod restart;
mod roles;
mod schema;
mod secrets;
mod served;
mod shares;
mod slow_readers;
mod uploads;
mod variants;
