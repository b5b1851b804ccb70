//! Everything that is shown of tweets: the rest of the statement that finds them, and the names of people.

use std::sync::Arc;

use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Oid, Text, Timestamptz};
use tweetty_domain::{FeedPage, PageSize, Position, Tweet, TweetId, UserId};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::first_likers::{self, KnownLikers};
use crate::people::{KnownNames, Names};
use crate::rows;

/// The columns of [`DETAILS`], in the order of [`crate::rows::TweetRow`].
pub(crate) type Columns = (
    BigInt,
    Text,
    Integer,
    Oid,
    Timestamptz,
    BigInt,
    Bool,
    Array<BigInt>,
    Array<Text>,
    Array<Integer>,
    Array<Integer>,
    Array<Nullable<Text>>,
    Array<Nullable<Text>>,
);

/// Follows on `WITH … page AS (SELECT id, like_count …)`. Everything is looked up for one tweet after the other, and
/// `OFFSET 0` keeps it so: the planner doesn't know that a page is small, and would rather read whole tables.
/// The viewer's like is no `EXISTS`, for which PostgreSQL may read all of the viewer's likes.
pub(crate) const DETAILS: &str = "
    SELECT page.id, tweet.content, page.like_count, tweet.xmin, tweet.created_at, tweet.author_id,
           (SELECT user_id FROM likes WHERE tweet_id = page.id AND user_id = :viewer) IS NOT NULL,
           images.ids, images.names, images.widths, images.heights, images.descriptions, images.variants
    FROM page
    CROSS JOIN LATERAL (
        SELECT content, xmin, created_at, author_id FROM tweets WHERE tweets.id = page.id OFFSET 0
    ) AS tweet
    CROSS JOIN LATERAL (
        SELECT COALESCE(array_agg(id), '{}') AS ids,
               COALESCE(array_agg(name), '{}') AS names,
               COALESCE(array_agg(width), '{}') AS widths,
               COALESCE(array_agg(height), '{}') AS heights,
               COALESCE(array_agg(description), '{}') AS descriptions,
               COALESCE(array_agg(variants), '{}') AS variants
        FROM (
            SELECT id, name, width, height, description, variants
            FROM images
            WHERE tweet_id = page.id
            ORDER BY position
        ) AS image
    ) AS images";

/// What is remembered of people around tweets.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) likers: Arc<KnownLikers>,
    pub(crate) names: Arc<KnownNames>,
}

/// The page of those rows, one more of which than its size says that another page follows.
pub(crate) async fn page(
    connection: &mut Connection,
    known: &Known,
    mut found: Vec<rows::TweetRow>,
    size: PageSize,
    viewer: UserId,
    embedded_likers: u32,
) -> Result<FeedPage, Failure> {
    let size = usize::try_from(size.get()).unwrap_or(usize::MAX);
    let more = found.len() > size;
    found.truncate(size);
    // By the rows: a tweet that is gone by the time of its author's name changes nothing.
    let last = found.last().filter(|_| more);
    let next = last.map(|row| Position { likes: rows::count(row.like_count), id: TweetId::stored(row.id) });
    Ok(FeedPage { tweets: tweets(connection, known, found, viewer, embedded_likers).await?, next })
}

/// The tweets of those rows, with their likers and the names of people, each asked for where it is not known.
pub(crate) async fn tweets(
    connection: &mut Connection,
    known: &Known,
    found: Vec<rows::TweetRow>,
    viewer: UserId,
    embedded_likers: u32,
) -> Result<Vec<Tweet>, Failure> {
    let likers = first_likers::read(connection, &known.likers, &found, viewer, embedded_likers).await?;
    let people = found.iter().flat_map(|row| likers.of(row).chain([row.author_id]));
    let names = Names::of(connection, &known.names, people).await?;
    let tweets = found.into_iter().map(|row| {
        let (shown, likes) = (names.likers(likers.of(&row)), likers.count(&row));
        rows::tweet(row, &names, shown, likes)
    });
    Ok(tweets.filter_map(Result::transpose).collect::<Result<_, _>>()?)
}
