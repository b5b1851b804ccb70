//! Which store a database holds, and what a look at it finds before it is opened.

use diesel::sql_types::{Bool, Text};
use diesel_async::RunQueryDsl as _;
use tokio_postgres::{Client, Transaction};
use tweetty_domain::{Found, Result, StoreId};

use crate::backup;
use crate::connection::Connection;
use crate::failure::{Failure, failed};
use crate::rows;
use crate::statement::sql;

const TABLES: &str = "
    SELECT to_regclass('users') IS NOT NULL
       AND to_regclass('api_keys') IS NOT NULL
       AND to_regclass('tweets') IS NOT NULL
       AND to_regclass('follows') IS NOT NULL,
           to_regclass('store_identity') IS NOT NULL";
const STORE_ID: &str = "SELECT id FROM store_identity";
const SET_STORE_ID: &str = "UPDATE store_identity SET id = $1";
const NAMES_IMAGES: &str = "SELECT EXISTS (SELECT FROM images)";

/// What the database holds; changes nothing.
///
/// # Errors
/// [`tweetty_domain::Error::Unavailable`] where it can't be reached.
pub async fn look(url: &str) -> Result<Found> {
    let client = backup::look(url).await?;
    let tables = client.query_one(TABLES, &[]).await.map_err(failed)?;
    if !tables.get::<_, bool>(0) {
        return Ok(Found::Nothing);
    }
    let id = if tables.get(1) { Some(id(&client).await?) } else { None };
    let has_images = client.query_one(NAMES_IMAGES, &[]).await.map_err(failed)?.get(0);
    Ok(Found::Store { id, has_images })
}

async fn id(client: &Client) -> Result<StoreId> {
    rows::store_id(client.query_one(STORE_ID, &[]).await.map_err(failed)?.get(0))
}

/// The id of the store.
pub(crate) async fn store_id(connection: &mut Connection) -> Result<StoreId, Failure> {
    Ok(rows::store_id(&sql::<Text>(STORE_ID).get_result::<String>(connection).await?)?)
}

/// Whether a row names an image.
pub(crate) async fn names_images(connection: &mut Connection) -> Result<bool, Failure> {
    Ok(sql::<Bool>(NAMES_IMAGES).get_result(connection).await?)
}

/// Makes the store another one, whose rows it takes over.
pub(crate) async fn set_store_id(transaction: &Transaction<'_>, id: StoreId) -> Result<()> {
    transaction.execute(SET_STORE_ID, &[&id.to_string()]).await.map_err(failed)?;
    Ok(())
}
