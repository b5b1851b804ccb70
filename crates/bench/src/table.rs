//! The table: one row a request, for people and, by `--check`, for the next run.

use std::fmt::Write as _;

use tweetty_trial::whole;

use crate::{Result, wrk::Answered};

/// The one place that says which columns there are.
const COLUMNS: [&str; 16] = [
    "store",
    "request",
    "connections",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "alone ms",
    "server µs",
    "database µs",
    "client µs",
    "peak MiB",
    "limit",
    "limit/s",
    "of limit",
    "bare/s",
    "database ms",
];
/// The columns that a comparison needs.
const STORE: usize = 0;
const REQUEST: usize = 1;
const LIMIT: usize = 12;
const OF_LIMIT: usize = 13;
const BARE: usize = 14;

/// What processor time a request took, in µs, and the most memory that the server had, in MiB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Costs {
    pub(crate) server: f64,
    /// Where the database is a process of its own.
    pub(crate) database: Option<f64>,
    pub(crate) client: f64,
    pub(crate) peak_memory: f64,
}

/// What could be reached at best, measured right beside the row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limit {
    /// What it is.
    pub(crate) kind: &'static str,
    /// How often a second.
    pub(crate) rate: f64,
}

/// A request under load.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) store: String,
    pub(crate) request: String,
    pub(crate) connections: u32,
    pub(crate) answered: Answered,
    /// The median with one connection, in ms.
    pub(crate) alone: Option<f64>,
    pub(crate) costs: Costs,
    pub(crate) limit: Option<Limit>,
    /// The least that a question, or a durable write, costs the database by itself: how often a second.
    pub(crate) bare: Option<f64>,
    /// The median of the statements alone over a local connection, in ms.
    pub(crate) database_ms: Option<f64>,
}

impl Row {
    /// The share of the limit that was reached.
    pub(crate) fn of_limit(&self) -> Option<f64> {
        self.limit.map(|limit| self.answered.rate() / limit.rate)
    }

    fn cells(&self) -> Vec<String> {
        let Costs { server, database, client, peak_memory } = self.costs;
        vec![
            self.store.clone(),
            self.request.clone(),
            self.connections.to_string(),
            whole(self.answered.rate()),
            fine(self.answered.p50),
            fine(self.answered.p99),
            self.alone.map_or_else(none, fine),
            whole(server),
            database.map_or_else(none, whole),
            whole(client),
            whole(peak_memory),
            self.limit.map_or_else(none, |limit| limit.kind.to_owned()),
            self.limit.map_or_else(none, |limit| whole(limit.rate)),
            self.of_limit().map_or_else(none, |ratio| format!("{ratio:.2}")),
            self.bare.map_or_else(none, whole),
            self.database_ms.map_or_else(none, fine),
        ]
    }
}

/// The rows as Markdown.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut text = format!("| {} |\n", COLUMNS.join(" | "));
    writeln!(text, "|---|---|{}", "---:|".repeat(COLUMNS.len() - 2)).ok();
    for row in rows {
        writeln!(text, "| {} |", row.cells().join(" | ")).ok();
    }
    text
}

/// A row as it is compared: which it is, its share of the limit, and the limit's share of the least that a question or a
/// write costs. The one falls where tweetty becomes slower, the other where its statements do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shares {
    pub(crate) store: String,
    pub(crate) request: String,
    pub(crate) of_limit: f64,
    pub(crate) of_bare: Option<f64>,
}

/// What is compared of the table in a document; rows without a limit are left out.
pub(crate) fn shares(document: &str) -> Result<Vec<Shares>> {
    let head = format!("| {} |", COLUMNS.join(" | "));
    let mut lines = document.lines().skip_while(|line| *line != head);
    lines.next().ok_or("there is no table of this form; write a new one by running without --check")?;
    let mut shares = Vec::new();
    for line in lines.skip(1).take_while(|line| line.starts_with("| ")) {
        let cells = line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>();
        if cells.len() != COLUMNS.len() {
            return Err(format!("this row has not the columns that it should have: {line}").into());
        }
        if cells[OF_LIMIT] != none() {
            let of_limit = cells[OF_LIMIT].parse().map_err(|_| format!("this row has no share: {line}"))?;
            let rate = |column: usize| cells[column].replace(',', "").parse::<f64>().ok();
            shares.push(Shares {
                store: cells[STORE].to_owned(),
                request: cells[REQUEST].to_owned(),
                of_limit,
                of_bare: rate(LIMIT).zip(rate(BARE)).map(|(limit, bare)| limit / bare),
            });
        }
    }
    Ok(shares)
}

/// What [`shares`] will read of these rows, rounded alike.
pub(crate) fn shares_of(rows: &[Row]) -> Result<Vec<Shares>> {
    shares(&table(rows))
}

fn none() -> String {
    "–".to_owned()
}

/// With three digits that say something.
pub(crate) fn fine(number: f64) -> String {
    let places = if number < 0.1 {
        3
    } else if number < 10.0 {
        2
    } else {
        1
    };
    format!("{number:.places$}")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn row(request: &str, requests: u64, limit: Option<f64>) -> Row {
        Row {
            store: "PostgreSQL".to_owned(),
            request: request.to_owned(),
            connections: 16,
            answered: Answered { requests, seconds: 1.0, p50: 1.25, p99: 12.5 },
            alone: Some(0.05),
            costs: Costs { server: 100.0, database: None, client: 9.0, peak_memory: 40.0 },
            limit: limit.map(|rate| Limit { kind: "own SQL", rate }),
            bare: Some(80_000.0),
            database_ms: None,
        }
    }

    #[test]
    fn what_a_table_says_can_be_read_from_the_document_around_it() {
        let rows = [row("feed, F = 10", 1_234_567, Some(2_000_000.0)), row("health", 5, None)];
        let document = format!("# Benchmarks\n\n{}\n| another | table |\n", table(&rows));
        let wanted = Shares {
            store: "PostgreSQL".to_owned(),
            request: "feed, F = 10".to_owned(),
            of_limit: 0.62,
            of_bare: Some(25.0),
        };
        assert_eq!(shares(&document).unwrap(), [wanted]);
        assert!(document.contains("| 1,234,567 | 1.25 | 12.5 | 0.050 |"));
    }

    #[test]
    fn a_document_with_another_table_or_a_broken_row_is_refused() {
        assert!(shares("# Benchmarks\n| store |\n").is_err());
        let broken = table(&[row("feed", 5, Some(9.0))]).replace("own SQL | ", "");
        assert!(shares(&broken).unwrap_err().to_string().contains("columns"));
    }
}
