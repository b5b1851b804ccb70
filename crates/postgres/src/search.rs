//! Finding people by a part of their names.

use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use tweetty_domain::{NamePart, People, PeopleStart, User, UserId, Whom};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::rows;
use crate::statement::sql;

/// Those of [`rows::UserRow`].
type Columns = (
    BigInt,
    Text,
    Nullable<Text>,
    Nullable<Text>,
    Integer,
    Integer,
    Timestamptz,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Timestamptz>,
    Text,
    Nullable<Text>,
);

/// A trigram needs as many characters.
const INDEXED_LENGTH: usize = 3;

/// Walks the users in the order of the page until it is full.
const WALK: &str = r"
    SELECT id, nickname, first_name, last_name, followers_count, following_count, created_at, login, email, external_id,
           title, department, managed_by, deactivated_at, role, avatar
    FROM users
    WHERE id > :after
      AND (deactivated_at IS NULL OR :everybody)
      AND searchable LIKE :pattern ESCAPE '\'
    ORDER BY id
    LIMIT :limit OFFSET :offset";

/// Lets the trigrams find all of them first; a walk would be long where there are few.
const FIND: &str = r"
    WITH found AS MATERIALIZED (
        SELECT id, nickname, first_name, last_name, followers_count, following_count, created_at, login, email,
               external_id, title, department, managed_by, deactivated_at, role, avatar
        FROM users
        WHERE searchable LIKE :pattern ESCAPE '\'
          AND (deactivated_at IS NULL OR :everybody)
    )
    SELECT *
    FROM found
    WHERE id > :after
    ORDER BY id
    LIMIT :limit OFFSET :offset";

/// A page of those whose names contain the part, or of all.
pub(crate) async fn search(
    connection: &mut Connection,
    part: Option<NamePart>,
    whom: Whom,
    start: PeopleStart,
    limit: u32,
) -> Result<People<User>, Failure> {
    let (after, offset) = match start {
        PeopleStart::After(after) => (after.map_or(0, UserId::get), 0),
        PeopleStart::Page(number) => (0, number.saturating_sub(1).saturating_mul(limit.into())),
    };
    let indexed = part.as_ref().is_some_and(|part| part.as_str().chars().count() >= INDEXED_LENGTH);
    let found = sql::<Columns>(if indexed { FIND } else { WALK })
        .bind("pattern", part.as_ref().map_or_else(|| "%".to_owned(), pattern))
        .bind("everybody", whom == Whom::Everybody)
        .bind("after", after)
        .bind("limit", u64::from(limit) + 1)
        .bind("offset", offset)
        .load::<rows::UserRow>(connection)
        .await?;
    let found = found.into_iter().map(User::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(rows::page_of_people(found, limit, |user: &User| user.id))
}

/// The `LIKE` pattern of texts that contain the part, `\` being the escape character.
fn pattern(part: &NamePart) -> String {
    let mut pattern = String::from("%");
    for character in part.as_str().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

#[test]
fn a_searched_part_never_acts_as_a_wildcard() {
    assert_eq!(NamePart::parse("50%_\\A").map(|part| pattern(&part)), Ok("%50\\%\\_\\\\a%".to_owned()));
}
