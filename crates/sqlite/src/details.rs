//! Everything that is shown of ranked tweets, by two statements however many they are, and one more for the names that
//! are not known.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use tweetty_domain::{Attachment, FeedPage, ImageDescription, MediaId, PageSize, Position, Tweet, UserId};

use crate::failure::Failure;
use crate::people::{KnownNames, Names};
use crate::rows;
use crate::statement::{json_ids, sql};

/// In the order of the ids. Likers come as ids in one text: a row for each would cost more than all the rest, and the
/// same people like many tweets. Their limit stands inside, so that a tweet with a million likes is not read whole.
pub(crate) const TWEETS: &str = "
    SELECT tweets.id, tweets.content, tweets.like_count, tweets.created_at, tweets.author_id,
           EXISTS (SELECT 1 FROM likes WHERE likes.tweet_id = tweets.id AND likes.user_id = ?1),
           (
               SELECT group_concat(user_id)
               FROM (
                   SELECT user_id
                   FROM likes
                   WHERE likes.tweet_id = tweets.id
                     AND user_id <> ?1
                   ORDER BY user_id
                   LIMIT ?2
               )
           )
    FROM json_each(?3) AS page
    CROSS JOIN tweets ON tweets.id = page.value
    ORDER BY page.key";

pub(crate) const ATTACHMENTS: &str = "
    SELECT images.tweet_id, images.id, images.name, images.width, images.height, images.description,
           images.variants
    FROM json_each(?1) AS page
    CROSS JOIN images ON images.tweet_id = page.value
    ORDER BY images.tweet_id, images.position";

/// The page of those ids, one more of which than its size says that another page follows.
pub(crate) fn page(
    connection: &mut SqliteConnection,
    known: &KnownNames,
    mut ids: Vec<i64>,
    size: PageSize,
    viewer: UserId,
    embedded_likers: u32,
) -> Result<FeedPage, Failure> {
    let size = usize::try_from(size.get()).unwrap_or(usize::MAX);
    let more = ids.len() > size;
    ids.truncate(size);
    let tweets = tweets(connection, known, &ids, viewer, embedded_likers)?;
    let last = tweets.last().filter(|_| more);
    let next = last.map(|tweet| Position { likes: tweet.likes_count, id: tweet.id });
    Ok(FeedPage { tweets, next })
}

/// The tweets of those ids in that order, those that don't exist left out.
pub(crate) fn tweets(
    connection: &mut SqliteConnection,
    known: &KnownNames,
    ids: &[i64],
    viewer: UserId,
    embedded_likers: u32,
) -> Result<Vec<Tweet>, Failure> {
    let page = json_ids(ids);
    let found = sql::<(BigInt, Text, BigInt, BigInt, BigInt, Bool, Nullable<Text>)>(TWEETS)
        .bind(viewer)
        .bind(embedded_likers)
        .bind(page.as_str())
        .load::<rows::TweetColumns>(connection)?;
    let found = found.into_iter().map(|row| rows::TweetRow::read(row, viewer, embedded_likers));
    let found = found.collect::<Result<Vec<_>, _>>()?;
    let people = found.iter().flat_map(|row| row.likers.iter().copied().chain([row.author]));
    let names = Names::of(connection, known, people)?;
    let mut attachments = attachments(connection, &page)?;
    let tweets = found.into_iter().map(|row| {
        let attached = attachments.remove(&row.id).unwrap_or_default();
        row.tweet(&names, attached)
    });
    Ok(tweets.collect::<Result<_, _>>()?)
}

fn attachments(
    connection: &mut SqliteConnection,
    page: &str,
) -> Result<HashMap<i64, Vec<Attachment>>, Failure> {
    type Columns = (BigInt, BigInt, Text, BigInt, BigInt, Nullable<Text>, Nullable<Text>);
    type Row = (i64, i64, String, i64, i64, Option<String>, Option<String>);
    let images = sql::<Columns>(ATTACHMENTS).bind(page);
    let mut attachments = HashMap::<_, Vec<_>>::new();
    for (tweet, id, name, width, height, description, variants) in images.load::<Row>(connection)? {
        attachments.entry(tweet).or_default().push(Attachment {
            id: MediaId::stored(id),
            name: rows::image_name(&name)?,
            width: rows::count(width)?,
            height: rows::count(height)?,
            description: description.map(ImageDescription::stored),
            variants: rows::image_variants(variants)?.unwrap_or_default(),
        });
    }
    Ok(attachments)
}
