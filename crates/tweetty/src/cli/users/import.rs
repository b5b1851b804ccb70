//! `tweetty users import`
#![expect(clippy::doc_markdown, reason = "the comments of arguments are help texts, which are no Markdown")]

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use tweetty_domain::{ApiKey, Error, Login, Newcomer, Nickname, Operations, SHORT_KEY, User, UserId};

use super::follows::Follows;
use super::people_file::{self, Format, PeopleFile, Problems, Row};
use crate::cli::cells::guarded;
use crate::cli::keys_file::KeysTo;
use crate::cli::lost_keys::{NewKeys, unshown};
use crate::config::local_path;
use crate::output::{Answer, Output, complain};
use crate::wiring::Wired;

/// Users whom a message names; of more, only the last besides.
const NAMED: usize = 5;

const NOBODY: &str = "nobody was imported";

#[derive(Debug, Args)]
pub(super) struct Import {
    /// A file whose first line names its columns: nickname, login, first_name, last_name, email, external_id, title,
    /// department, role, api_key; nickname or login is needed. What is empty is none, an empty key is made; - reads standard input
    #[arg(value_name = "FILE", value_parser = local_path())]
    file: PathBuf,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    keys_to: KeysTo,
    #[command(flatten)]
    follows: Follows,
}

/// The new users in the order of the file; keys that the file gave, and those that went into a file, are not repeated.
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
        csv.write_record(["id", "nickname", "api_key"])?;
        for ImportedUser { id, nickname, api_key } in &self.users {
            let api_key = api_key.as_deref().unwrap_or_default();
            csv.write_record([&*id.to_string(), &*guarded(nickname), &*guarded(api_key)])?;
        }
        csv.flush()
    }
}

/// Somebody of the file, with all that a user needs.
struct Person {
    line: u64,
    nickname: Nickname,
    newcomer: Newcomer,
    /// The key that was made, where the file gave none.
    made: Option<ApiKey>,
}

impl Import {
    pub(super) async fn run(
        self,
        Wired { microblog, operations, .. }: &Wired,
        output: Output,
        new_keys: &NewKeys,
    ) -> anyhow::Result<()> {
        let file = people_file::read(&self.file, &self.format, NOBODY)?;
        warn_of(&file);
        let follows = self.follows.users(microblog).await?;
        refuse_taken(operations, &file).await?;
        let people = people(operations, file.rows).await?;
        let mut keys_file = self.keys_to.file()?;
        if let Some(keys_file) = &mut keys_file {
            keys_file
                .write(people.iter().filter_map(|person| Some((&person.nickname, person.made.as_ref()?))))?;
        }
        let newcomers = people.iter().map(|person| person.newcomer.clone()).collect();
        let added = operations.add_users(newcomers, &follows).await;
        if let Some(keys_file) = keys_file {
            keys_file.keep_unless_refused(&added);
        }
        let ids = added.map_err(|error| refusal(error, &file.name, &people))?;
        let shows = |made: &ApiKey| self.keys_to.path().is_none().then(|| made.reveal().to_owned());
        let imported = |(id, person): (&UserId, &Person)| ImportedUser {
            id: id.get(),
            nickname: person.nickname.as_str().to_owned(),
            api_key: person.made.as_ref().and_then(shows),
        };
        let imported = Imported { users: ids.iter().zip(&people).map(imported).collect() };
        let lost = imported.users.iter().zip(&ids).filter(|(user, _)| user.api_key.is_some());
        let lost = lost.map(|(_, id)| *id).collect::<Vec<_>>();
        let keys = match (self.keys_to.path(), lost.len()) {
            (Some(path), _) => format!("the keys that were made are in {}", path.display()),
            (None, 0) => "no keys were made".to_owned(),
            (None, count) => format!(
                "the keys that were made for {count} of them are lost, or not all were shown; to give new ones: {}",
                new_keys.of_ids(&lost)
            ),
        };
        let stands = what_stands(&file.name, &imported.users);
        output.show(&imported).map_err(|error| unshown(&error, &format!("{stands}; {keys}")))
    }
}

/// Says what an operator should look at.
pub(super) fn warn_of(file: &PeopleFile) {
    for warning in &file.warnings {
        complain(&format!("warning: {}: {warning}", file.name));
    }
    let short = file.rows.iter().filter(|row| row.key.as_ref().is_some_and(ApiKey::is_short)).count();
    if short > 0 {
        complain(&format!(
            "warning: {short} of the keys have fewer than {SHORT_KEY} characters and can be guessed"
        ));
    }
}

/// Names every line that says what belongs to a user already.
async fn refuse_taken(operations: &Operations, file: &PeopleFile) -> anyhow::Result<()> {
    let claimed = file.rows.iter().flat_map(Row::identifiers).collect::<Vec<_>>();
    let holders = operations.holders(&claimed).await?;
    let of = |text: fn(&User) -> Option<String>| {
        holders.iter().filter_map(|user| Some((text(user)?, user.id))).collect::<HashMap<_, _>>()
    };
    let nicknames = of(|user| Some(user.nickname.folded()));
    let logins = of(|user| user.particulars.login.as_ref().map(Login::folded));
    let ids = of(|user| user.particulars.external_id.as_ref().map(|id| id.as_str().to_owned()));
    let mut problems = Problems::default();
    for row in &file.rows {
        let nickname =
            row.nickname.as_ref().and_then(|name| Some((name.as_str(), nicknames.get(&name.folded())?)));
        let login = row.login.as_ref().and_then(|login| Some((login.as_str(), logins.get(&login.folded())?)));
        let id = row.external_id.as_ref().and_then(|id| Some((id.as_str(), ids.get(id.as_str())?)));
        let taken = [("nickname", nickname), ("login", login), ("external id", id)];
        if let Some((what, (value, holder))) =
            taken.into_iter().find_map(|(what, taken)| Some((what, taken?)))
        {
            problems.add(
                row.line,
                format!("the {what} {value:?} is taken by user #{holder}; remove the line, or change it"),
            );
        }
    }
    Ok(problems.into_result().map_err(|problems| problems.refusal(&file.name, NOBODY))?)
}

/// The people of the rows, those without a nickname of their own with one like that which they wish or like their login,
/// those without a key with one.
async fn people(operations: &Operations, rows: Vec<Row>) -> anyhow::Result<Vec<Person>> {
    let nameless = rows.iter().filter(|row| row.nickname.is_none());
    let wishes = nameless.filter_map(|row| {
        row.wish.clone().map(Ok).or_else(|| row.login.as_ref().map(|login| login.nickname(1)))
    });
    let wishes = wishes.collect::<Result<Vec<_>, _>>()?;
    let named =
        rows.iter().filter_map(|row| row.nickname.as_ref()).map(Nickname::folded).collect::<HashSet<_>>();
    let mut names = operations.free_nicknames(&wishes, named).await?.into_iter();
    let person = |row: Row| {
        let particulars = row.particulars();
        let Some(nickname) = row.nickname.or_else(|| names.next()) else {
            return Err(Error::internal("a user of the file got no nickname"));
        };
        let made = if row.key.is_none() { Some(ApiKey::generate()?) } else { None };
        let newcomer = Newcomer {
            nickname: nickname.clone(),
            first_name: row.first_name,
            last_name: row.last_name,
            particulars,
            key: row.key.or_else(|| made.clone()),
        };
        Ok(Person { line: row.line, nickname, newcomer, made })
    };
    Ok(rows.into_iter().map(person).collect::<Result<_, _>>()?)
}

/// Names the line that the store refused, where somebody was faster or a key is in use.
fn refusal(error: Error, name: &str, people: &[Person]) -> anyhow::Error {
    let is_meant = |person: &&Person| match &error {
        Error::NicknameTaken(nickname) | Error::KeyTaken(nickname) => {
            person.nickname.folded() == nickname.folded()
        }
        Error::LoginTaken(login) => person.newcomer.particulars.login.as_ref() == Some(login),
        Error::ExternalIdTaken(id) => person.newcomer.particulars.external_id.as_ref() == Some(id),
        _ => false,
    };
    match people.iter().find(is_meant) {
        Some(person) => Problems::of(person.line, error.to_string()).refusal(name, NOBODY).into(),
        None => error.into(),
    }
}

/// Which users are in the store although the answer was lost.
fn what_stands(file: &str, users: &[ImportedUser]) -> String {
    let Some(last) = users.last() else { return format!("there are no users in {file}") };
    let name = |user: &ImportedUser| format!("#{} {}", user.id, user.nickname);
    let mut named = users.iter().take(NAMED).map(name).collect::<Vec<_>>();
    if users.len() > NAMED {
        named.push(format!("… {}", name(last)));
    }
    format!("all {} users of {file} are in the store ({})", users.len(), named.join(", "))
}
