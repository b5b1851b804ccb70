//! What is recorded of images, and which variants they have.

use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use tweetty_domain::{
    ImageDescription, ImageName, ImageRecord, MediaId, Result, Timestamp, TweetId, UserId, Variants,
};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::rows;
use crate::statement::sql;

const OF_OWNER: &str = "
    SELECT id, owner_id, name, width, height, bytes, tweet_id, position, uploaded_at, description, variants
    FROM images
    WHERE owner_id = :owner
      AND id > :after
    ORDER BY id
    LIMIT :limit";

const COUNT_WITHOUT_VARIANTS: &str = "
    SELECT count(*)
    FROM images
    WHERE variants IS NULL";

const WITHOUT_VARIANTS: &str = "
    SELECT id, name
    FROM images
    WHERE variants IS NULL
      AND id > :after
    ORDER BY id
    LIMIT :limit";

const RECORD_VARIANTS: &str = "
    UPDATE images
    SET variants = :variants
    WHERE id = :image
      AND variants IS NULL";

const FORGET_VARIANTS: &str = "
    UPDATE images
    SET variants = NULL
    WHERE id = :image
      AND variants IS NOT NULL";

type Columns = (
    BigInt,
    BigInt,
    Text,
    Integer,
    Integer,
    BigInt,
    Nullable<BigInt>,
    Nullable<Integer>,
    Timestamptz,
    Nullable<Text>,
    Nullable<Text>,
);
type Row =
    (i64, i64, String, i32, i32, i64, Option<i64>, Option<i32>, Timestamp, Option<String>, Option<String>);

/// The images that a user uploaded, behind `after`.
pub(crate) async fn of_owner(
    connection: &mut Connection,
    owner: UserId,
    after: Option<MediaId>,
    limit: u32,
) -> Result<Vec<ImageRecord>, Failure> {
    let after = after.map_or(0, MediaId::get);
    let page = sql::<Columns>(OF_OWNER).bind("owner", owner).bind("after", after).bind("limit", limit);
    page.load(connection).await?.into_iter().map(|row| Ok(image(row)?)).collect()
}

fn image(
    (id, owner, name, width, height, bytes, tweet, position, uploaded_at, description, variants): Row,
) -> Result<ImageRecord> {
    Ok(ImageRecord {
        id: MediaId::stored(id),
        owner: UserId::stored(owner),
        name: rows::image_name(&name)?,
        width: width.unsigned_abs(),
        height: height.unsigned_abs(),
        bytes: bytes.unsigned_abs(),
        place: tweet.map(TweetId::stored).zip(position.map(i32::unsigned_abs)),
        uploaded_at,
        description: description.map(ImageDescription::stored),
        variants: rows::image_variants(variants)?,
    })
}

/// How many images have no variants yet.
pub(crate) async fn count_without_variants(connection: &mut Connection) -> Result<u64, Failure> {
    let count = sql::<BigInt>(COUNT_WITHOUT_VARIANTS).get_result::<i64>(connection).await?;
    Ok(count.unsigned_abs())
}

/// The images without variants behind `after`.
pub(crate) async fn without_variants(
    connection: &mut Connection,
    after: Option<MediaId>,
    limit: u32,
) -> Result<Vec<(MediaId, ImageName)>, Failure> {
    let after = after.map_or(0, MediaId::get);
    let page = sql::<(BigInt, Text)>(WITHOUT_VARIANTS).bind("after", after).bind("limit", limit);
    let found = page.load::<(i64, String)>(connection).await?.into_iter();
    found.map(|(id, name)| Ok((MediaId::stored(id), rows::image_name(&name)?))).collect()
}

/// Gives an image its variants, unless it has some; answers whether it was done.
pub(crate) async fn record_variants(
    connection: &mut Connection,
    image: MediaId,
    variants: Variants,
) -> Result<bool, Failure> {
    let record = sql::<()>(RECORD_VARIANTS).bind("variants", &variants).bind("image", image.get());
    Ok(record.execute(connection).await? > 0)
}

/// Takes its variants from an image; answers whether it had some.
pub(crate) async fn forget_variants(connection: &mut Connection, image: MediaId) -> Result<bool, Failure> {
    let forget = sql::<()>(FORGET_VARIANTS).bind("image", image.get());
    Ok(forget.execute(connection).await? > 0)
}
