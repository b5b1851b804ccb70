//! A file of users, read whole and judged line by line before anything is done with it.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use tweetty_domain::{ApiKey, Invalid, Nickname, PersonName};

use crate::config::Refusal;

const HEADER: [&str; 4] = ["nickname", "first_name", "last_name", "api_key"];

/// One user of the file.
#[derive(Debug)]
pub(super) struct Row {
    /// In which line of the file she begins, from 1.
    pub(super) line: u64,
    pub(super) nickname: Nickname,
    pub(super) first_name: Option<PersonName>,
    pub(super) last_name: Option<PersonName>,
    pub(super) key: ApiKey,
    /// Whether the key stands in the file; else it was made.
    pub(super) key_given: bool,
}

/// Reads the users of a file, `-` being standard input; the first line that is no user is named.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Row>> {
    let name = path.display().to_string();
    let content = if name == "-" { from_standard_input() } else { fs::read(path) };
    let content = content.map_err(|error| Refusal::world(&name, error))?;
    rows(&content).map_err(|(line, problem)| {
        Refusal::world(format!("{name} line {line}"), format_args!("{problem}; nobody was imported")).into()
    })
}

fn from_standard_input() -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    io::stdin().lock().read_to_end(&mut content)?;
    Ok(content)
}

fn rows(content: &[u8]) -> Result<Vec<Row>, (u64, String)> {
    // Spreadsheets begin a file with a byte order mark.
    let content = content.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(content);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(content);
    let mut lines = Lines { content, offset: 0, line: 1 };
    let (mut rows, mut names, mut keys) = (Vec::new(), HashMap::new(), HashMap::new());
    let mut record = csv::StringRecord::new();
    let mut first = true;
    loop {
        let line = lines.line_of_record_at(reader.position().byte());
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(rows),
            Err(error) => return Err((line, reason(&error))),
        }
        if std::mem::take(&mut first) && names_columns(&record) {
            header(&record).map_err(|problem| (line, problem))?;
            continue;
        }
        let row = row(&record, line).map_err(|problem| (line, problem))?;
        if let Some(earlier) = names.insert(row.nickname.folded(), line) {
            return Err((
                line,
                format!("the nickname {:?} stands in line {earlier} too", row.nickname.as_str()),
            ));
        }
        if let Some(earlier) = keys.insert(*row.key.hash().as_bytes(), line) {
            return Err((line, format!("the same key stands in line {earlier} too")));
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

/// Whether a first line is a header: it begins as one does, or names two of the columns in whatever order.
fn names_columns(record: &csv::StringRecord) -> bool {
    let is = |given: &str, column: &str| given.trim().eq_ignore_ascii_case(column);
    let columns = HEADER.iter().filter(|column| record.iter().any(|given| is(given, column))).count();
    columns >= 2 || record.get(0).is_some_and(|given| is(given, HEADER[0]))
}

fn header(record: &csv::StringRecord) -> Result<(), String> {
    let fits = (3..=4).contains(&record.len())
        && record.iter().zip(HEADER).all(|(given, expected)| given.trim().eq_ignore_ascii_case(expected));
    if fits { Ok(()) } else { Err(format!("the columns must be {}", HEADER.join(","))) }
}

fn row(record: &csv::StringRecord, line: u64) -> Result<Row, String> {
    if !(3..=4).contains(&record.len()) {
        return Err(format!("{} columns; nickname,first_name,last_name[,api_key] are 3 or 4", record.len()));
    }
    let field = |column: usize| record.get(column).map(str::trim).filter(|field| !field.is_empty());
    let named = |column: usize| move |invalid: Invalid| format!("{}: {invalid}", HEADER[column]);
    let name = |column: usize| field(column).map(PersonName::parse).transpose().map_err(named(column));
    let given = field(3).map(ApiKey::parse).transpose().map_err(named(3))?;
    Ok(Row {
        line,
        nickname: Nickname::parse(record.get(0).unwrap_or_default()).map_err(named(0))?,
        first_name: name(1)?,
        last_name: name(2)?,
        key_given: given.is_some(),
        key: given.map_or_else(ApiKey::generate, Ok).map_err(|error| error.to_string())?,
    })
}

fn reason(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => "not CSV".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nicknames(text: &str) -> Vec<String> {
        let rows = rows(text.as_bytes()).unwrap();
        rows.iter().map(|row| row.nickname.as_str().to_owned()).collect()
    }

    #[test]
    fn a_header_line_a_byte_order_mark_and_blank_lines_are_optional() {
        for text in [
            "ann,Ann,Smith\nbob,,\n",
            "nickname,first_name,last_name\nann,Ann,Smith\nbob,,",
            "\u{FEFF}Nickname, First_name ,last_name,api_key\r\nann,,,\r\n\r\nbob,,\r\n",
            "\u{FEFF}ann,,\nbob,,",
        ] {
            assert_eq!(nicknames(text), ["ann", "bob"], "{text:?}");
        }
        assert_eq!(nicknames(""), Vec::<String>::new());
        assert_eq!(nicknames("\"Smith, Ann\",\"Ann \"\"A\"\"\",\n"), ["Smith, Ann"]);
    }

    #[test]
    fn an_empty_name_is_none_and_an_empty_key_is_made() {
        let rows = rows("ann,Ann,,\nbob,,Smith,bobs-key\n".as_bytes()).unwrap();
        let names = |row: &Row| {
            [&row.first_name, &row.last_name].map(|name| name.as_ref().map(|name| name.as_str().to_owned()))
        };
        assert_eq!(names(&rows[0]), [Some("Ann".to_owned()), None]);
        assert_eq!(names(&rows[1]), [None, Some("Smith".to_owned())]);
        assert!(!rows[0].key_given && rows[0].key.reveal().starts_with("tweetty_"));
        assert!(rows[1].key_given && rows[1].key.reveal() == "bobs-key");
    }

    #[test]
    fn the_first_bad_line_is_named_with_its_reason_and_without_its_key() {
        for (text, line, reason) in [
            ("ann,,\nbob\n", 2, "1 columns"),
            ("ann,,,k,x\n", 1, "5 columns"),
            ("ann;Ann;Smith\n", 1, "1 columns"),
            ("nickname,last_name,first_name\n", 1, "the columns must be"),
            ("First_Name,last_name,nickname\nAnn,Smith,ann\n", 1, "the columns must be"),
            ("ann,,\n\n,Bob,\n", 3, "nickname: 0 characters"),
            ("nickname,first_name,last_name\r\n\r\nann,,\r\n,Bob,\r\n", 4, "nickname: 0 characters"),
            ("ann,,\n\"bob\",\"two\nlines\",\n", 2, "first_name: contains the control"),
            ("nickname,,\nnickname,,\n", 1, "the columns must be"),
            ("ann,,\n\"bo\nb\",,\nAnn,,\n", 2, "nickname: contains the control"),
            ("ann,,\nbob,,\nANN,,\n", 3, "stands in line 1 too"),
            ("ann,,,secret\nbob,,,secret\n", 2, "the same key stands in line 1 too"),
            ("ann,,\nbob,,,sec ret\n", 2, "api_key: a key has 1 to 256"),
        ] {
            let (found, problem) = rows(text.as_bytes()).unwrap_err();
            assert_eq!(found, line, "{text:?}: {problem}");
            assert!(problem.contains(reason) && !problem.contains("sec"), "{problem}");
        }
        assert_eq!(rows(b"ann,,\n\xff,,\n").unwrap_err(), (2, "not UTF-8".to_owned()));
    }
}
