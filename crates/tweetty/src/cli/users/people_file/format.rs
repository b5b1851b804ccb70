//! What an operator says of a file of people.
#![expect(clippy::doc_markdown, reason = "the comments of arguments are help texts, which are no Markdown")]

use clap::Args;
use encoding_rs::Encoding;

use super::header::as_title;

/// How a file of people is to be read.
#[derive(Debug, Default, Args)]
pub(in crate::cli::users) struct Format {
    /// The file has no first line with names of columns: each line is a user, nickname,first_name,last_name[,api_key]
    #[arg(long)]
    pub(super) no_header: bool,
    /// What columns of other names are, such as "Employee ID=external_id,Work Email=email"
    #[arg(long, value_name = "FROM=TO", value_delimiter = ',', value_parser = renamed, conflicts_with = "no_header")]
    pub(super) columns: Vec<Renamed>,
    /// Columns that are left out, such as "Status,Cost Center"
    #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with = "no_header")]
    pub(super) ignore_columns: Vec<String>,
    /// The encoding of the file, such as windows-1251; without it, UTF-8 and UTF-16 are recognised
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    pub(super) encoding: Option<&'static Encoding>,
}

/// A column of another name.
#[derive(Debug, Clone)]
pub(in crate::cli::users) struct Renamed {
    pub(super) from: String,
    pub(super) to: Column,
}

macro_rules! columns {
    ($($column:ident: $name:literal, $title:literal;)+) => {
        /// What a file says of somebody.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(in crate::cli::users) enum Column {
            $(#[doc = $name] $column,)+
        }

        impl Column {
            /// All of them, in the order in which messages name them.
            pub(super) const ALL: &'static [Self] = &[$(Self::$column,)+];

            /// The name of the column in a file.
            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$column => $name,)+
                }
            }

            /// What it is called in a sentence.
            pub(super) fn title(self) -> &'static str {
                match self {
                    $(Self::$column => $title,)+
                }
            }
        }
    };
}

columns! {
    Nickname: "nickname", "nickname";
    Login: "login", "login";
    FirstName: "first_name", "first name";
    LastName: "last_name", "last name";
    Email: "email", "e-mail address";
    ExternalId: "external_id", "external id";
    Title: "title", "title";
    Department: "department", "department";
    Role: "role", "role";
    ApiKey: "api_key", "key";
}

impl Column {
    /// The column of that name, letter case, spaces and hyphens aside.
    pub(super) fn named(text: &str) -> Option<Self> {
        let title = as_title(text);
        Self::ALL.iter().copied().find(|column| column.name() == title)
    }

    /// The names of all columns.
    pub(super) fn names() -> String {
        Self::ALL.iter().map(|column| column.name()).collect::<Vec<_>>().join(", ")
    }
}

fn renamed(text: &str) -> Result<Renamed, String> {
    let wanted = || format!("write FROM=TO, where TO is one of {}", Column::names());
    let (from, to) = text.rsplit_once('=').ok_or_else(wanted)?;
    let to = Column::named(to).ok_or_else(wanted)?;
    if from.trim().is_empty() { Err(wanted()) } else { Ok(Renamed { from: from.trim().to_owned(), to }) }
}

fn encoding(name: &str) -> Result<&'static Encoding, &'static str> {
    let unknown =
        "no encoding has this name; write one such as windows-1251, windows-1252, koi8-r or utf-16le";
    Encoding::for_label_no_replacement(name.as_bytes()).ok_or(unknown)
}
