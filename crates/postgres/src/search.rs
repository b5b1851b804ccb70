//! Finding people by a part of their names.

use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use tweetty_domain::{NamePart, People, PeopleStart, User, UserId, Whom};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::rows;
use crate::statement::{Bind, sql};

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
    Nullable<BigInt>,
);

/// The longest runs of characters that the index has.
const RUN: usize = 3;

/// How many ids are walked in the hope that what is frequent fills the page.
const REACH: i64 = 1_000;

/// Walks users in the order of the page until it is full.
const WALK: &str = r"
    SELECT id, nickname, first_name, last_name, followers_count, following_count, created_at, login, email, external_id,
           title, department, managed_by, deactivated_at, role, avatar, owner_id
    FROM users
    WHERE id > :after
      AND id <= :until
      AND (deactivated_at IS NULL OR :everybody)
      AND searchable LIKE ALL (:patterns)
    ORDER BY id
    LIMIT :limit OFFSET :offset";

/// Of how many a frequent part is.
const FREQUENT: u64 = 1_000;

/// Who matches, as the index finds them: the runs are what `users_searchable` indexes, word for word.
macro_rules! matching {
    () => {
        r"(
              string_to_array(searchable, CAST(NULL AS TEXT))
              || string_to_array(regexp_replace(searchable, '(..)', E'\\1 ', 'g'), ' ')
              || string_to_array(regexp_replace(substr(searchable, 2), '(..)', E'\\1 ', 'g'), ' ')
              || string_to_array(regexp_replace(searchable, '(...)', E'\\1 ', 'g'), ' ')
              || string_to_array(regexp_replace(substr(searchable, 2), '(...)', E'\\1 ', 'g'), ' ')
              || string_to_array(regexp_replace(substr(searchable, 3), '(...)', E'\\1 ', 'g'), ' ')
          ) @> :runs
          AND searchable LIKE ALL (:patterns)
          AND (deactivated_at IS NULL OR :everybody)"
    };
}

/// Lets the index find them; a walk would be long where there are few. The index gives them in no order, so of a frequent
/// part it is asked for a sample, in whatever order it comes: the page ends at or before the last id that would be on it
/// if the sample were all, and the index is asked again for those up to there.
const FIND: &str = concat!(
    r"
    WITH sample AS MATERIALIZED (
        SELECT id
        FROM users
        WHERE ",
    matching!(),
    r"
          AND (:after = 0 OR id > :after)
        LIMIT :frequent
    ), page AS MATERIALIZED (
        SELECT id
        FROM sample
        WHERE (SELECT count(*) FROM sample) < :frequent
        UNION ALL
        SELECT id
        FROM users
        WHERE (SELECT count(*) FROM sample) = :frequent
          AND ",
    matching!(),
    r"
          AND id > :after
          AND id <= (SELECT id FROM sample ORDER BY id LIMIT 1 OFFSET :last)
        ORDER BY id
        LIMIT :limit OFFSET :offset
    )
    SELECT users.id, nickname, first_name, last_name, followers_count, following_count, created_at, login, email,
           external_id, title, department, managed_by, deactivated_at, role, avatar, owner_id
    FROM page
    JOIN users ON users.id = page.id
    ORDER BY page.id"
);

/// A page of those whom the words find, or of all.
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
    let rows = u64::from(limit) + 1;
    let page = |statement: &'static str| {
        sql::<Columns>(statement)
            .bind("patterns", Bind::Texts(part.iter().flat_map(NamePart::words).map(pattern).collect()))
            .bind("everybody", whom == Whom::Everybody)
            .bind("after", after)
            .bind("limit", rows)
            .bind("offset", offset)
    };
    let until = if part.is_some() { after.saturating_add(REACH) } else { i64::MAX };
    let mut found = page(WALK).bind("until", until).load::<rows::UserRow>(connection).await?;
    if let Some(part) = &part
        && (found.len() as u64) < rows
    {
        let last = offset.saturating_add(rows);
        found = page(FIND)
            .bind("runs", Bind::Texts(runs(part)))
            .bind("frequent", FREQUENT.max(last))
            .bind("last", last - 1)
            .load::<rows::UserRow>(connection)
            .await?;
    }
    let found = found.into_iter().map(User::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(rows::page_of_people(found, limit, |user: &User| user.id))
}

/// Runs of characters that a text has which has those words in it: as few as cover each word, for the index reads all
/// texts that a run is in.
fn runs(part: &NamePart) -> Vec<String> {
    let runs = part.words().flat_map(|word| {
        let characters = word.chars().collect::<Vec<_>>();
        let runs = characters.windows(characters.len().clamp(1, RUN)).step_by(RUN);
        let last = characters.rchunks(RUN).next();
        let mut runs = runs.chain(last).map(|run| run.iter().collect()).collect::<Vec<String>>();
        runs.dedup();
        runs
    });
    runs.collect()
}

/// The `LIKE` pattern of texts that contain the word, `\` being the escape character.
fn pattern(word: &str) -> String {
    let mut pattern = String::from("%");
    for character in word.chars() {
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
    assert_eq!(pattern("50%_\\a"), "%50\\%\\_\\\\a%");
}

#[test]
fn a_word_is_looked_for_by_the_longest_runs_that_cover_it() {
    let runs = |text| NamePart::parse(text).map(|part| runs(&part).join(","));
    assert_eq!(runs("x ann Петр 李 schmidt"), Ok("sch,mid,idt,пет,етр,ann,x,李".to_owned()));
}
