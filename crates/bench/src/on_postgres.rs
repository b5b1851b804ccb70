//! The rows on PostgreSQL, each beside what PostgreSQL reaches alone.

use tweetty_trial::http;

use crate::Result;
use crate::capture::{self, Executed};
use crate::company::{Company, liker_key};
use crate::measuring::Measuring;
use crate::options::Sizes;
use crate::pgbench::{self, Pgbench};
use crate::picture;
use crate::postgres::Postgres;
use crate::reading::Reading;
use crate::table::{Limit, Row};
use crate::walk::Walk;
use crate::wrk::Load;

/// Connections of reads, posts and uploads; likes have more.
const CONNECTIONS: u32 = 16;
const LIKING: u32 = 64;
/// How often a request is repeated to see what it sends.
const REPETITIONS: u32 = 5;

/// The statements that the server sends for a path that it has just answered: of some repetitions the one with the
/// fewest, since what it remembers may end its time in between.
fn captured(measuring: &Measuring, postgres: &Postgres, path: &str, key: &str) -> Result<Vec<Executed>> {
    postgres.logged(|| {
        let mut repetitions = Vec::new();
        for _ in 0..REPETITIONS {
            let place = postgres.end_of_log()?;
            http::get(measuring.server.address(), path, key)?;
            repetitions.push(capture::executed(&postgres.log_since(place)?));
        }
        Ok(repetitions.into_iter().min_by_key(Vec::len).unwrap_or_default())
    })
}

/// All that reads.
pub(crate) fn read(
    measuring: &mut Measuring,
    postgres: &Postgres,
    pgbench: &Pgbench,
    readings: &[Reading],
) -> Result<()> {
    let seconds = measuring.options.seconds;
    let bare = pgbench.run(pgbench::BARE_SELECT, &[], CONNECTIONS, seconds)?;
    for reading in readings {
        measuring.row(&reading.name, |measuring| {
            let Some(path) = reading.path(measuring.server.address())? else { return Ok(None) };
            let load = reading.load(&path, CONNECTIONS, seconds);
            let loaded = measuring.loaded(&load.clone().by(load.connections, 1), &load)?;
            let alone = measuring.alone(&load)?;
            if !reading.is_one_question() {
                return Ok(Some(measuring.row_of(&reading.name, &load, &loaded, Some(alone), None, None)));
            }
            let own = captured(measuring, postgres, &path, &reading.viewer.key)?;
            let limit = pgbench.statements(&own, CONNECTIONS, seconds)?;
            let database_ms = pgbench.time_alone(&own, measuring.options.seconds_alone())?;
            let limit = Limit { kind: "own SQL", rate: limit };
            let row = measuring.row_of(&reading.name, &load, &loaded, Some(alone), Some(limit), Some(bare));
            Ok(Some(Row { database_ms: Some(database_ms), ..row }))
        });
    }
    Ok(())
}

/// All that writes.
pub(crate) fn write(
    measuring: &mut Measuring,
    pgbench: &Pgbench,
    company: &Company,
    sizes: Sizes,
) -> Result<()> {
    let (seconds, short) = (measuring.options.seconds, measuring.options.seconds_alone());
    let bare = pgbench.run(pgbench::BARE_INSERT, &[], CONNECTIONS, seconds)?;
    let bare_liking = pgbench.run(pgbench::BARE_INSERT, &[], LIKING, seconds)?;

    for (request, load) in posts(measuring)? {
        measuring.row(request, |measuring| {
            let load = load.by(CONNECTIONS, seconds);
            let loaded = measuring.loaded(&load.clone().by(CONNECTIONS, 1), &load)?;
            let alone = measuring.alone(&load)?;
            let limit = Limit { kind: "insert of a row", rate: bare };
            Ok(Some(measuring.row_of(request, &load, &loaded, Some(alone), Some(limit), Some(bare))))
        });
    }

    let each = "transaction each";
    let made = |walk: Walk, transaction, clients, seconds| {
        pgbench.run(&walk.script(company, clients, transaction), &[], clients, seconds)
    };
    let like = |walk, clients, seconds| made(walk, pgbench::LIKE, clients, seconds);
    let different = |lane| Walk::over_different_tweets(sizes, lane);
    let hot = |lane| Walk::over_hot_tweets(sizes, lane);
    let person = |lane| Walk::over_different_people(company, sizes, lane);
    let newcomer = |lane| Walk::over_newcomers(company, sizes, lane);
    let rows = [
        (LIKE_DIFFERENT, pgbench::LIKE, different(0), different(1), different(2)),
        (LIKE_HOT, pgbench::LIKE, hot(0), hot(1), hot(2)),
        (FOLLOW_DIFFERENT, pgbench::FOLLOW, person(0), person(1), person(2)),
        (FOLLOW_NEWCOMER, pgbench::FOLLOW, newcomer(0), newcomer(1), newcomer(2)),
    ];
    for (request, transaction, walk, warm_up, limit) in rows {
        measuring.row(request, |measuring| {
            let load = walk.load("POST", 201).by(LIKING, seconds);
            let loaded = measuring.loaded(&warm_up.load("POST", 201), &load)?;
            let limit = Limit { kind: each, rate: made(limit, transaction, LIKING, seconds)? };
            Ok(Some(measuring.row_of(request, &load, &loaded, None, Some(limit), Some(bare_liking))))
        });
    }

    measuring.row(LIKE_ALONE, |measuring| {
        let load = different(3).load("POST", 201).by(1, seconds);
        let loaded = measuring.loaded(&different(4).load("POST", 201).by(1, 1), &load)?;
        let limit = Limit { kind: each, rate: like(different(5), 1, seconds)? };
        let bare = pgbench.run(pgbench::BARE_INSERT, &[], 1, short)?;
        let alone = Some(loaded.answered.p50);
        Ok(Some(measuring.row_of(LIKE_ALONE, &load, &loaded, alone, Some(limit), Some(bare))))
    });

    measuring.row(UNLIKE, |measuring| {
        let (load, loaded) = unlike(measuring, different(6), different(7))?;
        like(different(8), LIKING, 2 * seconds)?;
        let script = different(8).script(company, LIKING, pgbench::UNLIKE);
        let limit = Limit { kind: each, rate: pgbench.run(&script, &[], LIKING, short)? };
        Ok(Some(measuring.row_of(UNLIKE, &load, &loaded, None, Some(limit), Some(bare_liking))))
    });
    Ok(())
}

pub(crate) const LIKE_DIFFERENT: &str = "like, all different tweets";
pub(crate) const LIKE_HOT: &str = "like, one hot tweet";
pub(crate) const FOLLOW_DIFFERENT: &str = "follow, all different people";
pub(crate) const FOLLOW_NEWCOMER: &str = "follow, one newcomer";
pub(crate) const LIKE_ALONE: &str = "like, one connection";
pub(crate) const UNLIKE: &str = "unlike, all different tweets";
pub(crate) const POST: &str = "post";
pub(crate) const UPLOAD: &str = "upload (JPEG of a megapixel)";

/// What is posted, with the load of each.
pub(crate) fn posts(measuring: &Measuring) -> Result<[(&'static str, Load); 2]> {
    let tweet = measuring.folder.join("tweet.json");
    std::fs::write(&tweet, r#"{"tweet_data": "The release is ready. Thanks to everyone who helped!"}"#)?;
    let picture = picture::form(&measuring.folder)?;
    let key = liker_key(1);
    Ok([
        (POST, Load::post("/api/tweets", &key, "application/json", &tweet)),
        (UPLOAD, Load::post("/api/medias", &key, &picture::content_type(), &picture)),
    ])
}

/// Takes likes back that were made before for that: each is a real one.
pub(crate) fn unlike(
    measuring: &Measuring,
    walk: Walk,
    warm_up: Walk,
) -> Result<(Load, crate::measuring::Loaded)> {
    let (seconds, short) = (measuring.options.seconds, measuring.options.seconds_alone());
    let liked = walk.load("POST", 201).by(LIKING, 2 * seconds).send(measuring.server.address())?;
    warm_up.load("POST", 201).by(LIKING, 2).send(measuring.server.address())?;
    let load = walk.load("DELETE", 200).by(LIKING, short);
    let loaded = measuring.loaded(&warm_up.load("DELETE", 200), &load)?;
    if loaded.answered.requests + u64::from(LIKING) > liked.requests {
        return Err("more likes were taken back than had been made: most were none".into());
    }
    Ok((load, loaded))
}
