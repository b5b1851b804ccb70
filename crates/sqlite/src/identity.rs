//! Which store a database holds, and what a look at it finds before it is opened.

use std::fs;
use std::path::Path;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use tweetty_domain::{Found, Result, StoreId};
use tweetty_tables::FIRST;

use crate::connection::Database;
use crate::failure::Failure;
use crate::rows;
use crate::schema::{images, users};
use crate::statement::{json_names, sql};

/// How many tables there are, how many of the names of ours, and whether the store has an id.
const TABLES: &str = "
    SELECT count(*),
           count(*) FILTER (WHERE name IN (SELECT value FROM json_each(?1))),
           count(*) FILTER (WHERE name = 'store_identity')
    FROM sqlite_schema";

const STORE_ID: &str = "SELECT id FROM store_identity";

/// What lies at `path`; changes nothing.
///
/// # Errors
/// [`tweetty_domain::Error::Unavailable`] where the file can't be read or is no database.
pub fn look(path: &Path) -> Result<Found> {
    if !fs::metadata(path).is_ok_and(|file| file.len() > 0) {
        return Ok(Found::Nothing);
    }
    let mut connection = Database::create(path, Duration::from_secs(5))?.reading()?;
    let tables = sql::<(BigInt, BigInt, BigInt)>(TABLES).bind(json_names(FIRST));
    let tables = tables.get_result::<(i64, i64, i64)>(&mut connection);
    match tables.map_err(Failure::from)? {
        (0, ..) => Ok(Found::Nothing),
        (_, ours, has_id) if usize::try_from(ours) == Ok(FIRST.len()) => Ok(Found::Store {
            id: if has_id == 1 { Some(store_id(&mut connection)?) } else { None },
            has_images: has_images(&mut connection).map_err(Failure::from)?,
        }),
        _ => Ok(Found::AnotherProgram),
    }
}

/// The id of the store.
pub(crate) fn store_id(connection: &mut SqliteConnection) -> Result<StoreId, Failure> {
    Ok(rows::store_id(&sql::<Text>(STORE_ID).get_result::<String>(connection)?)?)
}

/// Whether a row names an image or an avatar.
pub(crate) fn names_images(connection: &mut SqliteConnection) -> QueryResult<bool> {
    let avatars = users::table.filter(users::avatar.is_not_null()).select(users::id);
    Ok(has_images(connection)? || diesel::select(diesel::dsl::exists(avatars)).get_result(connection)?)
}

/// Whether there are images of tweets: the store may be of a version that had no avatars.
fn has_images(connection: &mut SqliteConnection) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(images::table.select(images::id))).get_result(connection)
}
