//! The port of whole stores.
//!
//! Everything is copied into tables without foreign keys and secondary indexes, which are then built by sorting: many
//! times faster than row by row. It all is one transaction; the tables are locked until its end.

use async_trait::async_trait;
use tokio_postgres::{Client, Transaction};
use tweetty_domain::{
    Bulk, BulkFollow, BulkGuard, BulkImage, BulkKey, BulkLike, BulkTweet, Error, Holdings, LastIds,
    PersonName, Record, Result, User,
};

use crate::Store;
use crate::copy::copy;
use crate::failure::failed;
use crate::holdings::Snapshot;
use crate::identity::set_store_id;

/// Waits for whoever is adding users, so that the look whether there are any sees them.
const LOCK: &str = "LOCK TABLE users IN ACCESS EXCLUSIVE MODE";

/// Emptied although they are empty: rows copied into a table that its own transaction emptied are frozen at once.
const EMPTY: &str = "TRUNCATE users, api_keys, tweets, likes, follows, images, idempotency_keys, audit_log";

const USERS: &str = "
    COPY users (id, nickname, nickname_folded, first_name, last_name, searchable, followers_count, following_count,
                created_at)
    FROM STDIN (FREEZE)";
const KEYS: &str = "COPY api_keys (hash, user_id, created_at, ends_at) FROM STDIN (FREEZE)";
const FOLLOWS: &str = "COPY follows (follower_id, followee_id) FROM STDIN (FREEZE)";
const TWEETS: &str = "COPY tweets (id, author_id, content, like_count, created_at) FROM STDIN (FREEZE)";
const LIKES: &str = "COPY likes (tweet_id, user_id) FROM STDIN (FREEZE)";
const IMAGES: &str = "
    COPY images (id, owner_id, name, width, height, bytes, tweet_id, position, uploaded_at)
    FROM STDIN (FREEZE)";
const GUARDS: &str = "
    COPY idempotency_keys (user_id, key, fingerprint, outcome_id, created_at)
    FROM STDIN (FREEZE)";
const RECORDS: &str = "
    COPY audit_log (id, at, os_user, sudo_user, action, user_id, outcome, detail)
    FROM STDIN (FREEZE)";

/// What is dropped before and created after: a statement each way. Foreign keys come first when dropping, since they
/// rest on indexes, and last when creating.
const REBUILT: &str = "
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)),
           1 AS place
    FROM pg_constraint
    WHERE contype = 'f'
      AND conrelid = ANY (ARRAY['users', 'api_keys', 'tweets', 'likes', 'follows', 'images', 'idempotency_keys']::regclass[])
    UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid), 2
    FROM pg_index
    WHERE indrelid = ANY (ARRAY['users', 'api_keys', 'tweets', 'likes', 'follows', 'images', 'idempotency_keys']::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
    ORDER BY place";

#[async_trait]
impl Bulk for Store {
    async fn load(&self, mut holdings: Box<dyn Holdings>) -> Result<()> {
        let mut client = self.connections.opener().plain().await?;
        load(&mut client, holdings.as_mut()).await?;
        // Outside of the transaction, as it must be: the planner needs to know what is there now.
        client
            .batch_execute(
                "VACUUM (ANALYZE) users, api_keys, tweets, likes, follows, images, idempotency_keys",
            )
            .await
            .map_err(failed)
    }

    async fn read(&self) -> Result<Box<dyn Holdings>> {
        Ok(Box::new(Snapshot::begin(self.connections.opener()).await?))
    }
}

async fn load(client: &mut Client, holdings: &mut dyn Holdings) -> Result<()> {
    let transaction = client.transaction().await.map_err(failed)?;
    transaction.batch_execute(LOCK).await.map_err(failed)?;
    let anybody = transaction.query_one("SELECT EXISTS (SELECT FROM users)", &[]).await.map_err(failed)?;
    if anybody.get(0) {
        return Err(Error::NotEmpty);
    }
    transaction.batch_execute(EMPTY).await.map_err(failed)?;
    let rebuilt = transaction.query(REBUILT, &[]).await.map_err(failed)?;
    for statements in &rebuilt {
        transaction.batch_execute(statements.get(0)).await.map_err(failed)?;
    }
    copy_people(&transaction, holdings).await?;
    copy_tweets(&transaction, holdings).await?;
    copy_the_rest(&transaction, holdings).await?;
    transaction
        .batch_execute("SET LOCAL maintenance_work_mem = '512MB'; ANALYZE users, tweets, follows, likes")
        .await
        .map_err(failed)?;
    for statements in rebuilt.iter().rev() {
        tracing::debug!(statement = statements.get::<_, &str>(1), "building");
        transaction.batch_execute(statements.get(1)).await.map_err(failed)?;
    }
    if let Some(id) = holdings.store_id()? {
        set_store_id(&transaction, id).await?;
    }
    raise_sequences(&transaction, holdings.last_ids()?).await?;
    transaction.commit().await.map_err(failed)
}

/// The next ids follow on the loaded ones, and on those that were given out before.
async fn raise_sequences(transaction: &Transaction<'_>, last: LastIds) -> Result<()> {
    for (table, last) in
        [("users", last.users), ("tweets", last.tweets), ("images", last.images), ("audit_log", last.records)]
    {
        let raise = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'id'), highest)
             FROM (SELECT GREATEST(max(id), $1) AS highest FROM {table}) AS ids
             WHERE highest > 0"
        );
        transaction.execute(&raise, &[&last]).await.map_err(failed)?;
    }
    Ok(())
}

async fn copy_people(transaction: &Transaction<'_>, holdings: &mut dyn Holdings) -> Result<()> {
    copy(transaction, USERS, holdings.users(), |rows, user: User| {
        rows.number(user.id.get())
            .text(Some(user.nickname.as_str()))
            .text(Some(&user.nickname.folded()))
            .text(user.first_name.as_ref().map(PersonName::as_str))
            .text(user.last_name.as_ref().map(PersonName::as_str))
            .text(Some(&user.searchable()))
            .number(user.followers_count.cast_signed())
            .number(user.following_count.cast_signed())
            .time(user.created_at);
    })
    .await?;
    copy(transaction, KEYS, holdings.keys(), |rows, key: BulkKey| {
        rows.bytes(key.hash.as_bytes()).number(key.user.get()).time(key.created_at).maybe_time(key.ends_at);
    })
    .await?;
    copy(transaction, FOLLOWS, holdings.follows(), |rows, BulkFollow { follower, followee }| {
        rows.number(follower.get()).number(followee.get());
    })
    .await
}

async fn copy_tweets(transaction: &Transaction<'_>, holdings: &mut dyn Holdings) -> Result<()> {
    copy(transaction, TWEETS, holdings.tweets(), |rows, tweet: BulkTweet| {
        rows.number(tweet.id.get())
            .number(tweet.author.get())
            .text(Some(tweet.text.as_str()))
            .number(tweet.like_count.into())
            .time(tweet.created_at);
    })
    .await?;
    copy(transaction, LIKES, holdings.likes(), |rows, BulkLike { tweet, user }| {
        rows.number(tweet.get()).number(user.get());
    })
    .await?;
    copy(transaction, IMAGES, holdings.images(), |rows, image: BulkImage| {
        rows.number(image.id.get())
            .number(image.owner.get())
            .text(Some(&image.name.to_string()))
            .number(image.width.into())
            .number(image.height.into())
            .number(image.bytes.cast_signed())
            .maybe_number(image.place.map(|(tweet, _)| tweet.get()))
            .maybe_number(image.place.map(|(_, position)| position.into()))
            .time(image.uploaded_at);
    })
    .await
}

async fn copy_the_rest(transaction: &Transaction<'_>, holdings: &mut dyn Holdings) -> Result<()> {
    copy(transaction, GUARDS, holdings.guards(), |rows, guard: BulkGuard| {
        rows.number(guard.user.get())
            .text(Some(guard.key.as_str()))
            .bytes(guard.fingerprint.as_bytes())
            .number(guard.outcome)
            .time(guard.created_at);
    })
    .await?;
    copy(transaction, RECORDS, holdings.records(), |rows, Record { id, entry }| {
        rows.number(id.get())
            .time(entry.at)
            .text(Some(&entry.operator.os_user))
            .text(entry.operator.sudo_user.as_deref())
            .text(Some(entry.action.as_str()))
            .maybe_number(entry.user.map(tweetty_domain::UserId::get))
            .text(Some(entry.outcome.as_str()))
            .text(entry.detail.as_deref());
    })
    .await
}
