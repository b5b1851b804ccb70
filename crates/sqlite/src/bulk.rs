//! The port of whole stores.
//!
//! Tables are filled in the order of their keys; the other indexes are built after that, each by one sort.

use async_trait::async_trait;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use tweetty_domain::{
    Bulk, BulkFollow, BulkGuard, BulkImage, BulkKey, BulkLike, BulkTweet, Error, Holdings, PersonName,
    Record, Result, Rows, TweetId, User,
};

use crate::Store;
use crate::failure::Failure;
use crate::holdings::Snapshot;
use crate::identity;
use crate::schema::users;
use crate::statement::{Bind, sql};

/// More gain nothing: most of the time goes into the rows themselves.
const ROWS_A_STATEMENT: usize = 200;

/// Indexes and triggers that the schema created by a statement of their own.
const REBUILDABLE: &str = "
    SELECT type, name, sql
    FROM sqlite_schema
    WHERE type IN ('index', 'trigger')
      AND sql IS NOT NULL
      AND tbl_name IN ('users', 'api_keys', 'tweets', 'likes', 'follows', 'images', 'idempotency_keys')";

const USERS: Table = Table {
    name: "users",
    columns: &[
        "id",
        "nickname",
        "nickname_folded",
        "first_name",
        "last_name",
        "searchable",
        "followers_count",
        "following_count",
        "created_at",
    ],
};
const KEYS: Table = Table { name: "api_keys", columns: &["hash", "user_id", "created_at", "ends_at"] };
const FOLLOWS: Table = Table { name: "follows", columns: &["follower_id", "followee_id"] };
const TWEETS: Table =
    Table { name: "tweets", columns: &["id", "author_id", "content", "like_count", "created_at"] };
const LIKES: Table = Table { name: "likes", columns: &["tweet_id", "user_id"] };
const IMAGES: Table = Table {
    name: "images",
    columns: &["id", "owner_id", "name", "width", "height", "bytes", "tweet_id", "position", "uploaded_at"],
};
const GUARDS: Table = Table {
    name: "idempotency_keys",
    columns: &["user_id", "key", "fingerprint", "outcome_id", "created_at"],
};
const RECORDS: Table = Table {
    name: "audit_log",
    columns: &["id", "at", "os_user", "sudo_user", "action", "user_id", "outcome", "detail"],
};

/// An id that is gone is never given out again.
const RAISE_SEQUENCE: &str = "
    UPDATE sqlite_sequence
    SET seq = max(seq, ?1)
    WHERE name = ?2";
const BEGIN_SEQUENCE: &str = "
    INSERT INTO sqlite_sequence (name, seq)
    SELECT ?1, ?2
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)";

#[async_trait]
impl Bulk for Store {
    async fn load(&self, holdings: Box<dyn Holdings>) -> Result<()> {
        self.writer
            .alone(move |connection| {
                // A large cache while indexes are sorted and built; it goes back to its size, and the log to the disk.
                connection.batch_execute("PRAGMA cache_size = -131072")?;
                let loaded = connection.immediate_transaction(|connection| load(connection, holdings));
                connection.batch_execute("PRAGMA cache_size = -16000; PRAGMA shrink_memory")?;
                loaded?;
                connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
                Ok(())
            })
            .await
    }

    async fn read(&self) -> Result<Box<dyn Holdings>> {
        let database = self.database.clone();
        let begun = tokio::task::spawn_blocking(move || Snapshot::begin(database.reading()?));
        Ok(Box::new(begun.await.map_err(Error::internal)??))
    }
}

fn load(connection: &mut SqliteConnection, mut holdings: Box<dyn Holdings>) -> Result<(), Failure> {
    if diesel::select(diesel::dsl::exists(users::table.select(users::id))).get_result(connection)? {
        return Err(Error::NotEmpty.into());
    }
    connection.batch_execute("DELETE FROM audit_log")?;
    let rebuildable = sql::<(Text, Text, Text)>(REBUILDABLE).load::<(String, String, String)>(connection)?;
    for (kind, name, _) in &rebuildable {
        connection.batch_execute(&format!("DROP {kind} \"{name}\""))?;
    }
    USERS.fill(connection, holdings.users(), user)?;
    KEYS.fill(connection, holdings.keys(), key)?;
    FOLLOWS.fill(connection, holdings.follows(), follow)?;
    TWEETS.fill(connection, holdings.tweets(), tweet)?;
    LIKES.fill(connection, holdings.likes(), like)?;
    IMAGES.fill(connection, holdings.images(), image)?;
    GUARDS.fill(connection, holdings.guards(), guard)?;
    RECORDS.fill(connection, holdings.records(), record)?;
    if let Some(id) = holdings.store_id()? {
        identity::set_store_id(connection, id)?;
    }
    let last = holdings.last_ids()?;
    for (table, id) in
        [("users", last.users), ("tweets", last.tweets), ("images", last.images), ("audit_log", last.records)]
    {
        sql::<()>(RAISE_SEQUENCE).bind(id).bind(table).execute(connection)?;
        sql::<()>(BEGIN_SEQUENCE).bind(table).bind(id).execute(connection)?;
    }
    for (_, _, statement) in &rebuildable {
        connection.batch_execute(statement)?;
    }
    // The search index, then what the planner knows of the tables.
    connection.batch_execute("INSERT INTO user_names (user_names) VALUES ('rebuild')")?;
    connection.batch_execute("ANALYZE")?;
    Ok(())
}

fn user(user: &User) -> Vec<Bind> {
    vec![
        user.id.into(),
        user.nickname.as_str().into(),
        user.nickname.folded().into(),
        user.first_name.as_ref().map(PersonName::as_str).into(),
        user.last_name.as_ref().map(PersonName::as_str).into(),
        user.searchable().into(),
        user.followers_count.into(),
        user.following_count.into(),
        user.created_at.into(),
    ]
}

fn key(key: &BulkKey) -> Vec<Bind> {
    vec![(&key.hash).into(), key.user.into(), key.created_at.into(), key.ends_at.into()]
}

fn follow(follow: &BulkFollow) -> Vec<Bind> {
    vec![follow.follower.into(), follow.followee.into()]
}

fn tweet(tweet: &BulkTweet) -> Vec<Bind> {
    vec![
        tweet.id.into(),
        tweet.author.into(),
        tweet.text.as_str().into(),
        tweet.like_count.into(),
        tweet.created_at.into(),
    ]
}

fn like(like: &BulkLike) -> Vec<Bind> {
    vec![like.tweet.into(), like.user.into()]
}

fn image(image: &BulkImage) -> Vec<Bind> {
    let (tweet, position): (Option<TweetId>, Option<u32>) = image.place.unzip();
    vec![
        image.id.into(),
        image.owner.into(),
        image.name.into(),
        image.width.into(),
        image.height.into(),
        image.bytes.into(),
        tweet.into(),
        position.into(),
        image.uploaded_at.into(),
    ]
}

fn guard(guard: &BulkGuard) -> Vec<Bind> {
    vec![
        guard.user.into(),
        guard.key.as_str().into(),
        (&guard.fingerprint).into(),
        guard.outcome.into(),
        guard.created_at.into(),
    ]
}

fn record(Record { id, entry }: &Record) -> Vec<Bind> {
    vec![
        id.get().into(),
        entry.at.into(),
        entry.operator.os_user.as_str().into(),
        entry.operator.sudo_user.as_deref().into(),
        entry.action.as_str().into(),
        entry.user.into(),
        entry.outcome.as_str().into(),
        entry.detail.as_deref().into(),
    ]
}

/// A table and the columns that are filled.
struct Table {
    name: &'static str,
    columns: &'static [&'static str],
}

impl Table {
    /// Inserts all rows, many by each statement.
    fn fill<T>(
        &self,
        connection: &mut SqliteConnection,
        mut rows: Rows<'_, T>,
        columns: impl Fn(&T) -> Vec<Bind>,
    ) -> Result<(), Failure> {
        let full = self.insert(ROWS_A_STATEMENT);
        loop {
            let mut values = Vec::with_capacity(ROWS_A_STATEMENT * self.columns.len());
            for row in rows.by_ref().take(ROWS_A_STATEMENT) {
                values.extend(columns(&row?));
            }
            let count = values.len() / self.columns.len();
            if count == 0 {
                return Ok(());
            }
            let statement = if count == ROWS_A_STATEMENT { full.clone() } else { self.insert(count) };
            sql::<()>(statement).bind_all(values).execute(connection)?;
        }
    }

    /// The statement that inserts so many rows.
    fn insert(&self, rows: usize) -> String {
        let width = self.columns.len();
        let row = |row: usize| {
            let places = (1..=width).map(|column| format!("?{}", row * width + column)).collect::<Vec<_>>();
            format!("({})", places.join(", "))
        };
        let values = (0..rows).map(row).collect::<Vec<_>>().join(", ");
        format!("INSERT INTO {} ({}) VALUES {values}", self.name, self.columns.join(", "))
    }
}
