//! What becomes of four times the load that the service can bear: `scripts/load` builds everything and calls this.
//!
//! The load is open: requests come at their time, whatever becomes of those before. The best rate is found first; then
//! half of it; then four times as much and the best rate in turns, since the same machine is not as quick at each time;
//! and half of it again, right after four times as much.

mod client;
mod mix;
mod phase;
mod processors;

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use mix::Mix;
use phase::{Arrivals, Tally};
use processors::Processors;
use tweetty_trial::{Result, Server, Setup, process, whole};

use crate::company::{self, Company};
use crate::options::{Options, Sizes};
use crate::own_folder;
use crate::postgres::{self, Postgres};
use crate::sqlite::Sqlite;

/// Clients that ask one after the other to find the best rate.
const CLIENTS: usize = 64;
/// How many times the best rate.
const OVERLOAD: f64 = 4.0;
/// How often.
const ROUNDS: usize = 3;
/// Where nothing waits.
const EASY: f64 = 0.5;
/// How much of the best rate must be left at four times the load.
const GOODPUT: f64 = 0.8;
/// The same where machine and company are too small for figures.
const QUICK_GOODPUT: f64 = 0.5;
/// Seconds by which latency must be back.
const BACK: f64 = 5.0;
/// MiB by which the overload may raise memory, over the most that was taken before it.
const MEMORY: f64 = 200.0;

/// What one store did.
struct Report {
    store: &'static str,
    best: Tally,
    before: Tally,
    overload: Tally,
    after: Tally,
    /// MiB at the start, at most before the overload, at most from there, at the end.
    memory: [f64; 4],
}

/// Measures both stores; answers what is wrong.
pub(crate) fn run(options: &Options) -> Result<Vec<String>> {
    std::fs::create_dir_all(&options.data)?;
    let sizes = options.on_sqlite();
    let mut reports = Vec::new();
    let processors = Processors::divided()?;
    if options.wants("PostgreSQL", "load") {
        processors.of_the_service()?;
        let folder = company::folder(&options.data, sizes, "postgres")?;
        let postgres = Postgres::start(&folder)?;
        let company = postgres.company(sizes)?;
        let server = Server::start(Setup::new(postgres.cluster.url(postgres::RUN), own_folder(&folder)?)?)?;
        processors.of_the_clients()?;
        reports.push(measure(options, "PostgreSQL", &processors, &server, &company, sizes)?);
    }
    if options.wants("SQLite", "load") {
        processors.of_the_service()?;
        let folder = company::folder(&options.data, sizes, "sqlite")?;
        let (sqlite, company) = Sqlite::open(&folder, sizes)?;
        let server = Server::start(Setup::new(sqlite.url(), own_folder(&folder)?)?)?;
        processors.of_the_clients()?;
        reports.push(measure(options, "SQLite", &processors, &server, &company, sizes)?);
    }
    writeln!(std::io::stdout(), "{}", table(&reports)?)?;
    Ok(reports.iter().flat_map(|report| report.complaints(options.quick)).collect())
}

fn measure(
    options: &Options,
    store: &'static str,
    processors: &Processors,
    server: &Server,
    company: &Company,
    sizes: Sizes,
) -> Result<Report> {
    let mix = Arc::new(Mix::new(server.address(), company, sizes));
    let runtime = tokio::runtime::Runtime::new()?;
    if processors.are_divided() {
        runtime.spawn(processors::awake());
    }
    let mut number = 0;
    let mut under = |arrivals, seconds| {
        let (tally, next) = runtime.block_on(phase::run(&mix, arrivals, seconds, number))?;
        number = next;
        writeln!(
            std::io::stderr(),
            "{store}, {arrivals:?}: {:.0} good/s, {:?}",
            tally.goodput(),
            tally.refusals()
        )?;
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(tally)
    };
    let seconds = options.seconds;
    let at_rest = server.memory()?;
    process::forget_peak(server.process())?;
    // The first stretch fills the database's memory and is not counted.
    under(Arrivals::Closed(CLIENTS), seconds)?;
    let mut best = vec![under(Arrivals::Closed(CLIENTS), seconds)?];
    let rate = best[0].goodput();
    let before = under(Arrivals::Open(rate * EASY), seconds)?;
    let usual = process::peak_memory(server.process())?;
    process::forget_peak(server.process())?;
    let mut overload = vec![under(Arrivals::Open(rate * OVERLOAD), 2 * seconds)?];
    for _ in 1..ROUNDS {
        best.push(under(Arrivals::Closed(CLIENTS), seconds)?);
        overload.push(under(Arrivals::Open(rate * OVERLOAD), 2 * seconds)?);
    }
    let after = under(Arrivals::Open(rate * EASY), seconds.max(8))?;
    let highest = process::peak_memory(server.process())?;
    let memory = [at_rest, usual, highest, server.memory()?];
    best.push(under(Arrivals::Closed(CLIENTS), seconds)?);
    Ok(Report { store, best: Tally::of(best), before, overload: Tally::of(overload), after, memory })
}

impl Report {
    fn kept(&self) -> f64 {
        self.overload.goodput() / self.best.goodput()
    }

    /// Seconds until the median is what nearly all were before, and nobody is refused.
    fn back(&self) -> f64 {
        self.after.quick_after(self.before.percentile(99))
    }

    fn complaints(&self, quick: bool) -> Vec<String> {
        let mut complaints = Vec::new();
        let least = if quick { QUICK_GOODPUT } else { GOODPUT };
        if self.kept() < least {
            complaints
                .push(format!("{:.2} of the best rate is left, at least {least} is wanted", self.kept()));
        }
        if self.back() > BACK {
            complaints.push(format!("latency is back after {:.1} s, {BACK} s are allowed", self.back()));
        }
        let [_, usual, highest, _] = self.memory;
        if highest > usual + MEMORY {
            complaints.push(format!("memory grew from {usual:.0} to {highest:.0} MiB"));
        }
        let strange = self.overload.refusals().into_keys().filter(|status| ![503, 429].contains(status));
        for status in strange {
            complaints.push(format!("the status {status} (0: no answer) is no refusal"));
        }
        if !self.overload.refusals().contains_key(&503) {
            complaints.push("nobody was refused, so this was no overload".to_owned());
        }
        complaints.into_iter().map(|complaint| format!("{}: {complaint}", self.store)).collect()
    }
}

fn table(reports: &[Report]) -> Result<String> {
    let mut text =
        "| store | load | sent/s | good/s | refused/s | p50 ms | p99 ms | refusal p50 ms | refusals |\n"
            .to_owned();
    text.push_str("|---|---|---:|---:|---:|---:|---:|---:|---|\n");
    for report in reports {
        let phases = [
            ("the best: 64 clients", &report.best),
            ("half", &report.before),
            ("four times", &report.overload),
            ("half, right after", &report.after),
        ];
        for (load, tally) in phases {
            let refusals = tally.refusals();
            let listed = refusals.iter().map(|(status, number)| format!("{status}: {number}"));
            let listed = listed.collect::<Vec<_>>().join(", ");
            writeln!(
                text,
                "| {} | {load} | {} | {} | {} | {:.1} | {:.1} | {:.1} | {} |",
                report.store,
                whole(tally.sent()),
                whole(tally.goodput()),
                whole(tally.sent() - tally.goodput()),
                tally.percentile(50),
                tally.percentile(99),
                tally.percentile_of_refusals(50),
                if listed.is_empty() { "none" } else { &listed }
            )?;
        }
    }
    text.push_str(
        "\n| store | of the best left | back after s | MiB at rest | at the best | at four times | after |\n",
    );
    text.push_str("|---|---:|---:|---:|---:|---:|---:|\n");
    for report in reports {
        let [rest, usual, highest, end] = report.memory.map(|mebibytes| format!("{mebibytes:.0}"));
        let (kept, back) = (report.kept(), report.back());
        writeln!(
            text,
            "| {} | {kept:.2} | {back:.1} | {rest} | {usual} | {highest} | {end} |",
            report.store
        )?;
    }
    Ok(text)
}
