//! What is recorded of images.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use tweetty_domain::{ImageDescription, ImageRecord, MediaId, Result, TweetId, UserId};

use crate::failure::Failure;
use crate::rows;
use crate::statement::sql;

const OF_OWNER: &str = "
    SELECT id, owner_id, name, width, height, bytes, tweet_id, position, uploaded_at, description
    FROM images
    WHERE owner_id = ?1
      AND id > ?2
    ORDER BY id
    LIMIT ?3";

type Columns = (
    BigInt,
    BigInt,
    Text,
    BigInt,
    BigInt,
    BigInt,
    Nullable<BigInt>,
    Nullable<BigInt>,
    BigInt,
    Nullable<Text>,
);
type Row = (i64, i64, String, i64, i64, i64, Option<i64>, Option<i64>, i64, Option<String>);

/// The images that a user uploaded, behind `after`.
pub(crate) fn of_owner(
    connection: &mut SqliteConnection,
    owner: UserId,
    after: Option<MediaId>,
    limit: u32,
) -> Result<Vec<ImageRecord>, Failure> {
    let after = after.map_or(0, MediaId::get);
    let found = sql::<Columns>(OF_OWNER).bind(owner).bind(after).bind(limit).load(connection)?;
    found.into_iter().map(|row| Ok(image(row)?)).collect()
}

fn image(
    (id, owner, name, width, height, bytes, tweet, position, uploaded_at, description): Row,
) -> Result<ImageRecord> {
    Ok(ImageRecord {
        id: MediaId::stored(id),
        owner: UserId::stored(owner),
        name: rows::image_name(&name)?,
        width: rows::count(width)?,
        height: rows::count(height)?,
        bytes: rows::count(bytes)?,
        place: match (tweet, position) {
            (Some(tweet), Some(position)) => Some((TweetId::stored(tweet), rows::count(position)?)),
            _ => None,
        },
        uploaded_at: rows::moment(uploaded_at)?,
        description: description.map(ImageDescription::stored),
    })
}
