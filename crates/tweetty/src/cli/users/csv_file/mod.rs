//! A file of users, read whole and judged line by line before anything is done with it.

mod header;
mod row;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use csv::StringRecord;

use crate::config::Refusal;
use header::{COLUMNS, EXPECTED};
pub(super) use row::Row;
use row::row;

/// What a workbook of Excel begins with, as each zip archive does.
const WORKBOOK: &[u8] = b"PK\x03\x04";

/// What the first line of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstLine {
    /// The names of the columns.
    Header,
    /// A user, as all the others are.
    User,
}

/// Reads the users of a file, `-` being standard input; the first line that is no user is named.
pub(super) fn read(path: &Path, first_line: FirstLine) -> anyhow::Result<Vec<Row>> {
    let name = path.display().to_string();
    let content = if name == "-" { from_standard_input() } else { fs::read(path) };
    let content = content.map_err(|error| Refusal::world(&name, error))?;
    rows(&content, first_line).map_err(|(line, problem)| {
        Refusal::world(format!("{name} line {line}"), format_args!("{problem}; nobody was imported")).into()
    })
}

fn from_standard_input() -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    io::stdin().lock().read_to_end(&mut content)?;
    Ok(content)
}

fn rows(content: &[u8], first_line: FirstLine) -> Result<Vec<Row>, (u64, String)> {
    if content.starts_with(WORKBOOK) {
        return Err((1, "this is a workbook, not CSV; save the sheet as \"CSV UTF-8\"".to_owned()));
    }
    // Spreadsheets begin a file with a byte order mark.
    let content = content.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(content);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(content);
    let mut lines = Lines { content, offset: 0, line: 1 };
    let (mut rows, mut names, mut keys) = (Vec::new(), HashMap::new(), HashMap::new());
    let mut record = StringRecord::new();
    let mut columns = None;
    loop {
        let line = lines.line_of_record_at(reader.position().byte());
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) if columns.is_none() && first_line == FirstLine::Header => {
                return Err((1, format!("the file is empty; its first line must be {EXPECTED}")));
            }
            Ok(false) => return Ok(rows),
            Err(error) => return Err((line, reason(&error))),
        }
        let columns = match (columns, first_line) {
            (Some(columns), _) => columns,
            (None, FirstLine::Header) => {
                columns = Some(header::columns(&record).map_err(|problem| (line, problem))?);
                continue;
            }
            (None, FirstLine::User) => {
                header::refuse(&record).map_err(|problem| (line, problem))?;
                *columns.insert(COLUMNS.len())
            }
        };
        // Spreadsheets leave rows of nothing but separators behind those that were cleared.
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        let row = row(&record, line, columns).map_err(|problem| (line, problem))?;
        if let Some(earlier) = names.insert(row.nickname.folded(), line) {
            let nickname = row.nickname.as_str();
            let cure = "keep one of the two lines, or change a nickname";
            return Err((line, format!("the nickname {nickname:?} stands in line {earlier} too; {cure}")));
        }
        if let Some(earlier) = keys.insert(*row.key.hash().as_bytes(), line) {
            let cure = "leave both empty, and keys are made";
            return Err((line, format!("the same key stands in line {earlier} too; {cure}")));
        }
        rows.push(row);
    }
}

/// Counts lines as an editor does: the csv crate's own count is behind after blank lines and `\r\n`.
struct Lines<'a> {
    content: &'a [u8],
    offset: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record that is read next from that place on.
    fn line_of_record_at(&mut self, offset: u64) -> u64 {
        let begin = usize::try_from(offset).unwrap_or(usize::MAX).min(self.content.len());
        let breaks = self.content[begin..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = &self.content[self.offset..begin + breaks];
        self.line += passed.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.offset = begin + breaks;
        self.line
    }
}

fn reason(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "not UTF-8; save the file as \"CSV UTF-8\"".to_owned(),
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => "not CSV".to_owned(),
    }
}
