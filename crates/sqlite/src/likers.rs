//! Who likes a tweet, in pages.

use diesel::prelude::*;
use tweetty_domain::{People, Person, TweetId, UserId};

use crate::failure::Failure;
use crate::person;
use crate::rows;
use crate::schema::tweets;
use crate::statement::sql;

/// The viewer's own like stands on the first page; the others are looked up by the primary key.
pub(crate) const LIKERS: &str = "
    SELECT users.id, users.nickname, users.first_name, users.last_name, users.avatar, users.owner_id IS NOT NULL
    FROM (
        SELECT ?2 AS id, 0 AS place
        WHERE ?3 = 0
          AND EXISTS (SELECT 1 FROM likes WHERE tweet_id = ?1 AND user_id = ?2)
        UNION ALL
        SELECT user_id, 1
        FROM (
            SELECT user_id
            FROM likes
            WHERE tweet_id = ?1
              AND user_id <> ?2
              AND user_id > CASE WHEN ?3 = ?2 THEN 0 ELSE ?3 END
            ORDER BY user_id
            LIMIT ?4
        )
    ) AS shown
    JOIN users ON users.id = shown.id
    ORDER BY shown.place, shown.id
    LIMIT ?4";

/// A page of them; `None` where there is no such tweet.
pub(crate) fn page(
    connection: &mut SqliteConnection,
    tweet: TweetId,
    viewer: UserId,
    after: Option<UserId>,
    limit: u32,
) -> Result<Option<People<Person>>, Failure> {
    let known = diesel::dsl::exists(tweets::table.find(tweet.get()));
    if !diesel::select(known).get_result::<bool>(connection)? {
        return Ok(None);
    }
    let likers = sql::<person::Columns>(LIKERS)
        .bind(tweet)
        .bind(viewer)
        .bind(after.map_or(0, UserId::get))
        .bind(u64::from(limit) + 1)
        .load(connection)?;
    let likers = likers.into_iter().map(person::of_row).collect();
    Ok(Some(rows::page_of_people(likers, limit, |person: &Person| person.id)))
}
