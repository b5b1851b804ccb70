//! Finding people by a part of their names.

use diesel::SqliteConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use tweetty_domain::{NamePart, People, PeopleStart, User, UserId, Whom};

use crate::failure::Failure;
use crate::rows;
use crate::statement::{Statement, sql};

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
);

/// The trigram index needs as many characters to find anything.
const INDEXED_LENGTH: usize = 3;

pub(crate) const EVERYBODY: &str = "
    SELECT id, nickname, first_name, last_name, followers_count, following_count, created_at, login, email, external_id,
           title, department, managed_by, deactivated_at, role, avatar
    FROM users
    WHERE id > ?1
      AND (deactivated_at IS NULL OR ?2)
    ORDER BY id
    LIMIT ?3 OFFSET ?4";

/// Walks the users in the order of the page until it is full.
const SHORT_PART: &str = "
    SELECT id, nickname, first_name, last_name, followers_count, following_count, created_at, login, email, external_id,
           title, department, managed_by, deactivated_at, role, avatar
    FROM users
    WHERE id > ?1
      AND instr(searchable, ?2) > 0
      AND (deactivated_at IS NULL OR ?3)
    ORDER BY id
    LIMIT ?4 OFFSET ?5";

/// The index finds candidates, `instr` has the last word: the same one as for short parts.
pub(crate) const LONG_PART: &str = "
    SELECT users.id, nickname, first_name, last_name, followers_count, following_count, created_at, login, email, external_id,
           title, department, managed_by, deactivated_at, role, avatar
    FROM user_names
    CROSS JOIN users ON users.id = user_names.rowid
    WHERE user_names MATCH ?1
      AND user_names.rowid > ?2
      AND instr(users.searchable, ?3) > 0
      AND (deactivated_at IS NULL OR ?4)
    ORDER BY user_names.rowid
    LIMIT ?5 OFFSET ?6";

/// A page of those whose names contain the part, or of all.
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
    let everybody = i64::from(whom == Whom::Everybody);
    let statement = matching(part.map(NamePart::as_str), after).bind(everybody);
    let statement = statement.bind(u64::from(limit) + 1).bind(offset);
    let found = statement.load::<rows::UserRow>(connection)?;
    let found = found.into_iter().map(User::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(rows::page_of_people(found, limit, |user: &User| user.id))
}

fn matching(part: Option<&str>, after: i64) -> Statement<Columns> {
    match part {
        None => sql(EVERYBODY).bind(after),
        Some(part) if part.chars().count() < INDEXED_LENGTH => sql(SHORT_PART).bind(after).bind(part),
        Some(part) => sql(LONG_PART).bind(phrase(part)).bind(after).bind(part),
    }
}

/// The part as one string of FTS5's query language, in which nothing but a quotation mark is special.
fn phrase(part: &str) -> String {
    format!("\"{}\"", part.replace('"', "\"\""))
}
