//! `tweetty users import`
#![expect(clippy::doc_markdown, reason = "the comments of arguments are help texts, which are no Markdown")]

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use tweetty_domain::{Error, Newcomer, Operations, Particulars, SHORT_KEY, UserId};

use super::csv_file::{FirstLine, Row, read};
use crate::cli::lost_keys::{NewKeys, unshown};
use crate::config::{Refusal, local_path};
use crate::output::{Answer, Output, complain};

/// Users whom a message names; of more, only the last besides.
const NAMED: usize = 5;

#[derive(Debug, Args)]
pub(super) struct Import {
    /// A UTF-8 file whose first line is nickname,first_name,last_name[,api_key]; an empty name is none, an empty key is
    /// made; - reads standard input
    #[arg(value_name = "FILE.csv", value_parser = local_path())]
    file: PathBuf,
    /// The file has no such first line: each line is a user, with these columns in this order
    #[arg(long)]
    no_header: bool,
}

/// The new users in the order of the file; keys that the file gave are not repeated.
#[derive(Serialize)]
struct Imported {
    users: Vec<ImportedUser>,
}

#[derive(Serialize)]
struct ImportedUser {
    id: i64,
    nickname: String,
    api_key: Option<String>,
}

impl Answer for Imported {
    fn text(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(to);
        if self.users.is_empty() {
            csv.write_record(["id", "nickname", "api_key"])?;
        }
        for user in &self.users {
            csv.serialize(user)?;
        }
        csv.flush()
    }
}

impl Import {
    pub(super) async fn run(
        self,
        operations: &Operations,
        output: Output,
        new_keys: &NewKeys,
    ) -> anyhow::Result<()> {
        let rows = read(&self.file, if self.no_header { FirstLine::User } else { FirstLine::Header })?;
        let short = rows.iter().filter(|row| row.key_given && row.key.is_short()).count();
        if short > 0 {
            complain(&format!(
                "warning: {short} of the keys have fewer than {SHORT_KEY} characters and can be guessed"
            ));
        }
        let newcomer = |row: &Row| Newcomer {
            nickname: row.nickname.clone(),
            first_name: row.first_name.clone(),
            last_name: row.last_name.clone(),
            particulars: Particulars::default(),
            key: Some(row.key.clone()),
        };
        let added = operations.add_users(rows.iter().map(newcomer).collect()).await;
        let ids =
            added.map_err(|error| self.refusal(&error, &rows).map_or(error.into(), anyhow::Error::from))?;
        let imported = |(id, row): (UserId, Row)| ImportedUser {
            id: id.get(),
            nickname: row.nickname.as_str().to_owned(),
            api_key: (!row.key_given).then(|| row.key.reveal().to_owned()),
        };
        let made = ids.iter().zip(&rows).filter(|(_, row)| !row.key_given).map(|(id, _)| *id);
        let made = made.collect::<Vec<_>>();
        let imported = Imported { users: ids.into_iter().zip(rows).map(imported).collect() };
        output
            .show(&imported)
            .map_err(|error| unshown(&error, &self.what_stands(&imported.users, &made, new_keys)))
    }

    /// Which users are in the store although the answer was lost.
    fn what_stands(&self, users: &[ImportedUser], made: &[UserId], new_keys: &NewKeys) -> String {
        let file = self.file.display();
        let Some(last) = users.last() else { return format!("there are no users in {file}") };
        let name = |user: &ImportedUser| format!("#{} {}", user.id, user.nickname);
        let mut named = users.iter().take(NAMED).map(name).collect::<Vec<_>>();
        if users.len() > NAMED {
            named.push(format!("… {}", name(last)));
        }
        let keys = match made.len() {
            0 => "no keys were made".to_owned(),
            count => format!(
                "the keys that were made for {count} of them are lost, or not all were shown; to give new ones: {}",
                new_keys.of_ids(made)
            ),
        };
        format!("all {} users of {file} are in the store ({}); {keys}", users.len(), named.join(", "))
    }

    /// Names the line that the store refused.
    fn refusal(&self, error: &Error, rows: &[Row]) -> Option<Refusal> {
        let (Error::NicknameTaken(nickname) | Error::KeyTaken(nickname)) = error else { return None };
        let row = rows.iter().find(|row| row.nickname.folded() == nickname.folded())?;
        let place = format!("{} line {}", self.file.display(), row.line);
        Some(Refusal::world(place, format_args!("{error}; nobody was imported")))
    }
}
