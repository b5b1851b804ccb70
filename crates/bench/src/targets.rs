//! What the figures should be, each with what it is.

use std::fmt::Write as _;

use crate::on_postgres::{LIKE_ALONE, LIKE_DIFFERENT, LIKE_HOT};
use crate::reading::{
    EVERYBODYS_WEEK, each_by_number, feed_of, feed_of_unliked, feed_of_unpopular, feed_of_week,
};
use crate::table::{Row, fine};

/// How stores are called in rows.
pub(crate) const POSTGRES: &str = "PostgreSQL";
pub(crate) const SQLITE: &str = "SQLite";
/// PostgreSQL with a tenth of the data, where that is measured beside the whole.
pub(crate) const POSTGRES_WITH_A_TENTH: &str = "PostgreSQL, a tenth";

const FOLLOWINGS: [u64; 5] = [10, 100, 1_000, 5_000, 20_000];
/// Up to here a page over HTTP has a target, and SQLite has one.
const MANY: u64 = 1_000;

/// The memory of a server that has answered nothing yet, in MiB.
#[derive(Debug, Clone)]
pub(crate) struct AtRest {
    pub(crate) store: String,
    pub(crate) memory: f64,
}

/// A figure beside the one wanted.
struct Target {
    what: String,
    figure: f64,
    wanted: f64,
    /// Whether more than wanted is good; else less is.
    at_least: bool,
}

/// The targets as Markdown; one whose rows were not measured is left out.
pub(crate) fn table(rows: &[Row], at_rest: &[AtRest]) -> String {
    let mut text = "| target | wanted | measured | |\n|---|---:|---:|---|\n".to_owned();
    for Target { what, figure, wanted, at_least } in targets(rows, at_rest) {
        let (sign, held) = if at_least { ("≥", figure >= wanted) } else { ("≤", figure <= wanted) };
        let held = if held { "held" } else { "**missed**" };
        writeln!(text, "| {what} | {sign} {wanted} | {} | {held} |", fine(figure)).ok();
    }
    text
}

fn targets(rows: &[Row], at_rest: &[AtRest]) -> Vec<Target> {
    let mut targets = Vec::new();
    let find = |store: &str, request: &str| {
        rows.iter().find(|row| row.store == store && row.request == request).cloned()
    };
    let mut add = |what: String, figure: Option<f64>, at_least: bool, wanted: f64| {
        targets.extend(figure.map(|figure| Target { what, figure, wanted, at_least }));
    };
    for following in FOLLOWINGS.into_iter().filter(|following| *following <= MANY) {
        let share = find(POSTGRES, &feed_of(following)).and_then(|row| row.of_limit());
        add(
            format!("F = {following}: share of its own SQL's rate that a page over HTTP has"),
            share,
            true,
            0.5,
        );
    }
    for store in [POSTGRES, SQLITE] {
        for following in FOLLOWINGS.into_iter().filter(|following| store == POSTGRES || *following <= MANY) {
            for (request, wanted) in [
                (feed_of(following), 1.0),
                (feed_of_unpopular(following), 6.0),
                (feed_of_unliked(following), 6.0),
                (feed_of_week(following), 3.0),
            ] {
                let time = find(store, &request).and_then(|row| row.database_ms);
                add(format!("{store}: {request}: ms of the database for page 1"), time, false, wanted);
            }
        }
    }
    for store in [POSTGRES, SQLITE] {
        let time = find(store, EVERYBODYS_WEEK).and_then(|row| row.database_ms);
        add(format!("{store}: {EVERYBODYS_WEEK}: ms of the database for page 1"), time, false, 3.0);
        for following in FOLLOWINGS {
            let time = |request: String| find(store, &request).and_then(|row| row.alone);
            let dearer = time(each_by_number(following))
                .zip(time(feed_of(following)))
                .map(|(each, first)| each / first);
            add(
                format!(
                    "{store}: F = {following}: pages 1 to 50 by number, one after the other, relative to page 1"
                ),
                dearer,
                false,
                1.5,
            );
        }
    }
    for following in FOLLOWINGS {
        let time = |store| find(store, &feed_of(following)).and_then(|row| row.database_ms);
        let grown = time(POSTGRES).zip(time(POSTGRES_WITH_A_TENTH)).map(|(whole, tenth)| whole / tenth);
        add(
            format!(
                "F = {following}: the database's time for page 1, relative to that with a tenth of the data"
            ),
            grown,
            false,
            1.5,
        );
    }
    let share = |store, request| find(store, request).and_then(|row| row.of_limit());
    let rate = |store, request| find(store, request).map(|row| row.answered.rate());
    let what = "likes on different tweets, relative to a transaction each";
    add(format!("{POSTGRES}: {what}"), share(POSTGRES, LIKE_DIFFERENT), true, 1.5);
    let hot = rate(POSTGRES, LIKE_HOT).zip(rate(POSTGRES, LIKE_DIFFERENT)).map(|(hot, all)| hot / all);
    add(format!("{POSTGRES}: likes on a hot tweet, relative to those on different ones"), hot, true, 1.0);
    add(
        format!("{POSTGRES}: a lone like, relative to a lone transaction"),
        share(POSTGRES, LIKE_ALONE),
        true,
        1.0,
    );
    add(format!("{SQLITE}: {what}"), share(SQLITE, LIKE_DIFFERENT), true, 5.0);
    for AtRest { store, memory } in at_rest {
        add(format!("{store}: MiB of memory at rest"), Some(*memory), false, 40.0);
        let peaks = rows.iter().filter(|row| row.store == *store).map(|row| row.costs.peak_memory);
        add(format!("{store}: MiB of memory under load, at most"), peaks.reduce(f64::max), false, 150.0);
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::tests::row;

    #[test]
    fn each_target_is_told_with_its_figure_and_whether_it_is_held() {
        let mut slow = row(&feed_of(1_000), 400, Some(1_000.0));
        slow.database_ms = Some(0.7);
        let rows = [slow, row(LIKE_DIFFERENT, 3_000, Some(1_500.0)), row(LIKE_HOT, 2_000, None)];
        let text = table(&rows, &[AtRest { store: POSTGRES.to_owned(), memory: 30.0 }]);
        let lines = text.lines().skip(2).collect::<Vec<_>>();
        assert_eq!(lines.len(), 6, "{text}");
        for (line, end) in lines.iter().zip([
            "| ≥ 0.5 | 0.40 | **missed** |",
            "| ≤ 1 | 0.70 | held |",
            "| ≥ 1.5 | 2.00 | held |",
            "| ≥ 1 | 0.67 | **missed** |",
            "| ≤ 40 | 30.0 | held |",
            "| ≤ 150 | 40.0 | held |",
        ]) {
            assert!(line.ends_with(end), "{line}");
        }
    }
}
