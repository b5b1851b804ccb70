//! How much a user has added within a day, counted from the rows.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Timestamptz};
use diesel_async::RunQueryDsl;
use tweetty_domain::{DecisiveUploads, Error, NewTweet, Quota, Timestamp, UploadQuotas, UserId};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::statement::sql;

/// Others that count what this user has added wait until we have committed, and see it then. Nothing else waits: rows that
/// refer to the user are added meanwhile.
const HOLD: &str = "
    SELECT id
    FROM users
    WHERE id = :user
    FOR NO KEY UPDATE";

/// When the tweet was published that uses up the quota.
const DECISIVE_TWEET: &str = "
    SELECT created_at
    FROM tweets
    WHERE author_id = :author
    ORDER BY id DESC
    LIMIT 1 OFFSET :others";

/// When the images came that use up each quota; the sums run from the newest.
const DECISIVE_UPLOADS: &str = "
    WITH summed AS (
        SELECT uploaded_at,
               row_number() OVER newest_first AS images,
               sum(bytes) OVER newest_first AS bytes,
               count(*) FILTER (WHERE tweet_id IS NULL) OVER newest_first AS unattached
        FROM images
        WHERE owner_id = :owner
          AND uploaded_at > :since
        WINDOW newest_first AS (ORDER BY uploaded_at DESC ROWS UNBOUNDED PRECEDING)
    )
    SELECT max(uploaded_at) FILTER (WHERE images >= :images),
           max(uploaded_at) FILTER (WHERE bytes >= :bytes),
           max(uploaded_at) FILTER (WHERE unattached >= :unattached)
    FROM summed";

type Moment = Nullable<Timestamptz>;

/// Lets what the user adds be counted by nobody else until this transaction ends.
pub(crate) async fn hold(connection: &mut Connection, user: UserId) -> Result<(), Failure> {
    let held = sql::<BigInt>(HOLD).bind("user", user).get_result::<i64>(connection).await.optional()?;
    held.map(|_| ()).ok_or(Failure::Refused(Error::UnknownKey))
}

/// Why a tweet was not taken that its author's quota leaves no room for.
pub(crate) async fn refusal(connection: &mut Connection, tweet: &NewTweet) -> Result<Failure, Failure> {
    let others = tweet.quota.most().unwrap_or_default().saturating_sub(1);
    let decisive = sql::<Timestamptz>(DECISIVE_TWEET).bind("author", tweet.author).bind("others", others);
    let decisive = decisive.get_result::<Timestamp>(connection).await.optional()?;
    let refused = tweet.quota.fits_tweet(decisive, tweet.created_at).map_err(Error::from);
    // One of those that were counted was deleted a moment ago.
    Ok(refused.err().map_or(Failure::Overtaken, Failure::Refused))
}

/// Refuses another upload where a quota is used up.
pub(crate) async fn uploads(
    connection: &mut Connection,
    owner: UserId,
    quotas: UploadQuotas,
    at: Timestamp,
) -> Result<(), Failure> {
    let most = |quota: Quota| quota.most().unwrap_or(u64::MAX);
    let (images, bytes, unattached) = sql::<(Moment, Moment, Moment)>(DECISIVE_UPLOADS)
        .bind("owner", owner)
        .bind("since", Quota::since(at))
        .bind("images", most(quotas.images))
        .bind("bytes", most(quotas.bytes))
        .bind("unattached", most(quotas.unattached))
        .get_result::<(Option<Timestamp>, Option<Timestamp>, Option<Timestamp>)>(connection)
        .await?;
    Ok(quotas.fit(&DecisiveUploads { images, bytes, unattached }, at).map_err(Error::from)?)
}
