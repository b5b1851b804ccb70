//! Everything that is shown of ranked tweets, by three statements however many they are.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use tweetty_domain::{Attachment, MediaId, Tweet, UserId};

use crate::failure::Failure;
use crate::rows;
use crate::statement::sql;

/// In the order of the ids; the viewer's name stands where she likes the tweet.
pub(crate) const TWEETS: &str = "
    SELECT tweets.id, tweets.content, tweets.like_count, tweets.created_at,
           authors.id, authors.nickname, viewers.nickname
    FROM json_each(?1) AS page
    CROSS JOIN tweets ON tweets.id = page.value
    CROSS JOIN users AS authors ON authors.id = tweets.author_id
    LEFT JOIN likes ON likes.tweet_id = tweets.id AND likes.user_id = ?2
    LEFT JOIN users AS viewers ON viewers.id = likes.user_id
    ORDER BY page.key";

pub(crate) const ATTACHMENTS: &str = "
    SELECT images.tweet_id, images.id, images.name, images.width, images.height
    FROM json_each(?1) AS page
    CROSS JOIN images ON images.tweet_id = page.value
    ORDER BY images.tweet_id, images.position";

/// The limit stands inside, so that a tweet with a million likes is not read whole. The viewer is known already.
pub(crate) const LIKERS: &str = "
    SELECT page.value, users.id, users.nickname
    FROM json_each(?1) AS page
    CROSS JOIN users
    WHERE users.id IN (
        SELECT user_id
        FROM likes
        WHERE tweet_id = page.value
          AND user_id <> ?2
        ORDER BY user_id
        LIMIT ?3
    )
    ORDER BY page.key, users.id";

/// The tweets of those ids in that order, those that don't exist left out.
pub(crate) fn tweets(
    connection: &mut SqliteConnection,
    ids: &[i64],
    viewer: UserId,
    embedded_likers: u32,
) -> Result<Vec<Tweet>, Failure> {
    let page = rows::json_ids(ids);
    let rows = sql::<(BigInt, Text, BigInt, BigInt, BigInt, Text, Nullable<Text>)>(TWEETS)
        .bind(page.as_str())
        .bind(viewer)
        .load(connection)?;
    let tweets = rows.into_iter().map(|row| rows::tweet(row, viewer));
    let mut tweets = tweets.collect::<Result<Vec<_>, _>>()?;
    let places =
        tweets.iter().enumerate().map(|(place, tweet)| (tweet.id.get(), place)).collect::<HashMap<_, _>>();
    attach(connection, &mut tweets, &places, &page)?;
    add_likers(connection, &mut tweets, &places, &page, viewer, embedded_likers)?;
    Ok(tweets)
}

fn attach(
    connection: &mut SqliteConnection,
    tweets: &mut [Tweet],
    places: &HashMap<i64, usize>,
    page: &str,
) -> Result<(), Failure> {
    let images = sql::<(BigInt, BigInt, Text, BigInt, BigInt)>(ATTACHMENTS).bind(page);
    for (tweet, id, name, width, height) in images.load::<(i64, i64, String, i64, i64)>(connection)? {
        if let Some(place) = places.get(&tweet) {
            tweets[*place].attachments.push(Attachment {
                id: MediaId::stored(id),
                name: rows::image_name(&name)?,
                width: rows::count(width)?,
                height: rows::count(height)?,
            });
        }
    }
    Ok(())
}

fn add_likers(
    connection: &mut SqliteConnection,
    tweets: &mut [Tweet],
    places: &HashMap<i64, usize>,
    page: &str,
    viewer: UserId,
    embedded: u32,
) -> Result<(), Failure> {
    let likers = sql::<(BigInt, BigInt, Text)>(LIKERS).bind(page).bind(viewer).bind(embedded);
    for (tweet, id, nickname) in likers.load::<(i64, i64, String)>(connection)? {
        if let Some(place) = places.get(&tweet) {
            tweets[*place].likers.push(rows::person((id, nickname)));
        }
    }
    let embedded = usize::try_from(embedded).unwrap_or(usize::MAX);
    for tweet in tweets {
        tweet.likers.truncate(embedded);
    }
    Ok(())
}
