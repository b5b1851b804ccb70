//! Compares a run with the document: shares, since times differ between machines.

use crate::table::Shares;

/// A share may fall by a fifth before it is named: runs differ by themselves.
const LEAST_KEPT: f64 = 0.8;

/// What is worse now than it was, one line each.
pub(crate) fn fallen(before: &[Shares], now: &[Shares]) -> Vec<String> {
    let mut lines = Vec::new();
    for row in before {
        let Some(today) = now.iter().find(|today| today.store == row.store && today.request == row.request)
        else {
            lines.push(format!("{}: {}: is measured no longer", row.store, row.request));
            continue;
        };
        let limit = Some((today.of_limit, row.of_limit, "of the limit"));
        let statements =
            today.of_bare.zip(row.of_bare).map(|(is, was)| (is, was, "of the bare rate its limit"));
        for (is, was, what) in [limit, statements].into_iter().flatten() {
            if is < was * LEAST_KEPT {
                let percent = 100.0 * (1.0 - is / was);
                lines.push(format!(
                    "{}: {}: {is:.2} {what}, was {was:.2}: fell by {percent:.0} %",
                    row.store, row.request
                ));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(request: &str, of_limit: f64, of_bare: Option<f64>) -> Shares {
        Shares { store: "SQLite".to_owned(), request: request.to_owned(), of_limit, of_bare }
    }

    #[test]
    fn what_fell_by_more_than_a_fifth_is_named() {
        let before = [shares("a", 0.5, None), shares("b", 0.5, None), shares("c", 2.0, None)];
        let now = [
            shares("a", 0.39, None),
            shares("b", 0.41, None),
            shares("c", 2.5, None),
            shares("new", 0.1, None),
        ];
        assert_eq!(fallen(&before, &now), ["SQLite: a: 0.39 of the limit, was 0.50: fell by 22 %"]);
    }

    #[test]
    fn statements_that_became_slower_are_named_though_they_are_the_limit() {
        let lines = fallen(&[shares("a", 0.5, Some(0.2))], &[shares("a", 0.6, Some(0.1))]);
        assert_eq!(lines, ["SQLite: a: 0.10 of the bare rate its limit, was 0.20: fell by 50 %"]);
    }

    #[test]
    fn what_is_measured_no_longer_is_named() {
        assert_eq!(fallen(&[shares("a", 0.5, None)], &[]), ["SQLite: a: is measured no longer"]);
        let mut elsewhere = shares("a", 0.5, None);
        "PostgreSQL".clone_into(&mut elsewhere.store);
        assert_eq!(fallen(&[shares("a", 0.5, None)], &[elsewhere]).len(), 1);
    }
}
