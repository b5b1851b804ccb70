//! The command line as an operator meets it: the real binary, on both stores.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a test fails")]

#[path = "../support/mod.rs"]
#[macro_use]
mod support;

mod adopting;
mod audit;
mod avatars;
mod backup_folders;
mod backups;
mod belonging;
mod bots;
mod checking;
mod client;
mod configuration;
mod confinement;
mod copying;
mod demo;
mod export;
mod import;
mod joining;
mod keys;
mod least_privilege;
mod leavers;
mod lost_keys;
mod media;
mod moderation;
mod particulars;
mod poolers;
mod refused_starts;
mod removing;
mod schema;
mod seeding;
mod serving;
mod syncing;
mod terminal;
mod user_keys;
mod users;
