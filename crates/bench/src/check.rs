//! Compares a run with the document: shares of the limit, since times differ between machines.

use crate::table::Ratio;

/// A share may fall by a fifth before it is named: runs differ by themselves.
const LEAST_KEPT: f64 = 0.8;

/// What is worse now than it was, one line each.
pub(crate) fn fallen(before: &[Ratio], now: &[Ratio]) -> Vec<String> {
    let mut lines = Vec::new();
    for Ratio { store, request, of_limit: was } in before {
        match now.iter().find(|ratio| ratio.store == *store && ratio.request == *request) {
            None => lines.push(format!("{store}: {request}: is measured no longer")),
            Some(ratio) if ratio.of_limit < was * LEAST_KEPT => lines.push(format!(
                "{store}: {request}: {:.2} of the limit, was {was:.2}: fell by {:.0} %",
                ratio.of_limit,
                100.0 * (1.0 - ratio.of_limit / was)
            )),
            Some(_) => {}
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(request: &str, of_limit: f64) -> Ratio {
        Ratio { store: "SQLite".to_owned(), request: request.to_owned(), of_limit }
    }

    #[test]
    fn what_fell_by_more_than_a_fifth_is_named() {
        let before = [ratio("a", 0.5), ratio("b", 0.5), ratio("c", 2.0)];
        let now = [ratio("a", 0.39), ratio("b", 0.41), ratio("c", 2.5), ratio("new", 0.1)];
        assert_eq!(fallen(&before, &now), ["SQLite: a: 0.39 of the limit, was 0.50: fell by 22 %"]);
    }

    #[test]
    fn what_is_measured_no_longer_is_named() {
        assert_eq!(fallen(&[ratio("a", 0.5)], &[]), ["SQLite: a: is measured no longer"]);
        let mut elsewhere = ratio("a", 0.5);
        "PostgreSQL".clone_into(&mut elsewhere.store);
        assert_eq!(fallen(&[ratio("a", 0.5)], &[elsewhere]).len(), 1);
    }
}
