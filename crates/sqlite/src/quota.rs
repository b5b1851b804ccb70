//! How much a user has added within a day, counted from the rows.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use tweetty_domain::{DecisiveUploads, Error, NewTweet, Quota, Timestamp, UploadQuotas, UserId};

use crate::failure::Failure;
use crate::rows;
use crate::statement::sql;

/// When the tweet was published that uses up the quota.
const DECISIVE_TWEET: &str = "
    SELECT created_at
    FROM tweets
    WHERE author_id = ?1
    ORDER BY id DESC
    LIMIT 1 OFFSET ?2";

/// When the images came that use up each quota; the sums run from the newest.
const DECISIVE_UPLOADS: &str = "
    WITH summed AS (
        SELECT uploaded_at,
               row_number() OVER newest_first AS images,
               sum(bytes) OVER newest_first AS bytes,
               count(*) FILTER (WHERE tweet_id IS NULL) OVER newest_first AS unattached
        FROM images
        WHERE owner_id = ?1
          AND uploaded_at > ?2
        WINDOW newest_first AS (ORDER BY uploaded_at DESC ROWS UNBOUNDED PRECEDING)
    )
    SELECT max(uploaded_at) FILTER (WHERE images >= ?3),
           max(uploaded_at) FILTER (WHERE bytes >= ?4),
           max(uploaded_at) FILTER (WHERE unattached >= ?5)
    FROM summed";

/// Why a tweet was not taken that its author's quota leaves no room for.
pub(crate) fn refusal(connection: &mut SqliteConnection, tweet: &NewTweet) -> Result<Failure, Failure> {
    let decisive = sql::<BigInt>(DECISIVE_TWEET)
        .bind(tweet.author)
        .bind(tweet.quota.most().unwrap_or_default().saturating_sub(1))
        .get_result::<i64>(connection)
        .optional()?;
    let decisive = decisive.map(rows::moment).transpose()?;
    let refused = tweet.quota.fits_tweet(decisive, tweet.created_at).map_err(Error::from);
    Ok(refused.err().unwrap_or_else(|| Error::internal("the quota was not used up")).into())
}

/// Refuses another upload where a quota is used up.
pub(crate) fn uploads(
    connection: &mut SqliteConnection,
    owner: UserId,
    quotas: UploadQuotas,
    at: Timestamp,
) -> Result<(), Failure> {
    let most = |quota: Quota| quota.most().unwrap_or(u64::MAX);
    let (images, bytes, unattached) =
        sql::<(Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>)>(DECISIVE_UPLOADS)
            .bind(owner)
            .bind(Quota::since(at))
            .bind(most(quotas.images))
            .bind(most(quotas.bytes))
            .bind(most(quotas.unattached))
            .get_result::<(Option<i64>, Option<i64>, Option<i64>)>(connection)?;
    let moment = |milliseconds: Option<i64>| milliseconds.map(rows::moment).transpose();
    let decisive =
        DecisiveUploads { images: moment(images)?, bytes: moment(bytes)?, unattached: moment(unattached)? };
    Ok(quotas.fit(&decisive, at).map_err(Error::from)?)
}
