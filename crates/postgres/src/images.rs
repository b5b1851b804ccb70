//! What is recorded of images.

use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use tweetty_domain::{ImageDescription, ImageRecord, MediaId, Result, Timestamp, TweetId, UserId};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::rows;
use crate::statement::sql;

const OF_OWNER: &str = "
    SELECT id, owner_id, name, width, height, bytes, tweet_id, position, uploaded_at, description
    FROM images
    WHERE owner_id = :owner
      AND id > :after
    ORDER BY id
    LIMIT :limit";

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
);
type Row = (i64, i64, String, i32, i32, i64, Option<i64>, Option<i32>, Timestamp, Option<String>);

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
    (id, owner, name, width, height, bytes, tweet, position, uploaded_at, description): Row,
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
    })
}
