//! Which store a database holds, and what a look at it finds before it is opened.

use diesel::sql_types::{Bool, Text};
use diesel_async::RunQueryDsl as _;
use tokio_postgres::Client;
use tweetty_domain::{Found, Result, StoreId};
use tweetty_tables::FIRST;

use crate::backup;
use crate::connection::Connection;
use crate::failure::{Failure, failed};
use crate::rows;
use crate::statement::sql;

const TABLES: &str = "
    SELECT bool_and(to_regclass(name) IS NOT NULL), to_regclass('store_identity') IS NOT NULL
    FROM unnest(CAST($1 AS text[])) AS name";
const STORE_ID: &str = "SELECT id FROM store_identity";
/// The store may be of a version that had no avatars.
const HAS_IMAGES: &str = "SELECT EXISTS (SELECT FROM images)";
const NAMES_IMAGES: &str = "
    SELECT EXISTS (SELECT FROM images) OR EXISTS (SELECT FROM users WHERE avatar IS NOT NULL)";

/// What the database holds; changes nothing.
///
/// # Errors
/// [`tweetty_domain::Error::Unavailable`] where it can't be reached.
pub async fn look(url: &str) -> Result<Found> {
    let client = backup::look(url).await?;
    let first = FIRST.as_slice();
    let tables = client.query_one(TABLES, &[&first]).await.map_err(failed)?;
    if !tables.get::<_, bool>(0) {
        return Ok(Found::Nothing);
    }
    let id = if tables.get(1) { Some(id(&client).await?) } else { None };
    let has_images = client.query_one(HAS_IMAGES, &[]).await.map_err(failed)?.get(0);
    Ok(Found::Store { id, has_images })
}

async fn id(client: &Client) -> Result<StoreId> {
    rows::store_id(client.query_one(STORE_ID, &[]).await.map_err(failed)?.get(0))
}

/// The id of the store.
pub(crate) async fn store_id(connection: &mut Connection) -> Result<StoreId, Failure> {
    Ok(rows::store_id(&sql::<Text>(STORE_ID).get_result::<String>(connection).await?)?)
}

/// Whether a row names an image or an avatar.
pub(crate) async fn names_images(connection: &mut Connection) -> Result<bool, Failure> {
    Ok(sql::<Bool>(NAMES_IMAGES).get_result(connection).await?)
}
