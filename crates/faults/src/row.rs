//! One row of the table: a fault, and what became of the writes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use tweetty_trial::whole;

/// The columns, in order.
const COLUMNS: [&str; 11] = [
    "fault",
    "store",
    "acknowledged",
    "found",
    "doubled",
    "errors that clients saw",
    "slowest answer",
    "longest without",
    "recovery",
    "`tweetty check`",
    "besides",
];

/// What came of a fault.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pub(crate) fault: String,
    pub(crate) store: &'static str,
    /// Acknowledged writes that can be looked for.
    pub(crate) acknowledged: usize,
    pub(crate) found: usize,
    pub(crate) doubled: usize,
    /// How often each was seen.
    pub(crate) errors: BTreeMap<String, u64>,
    pub(crate) slowest: Duration,
    /// The longest that no write was acknowledged.
    pub(crate) unavailable: Duration,
    /// From the end of the fault to the next acknowledgement.
    pub(crate) recovery: Option<Duration>,
    pub(crate) clean: bool,
    /// What else was seen.
    pub(crate) besides: String,
    /// What should not be; nothing where all is well.
    pub(crate) complaints: Vec<String>,
}

impl Row {
    fn cells(&self) -> [String; 11] {
        let errors = self.errors.iter().map(|(error, times)| format!("{error}: {}", count(*times)));
        let errors = errors.collect::<Vec<_>>().join(", ");
        [
            self.fault.clone(),
            self.store.to_owned(),
            count(self.acknowledged as u64),
            count(self.found as u64),
            self.doubled.to_string(),
            if errors.is_empty() { "none".to_owned() } else { errors },
            span(self.slowest),
            span(self.unavailable),
            self.recovery.map_or_else(|| "–".to_owned(), span),
            if self.clean { "clean" } else { "**not clean**" }.to_owned(),
            self.besides.clone(),
        ]
    }
}

/// The rows as Markdown.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut text =
        format!("| {} |\n|---|---|---:|---:|---:|---|---:|---:|---:|---|---|\n", COLUMNS.join(" | "));
    for row in rows {
        writeln!(text, "| {} |", row.cells().join(" | ")).ok();
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn count(number: u64) -> String {
    whole(number as f64)
}

/// A time as people read it.
pub(crate) fn span(time: Duration) -> String {
    match time.as_millis() {
        ..=999 => format!("{} ms", time.as_millis()),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_what_was_lost_and_what_clients_saw() {
        let row = Row {
            fault: "kill -9".to_owned(),
            store: "SQLite",
            acknowledged: 100_000,
            found: 99_999,
            errors: [("503".to_owned(), 1_200), ("refused".to_owned(), 7)].into(),
            slowest: Duration::from_millis(2_040),
            unavailable: Duration::from_millis(310),
            ..Row::default()
        };
        let table = table(&[row]);
        let line = table.lines().last().unwrap();
        assert_eq!(
            line,
            "| kill -9 | SQLite | 100,000 | 99,999 | 0 | 503: 1,200, refused: 7 | 2.0 s | 310 ms | – | **not clean** |  |"
        );
        let widths = table.lines().map(|line| line.matches('|').count()).collect::<Vec<_>>();
        assert_eq!(widths, [12, 12, 12]);
    }
}
