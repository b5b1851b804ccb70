//! Everything that is broken.

mod broken_disk;
mod clock;
mod database;
mod departures;
mod exhausted;
mod full_disk;
mod greedy;
mod instances;
mod kills;
mod one_tweet;
mod slow_clients;
mod slow_database;
mod stopping;

use futures_util::future::{FutureExt as _, LocalBoxFuture};
use tweetty_trial::Result;

use crate::place::Store;
use crate::row::Row;
use crate::trial::Trial;

/// A fault, and the stores on which it makes a difference.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    pub(crate) stores: &'static [Store],
    pub(crate) run: fn(Trial) -> LocalBoxFuture<'static, Result<Row>>,
    /// It compares times of answers, so nothing else may run meanwhile.
    pub(crate) alone: bool,
}

const POSTGRES: &[Store] = &[Store::Postgres];

/// Gives a function of this kind the form that a table of them needs.
macro_rules! fault {
    ($name:expr, $stores:expr, $run:path) => {
        Fault { name: $name, stores: $stores, run: |trial| $run(trial).boxed_local(), alone: false }
    };
}

/// All of them, in the order of the table.
pub(crate) const FAULTS: &[Fault] = &[
    fault!("tweetty killed (`kill -9`)", Store::BOTH, kills::killed),
    fault!("PostgreSQL restarted", POSTGRES, database::restarted),
    fault!("PostgreSQL crashes", POSTGRES, database::crashed),
    fault!("PostgreSQL stopped for a while", POSTGRES, database::stopped),
    fault!("PostgreSQL answers late", POSTGRES, slow_database::late),
    fault!("PostgreSQL behind a narrow line", POSTGRES, slow_database::narrow),
    fault!("PostgreSQL falls silent", POSTGRES, slow_database::silent),
    fault!("connections to PostgreSQL closed", POSTGRES, slow_database::closed),
    fault!("connections to PostgreSQL reset", POSTGRES, slow_database::reset),
    fault!("connections to the database exhausted", Store::BOTH, exhausted::exhausted),
    fault!("disk of the images full", Store::BOTH, full_disk::images),
    fault!("disk of the images out of inodes", Store::BOTH, full_disk::inodes),
    fault!("disk of the database full", Store::BOTH, full_disk::database),
    fault!("`fsync` fails (EIO)", Store::BOTH, broken_disk::all_fail),
    fault!("every third `fsync` fails (EIO)", Store::BOTH, broken_disk::some_fail),
    Fault { alone: true, ..fault!("slow clients", Store::BOTH, slow_clients::slow) },
    Fault { alone: true, ..fault!("one user asks for the dearest", Store::BOTH, greedy::greedy) },
    fault!("clients that leave", Store::BOTH, departures::leave),
    fault!("a thousand like one tweet at once", Store::BOTH, one_tweet::liked),
    fault!("two servers on one database", POSTGRES, instances::two),
    fault!("stopped with requests in flight (SIGTERM)", Store::BOTH, stopping::stopped),
    fault!("clock set back", Store::BOTH, clock::set_back),
];
