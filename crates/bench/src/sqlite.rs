//! The SQLite file: the seeded company in it, a copy for each run, and what the store reaches without HTTP before it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tweetty_domain::{Clock as _, NewTweet, SystemClock, TweetId, TweetText, UserId};

use crate::Result;
use crate::company::{self, Company};
use crate::options::Sizes;
use crate::pgbench::median;
use crate::reading::StoreCall;
use crate::seeding;
use crate::viewers::Ports;
use crate::walk::Walk;

/// What the store reached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reached {
    /// Calls a second.
    pub(crate) rate: f64,
    /// The median in ms.
    pub(crate) p50: f64,
}

/// What is changed along a walk.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    Like,
    Unlike,
    Follow,
}

/// A file with a company in it.
pub(crate) struct Sqlite {
    file: PathBuf,
    ports: Ports,
}

impl Sqlite {
    /// The company in that folder, seeded now where it is not there yet, and a fresh copy of it to measure.
    pub(crate) fn open(folder: &Path, sizes: Sizes) -> Result<(Self, Company)> {
        let seeded = folder.join("seeded.db");
        let company = if let Some(company) = company::kept(folder)? {
            company
        } else {
            remove(&seeded)?;
            // The ports end before the file is copied, so that nothing stays in its log.
            let company = seeding::make(&url(&seeded), sizes, &ports(&seeded)?)?;
            company::keep(folder, &company)?;
            company
        };
        let file = folder.join("run.db");
        remove(&file)?;
        wait_for_the_last_close(&seeded)?;
        std::fs::copy(&seeded, &file)?;
        Ok((Self { ports: ports(&file)?, file }, company))
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        url(&self.file)
    }

    /// Calls the store so often at the same time, for so long.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    pub(crate) fn calls(&self, call: StoreCall, at_once: u32, seconds: u32) -> Result<Reached> {
        let Ports { runtime, users, feeds, .. } = &self.ports;
        let prepared = runtime.block_on(call.prepared(&**users, &**feeds))?;
        let begun = Instant::now();
        let end = begun + Duration::from_secs(seconds.into());
        let tasks = (0..at_once).map(|_| {
            let (users, feeds) = (Arc::clone(users), Arc::clone(feeds));
            runtime.spawn(async move {
                let mut latencies = Vec::new();
                while Instant::now() < end {
                    let started = Instant::now();
                    prepared.made(&*users, &*feeds).await?;
                    latencies.push(started.elapsed().as_secs_f64() * 1e3);
                }
                Ok::<_, tweetty_domain::Error>(latencies)
            })
        });
        let tasks = tasks.collect::<Vec<_>>();
        let mut latencies = Vec::new();
        for task in tasks {
            latencies.extend(runtime.block_on(task)??);
        }
        let rate = latencies.len() as f64 / begun.elapsed().as_secs_f64();
        Ok(Reached { rate, p50: median(latencies).ok_or("the store answered nothing in time")? })
    }

    /// Makes a change along a walk, one after the other: each has a transaction of its own.
    pub(crate) fn changes_each(
        &self,
        change: Change,
        walk: Walk,
        company: &Company,
        seconds: u32,
    ) -> Result<Reached> {
        let Ports { tweets, users, .. } = &self.ports;
        self.one_by_one(seconds, async |place| {
            let (target, person) = walk.at(place);
            let person = UserId::stored(company.first_liker + i64::try_from(person)? - 1);
            let made = match change {
                Change::Like => tweets.like(TweetId::stored(target), person).await?,
                Change::Unlike => tweets.unlike(TweetId::stored(target), person).await?,
                Change::Follow => {
                    users.follow(person, UserId::stored(target), SystemClock.now(), None).await?
                }
            };
            if made != Some(tweetty_domain::Change::Made) {
                return Err(format!("{change:?} of {target} by {person} changed nothing").into());
            }
            Ok(())
        })
    }

    /// Publishes tweets one after the other.
    pub(crate) fn posts_each(&self, company: &Company, seconds: u32) -> Result<Reached> {
        let tweets = &self.ports.tweets;
        self.one_by_one(seconds, async |_| {
            tweets
                .publish(NewTweet {
                    author: UserId::stored(company.first_liker),
                    text: TweetText::stored("a tweet alone".to_owned()),
                    attachments: tweetty_domain::Attachments::default(),
                    created_at: SystemClock.now(),
                    quota: tweetty_domain::Quota::NONE,
                    guard: None,
                })
                .await?;
            Ok(())
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    fn one_by_one(&self, seconds: u32, work: impl AsyncFn(u64) -> Result<()>) -> Result<Reached> {
        self.ports.runtime.block_on(async {
            let begun = Instant::now();
            let mut latencies = Vec::new();
            while begun.elapsed() < Duration::from_secs(seconds.into()) {
                let started = Instant::now();
                work(latencies.len() as u64).await?;
                latencies.push(started.elapsed().as_secs_f64() * 1e3);
            }
            let rate = latencies.len() as f64 / begun.elapsed().as_secs_f64();
            Ok(Reached { rate, p50: median(latencies).ok_or("nothing was written in time")? })
        })
    }
}

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

fn ports(file: &Path) -> Result<Ports> {
    let runtime = tokio::runtime::Runtime::new()?;
    // As many readers as the server has.
    let options = tweetty_sqlite::Options { readers: 16, ..tweetty_sqlite::Options::default() };
    let store = runtime.block_on(async {
        let store = tweetty_sqlite::Store::open(file, &options)?;
        store.migrate().await?;
        Ok::<_, tweetty_domain::Error>(Arc::new(store))
    })?;
    Ok(Ports { runtime, users: store.clone(), tweets: store.clone(), feeds: store })
}

/// The last connection to close moves what stands in the log into the file, on a thread of its own.
fn wait_for_the_last_close(file: &Path) -> Result<()> {
    let log = file.with_extension("db-wal");
    let begun = Instant::now();
    while log.exists() {
        if begun.elapsed() > Duration::from_mins(1) {
            return Err(format!("{}: it does not go away", log.display()).into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Removes a database with what SQLite keeps beside it.
fn remove(file: &Path) -> Result<()> {
    for end in ["", "-wal", "-shm"] {
        match std::fs::remove_file(format!("{}{end}", file.display())) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}
