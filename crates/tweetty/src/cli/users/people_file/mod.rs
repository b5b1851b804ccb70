//! A file of people as spreadsheets, directories and personnel systems write it, read whole and judged line by line before
//! anything is done with it.

mod format;
mod header;
mod lines;
mod problems;
mod row;
mod separator;
#[cfg(test)]
mod tests;
mod text;

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use csv::StringRecord;
use tweetty_domain::{Nickname, folded};

use crate::config::Refusal;
pub(super) use format::{Column, Format};
use header::Columns;
use lines::Lines;
pub(super) use problems::Problems;
pub(super) use row::Row;

/// The people of a file.
#[derive(Debug)]
pub(super) struct PeopleFile {
    /// The file as it was named.
    pub(super) name: String,
    /// What the file says of each of them.
    pub(super) columns: Columns,
    pub(super) rows: Vec<Row>,
    /// What an operator should look at, though it is no problem.
    pub(super) warnings: Vec<String>,
}

/// Reads the people of a file, `-` being standard input. Every line that can't be used is named, and then what that means:
/// `nobody was imported`.
pub(super) fn read(path: &Path, format: &Format, so: &'static str) -> anyhow::Result<PeopleFile> {
    let name = path.display().to_string();
    let content = if name == "-" { from_standard_input() } else { fs::read(path) };
    let content = content.map_err(|error| Refusal::world(&name, error))?;
    people(&name, &content, format).map_err(|problems| problems.refusal(&name, so).into())
}

fn from_standard_input() -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    io::stdin().lock().read_to_end(&mut content)?;
    Ok(content)
}

fn people(name: &str, content: &[u8], format: &Format) -> Result<PeopleFile, Problems> {
    let content = text::decoded(content, format.encoding)?;
    let (separator, begin) = separator::of(&content)?;
    let records = content.get(begin..).unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new();
    reader.delimiter(separator.byte()).has_headers(false).flexible(true);
    let mut reader = reader.from_reader(records.as_bytes());
    let (mut lines, mut record) = (Lines::of(&content), StringRecord::new());
    let (mut problems, mut seen) = (Problems::default(), Seen::default());
    let (mut columns, mut rows) = (None, Vec::new());
    loop {
        let line = lines.line_of_record_at(begin as u64 + reader.position().byte());
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(Problems::of(line, error.to_string())),
        }
        // Spreadsheets leave rows of nothing but separators behind those that were cleared.
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        if columns.is_none() {
            columns = Some(Columns::of(&record, format).map_err(|problem| Problems::of(line, problem))?);
            if !format.no_header {
                continue;
            }
        }
        let Some(columns) = &columns else { break };
        let spelled = columns.field(Column::Nickname, &record).map(folded);
        match Row::of(&record, line, columns, separator).and_then(|row| seen.take(row, spelled)) {
            Ok(row) => rows.push(row),
            Err(problem) => problems.add(line, problem),
        }
    }
    let columns = match columns {
        Some(columns) => columns,
        None if format.no_header => Columns::without_header(),
        None => {
            let problem = format!("the file is empty; its first line names the columns: {}", Column::names());
            return Err(Problems::of(1, problem));
        }
    };
    problems.into_result()?;
    Ok(PeopleFile { name: name.to_owned(), columns, rows, warnings: seen.warnings })
}

/// What only one of the people in a file can have, and in which line it stood.
#[derive(Default)]
struct Seen {
    values: HashMap<(Column, String), u64>,
    /// Nicknames by their looks: what nobody sees, and how many spaces there are, is left out.
    looks: HashMap<String, u64>,
    warnings: Vec<String>,
}

impl Seen {
    /// Refuses a row that has what an earlier one has. One whose nickname only looks like an earlier one is somebody else.
    fn take(&mut self, mut row: Row, spelled: Option<String>) -> Result<Row, String> {
        let values = [
            (Column::Nickname, spelled.zip(row.nickname.as_ref().map(Nickname::as_str))),
            (Column::Login, row.login.as_ref().map(|login| (login.folded(), login.as_str()))),
            (Column::ExternalId, row.external_id.as_ref().map(|id| (id.as_str().to_owned(), id.as_str()))),
        ];
        for (column, value) in values {
            let Some((compared, shown)) = value else { continue };
            if let Some(earlier) = self.values.insert((column, compared), row.line) {
                let cure = "keep one of the two lines, or change one of them";
                return Err(format!("the {} {shown:?} stands in line {earlier} too; {cure}", column.title()));
            }
        }
        if let Some(key) = &row.key
            && let Some(earlier) = self.values.insert((Column::ApiKey, key.reveal().to_owned()), row.line)
        {
            let cure = "leave both empty, and keys are made";
            return Err(format!("the same key stands in line {earlier} too; {cure}"));
        }
        let earlier = row.nickname.as_ref().and_then(|name| self.looks.insert(name.folded(), row.line));
        if let Some(earlier) = earlier {
            row.wish = row.nickname.take();
            self.warnings.push(format!(
                "line {}: the nickname looks like that of line {earlier}; it gets a number behind it",
                row.line
            ));
        }
        Ok(row)
    }
}
