//! One of the people of a file.

use csv::StringRecord;
use tweetty_domain::{
    ApiKey, Designation, Email, ExternalId, Identifier, Invalid, Login, Nickname, Particulars, PersonName,
    Role, folded,
};

use super::format::Column;
use super::header::Columns;
use super::separator::Separator;

/// What a file says of somebody.
#[derive(Debug)]
pub(in crate::cli::users) struct Row {
    /// In which line of the file it begins, from 1.
    pub(in crate::cli::users) line: u64,
    pub(in crate::cli::users) nickname: Option<Nickname>,
    /// A nickname in the place of that: it looks like another one of the file, so it needs a number.
    pub(in crate::cli::users) wish: Option<Nickname>,
    pub(in crate::cli::users) login: Option<Login>,
    pub(in crate::cli::users) first_name: Option<PersonName>,
    pub(in crate::cli::users) last_name: Option<PersonName>,
    pub(in crate::cli::users) email: Option<Email>,
    pub(in crate::cli::users) external_id: Option<ExternalId>,
    pub(in crate::cli::users) title: Option<Designation>,
    pub(in crate::cli::users) department: Option<Designation>,
    pub(in crate::cli::users) role: Option<Role>,
    /// The key that the file gives.
    pub(in crate::cli::users) key: Option<ApiKey>,
}

impl Row {
    /// What a record says.
    pub(super) fn of(
        record: &StringRecord,
        line: u64,
        columns: &Columns,
        separator: Separator,
    ) -> Result<Self, String> {
        if let Some(only) = record.get(0).filter(|_| record.len() == 1)
            && let Some(other) = separator.other_in(only).filter(|_| columns.fit(record).is_err())
        {
            let (this, first) = (other.name(), separator.name());
            return Err(format!(
                "separated by {this}, but the first line by {first}; write the same in all lines"
            ));
        }
        columns.fit(record)?;
        let row = Self {
            line,
            nickname: value(record, columns, Column::Nickname, Nickname::parse)?,
            wish: None,
            login: value(record, columns, Column::Login, Login::parse)?,
            first_name: value(record, columns, Column::FirstName, PersonName::parse)?,
            last_name: value(record, columns, Column::LastName, PersonName::parse)?,
            email: value(record, columns, Column::Email, Email::parse)?,
            external_id: value(record, columns, Column::ExternalId, ExternalId::parse)?,
            title: value(record, columns, Column::Title, Designation::parse)?,
            department: value(record, columns, Column::Department, Designation::parse)?,
            role: value(record, columns, Column::Role, Role::parse)?,
            key: columns.field(Column::ApiKey, record).map(|text| key(text, record, columns)).transpose()?,
        };
        if row.nickname.is_none() && row.login.is_none() {
            let column = if columns.have(Column::Nickname) { Column::Nickname } else { Column::Login };
            return Err(format!(
                "{}: empty, and nothing else says who this is; fill it, or remove the line",
                column.name()
            ));
        }
        Ok(row)
    }

    /// What says who this is, the surest first.
    pub(in crate::cli::users) fn identifiers(&self) -> Vec<Identifier> {
        let external_id = self.external_id.clone().map(Identifier::ExternalId);
        let login = self.login.clone().map(Identifier::Login);
        let nickname = self.nickname.clone().map(Identifier::Nickname);
        [external_id, login, nickname].into_iter().flatten().collect()
    }

    /// What it says besides names.
    pub(in crate::cli::users) fn particulars(&self) -> Particulars {
        Particulars {
            login: self.login.clone(),
            email: self.email.clone(),
            external_id: self.external_id.clone(),
            title: self.title.clone(),
            department: self.department.clone(),
            managed_by: None,
            role: self.role.unwrap_or_default(),
            owner: None,
        }
    }
}

fn value<T>(
    record: &StringRecord,
    columns: &Columns,
    column: Column,
    parse: fn(&str) -> Result<T, Invalid>,
) -> Result<Option<T>, String> {
    let refused = |invalid: Invalid| {
        let cure = match invalid {
            Invalid::ControlCharacter(_) => "; remove it",
            Invalid::NameLength { .. } => "; shorten it",
            Invalid::Role => "; write one of them, or leave the column out by --ignore-columns",
            _ => "",
        };
        format!("{}: {invalid}{cure}", column.name())
    };
    columns.field(column, record).map(parse).transpose().map_err(refused)
}

/// A key that somebody has chosen. What else stands in the line, or an address, is no secret: another column was taken
/// for the one of the keys.
fn key(text: &str, record: &StringRecord, columns: &Columns) -> Result<ApiKey, String> {
    let name = Column::ApiKey.name();
    let cure = "leave the column empty, and a key is made";
    if text.contains('@') {
        return Err(format!("{name}: this looks like an e-mail address; {cure}"));
    }
    let same = |column: &&Column| {
        **column != Column::ApiKey
            && columns.field(**column, record).is_some_and(|other| folded(other) == folded(text))
    };
    if let Some(column) = Column::ALL.iter().find(same) {
        return Err(format!("{name}: the same text as {}, which is no secret; {cure}", column.name()));
    }
    ApiKey::parse(text).map_err(|invalid| format!("{name}: {invalid}; {cure}"))
}
