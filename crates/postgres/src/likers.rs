//! Who likes a tweet, in pages.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use tweetty_domain::{People, Person, TweetId, UserId};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::person;
use crate::rows;
use crate::schema::tweets;
use crate::statement::sql;

/// The viewer's own like stands on the first page; the others are looked up by the primary key.
pub(crate) const LIKERS: &str = "
    SELECT users.id, users.nickname, users.first_name, users.last_name, users.avatar, users.owner_id IS NOT NULL
    FROM (
        SELECT CAST(:viewer AS BIGINT) AS id, 0 AS place
        WHERE :after = 0
          AND EXISTS (SELECT 1 FROM likes WHERE tweet_id = :tweet AND user_id = :viewer)
        UNION ALL
        (
            SELECT user_id, 1
            FROM likes
            WHERE tweet_id = :tweet
              AND user_id <> :viewer
              AND user_id > CASE WHEN :after = :viewer THEN 0 ELSE :after END
            ORDER BY user_id
            LIMIT :limit
        )
    ) AS shown
    JOIN users ON users.id = shown.id
    ORDER BY shown.place, shown.id
    LIMIT :limit";

/// A page of them; `None` where there is no such tweet.
pub(crate) async fn page(
    connection: &mut Connection,
    tweet: TweetId,
    viewer: UserId,
    after: Option<UserId>,
    limit: u32,
) -> Result<Option<People<Person>>, Failure> {
    let found = sql::<person::Columns>(LIKERS)
        .bind("tweet", tweet)
        .bind("viewer", viewer)
        .bind("after", after.map_or(0, UserId::get))
        .bind("limit", u64::from(limit) + 1)
        .load(connection)
        .await?;
    if found.is_empty() {
        let known = exists(tweets::table.find(tweet.get()));
        if !diesel::select(known).get_result::<bool>(connection).await? {
            return Ok(None);
        }
    }
    let likers = found.into_iter().map(person::of_row).collect();
    Ok(Some(rows::page_of_people(likers, limit, |person: &Person| person.id)))
}
