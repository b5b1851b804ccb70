//! Everything that is shown of ranked tweets, as the rest of the statement that ranks them.

use diesel::sql_types::{Array, BigInt, Integer, Text, Timestamptz};

use crate::people::viewer_first;

/// The columns of [`DETAILS`], in the order of [`crate::rows::TweetRow`].
pub(crate) type Columns = (
    BigInt,
    Text,
    Integer,
    Timestamptz,
    BigInt,
    Array<BigInt>,
    Array<BigInt>,
    Array<Text>,
    Array<Integer>,
    Array<Integer>,
);

/// Follows on `WITH … page AS (SELECT id, like_count …)`. Everything is looked up for one tweet after the other, and
/// `OFFSET 0` keeps it so: the planner doesn't know that a page is small, and would rather read whole tables.
/// People come as ids: the same ones like many tweets, so their names are asked for once.
pub(crate) const DETAILS: &str = concat!(
    "
    SELECT page.id, tweet.content, page.like_count, tweet.created_at, tweet.author_id,
           ",
    viewer_first!("user_id", "likes", "tweet_id = page.id"),
    ",
           images.ids, images.names, images.widths, images.heights
    FROM page
    CROSS JOIN LATERAL (
        SELECT content, created_at, author_id FROM tweets WHERE tweets.id = page.id OFFSET 0
    ) AS tweet
    CROSS JOIN LATERAL (
        SELECT COALESCE(array_agg(id), '{}') AS ids,
               COALESCE(array_agg(name), '{}') AS names,
               COALESCE(array_agg(width), '{}') AS widths,
               COALESCE(array_agg(height), '{}') AS heights
        FROM (
            SELECT id, name, width, height FROM images WHERE tweet_id = page.id ORDER BY position
        ) AS image
    ) AS images"
);
