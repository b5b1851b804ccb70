//! Finding people by a part of their names.

use diesel::SqliteConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use tweetty_domain::{NamePart, People, PeopleStart, User, UserId, Whom};

use crate::failure::Failure;
use crate::rows;
use crate::statement::{Statement, json_texts, sql};

/// Those of [`rows::UserRow`].
type Columns = (
    BigInt,
    Text,
    Nullable<Text>,
    Nullable<Text>,
    BigInt,
    BigInt,
    BigInt,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<BigInt>,
    Text,
    Nullable<Text>,
    Nullable<BigInt>,
);

/// The trigram index needs as many characters to find anything.
const INDEXED_LENGTH: usize = 3;

/// How many ids are walked in the hope that what is frequent fills the page.
const REACH: i64 = 1_000;

/// Trigrams that may stand for a shorter word; what begins more of them is frequent.
const MOST_TRIGRAMS: usize = 500;

pub(crate) const EVERYBODY: &str = "
    SELECT id, nickname, first_name, last_name, followers_count, following_count, created_at, login, email, external_id,
           title, department, managed_by, deactivated_at, role, avatar, owner_id
    FROM users
    WHERE id > ?1
      AND (deactivated_at IS NULL OR ?2)
    ORDER BY id
    LIMIT ?3 OFFSET ?4";

/// Walks users in the order of the page until it is full.
const WALK: &str = "
    SELECT id, nickname, first_name, last_name, followers_count, following_count, created_at, login, email, external_id,
           title, department, managed_by, deactivated_at, role, avatar, owner_id
    FROM users
    WHERE id > ?1
      AND id <= ?2
      AND (deactivated_at IS NULL OR ?3)
      AND NOT EXISTS (SELECT 1 FROM json_each(?4) AS words WHERE instr(searchable, words.value) = 0)
    ORDER BY id
    LIMIT ?5 OFFSET ?6";

/// The trigrams that begin with a word of one or two characters.
const TRIGRAMS: &str = "
    SELECT term
    FROM user_names_trigrams
    WHERE term >= ?1
      AND term < ?2
    LIMIT ?3";

/// The index finds candidates in the order of the page, `instr` has the last word: the same one as for a walk.
pub(crate) const MATCHING: &str = "
    SELECT users.id, nickname, first_name, last_name, followers_count, following_count, created_at, login, email, external_id,
           title, department, managed_by, deactivated_at, role, avatar, owner_id
    FROM user_names
    CROSS JOIN users ON users.id = user_names.rowid
    WHERE user_names MATCH ?1
      AND user_names.rowid > ?2
      AND (deactivated_at IS NULL OR ?3)
      AND NOT EXISTS (SELECT 1 FROM json_each(?4) AS words WHERE instr(users.searchable, words.value) = 0)
    ORDER BY user_names.rowid
    LIMIT ?5 OFFSET ?6";

/// A page of those whom the words find, or of all.
pub(crate) fn search(
    connection: &mut SqliteConnection,
    part: Option<&NamePart>,
    whom: Whom,
    start: PeopleStart,
    limit: u32,
) -> Result<People<User>, Failure> {
    let (after, offset) = match start {
        PeopleStart::After(after) => (after.map_or(0, UserId::get), 0),
        PeopleStart::Page(number) => (0, number.saturating_sub(1).saturating_mul(limit.into())),
    };
    let page =
        Page { after, everybody: i64::from(whom == Whom::Everybody), rows: u64::from(limit) + 1, offset };
    let found = match part {
        None => page.of(sql(EVERYBODY).bind(after).bind(page.everybody)).load(connection)?,
        Some(part) => page.found(connection, part)?,
    };
    let found = found.into_iter().map(User::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(rows::page_of_people(found, limit, |user: &User| user.id))
}

/// Where a page begins, and how long it is.
#[derive(Clone, Copy)]
struct Page {
    after: i64,
    /// Also those who are deactivated.
    everybody: i64,
    rows: u64,
    offset: u64,
}

impl Page {
    fn of(self, statement: Statement<Columns>) -> Statement<Columns> {
        statement.bind(self.rows).bind(self.offset)
    }

    fn found(
        self,
        connection: &mut SqliteConnection,
        part: &NamePart,
    ) -> Result<Vec<rows::UserRow>, Failure> {
        let long = part.words().filter(|word| word.chars().count() >= INDEXED_LENGTH);
        let long = long.map(phrase).collect::<Vec<_>>();
        if !long.is_empty() {
            return self.matching(connection, part, &long.join(" AND "));
        }
        let near = self.walk(connection, part, self.after.saturating_add(REACH))?;
        if near.len() as u64 >= self.rows {
            return Ok(near);
        }
        let word = part.words().next().unwrap_or_default();
        let trigrams = sql::<Text>(TRIGRAMS).bind(word).bind(format!("{word}{}", char::MAX));
        let trigrams = trigrams.bind(MOST_TRIGRAMS as u64).load::<String>(connection)?;
        match trigrams.len() {
            0 => Ok(Vec::new()),
            MOST_TRIGRAMS => self.walk(connection, part, i64::MAX),
            _ => {
                let phrases = trigrams.iter().map(|trigram| phrase(trigram)).collect::<Vec<_>>();
                self.matching(connection, part, &phrases.join(" OR "))
            }
        }
    }

    fn walk(
        self,
        connection: &mut SqliteConnection,
        part: &NamePart,
        until: i64,
    ) -> Result<Vec<rows::UserRow>, Failure> {
        let statement =
            sql(WALK).bind(self.after).bind(until).bind(self.everybody).bind(json_texts(part.words()));
        Ok(self.of(statement).load(connection)?)
    }

    fn matching(
        self,
        connection: &mut SqliteConnection,
        part: &NamePart,
        expression: &str,
    ) -> Result<Vec<rows::UserRow>, Failure> {
        let statement = sql(MATCHING).bind(expression).bind(self.after).bind(self.everybody);
        Ok(self.of(statement.bind(json_texts(part.words()))).load(connection)?)
    }
}

/// A text as one string of FTS5's query language, in which nothing but a quotation mark is special.
fn phrase(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
