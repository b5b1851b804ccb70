//! The port of loading at once.
//!
//! Tables are filled in the order of their keys; the other indexes are built after that, each by one sort.

use async_trait::async_trait;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use tweetty_domain::{Bulk, BulkFollow, BulkLike, BulkTweet, BulkUser, Company, Error, Result};

use crate::Store;
use crate::failure::Failure;
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
      AND tbl_name IN ('users', 'api_keys', 'tweets', 'likes', 'follows')";

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
const KEYS: Table = Table { name: "api_keys", columns: &["hash", "user_id", "created_at"] };
const FOLLOWS: Table = Table { name: "follows", columns: &["follower_id", "followee_id"] };
const TWEETS: Table =
    Table { name: "tweets", columns: &["id", "author_id", "content", "like_count", "created_at"] };
const LIKES: Table = Table { name: "likes", columns: &["tweet_id", "user_id"] };

#[async_trait]
impl Bulk for Store {
    async fn load(&self, company: Box<dyn Company>) -> Result<()> {
        self.writer
            .alone(move |connection| {
                // A large cache while indexes are sorted and built; it goes back to its size, and the log to the disk.
                connection.batch_execute("PRAGMA cache_size = -131072")?;
                let loaded = connection.immediate_transaction(|connection| load(connection, company));
                connection.batch_execute("PRAGMA cache_size = -16000; PRAGMA shrink_memory")?;
                loaded?;
                connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
                Ok(())
            })
            .await
    }
}

fn load(connection: &mut SqliteConnection, mut company: Box<dyn Company>) -> Result<(), Failure> {
    if diesel::select(diesel::dsl::exists(users::table.select(users::id))).get_result(connection)? {
        return Err(Error::NotEmpty.into());
    }
    let rebuildable = sql::<(Text, Text, Text)>(REBUILDABLE).load::<(String, String, String)>(connection)?;
    for (kind, name, _) in &rebuildable {
        connection.batch_execute(&format!("DROP {kind} \"{name}\""))?;
    }
    load_users(connection, company.users())?;
    FOLLOWS.fill(connection, company.follows().map(follow))?;
    TWEETS.fill(connection, company.tweets().map(|row| tweet(&row)))?;
    LIKES.fill(connection, company.likes().map(like))?;
    for (_, _, statement) in &rebuildable {
        connection.batch_execute(statement)?;
    }
    // The search index, then what the planner knows of the tables.
    connection.batch_execute("INSERT INTO user_names (user_names) VALUES ('rebuild')")?;
    connection.batch_execute("ANALYZE")?;
    Ok(())
}

/// Keys come in the order of the users, of whom few have one.
fn load_users(
    connection: &mut SqliteConnection,
    users: impl Iterator<Item = BulkUser>,
) -> Result<(), Failure> {
    let mut keys = Vec::new();
    let rows = users.map(|user| {
        if user.has_key {
            keys.push(key(&user));
        }
        person(&user)
    });
    USERS.fill(connection, rows)?;
    KEYS.fill(connection, keys.into_iter())
}

fn person(bulk: &BulkUser) -> Vec<Bind> {
    let user = &bulk.user;
    vec![
        bulk.id.into(),
        user.nickname.as_str().into(),
        user.nickname.folded().into(),
        user.first_name.as_ref().map(tweetty_domain::PersonName::as_str).into(),
        user.last_name.as_ref().map(tweetty_domain::PersonName::as_str).into(),
        user.searchable().into(),
        bulk.followers_count.into(),
        bulk.following_count.into(),
        user.created_at.into(),
    ]
}

fn key(bulk: &BulkUser) -> Vec<Bind> {
    vec![(&bulk.user.key).into(), bulk.id.into(), bulk.user.created_at.into()]
}

fn follow(follow: BulkFollow) -> Vec<Bind> {
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

fn like(like: BulkLike) -> Vec<Bind> {
    vec![like.tweet.into(), like.user.into()]
}

/// A table and the columns that are filled.
struct Table {
    name: &'static str,
    columns: &'static [&'static str],
}

impl Table {
    /// Inserts all rows, many by each statement.
    fn fill(
        &self,
        connection: &mut SqliteConnection,
        rows: impl Iterator<Item = Vec<Bind>>,
    ) -> Result<(), Failure> {
        let full = self.insert(ROWS_A_STATEMENT);
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            let mut values = Vec::with_capacity(ROWS_A_STATEMENT * self.columns.len());
            rows.by_ref().take(ROWS_A_STATEMENT).for_each(|row| values.extend(row));
            let count = values.len() / self.columns.len();
            let statement = if count == ROWS_A_STATEMENT { full.clone() } else { self.insert(count) };
            sql::<()>(statement).bind_all(values).execute(connection)?;
        }
        Ok(())
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
