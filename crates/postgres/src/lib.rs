//! The storage ports on PostgreSQL.
//!
//! Connections are pooled and opened on the runtime on which the store was connected. A write runs in a task of its
//! own, so that a caller that loses interest can't cut it short; what collides with another is tried again.

mod addition;
mod address;
mod announcements;
mod audit;
mod avatars;
mod backup;
mod bots;
mod changes;
mod concurrency;
mod connection;
mod contents;
mod copy;
mod details;
mod discrepancies;
mod failure;
mod feeds;
mod first_likers;
mod follows;
mod former;
mod guard;
mod identity;
mod images;
mod keys;
mod kind;
mod lane;
mod likers;
mod measures;
mod migrations;
mod moderation;
mod opener;
mod people;
mod person;
mod pooler;
mod popular;
mod presence;
mod primacy;
mod quota;
mod ranking;
mod removal;
mod rights;
mod rows;
mod schema;
mod schema_differences;
mod search;
mod search_texts;
mod snapshot;
mod spans;
mod statement;
mod tls;
mod tweets;
mod upkeep;
mod user_changes;
mod users;
mod whole;

use std::sync::Arc;
use std::time::Duration;

use tweetty_adapter::{Headroom, Remembered};
use tweetty_domain::{Result, UserId};

use crate::connection::Connections;
use crate::details::Known;
use crate::kind::Kind;
use crate::lane::Lane;
use crate::spans::Spans;

pub use backup::{back_up, is_in_use, is_vacant, restore};
pub use former::{FormerPicture, FormerServer};
pub use identity::look;
pub use measures::announce_metrics;

/// How long a name, and how many somebody follows, are trusted after they were asked for.
const TRUSTED: Duration = Duration::from_secs(5);
/// Authors of whom it is remembered how many tweets they may publish.
const MOST_AUTHORS: usize = 20_000;
/// Names that are remembered: some 10 MB of them.
const MOST_NAMES: usize = 100_000;
/// Viewers whose number of followees is remembered.
const MOST_VIEWERS: usize = 20_000;

/// How the store uses its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many connections there are at most; at least 1. Neither reads nor writes take more than three quarters of them;
    /// reads take fewer where the database has processors for fewer.
    pub connections: usize,
    /// The longest wait for a connection, for the server to accept one, and for a lock; then the answer is
    /// [`tweetty_domain::Error::Unavailable`].
    pub wait: Duration,
    /// The longest that a statement of a request may run. What an operator asks for has no such limit.
    pub statement_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { connections: 16, wait: Duration::from_secs(2), statement_timeout: Duration::from_secs(5) }
    }
}

/// Whether [`Store::connect`] can read that URL; else what is wrong with it, without its password.
///
/// # Errors
/// One sentence.
pub fn readable(url: &str) -> std::result::Result<(), String> {
    address::Address::parse(url).map(drop)
}

/// A microblog in a PostgreSQL database. Cheap to clone; usable from any Tokio runtime while the one on which it
/// was connected lives.
#[derive(Clone)]
pub struct Store {
    connections: Connections,
    known: Known,
    /// How many each viewer follows, which chooses a page's statement and never its result.
    followees: Arc<Remembered<UserId, u64>>,
    /// Which tweets each time has that popular ones were asked of.
    spans: Arc<Spans>,
    /// How many more tweets each author may publish, as far as it was counted lately.
    headroom: Arc<Headroom<UserId>>,
    likes: Arc<Lane>,
    unlikes: Arc<Lane>,
    follows: Arc<Lane>,
    unfollows: Arc<Lane>,
}

impl Store {
    /// Connects to the database of a `postgres://` URL. Besides what the driver knows, `sslmode` may be `disable`,
    /// `prefer` (the default), `require`, `verify-ca` or `verify-full`; the certificate is verified with the
    /// system's roots or those of the file `sslrootcert`.
    ///
    /// # Errors
    /// [`tweetty_domain::Error::Unavailable`] where the database can't be reached, [`tweetty_domain::Error::Internal`]
    /// where the URL can't be read, or leads to a pooler that gives sessions no process of their own. None of them has
    /// the URL's password in it.
    pub async fn connect(url: &str, options: &Options) -> Result<Self> {
        let connections = Connections::new(url, options)?;
        pooler::refuse_shared_processes(connections.opener()).await?;
        connections.check().await?;
        let lane = |kind| Arc::new(Lane::start(kind, &connections, options.wait));
        Ok(Self {
            known: Known {
                likers: Arc::new(Remembered::new(first_likers::MOST, first_likers::TRUSTED)),
                names: Arc::new(Remembered::new(MOST_NAMES, TRUSTED)),
            },
            followees: Arc::new(Remembered::new(MOST_VIEWERS, TRUSTED)),
            spans: Arc::new(Spans::new()),
            headroom: Arc::new(Headroom::new(MOST_AUTHORS, TRUSTED)),
            likes: lane(Kind::Like),
            unlikes: lane(Kind::Unlike),
            follows: lane(Kind::Follow),
            unfollows: lane(Kind::Unfollow),
            connections,
        })
    }

    /// Applies the migrations that are pending and answers their names. Several instances may do so at once.
    ///
    /// # Errors
    /// [`tweetty_domain::Error::Internal`] where the store is newer than this version; it stays untouched.
    /// [`tweetty_domain::Error::Unavailable`] where another instance has been migrating for a minute.
    pub async fn migrate(&self) -> Result<Vec<String>> {
        migrations::apply(self.connections.opener(), migrations::PATIENCE).await
    }

    /// Sets the gauges of what is in use and of what waits.
    pub fn measure(&self) {
        self.connections.measure();
        for lane in [&self.likes, &self.unlikes, &self.follows, &self.unfollows] {
            lane.measure();
        }
    }
}
