//! docs/reliability.md: the table between two marks; what stands around it is written by hand.

use tweetty_trial::{Result, commit, machine, today};

use crate::row::{Row, table};

/// Where it lies, from the root of the checkout.
pub(crate) const PLACE: &str = "docs/reliability.md";

const BEGIN: &str = "<!-- The table of the last full run: scripts/faults --full writes it. -->\n";
const END: &str = "<!-- End of the table. -->\n";

/// Puts the rows of a full run into the document.
pub(crate) fn write(rows: &[Row], postgres: &str) -> Result<()> {
    let (date, machine, commit) = (today(), machine()?, commit(PLACE)?);
    let section = format!(
        "Written by `scripts/faults --full` on {date} at commit {commit}, on {machine}, with {postgres}.\n\n{}",
        table(rows)
    );
    let text = std::fs::read_to_string(PLACE)?;
    Ok(std::fs::write(PLACE, placed(&text, &section)?)?)
}

fn placed(document: &str, section: &str) -> Result<String> {
    let missing = || format!("{PLACE} lacks the marks between which the table stands");
    let (before, rest) = document.split_once(BEGIN).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    Ok(format!("{before}{BEGIN}\n{section}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_marks_changes() {
        let document = format!("# Reliability\n\n{BEGIN}old\n{END}\nThe rest.\n");
        let placed = placed(&document, "| new |\n").unwrap();
        assert_eq!(placed, format!("# Reliability\n\n{BEGIN}\n| new |\n\n{END}\nThe rest.\n"));
        assert!(super::placed("# Reliability\n", "").is_err());
    }
}
