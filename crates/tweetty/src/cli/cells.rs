//! Cells of CSV that no spreadsheet takes for a formula.

use std::borrow::Cow;

/// With what a formula begins.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
const GUARD: char = '\'';

/// The text as a cell: an apostrophe stands before what would be a formula, as spreadsheets themselves write a text.
pub(super) fn guarded(text: &str) -> Cow<'_, str> {
    if begins_a_formula(text) { Cow::Owned(format!("{GUARD}{text}")) } else { Cow::Borrowed(text) }
}

/// The text of a cell: without the apostrophe before a formula.
pub(super) fn unguarded(cell: &str) -> &str {
    cell.strip_prefix(GUARD).filter(|text| begins_a_formula(text)).unwrap_or(cell)
}

/// Also one that is guarded already: else two texts would come to the same cell.
fn begins_a_formula(text: &str) -> bool {
    text.trim_start_matches(GUARD).starts_with(FORMULA)
}

#[test]
fn a_cell_is_no_formula_and_comes_back_as_it_was() {
    for (text, cell) in [
        ("=1+1", "'=1+1"),
        ("@ann", "'@ann"),
        ("-", "'-"),
        ("+7", "'+7"),
        ("\t=x", "'\t=x"),
        ("\r", "'\r"),
        ("'=x", "''=x"),
        ("''@x", "'''@x"),
        ("ann", "ann"),
        ("o'brien", "o'brien"),
        ("'ann'", "'ann'"),
        ("'", "'"),
        ("a=b", "a=b"),
        ("", ""),
    ] {
        assert_eq!(guarded(text), cell);
        assert_eq!(unguarded(cell), text);
    }
    assert_eq!(unguarded("=1+1"), "=1+1", "a file of another program");
}
