//! The first line of a file of users, which says what its columns are.

use csv::StringRecord;
use tweetty_domain::folded;

/// The columns in the order in which they are read; the last may be missing.
pub(super) const COLUMNS: [&str; 4] = ["nickname", "first_name", "last_name", "api_key"];
/// The same as a message names them.
pub(super) const EXPECTED: &str = "nickname,first_name,last_name[,api_key]";

/// Words that stand above columns and are hardly two names of one user.
const TITLES: &str = "api_key department e_mail email employee_id external_id family_name first first_name firstname \
    given_name id last last_name lastname login mail middle_name name nickname role status surname title user user_id \
    user_name username work_email логин имя фамилия отчество почта";

/// How many columns the header names.
pub(super) fn columns(record: &StringRecord) -> Result<usize, String> {
    if let Some(columns) = ours(record) {
        return Ok(columns);
    }
    Err(match other_separator(record) {
        Some(problem) => format!("{problem}, and the first line must be {EXPECTED}"),
        None if names_columns(record) => format!(
            "the columns must be {EXPECTED}, in this order and by these names; rename, move or remove the others"
        ),
        None => format!(
            "the first line must be {EXPECTED}; put it there, and nothing above it, or give --no-header where each line \
             is a user with these columns"
        ),
    })
}

/// Refuses a first line that names columns where it should be a user.
pub(super) fn refuse(record: &StringRecord) -> Result<(), String> {
    if ours(record).is_some() {
        return Err("this is a header; leave out --no-header".to_owned());
    }
    if names_columns(record) {
        return Err(format!(
            "this line names columns and is no user; write {EXPECTED} in its place, leave out --no-header, and bring \
             the columns into this order"
        ));
    }
    Ok(())
}

/// How many columns a record names that is our header; empty fields behind it are a spreadsheet's.
pub(super) fn ours(record: &StringRecord) -> Option<usize> {
    let titles = record.iter().map(title).collect::<Vec<_>>();
    let named = titles.iter().rposition(|title| !title.is_empty())? + 1;
    let fits = (3..=COLUMNS.len()).contains(&named)
        && titles.iter().zip(COLUMNS).take(named).all(|(given, ours)| given == ours);
    fits.then_some(named)
}

/// What is wrong with a record that is one field, since its separator is none.
pub(super) fn other_separator(record: &StringRecord) -> Option<String> {
    let only = record.get(0).filter(|_| record.len() == 1)?;
    let separator =
        [(";", "';'"), ("\t", "tabs"), ("|", "'|'")].into_iter().find(|(sign, _)| only.contains(sign));
    separator.map(|(_, named)| {
        format!("the columns are separated by {named}; save the file with commas between them")
    })
}

/// Whether a record is some program's header.
fn names_columns(record: &StringRecord) -> bool {
    let known = |field: &&str| TITLES.split(' ').any(|known| known == title(field));
    let begins =
        record.get(0).is_some_and(|first| ["nickname", "username", "login"].contains(&&*title(first)));
    begins || record.iter().filter(known).count() >= 2
}

/// A field as a title is compared: `First Name` is `first_name`.
fn title(field: &str) -> String {
    folded(field.trim()).replace([' ', '-'], "_")
}
