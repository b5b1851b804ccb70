//! docs/benchmarks.md: the tables, and under what circumstances they came to be.

use std::path::Path;

use tweetty_trial::{commit, machine, today, whole};

use crate::options::{Options, Sizes};
use crate::{Result, table, targets};

/// Where it lies, from the root of the checkout.
pub(crate) const PLACE: &str = "docs/benchmarks.md";

const READING_IT: &str = "\
Every row is under load by [wrk](https://github.com/wg/wrk) (one thread, on the same machine) after a warm-up; a row
with a single answer other than the one expected fails the whole run. The columns:

- **p50, p99**: with all connections of the row. **alone**: the median of a single connection.
- **server, database, client µs**: processor time a request, of the server, of PostgreSQL with all its processes, and of
  wrk. The row without a database shows what HTTP and wrk cost by themselves.
- **peak MiB**: the most memory that the server had during the row.
- **limit/s**: what is reached without tweetty, right after the row, with as many connections on the same data.
  *own SQL*: `pgbench -M prepared` with the statements that the server itself sends for a repeated request, taken from
  PostgreSQL's log, in sessions set up as the server's are. *transaction each*: `BEGIN`, the row of the like, `UPDATE
  tweets`, `COMMIT` by pgbench; on SQLite the store called for one like after the other. *store alone*: the SQLite store
  called in the benchmark's process, with as many calls at once. *insert of a row*: into a table with a key and a text.
- **of limit**: requests/s by limit/s; `--check` compares these, and limit/s by bare/s where there are both, so that
  slower statements are seen, too. Uploads, and the statements of SQLite, have nothing to be compared with.
- **bare/s**: `SELECT 1` for reads and a durable insert of one row for writes, by pgbench.
- **database ms**: the median of those statements by a single client of pgbench over a local socket, round trips
  included; on SQLite of the store's call, rows made into values included.

Likes never repeat: each is that of another user or tweet, and the answer 201 proves that it was new. A hot tweet is
liked by 5,000 users; when all have, the next one is hot. A feed that has no page 50 has no row for it. \"Least followed\" are those
who write and whom fewest follow; \"least liked\" those whose best tweets are liked least, the worst that a feed can meet.
PostgreSQL runs with `shared_buffers = 512MB`, `fsync`, `synchronous_commit = on`; all data is in memory.
";

/// The sentence that says how large the companies are; a comparison needs the same.
pub(crate) fn companies(options: &Options) -> String {
    let sizes = |Sizes { users, tweets, likes, follows, .. }: Sizes| {
        let [users, tweets, likes, follows] =
            [users, tweets, likes, follows].map(|number| whole(number.into()));
        format!("{users} users, {tweets} tweets, {likes} likes, {follows} follows")
    };
    let (postgres, sqlite) = (options.on_postgres(), options.on_sqlite());
    if postgres == sqlite {
        return format!("Both stores hold {}.", sizes(sqlite));
    }
    format!("PostgreSQL holds {}; SQLite and “a tenth” {}.", sizes(postgres), sizes(sqlite))
}

/// Both tables, for the terminal and the document.
pub(crate) fn tables(rows: &[table::Row], at_rest: &[targets::AtRest]) -> String {
    format!("{}\n{}", table::table(rows), targets::table(rows, at_rest))
}

/// Writes it.
pub(crate) fn write(options: &Options, tables: &str, postgres: &str) -> Result<()> {
    let arguments = if options.full { " --full" } else { "" };
    let date = today();
    let companies = companies(options);
    let (machine, commit, seconds) = (machine()?, commit(PLACE)?, options.seconds);
    let text = format!(
        "# Benchmarks

Written by `just bench{arguments}` (or `scripts/bench{arguments}`) on {date} at commit {commit}, {seconds} s a row, on
{machine}, with {postgres}.

{companies}

{tables}
## How to read it

{READING_IT}"
    );
    Ok(std::fs::write(Path::new(PLACE), text)?)
}
