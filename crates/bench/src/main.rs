//! The benchmark: how many requests tweetty answers a second, what each costs, and beside it the limit that the
//! database alone sets, on one machine in one run. `scripts/bench` builds everything and calls this.

mod capture;
mod check;
mod company;
mod document;
mod load;
mod measuring;
mod on_postgres;
mod on_sqlite;
mod options;
mod pgbench;
mod picture;
mod postgres;
mod reading;
mod seeding;
mod sqlite;
mod table;
mod targets;
mod viewers;
mod walk;
mod wrk;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use measuring::Measuring;
use options::{Measured, Options, Sizes};
use pgbench::Pgbench;
use postgres::Postgres;
use reading::Reading;
use sqlite::Sqlite;
use table::Row;
use targets::{AtRest, POSTGRES, POSTGRES_WITH_A_TENTH, SQLITE};
use tweetty_trial::{Result, Server, Setup};

fn main() -> ExitCode {
    let Some(options) = Options::parse(std::env::args().skip(1)) else {
        writeln!(std::io::stderr(), "{}", options::USAGE).ok();
        return ExitCode::from(2);
    };
    match run(&options) {
        Ok(complaints) if complaints.is_empty() => ExitCode::SUCCESS,
        Ok(complaints) => {
            writeln!(std::io::stderr(), "\n{}", complaints.join("\n")).ok();
            ExitCode::FAILURE
        }
        Err(error) => {
            writeln!(std::io::stderr(), "benchmark: {error}").ok();
            ExitCode::FAILURE
        }
    }
}

/// Everything that was measured.
#[derive(Default)]
struct Run {
    rows: Vec<Row>,
    at_rest: Vec<AtRest>,
    failures: Vec<String>,
    /// Which PostgreSQL it was.
    postgres: String,
}

/// Measures, prints, and writes or compares; answers what is wrong.
fn run(options: &Options) -> Result<Vec<String>> {
    std::fs::create_dir_all(&options.data)?;
    let lock = std::fs::File::create(options.data.join("lock"))?;
    // Two at once would measure each other, and share a database.
    lock.try_lock()
        .map_err(|error| format!("{}: another benchmark runs there: {error}", options.data.display()))?;
    if options.measured == Measured::Overload {
        return load::run(options);
    }
    let (options, before) = if options.check { before(options)? } else { (options.clone(), None) };
    let options = &options;
    let mut run = Run::default();
    if options.full {
        on_postgres(options, options.on_sqlite(), POSTGRES_WITH_A_TENTH, &mut run)?;
    }
    on_postgres(options, options.on_postgres(), POSTGRES, &mut run)?;
    on_sqlite(options, &mut run)?;
    let tables = document::tables(&run.rows, &run.at_rest);
    writeln!(std::io::stdout(), "{tables}")?;
    let mut complaints = run.failures;
    if let Some(before) = before {
        complaints.extend(check::fallen(&before, &table::shares_of(&run.rows)?));
    } else if complaints.is_empty() && options.only.is_none() && !options.quick {
        document::write(options, &tables, &run.postgres)?;
    }
    Ok(complaints)
}

/// What the document says of the rows that will be measured, with the size of its companies, whichever was asked for.
fn before(options: &Options) -> Result<(Options, Option<Vec<table::Shares>>)> {
    let place = document::PLACE;
    let text = std::fs::read_to_string(place)
        .map_err(|error| format!("{place}: {error}; write it by running without --check"))?;
    let sizes = [false, true].map(|full| Options { full, ..options.clone() });
    let mut same = sizes.into_iter().filter(|options| text.contains(&document::companies(options)));
    let options = same.next().ok_or_else(|| format!("{place} has companies of another size"))?;
    let mut shares = table::shares(&text).map_err(|problem| format!("{place}: {problem}"))?;
    shares.retain(|row| options.wants(&row.store, &row.request));
    Ok((options, Some(shares)))
}

fn on_postgres(options: &Options, sizes: Sizes, store: &str, run: &mut Run) -> Result<()> {
    let folder = company::folder(&options.data, sizes, "postgres")?;
    let postgres = Postgres::start(&folder)?;
    let company = postgres.company(sizes)?;
    run.postgres = format!("PostgreSQL {}", postgres.cluster.execute("postgres", "SHOW server_version"));
    let own = own_folder(&folder)?;
    // Its first connection shows how it sets them up.
    let (server, log) = postgres.logged(|| {
        let place = postgres.end_of_log()?;
        let server = Server::start(Setup::new(postgres.cluster.url(postgres::RUN), own.clone())?)?;
        Ok((server, postgres.log_since(place)?))
    })?;
    let pgbench = Pgbench::new(&postgres, capture::session_settings(&log), &own);
    let mut measuring = measuring(options, store, server, own, run)?;
    measuring.database = Some(postgres.process());
    let mut readings = reading::all(&company, sizes);
    let whole = store == POSTGRES;
    // A tenth of the data is there to be compared by its first pages.
    readings.retain(|reading| whole || Reading::is_first_page(reading));
    on_postgres::read(&mut measuring, &postgres, &pgbench, &readings)?;
    if whole {
        on_postgres::write(&mut measuring, &pgbench, &company, sizes)?;
    }
    run.take(measuring);
    Ok(())
}

fn on_sqlite(options: &Options, run: &mut Run) -> Result<()> {
    let sizes = options.on_sqlite();
    let folder = company::folder(&options.data, sizes, "sqlite")?;
    let (sqlite, company) = Sqlite::open(&folder, sizes)?;
    let own = own_folder(&folder)?;
    let server = Server::start(Setup::new(sqlite.url(), own.clone())?)?;
    let mut measuring = measuring(options, SQLITE, server, own, run)?;
    on_sqlite::read(&mut measuring, &sqlite, &reading::all(&company, sizes));
    on_sqlite::write(&mut measuring, &sqlite, &company, sizes)?;
    run.take(measuring);
    Ok(())
}

/// An empty folder for what belongs to this run: images, scripts, logs.
fn own_folder(folder: &Path) -> Result<PathBuf> {
    let own = folder.join("run");
    if own.exists() {
        std::fs::remove_dir_all(&own)?;
    }
    std::fs::create_dir_all(&own)?;
    Ok(own)
}

fn measuring<'a>(
    options: &'a Options,
    store: &str,
    server: Server,
    folder: PathBuf,
    run: &mut Run,
) -> Result<Measuring<'a>> {
    let store = store.to_owned();
    run.at_rest.push(AtRest { store: store.clone(), memory: server.memory()? });
    Ok(Measuring { options, store, server, database: None, folder, rows: vec![], failures: vec![] })
}

impl Run {
    fn take(&mut self, measuring: Measuring) {
        self.rows.extend(measuring.rows);
        self.failures.extend(measuring.failures);
    }
}
