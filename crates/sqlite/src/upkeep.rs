//! The port of operators and the sweeper, who keep the store in order.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use tweetty_domain::{
    Avatar, Discrepancy, Error, ImageFiles, ImageName, MediaId, Result, StoreId, Timestamp, Upkeep, UserId,
    Variants, crash_point,
};

use crate::failure::Failure;
use crate::schema::{images, users};
use crate::statement::{json_names, sql};
use crate::{Store, avatars, identity, rows};

/// Name and variants of an image.
type Files = (Text, Nullable<Text>);

/// The index is named: without statistics SQLite would take another one and sort all that wait.
const FORGET_UNATTACHED: &str = "
    DELETE FROM images
    WHERE id IN (
        SELECT id
        FROM images INDEXED BY images_unattached
        WHERE tweet_id IS NULL
          AND uploaded_at < ?1
        ORDER BY uploaded_at, id
        LIMIT ?2
    )
    RETURNING name, variants";

const FORGET_GUARDS: &str = "
    DELETE FROM idempotency_keys
    WHERE (user_id, key) IN (
        SELECT user_id, key
        FROM idempotency_keys
        WHERE created_at < ?1
        ORDER BY created_at
        LIMIT ?2
    )";

const FORGET_KEYS: &str = "
    DELETE FROM api_keys
    WHERE id IN (
        SELECT id
        FROM api_keys
        WHERE ends_at < ?1
        ORDER BY ends_at
        LIMIT ?2
    )";

const KNOWN_IMAGES: &str = "
    SELECT images.name, images.variants
    FROM json_each(?1) AS asked
    CROSS JOIN images ON images.name = asked.value
    ORDER BY asked.key";

/// Counters that differ from their rows: what they belong to, what is stored, what is counted.
const WRONG_COUNTERS: [&str; 3] = [
    "
    SELECT 'tweet ' || id || ': likes_count', like_count,
           (SELECT count(*) FROM likes WHERE tweet_id = tweets.id) AS counted
    FROM tweets
    WHERE like_count <> counted
    ORDER BY id
    LIMIT ?1",
    "
    SELECT 'user ' || id || ': followers_count', followers_count,
           (SELECT count(*) FROM follows WHERE followee_id = users.id) AS counted
    FROM users
    WHERE followers_count <> counted
    ORDER BY id
    LIMIT ?1",
    "
    SELECT 'user ' || id || ': following_count', following_count,
           (SELECT count(*) FROM follows WHERE follower_id = users.id) AS counted
    FROM users
    WHERE following_count <> counted
    ORDER BY id
    LIMIT ?1",
];

const REPAIRS: [&str; 3] = [
    "
    UPDATE tweets
    SET like_count = counts.counted
    FROM (SELECT id, (SELECT count(*) FROM likes WHERE tweet_id = tweets.id) AS counted FROM tweets) AS counts
    WHERE counts.id = tweets.id
      AND tweets.like_count <> counts.counted",
    "
    UPDATE users
    SET followers_count = counts.counted
    FROM (SELECT id, (SELECT count(*) FROM follows WHERE followee_id = users.id) AS counted FROM users) AS counts
    WHERE counts.id = users.id
      AND users.followers_count <> counts.counted",
    "
    UPDATE users
    SET following_count = counts.counted
    FROM (SELECT id, (SELECT count(*) FROM follows WHERE follower_id = users.id) AS counted FROM users) AS counts
    WHERE counts.id = users.id
      AND users.following_count <> counts.counted",
];

/// Rows that should not be: what is wrong with them, and a statement that counts them.
/// Users whose nickname is compared with the characters in it that nobody sees, and with every space: without them it is that
/// of another user, who came before there was that rule.
const LOOK_ALIKES: &str = "
    SELECT 'user ' || id
    FROM users
    WHERE nickname_folded GLOB '*  *'
       OR nickname_folded GLOB '*[\u{AD}\u{34F}\u{61C}\u{115F}\u{1160}\u{17B4}\u{17B5}\u{180B}-\u{180F}\u{200B}-\u{200F}\u{202A}-\u{202E}\u{2060}-\u{206F}\u{3164}\
    \u{FE00}-\u{FE0F}\u{FEFF}\u{FFA0}\u{FFF0}-\u{FFF8}\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]*'
    ORDER BY id
    LIMIT ?1";

const WRONG_ROWS: [(&str, &str); 5] = [
    (
        "tweets whose images are not numbered from 0 without gaps",
        "
        SELECT count(*)
        FROM (
            SELECT 1
            FROM images
            WHERE tweet_id IS NOT NULL
            GROUP BY tweet_id
            HAVING min(position) <> 0 OR max(position) <> count(*) - 1
        )",
    ),
    (
        "images attached to another user's tweet",
        "
        SELECT count(*)
        FROM images
        JOIN tweets ON tweets.id = images.tweet_id
        WHERE images.owner_id <> tweets.author_id",
    ),
    ("users who follow themselves", "SELECT count(*) FROM follows WHERE follower_id = followee_id"),
    (
        "users without their entry in the search index, or the reverse",
        "
        SELECT (SELECT count(*) FROM users WHERE id NOT IN (SELECT id FROM user_names_docsize))
             + (SELECT count(*) FROM user_names_docsize WHERE id NOT IN (SELECT id FROM users))",
    ),
    ("rows whose parent is missing", "SELECT count(*) FROM pragma_foreign_key_check"),
];

/// What SQLite itself has to say of its file, in its words.
const FAULTS: &str = "
    SELECT quick_check
    FROM pragma_quick_check
    WHERE quick_check <> 'ok'";

fn is_empty(connection: &mut SqliteConnection) -> Result<bool, Failure> {
    let anybody = diesel::dsl::exists(users::table.select(users::id));
    Ok(!diesel::select(anybody).get_result::<bool>(connection)?)
}

#[async_trait]
impl Upkeep for Store {
    async fn ready(&self) -> Result<()> {
        if !self.writer.is_running() {
            return Err(Error::unavailable("the writer has ended"));
        }
        self.readers.beside(|connection| is_empty(connection).map(drop)).await
    }

    async fn is_empty(&self) -> Result<bool> {
        self.readers.read(is_empty).await
    }

    async fn store_id(&self) -> Result<StoreId> {
        self.readers.read(identity::store_id).await
    }

    async fn names_images(&self) -> Result<bool> {
        self.readers.beside(|connection| Ok(identity::names_images(connection)?)).await
    }

    async fn forget_unattached(&self, before: Timestamp, limit: u32) -> Result<Vec<ImageFiles>> {
        self.writer
            .write(move |connection| {
                let forgotten = sql::<Files>(FORGET_UNATTACHED).bind(before).bind(limit).load(connection)?;
                crash_point("the rows of the uploads are deleted");
                Ok(forgotten.into_iter().map(rows::image_files).collect::<Result<_>>()?)
            })
            .await
    }

    async fn forget_expired(
        &self,
        guards_before: Timestamp,
        keys_before: Timestamp,
        limit: u32,
    ) -> Result<u64> {
        self.writer
            .write(move |connection| {
                let guards = sql::<BigInt>(FORGET_GUARDS).bind(guards_before).bind(limit);
                let guards = guards.execute(connection)?;
                crash_point("old guards are deleted");
                let keys = sql::<BigInt>(FORGET_KEYS).bind(keys_before).bind(limit).execute(connection)?;
                crash_point("ended keys are deleted");
                Ok((guards + keys) as u64)
            })
            .await
    }

    async fn forget_removals(&self, before: Timestamp, limit: u32) -> Result<u64> {
        self.writer.write(move |connection| crate::moderation::forget(connection, before, limit)).await
    }

    async fn known_images(&self, names: Vec<ImageName>) -> Result<Vec<ImageFiles>> {
        self.readers
            .read(move |connection| {
                let names = json_names(names);
                let known = sql::<Files>(KNOWN_IMAGES).bind(names.as_str()).load(connection)?;
                let mut known = known.into_iter().map(rows::image_files).collect::<Result<Vec<_>>>()?;
                known.extend(avatars::known(connection, &names)?);
                Ok(known)
            })
            .await
    }

    async fn images(&self, after: Option<MediaId>, limit: u32) -> Result<Vec<(MediaId, ImageFiles)>> {
        self.readers
            .read(move |connection| {
                let rows = images::table
                    .filter(images::id.gt(after.map_or(0, MediaId::get)))
                    .order(images::id)
                    .limit(limit.into())
                    .select((images::id, (images::name, images::variants)))
                    .load::<(i64, (String, Option<String>))>(connection)?;
                rows.into_iter()
                    .map(|(id, files)| Ok((MediaId::stored(id), rows::image_files(files)?)))
                    .collect()
            })
            .await
    }

    async fn avatars(&self, after: Option<UserId>, limit: u32) -> Result<Vec<(UserId, Avatar)>> {
        self.readers.read(move |connection| avatars::list(connection, after, limit)).await
    }

    async fn count_without_variants(&self) -> Result<u64> {
        self.readers.read(crate::images::count_without_variants).await
    }

    async fn without_variants(
        &self,
        after: Option<MediaId>,
        limit: u32,
    ) -> Result<Vec<(MediaId, ImageName)>> {
        self.readers.read(move |connection| crate::images::without_variants(connection, after, limit)).await
    }

    async fn record_variants(&self, image: MediaId, variants: Variants) -> Result<bool> {
        self.writer
            .write(move |connection| crate::images::record_variants(connection, image, &variants))
            .await
    }

    async fn forget_avatar(&self, user: UserId, avatar: Avatar) -> Result<bool> {
        let forget = move |connection: &mut _| crate::avatars::forget(connection, user, avatar);
        let forgotten = self.writer.write(forget).await;
        self.names.forget(&user);
        forgotten
    }

    async fn forget_variants(&self, image: MediaId) -> Result<bool> {
        self.writer.write(move |connection| crate::images::forget_variants(connection, image)).await
    }

    async fn discrepancies(&self, limit: u32) -> Result<Vec<Discrepancy>> {
        self.readers.fresh_snapshot(move |connection| discrepancies(connection, limit)).await
    }

    async fn repair_counters(&self) -> Result<u64> {
        self.writer
            .write(|connection| {
                let mut repaired = 0;
                for repair in REPAIRS {
                    repaired += sql::<()>(repair).execute(connection)? as u64;
                }
                Ok(repaired)
            })
            .await
    }
}

fn look_alike(user: &str) -> Discrepancy {
    Discrepancy::Rows { what: format!("{user}: the nickname looks like that of another user"), count: 1 }
}

fn discrepancies(connection: &mut SqliteConnection, limit: u32) -> Result<Vec<Discrepancy>, Failure> {
    let mut found = Vec::new();
    for (what, counting) in WRONG_ROWS {
        let count = rows::count(sql::<BigInt>(counting).get_result(connection)?)?;
        if count > 0 {
            found.push(Discrepancy::Rows { what: what.to_owned(), count });
        }
    }
    let alike = sql::<Text>(LOOK_ALIKES).bind(limit).load::<String>(connection)?;
    found.extend(alike.iter().map(|user| look_alike(user)));
    let faults = sql::<Text>(FAULTS).load::<String>(connection)?;
    found.extend(
        faults
            .into_iter()
            .map(|fault| Discrepancy::Rows { what: format!("database file: {fault}"), count: 1 }),
    );
    for counters in WRONG_COUNTERS {
        let wrong = sql::<(Text, BigInt, BigInt)>(counters).bind(limit).load(connection)?;
        let wrong = wrong.into_iter();
        found.extend(wrong.map(|(what, stored, counted)| Discrepancy::Counter { what, stored, counted }));
    }
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

#[cfg(test)]
#[path = "upkeep_test.rs"]
mod tests;
