//! The port of loading at once.
//!
//! Everything is copied into tables without foreign keys and secondary indexes, which are then built by sorting: many
//! times faster than row by row. It all is one transaction; the tables are locked until its end.

use async_trait::async_trait;
use tokio_postgres::{Client, Transaction};
use tweetty_domain::{Bulk, BulkFollow, BulkLike, BulkTweet, Company, Error, Result};

use crate::Store;
use crate::copy::{copy, failed};

/// Waits for whoever is adding users, so that the look whether there are any sees them.
const LOCK: &str = "LOCK TABLE users IN ACCESS EXCLUSIVE MODE";

/// Emptied although they are empty: rows copied into a table that its own transaction emptied are frozen at once.
const EMPTY: &str = "TRUNCATE users, api_keys, tweets, likes, follows, images, idempotency_keys";

const USERS: &str = "
    COPY users (id, nickname, nickname_folded, first_name, last_name, searchable, followers_count, following_count,
                created_at)
    FROM STDIN (FREEZE)";
const KEYS: &str = "COPY api_keys (hash, user_id, created_at) FROM STDIN (FREEZE)";
const FOLLOWS: &str = "COPY follows (follower_id, followee_id) FROM STDIN (FREEZE)";
const TWEETS: &str = "COPY tweets (id, author_id, content, like_count, created_at) FROM STDIN (FREEZE)";
const LIKES: &str = "COPY likes (tweet_id, user_id) FROM STDIN (FREEZE)";

/// What is dropped before and created after: a statement each way. Foreign keys come first when dropping, since they
/// rest on indexes, and last when creating.
const REBUILT: &str = "
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
           format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)),
           1 AS place
    FROM pg_constraint
    WHERE contype = 'f'
      AND conrelid = ANY (ARRAY['users', 'api_keys', 'tweets', 'likes', 'follows']::regclass[])
    UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid), 2
    FROM pg_index
    WHERE indrelid = ANY (ARRAY['users', 'api_keys', 'tweets', 'likes', 'follows']::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
    ORDER BY place";

/// The next ids follow on the loaded ones.
const SEQUENCES: &str = "
    SELECT setval(pg_get_serial_sequence('users', 'id'), max(id)) FROM users HAVING max(id) > 0;
    SELECT setval(pg_get_serial_sequence('tweets', 'id'), max(id)) FROM tweets HAVING max(id) > 0";

#[async_trait]
impl Bulk for Store {
    async fn load(&self, mut company: Box<dyn Company>) -> Result<()> {
        let mut client = self.connections.opener().plain().await?;
        load(&mut client, company.as_mut()).await?;
        // Outside of the transaction, as it must be: the planner needs to know what is there now.
        client.batch_execute("VACUUM (ANALYZE) users, api_keys, tweets, likes, follows").await.map_err(failed)
    }
}

async fn load(client: &mut Client, company: &mut dyn Company) -> Result<()> {
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
    copy_all(&transaction, company).await?;
    transaction
        .batch_execute("SET LOCAL maintenance_work_mem = '512MB'; ANALYZE users, tweets, follows, likes")
        .await
        .map_err(failed)?;
    for statements in rebuilt.iter().rev() {
        tracing::debug!(statement = statements.get::<_, &str>(1), "building");
        transaction.batch_execute(statements.get(1)).await.map_err(failed)?;
    }
    transaction.batch_execute(SEQUENCES).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

async fn copy_all(transaction: &Transaction<'_>, company: &mut dyn Company) -> Result<()> {
    let mut keys = Vec::new();
    copy(transaction, USERS, company.users(), |rows, loaded| {
        let user = &loaded.user;
        if loaded.has_key {
            keys.push((user.key, loaded.id, user.created_at));
        }
        rows.number(loaded.id.get())
            .text(Some(user.nickname.as_str()))
            .text(Some(&user.nickname.folded()))
            .text(user.first_name.as_ref().map(tweetty_domain::PersonName::as_str))
            .text(user.last_name.as_ref().map(tweetty_domain::PersonName::as_str))
            .text(Some(&user.searchable()))
            .number(loaded.followers_count.into())
            .number(loaded.following_count.into())
            .time(user.created_at);
    })
    .await?;
    copy(transaction, KEYS, Box::new(keys.into_iter()), |rows, (hash, user, created_at)| {
        rows.bytes(hash.as_bytes()).number(user.get()).time(created_at);
    })
    .await?;
    copy(transaction, FOLLOWS, company.follows(), |rows, BulkFollow { follower, followee }| {
        rows.number(follower.get()).number(followee.get());
    })
    .await?;
    copy(transaction, TWEETS, company.tweets(), |rows, tweet: BulkTweet| {
        rows.number(tweet.id.get())
            .number(tweet.author.get())
            .text(Some(tweet.text.as_str()))
            .number(tweet.like_count.into())
            .time(tweet.created_at);
    })
    .await?;
    copy(transaction, LIKES, company.likes(), |rows, BulkLike { tweet, user }| {
        rows.number(tweet.get()).number(user.get());
    })
    .await
}
