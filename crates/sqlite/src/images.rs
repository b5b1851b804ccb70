//! What is recorded of images, and which variants they have.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use tweetty_domain::{ImageDescription, ImageName, ImageRecord, MediaId, Result, TweetId, UserId, Variants};

use crate::failure::Failure;
use crate::rows;
use crate::statement::sql;

const OF_OWNER: &str = "
    SELECT id, owner_id, name, width, height, bytes, tweet_id, position, uploaded_at, description, variants
    FROM images
    WHERE owner_id = ?1
      AND id > ?2
    ORDER BY id
    LIMIT ?3";

const COUNT_WITHOUT_VARIANTS: &str = "
    SELECT count(*)
    FROM images INDEXED BY images_without_variants
    WHERE variants IS NULL";

/// The index is named: without statistics SQLite would rather walk over all images.
const WITHOUT_VARIANTS: &str = "
    SELECT id, name
    FROM images INDEXED BY images_without_variants
    WHERE variants IS NULL
      AND id > ?1
    ORDER BY id
    LIMIT ?2";

const RECORD_VARIANTS: &str = "
    UPDATE images
    SET variants = ?1
    WHERE id = ?2
      AND variants IS NULL";

const FORGET_VARIANTS: &str = "
    UPDATE images
    SET variants = NULL
    WHERE id = ?1
      AND variants IS NOT NULL";

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
    Nullable<Text>,
);
type Row = (i64, i64, String, i64, i64, i64, Option<i64>, Option<i64>, i64, Option<String>, Option<String>);

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
    (id, owner, name, width, height, bytes, tweet, position, uploaded_at, description, variants): Row,
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
        variants: rows::image_variants(variants)?,
    })
}

/// How many images have no variants yet.
pub(crate) fn count_without_variants(connection: &mut SqliteConnection) -> Result<u64, Failure> {
    Ok(rows::count(sql::<BigInt>(COUNT_WITHOUT_VARIANTS).get_result(connection)?)?)
}

/// The images without variants behind `after`.
pub(crate) fn without_variants(
    connection: &mut SqliteConnection,
    after: Option<MediaId>,
    limit: u32,
) -> Result<Vec<(MediaId, ImageName)>, Failure> {
    let page = sql::<(BigInt, Text)>(WITHOUT_VARIANTS).bind(after.map_or(0, MediaId::get)).bind(limit);
    let found = page.load::<(i64, String)>(connection)?.into_iter();
    found.map(|(id, name)| Ok((MediaId::stored(id), rows::image_name(&name)?))).collect()
}

/// Gives an image its variants, unless it has some; answers whether it was done.
pub(crate) fn record_variants(
    connection: &mut SqliteConnection,
    image: MediaId,
    variants: &Variants,
) -> Result<bool, Failure> {
    Ok(sql::<()>(RECORD_VARIANTS).bind(variants).bind(image).execute(connection)? > 0)
}

/// Takes its variants from an image; answers whether it had some.
pub(crate) fn forget_variants(connection: &mut SqliteConnection, image: MediaId) -> Result<bool, Failure> {
    Ok(sql::<()>(FORGET_VARIANTS).bind(image).execute(connection)? > 0)
}
