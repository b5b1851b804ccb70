//! The rows on SQLite, each beside what the store reaches without HTTP before it.

use crate::Result;
use crate::company::Company;
use crate::measuring::Measuring;
use crate::on_postgres::{
    FOLLOW_DIFFERENT, FOLLOW_NEWCOMER, LIKE_ALONE, LIKE_DIFFERENT, LIKE_HOT, POST, UNLIKE, posts, unlike,
};
use crate::options::Sizes;
use crate::reading::Reading;
use crate::sqlite::{Change, Sqlite};
use crate::table::{Limit, Row};
use crate::walk::Walk;

const CONNECTIONS: u32 = 16;
const LIKING: u32 = 64;

/// All that reads.
pub(crate) fn read(measuring: &mut Measuring, sqlite: &Sqlite, readings: &[Reading]) {
    let (seconds, short) = (measuring.options.seconds, measuring.options.seconds_alone());
    for reading in readings {
        measuring.row(&reading.name, |measuring| {
            let Some(path) = reading.path(measuring.server.address())? else { return Ok(None) };
            let load = reading.load(&path, CONNECTIONS, seconds);
            let loaded = measuring.loaded(&load.clone().by(load.connections, 1), &load)?;
            let alone = measuring.alone(&load)?;
            let Some(call) = reading.call() else {
                return Ok(Some(measuring.row_of(&reading.name, &load, &loaded, Some(alone), None, None)));
            };
            let limit = Limit { kind: "store alone", rate: sqlite.calls(call, CONNECTIONS, seconds)?.rate };
            let database_ms = sqlite.calls(call, 1, short)?.p50;
            let row = measuring.row_of(&reading.name, &load, &loaded, Some(alone), Some(limit), None);
            Ok(Some(Row { database_ms: Some(database_ms), ..row }))
        });
    }
}

/// All that writes.
pub(crate) fn write(
    measuring: &mut Measuring,
    sqlite: &Sqlite,
    company: &Company,
    sizes: Sizes,
) -> Result<()> {
    let (seconds, short) = (measuring.options.seconds, measuring.options.seconds_alone());
    let each = "transaction each";
    for (request, load) in posts(measuring)? {
        measuring.row(request, |measuring| {
            let load = load.by(CONNECTIONS, seconds);
            let loaded = measuring.loaded(&load.clone().by(CONNECTIONS, 1), &load)?;
            let alone = measuring.alone(&load)?;
            let limit = match request {
                POST => Some(Limit { kind: each, rate: sqlite.posts_each(company, seconds)?.rate }),
                _ => None,
            };
            Ok(Some(measuring.row_of(request, &load, &loaded, Some(alone), limit, None)))
        });
    }

    let different = |lane| Walk::over_different_tweets(sizes, lane);
    let hot = |lane| Walk::over_hot_tweets(sizes, lane);
    let person = |lane| Walk::over_different_people(company, sizes, lane);
    let newcomer = |lane| Walk::over_newcomers(company, sizes, lane);
    let made = |change, walk, seconds| sqlite.changes_each(change, walk, company, seconds);
    let rows = [
        (LIKE_DIFFERENT, Change::Like, LIKING, different(0), different(1), different(2)),
        (LIKE_HOT, Change::Like, LIKING, hot(0), hot(1), hot(2)),
        (FOLLOW_DIFFERENT, Change::Follow, LIKING, person(0), person(1), person(2)),
        (FOLLOW_NEWCOMER, Change::Follow, LIKING, newcomer(0), newcomer(1), newcomer(2)),
        (LIKE_ALONE, Change::Like, 1, different(3), different(4), different(5)),
    ];
    for (request, change, connections, walk, warm_up, limit) in rows {
        measuring.row(request, |measuring| {
            let load = walk.load("POST", 201).by(connections, seconds);
            let loaded = measuring.loaded(&warm_up.load("POST", 201).by(connections, 1), &load)?;
            let alone = (connections == 1).then_some(loaded.answered.p50);
            let limit = Limit { kind: each, rate: made(change, limit, seconds)?.rate };
            Ok(Some(measuring.row_of(request, &load, &loaded, alone, Some(limit), None)))
        });
    }

    measuring.row(UNLIKE, |measuring| {
        let (load, loaded) = unlike(measuring, different(6), different(7))?;
        made(Change::Like, different(8), 2 * seconds)?;
        let limit = Limit { kind: each, rate: made(Change::Unlike, different(8), short)?.rate };
        Ok(Some(measuring.row_of(UNLIKE, &load, &loaded, None, Some(limit), None)))
    });
    Ok(())
}
