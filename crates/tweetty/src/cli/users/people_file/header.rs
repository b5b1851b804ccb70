//! The first line of a file of people, which says what its columns are.

use csv::StringRecord;
use tweetty_domain::folded;

use super::format::{Column, Format, Renamed};
use crate::cli::cells::unguarded;

/// The columns of a file without such a line; the last may be missing.
const WITHOUT_HEADER: [Column; 4] = [Column::Nickname, Column::FirstName, Column::LastName, Column::ApiKey];
/// The same as a message names them.
const EXPECTED: &str = "nickname,first_name,last_name[,api_key]";

/// Words that stand above columns and are hardly two names of one user.
const TITLES: &str = "api_key department e_mail email employee_id external_id family_name first first_name firstname \
    given_name id last last_name lastname login mail middle_name name nickname role status surname title user user_id \
    user_name username work_email логин имя фамилия отчество почта";

/// What stands in each place of a line.
#[derive(Debug)]
pub(in crate::cli::users) struct Columns {
    places: Vec<Place>,
}

/// What stands in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Known(Column),
    /// Left out by the operator.
    Ignored,
    /// Nothing stands above it, so nothing may stand in it.
    Unnamed,
}

impl Columns {
    /// Those of a file whose first record is this one.
    pub(super) fn of(record: &StringRecord, format: &Format) -> Result<Self, String> {
        if !format.no_header {
            return Self::named(record, format);
        }
        if names_columns(record) {
            return Err(format!(
                "this line names columns and is no user; leave out --no-header, and say by --columns what those of \
                 other names are ({EXPECTED} are the columns where no line names them)"
            ));
        }
        Ok(Self::without_header())
    }

    /// Those of a file that does not name them.
    pub(super) fn without_header() -> Self {
        Self { places: WITHOUT_HEADER.map(Place::Known).into() }
    }

    fn named(record: &StringRecord, format: &Format) -> Result<Self, String> {
        let titles = record.iter().map(as_title).collect::<Vec<_>>();
        let missing = |renamed: &&Renamed| !titles.contains(&as_title(&renamed.from));
        if let Some(Renamed { from, to }) = format.columns.iter().find(missing) {
            return Err(format!("--columns {from}={}: the first line names no column {from:?}", to.name()));
        }
        let mut places = titles.iter().map(|title| place(title, format)).collect::<Vec<_>>();
        if !places.iter().any(|place| matches!(place, Some(Place::Known(_)))) && !names_columns(record) {
            return Err(format!(
                "the first line must name the columns, such as {EXPECTED}; put it there, and nothing above it, or give \
                 --no-header where each line is a user with just these columns"
            ));
        }
        let unknown = places.iter().zip(record).filter(|(place, _)| place.is_none());
        let unknown = unknown.map(|(_, title)| title.trim()).collect::<Vec<_>>();
        if let Some(first) = unknown.first() {
            return Err(format!(
                "unknown columns: {}; say what each is, such as --columns {:?}, or leave it out by --ignore-columns {:?}; \
                 known are {}",
                unknown.iter().map(|title| format!("{title:?}")).collect::<Vec<_>>().join(", "),
                format!("{first}=external_id"),
                unknown.join(","),
                Column::names()
            ));
        }
        while places.last() == Some(&Some(Place::Unnamed)) {
            places.pop();
        }
        let columns = Self { places: places.into_iter().flatten().collect() };
        for column in Column::ALL {
            if columns.places.iter().filter(|place| **place == Place::Known(*column)).count() > 1 {
                let name = column.name();
                return Err(format!("two columns are {name}; leave one out by --ignore-columns"));
            }
        }
        if !columns.have(Column::Nickname) && !columns.have(Column::Login) {
            return Err("a column nickname or login is needed; say by --columns which one that is".to_owned());
        }
        Ok(columns)
    }

    /// Whether the file says that of people.
    pub(in crate::cli::users) fn have(&self, column: Column) -> bool {
        self.places.contains(&Place::Known(column))
    }

    /// What a record says; nothing where it is empty.
    pub(super) fn field<'r>(&self, column: Column, record: &'r StringRecord) -> Option<&'r str> {
        let place = self.places.iter().position(|place| *place == Place::Known(column))?;
        record.get(place).map(str::trim).map(unguarded).filter(|field| !field.is_empty())
    }

    /// Refuses a record that has other places than these.
    pub(super) fn fit(&self, record: &StringRecord) -> Result<(), String> {
        if is_header(record) {
            return Err("this is a header in the middle of the file; remove the line".to_owned());
        }
        let empty = record.iter().rev().take_while(|field| field.trim().is_empty()).count();
        let (count, filled, width) = (record.len(), record.len() - empty, self.places.len());
        // Files without keys may end before their column.
        let keys_last = self.places.last() == Some(&Place::Known(Column::ApiKey));
        if filled <= width && count + usize::from(keys_last) >= width {
            let unnamed = (1..).zip(record).zip(&self.places);
            let filled =
                unnamed.filter(|((_, field), place)| **place == Place::Unnamed && !field.trim().is_empty());
            return match filled.map(|((place, _), _)| place).next() {
                Some(place) => {
                    Err(format!("column {place} has no name in the first line; name it, or empty it"))
                }
                None => Ok(()),
            };
        }
        Err(if record.iter().any(|field| field.contains(['\n', '\r'])) {
            format!(
                "{count} columns, one of which goes on in the next line; a closing quotation mark is missing"
            )
        } else if count > width {
            format!(
                "{count} columns, but the first line names {width}; name them all there, or remove the rest"
            )
        } else {
            format!("{count} columns, but {width} are needed ({EXPECTED} where no line names them)")
        })
    }
}

/// What stands below that title; `None` where nobody knows.
fn place(title: &str, format: &Format) -> Option<Place> {
    if title.is_empty() {
        return Some(Place::Unnamed);
    }
    if let Some(renamed) = format.columns.iter().find(|renamed| as_title(&renamed.from) == title) {
        return Some(Place::Known(renamed.to));
    }
    if format.ignore_columns.iter().any(|ignored| as_title(ignored) == title) {
        return Some(Place::Ignored);
    }
    Column::named(title).map(Place::Known)
}

/// Whether a record is nothing but names of our columns, of which there are several.
fn is_header(record: &StringRecord) -> bool {
    let named = || record.iter().filter(|field| !field.trim().is_empty());
    named().count() > 1 && named().all(|field| Column::named(field).is_some())
}

/// Whether a record is some program's header.
fn names_columns(record: &StringRecord) -> bool {
    let known = |field: &&str| TITLES.split(' ').any(|known| known == as_title(field));
    let first = record.get(0).map(as_title);
    let begins = first.is_some_and(|first| ["nickname", "username", "login"].contains(&&*first));
    begins || record.iter().filter(known).count() >= 2
}

/// A field as a title is compared: `First Name` is `first_name`.
pub(super) fn as_title(field: &str) -> String {
    folded(field.trim())
        .split([' ', '-', '_', '\u{a0}'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}
