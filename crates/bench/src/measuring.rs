//! One row: warmed up, under load, alone, and what it cost.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tweetty_trial::{Result, Server, process};

use crate::options::Options;
use crate::table::{Costs, Limit, Row};
use crate::wrk::{Answered, Load};

/// How long a glance at processor times takes, and what an idle server and database may use in it.
const GLANCE: Duration = Duration::from_millis(150);
const IDLE_MICROSECONDS: u64 = 20_000;
/// Something else works then, a vacuum say, and may go on.
const LONGEST_SETTLING: Duration = Duration::from_secs(10);

/// What is measured is one server on one store.
pub(crate) struct Measuring<'a> {
    pub(crate) options: &'a Options,
    /// How the store is called in the table.
    pub(crate) store: String,
    pub(crate) server: Server,
    /// The first process of a database that has its own.
    pub(crate) database: Option<u32>,
    /// For what belongs to this run.
    pub(crate) folder: PathBuf,
    pub(crate) rows: Vec<Row>,
    pub(crate) failures: Vec<String>,
}

/// A row without what is beside it.
pub(crate) struct Loaded {
    pub(crate) answered: Answered,
    pub(crate) costs: Costs,
}

impl Measuring<'_> {
    /// Measures a row where it is wanted. One that fails is named at the end; the others are measured all the same.
    pub(crate) fn row(&mut self, request: &str, measure: impl FnOnce(&mut Self) -> Result<Option<Row>>) {
        if !self.options.wants(&self.store, request) {
            return;
        }
        let mut err = std::io::stderr();
        write!(err, "{}: {request} … ", self.store).ok();
        let result = match measure(self) {
            Ok(None) => "no such page".to_owned(),
            Ok(Some(row)) => {
                let rate = format!("{:.0}/s", row.answered.rate());
                self.rows.push(row);
                rate
            }
            Err(error) => {
                self.failures.push(format!("{}: {request}: {error}", self.store));
                format!("failed: {error}")
            }
        };
        writeln!(err, "{result}").ok();
    }

    /// A load after a warm-up that is not counted.
    pub(crate) fn loaded(&self, warm_up: &Load, load: &Load) -> Result<Loaded> {
        warm_up.send_uncounted(self.server.address())?;
        self.settle()?;
        let process = self.server.process();
        process::forget_peak(process)?;
        let before = self.times()?;
        let answered = load.send(self.server.address())?;
        let after = self.times()?;
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let each = |from: u64, to: u64| to.saturating_sub(from) as f64 / answered.requests as f64;
        let costs = Costs {
            server: each(before.0, after.0),
            database: before.1.zip(after.1).map(|(from, to)| each(from, to)),
            client: each(before.2, after.2),
            peak_memory: process::peak_memory(process)?,
        };
        self.settle()?;
        Ok(Loaded { answered, costs })
    }

    /// Processor times so far: the server's, the database's, the load tools'.
    fn times(&self) -> Result<(u64, Option<u64>, u64)> {
        let database = self.database.map(process::family_time).transpose()?;
        Ok((process::own_time(self.server.process())?, database, process::tools_time()?))
    }

    /// The median of one connection that has the server for itself, in ms.
    pub(crate) fn alone(&self, load: &Load) -> Result<f64> {
        let alone = load.clone().by(1, self.options.seconds_alone()).send(self.server.address())?;
        self.settle()?;
        Ok(alone.p50)
    }

    /// Waits until nothing works on requests any more whose clients have gone: they would slow what comes next.
    fn settle(&self) -> Result<()> {
        let begun = Instant::now();
        let mut before = self.times()?;
        while begun.elapsed() < LONGEST_SETTLING {
            std::thread::sleep(GLANCE);
            let now = self.times()?;
            let used = now.0 - before.0 + now.1.unwrap_or(0).saturating_sub(before.1.unwrap_or(0));
            if used <= IDLE_MICROSECONDS {
                break;
            }
            before = now;
        }
        Ok(())
    }

    /// The row that comes of it all.
    pub(crate) fn row_of(
        &self,
        request: &str,
        load: &Load,
        loaded: &Loaded,
        alone: Option<f64>,
        limit: Option<Limit>,
        bare: Option<f64>,
    ) -> Row {
        Row {
            store: self.store.clone(),
            request: request.to_owned(),
            connections: load.connections,
            answered: loaded.answered,
            alone,
            costs: loaded.costs,
            limit,
            bare,
            database_ms: None,
        }
    }
}
