//! One user of a file.

use csv::StringRecord;
use tweetty_domain::{ApiKey, Invalid, Nickname, PersonName, folded};

use super::header::{self, COLUMNS, EXPECTED};

/// One user of the file.
#[derive(Debug)]
pub(in crate::cli::users) struct Row {
    /// In which line of the file the user begins, from 1.
    pub(in crate::cli::users) line: u64,
    pub(in crate::cli::users) nickname: Nickname,
    pub(in crate::cli::users) first_name: Option<PersonName>,
    pub(in crate::cli::users) last_name: Option<PersonName>,
    pub(in crate::cli::users) key: ApiKey,
    /// Whether the key stands in the file; else it was made.
    pub(in crate::cli::users) key_given: bool,
}

/// The user in a line of a file with so many columns.
pub(super) fn row(record: &StringRecord, line: u64, columns: usize) -> Result<Row, String> {
    shape(record, columns)?;
    let field = |column: usize| record.get(column).map(str::trim).filter(|field| !field.is_empty());
    let name = |column: usize| field(column).map(PersonName::parse).transpose().map_err(named(column));
    let given = field(3).map(|text| key(text, record)).transpose()?;
    Ok(Row {
        line,
        nickname: Nickname::parse(record.get(0).unwrap_or_default()).map_err(named(0))?,
        first_name: name(1)?,
        last_name: name(2)?,
        key_given: given.is_some(),
        key: given.map_or_else(ApiKey::generate, Ok).map_err(|error| error.to_string())?,
    })
}

/// Refuses a record that has not the columns of a user.
fn shape(record: &StringRecord, columns: usize) -> Result<(), String> {
    if header::ours(record).is_some() {
        return Err("this is a header in the middle of the file; remove the line".to_owned());
    }
    let empty = record.iter().rev().take_while(|field| field.trim().is_empty()).count();
    let filled = record.len() - empty;
    if record.len() >= 3 && filled <= columns {
        return Ok(());
    }
    if let Some(problem) = header::other_separator(record) {
        return Err(problem);
    }
    let count = record.len();
    Err(if record.iter().any(|field| field.contains('\n')) {
        format!("{count} columns, one of which goes on in the next line; a closing quotation mark is missing")
    } else if count > columns && columns < COLUMNS.len() {
        format!(
            "{count} columns, but the first line names {columns}; name them all there, or remove the rest"
        )
    } else {
        format!("{count} columns; {EXPECTED} are 3 or 4")
    })
}

/// A key that somebody has chosen. What else stands in the line, or an address, is no secret: another column was taken
/// for the one of the keys.
fn key(text: &str, record: &StringRecord) -> Result<ApiKey, String> {
    let cure = "leave the column empty, and a key is made";
    if text.contains('@') {
        return Err(format!("{}: this looks like an e-mail address; {cure}", COLUMNS[3]));
    }
    let same = |(other, _): &(&str, &str)| folded(other.trim()) == folded(text);
    if let Some((_, column)) =
        record.iter().zip(&COLUMNS[..3]).map(|(other, column)| (other, *column)).find(same)
    {
        return Err(format!("{}: the same text as {column}, which is no secret; {cure}", COLUMNS[3]));
    }
    ApiKey::parse(text).map_err(|invalid| format!("{}: {invalid}; {cure}", COLUMNS[3]))
}

fn named(column: usize) -> impl Fn(Invalid) -> String {
    move |invalid| {
        let cure = if matches!(invalid, Invalid::ControlCharacter(_)) { "; remove it" } else { "" };
        format!("{}: {invalid}{cure}", COLUMNS[column])
    }
}
