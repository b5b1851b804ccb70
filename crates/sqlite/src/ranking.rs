//! Which tweets make a page, by one statement or two; likes are never counted here. Popular tweets of a time: `popular.rs`.
//!
//! A viewer who follows many is served by a walk down the tweets of everybody, which is short when it finds enough of
//! their followees' among the first few hundred; what it finds is then exact. Otherwise the index of each followee's
//! tweets is entered, which SQLite leaves as soon as the rest of it can't reach the page any more.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tweetty_domain::{FeedQuery, Order, Scope, Start, UserId};

use crate::failure::Failure;
use crate::measures::Strategy;
use crate::schema::users;
use crate::statement::{Statement, sql};

/// Up to so many followees their indexes are the shortest way.
const FEW_FOLLOWEES: u64 = 32;
/// How far the walk down everybody's tweets goes: about as far as takes the time of the indexes, which is more for a
/// viewer of many and for a page that lies deep.
const WALKED_A_FOLLOWEE: u64 = 8;
const WALKED_A_TWEET: u64 = 20;

/// Two ranges merged in their order, because SQLite would enter the index by the likes alone and read every tweet
/// without likes up to a position among them.
pub(crate) const ALL_POPULAR: &str = "
    SELECT id
    FROM (
        SELECT like_count, id
        FROM tweets INDEXED BY tweets_by_popularity
        WHERE like_count = ?1
          AND id < ?2
        UNION ALL
        SELECT like_count, id
        FROM tweets INDEXED BY tweets_by_popularity
        WHERE like_count < ?1
        ORDER BY like_count DESC, id DESC
        LIMIT ?3 OFFSET ?4
    )
    ORDER BY like_count DESC, id DESC";

/// NOT INDEXED leaves the table itself, which is in the order wanted.
pub(crate) const ALL_RECENT: &str = "
    SELECT id
    FROM tweets NOT INDEXED
    WHERE id < ?1
    ORDER BY id DESC
    LIMIT ?2 OFFSET ?3";

pub(crate) const AUTHOR_POPULAR: &str = "
    SELECT id
    FROM tweets INDEXED BY tweets_of_author_by_popularity
    WHERE author_id = ?1
      AND (like_count, id) < (?2, ?3)
    ORDER BY like_count DESC, id DESC
    LIMIT ?4 OFFSET ?5";

pub(crate) const AUTHOR_RECENT: &str = "
    SELECT id
    FROM tweets INDEXED BY tweets_of_author_by_age
    WHERE author_id = ?1
      AND id < ?2
    ORDER BY id DESC
    LIMIT ?3 OFFSET ?4";

pub(crate) const FOLLOWING_POPULAR: &str = "
    SELECT id
    FROM tweets INDEXED BY tweets_of_author_by_popularity
    WHERE author_id IN (SELECT followee_id FROM follows WHERE follower_id = ?1 UNION ALL SELECT ?1)
      AND (like_count, id) < (?2, ?3)
    ORDER BY like_count DESC, id DESC
    LIMIT ?4 OFFSET ?5";

pub(crate) const FOLLOWING_RECENT: &str = "
    SELECT id
    FROM tweets INDEXED BY tweets_of_author_by_age
    WHERE author_id IN (SELECT followee_id FROM follows WHERE follower_id = ?1 UNION ALL SELECT ?1)
      AND id < ?2
    ORDER BY id DESC
    LIMIT ?3 OFFSET ?4";

pub(crate) const WALK_POPULAR: &str = "
    SELECT id
    FROM (
        SELECT like_count, id, author_id
        FROM tweets INDEXED BY tweets_by_popularity
        WHERE like_count = ?1
          AND id < ?2
        UNION ALL
        SELECT like_count, id, author_id
        FROM tweets INDEXED BY tweets_by_popularity
        WHERE like_count < ?1
        ORDER BY like_count DESC, id DESC
        LIMIT ?3
    )
    WHERE author_id = ?4
       OR EXISTS (SELECT 1 FROM follows WHERE follower_id = ?4 AND followee_id = author_id)
    ORDER BY like_count DESC, id DESC
    LIMIT ?5 OFFSET ?6";

pub(crate) const WALK_RECENT: &str = "
    SELECT id
    FROM (
        SELECT id, author_id
        FROM tweets NOT INDEXED
        WHERE id < ?1
        ORDER BY id DESC
        LIMIT ?2
    )
    WHERE author_id = ?3
       OR EXISTS (SELECT 1 FROM follows WHERE follower_id = ?3 AND followee_id = author_id)
    ORDER BY id DESC
    LIMIT ?4 OFFSET ?5";

/// The page's ids in order, and one more where another page follows.
pub(crate) fn ranked(connection: &mut SqliteConnection, query: &FeedQuery) -> Result<Vec<i64>, Failure> {
    let part = Part::of(query);
    match query.scope {
        Scope::All => Strategy::All.taken(),
        Scope::By(_) => Strategy::Author.taken(),
        Scope::Following => (),
    }
    match (query.scope, query.order) {
        (Scope::All, Order::Popular { .. }) => part.load(connection, ALL_POPULAR, None),
        (Scope::All, Order::Recent) => part.load(connection, ALL_RECENT, None),
        (Scope::By(author), Order::Popular { .. }) => part.load(connection, AUTHOR_POPULAR, Some(author)),
        (Scope::By(author), Order::Recent) => part.load(connection, AUTHOR_RECENT, Some(author)),
        (Scope::Following, _) => following(connection, query.viewer, &part),
    }
}

fn following(connection: &mut SqliteConnection, viewer: UserId, part: &Part) -> Result<Vec<i64>, Failure> {
    let followees = following_count(connection, viewer)?;
    if let Some(walk) = walk_length(followees, part) {
        let found = part.walk(connection, viewer, walk)?;
        if found.len() as u64 == part.wanted {
            Strategy::Walk.taken();
            return Ok(found);
        }
        Strategy::WalkInVain.taken();
    } else {
        Strategy::Indexes.taken();
    }
    match part.order {
        Order::Popular { .. } => part.load(connection, FOLLOWING_POPULAR, Some(viewer)),
        Order::Recent => part.load(connection, FOLLOWING_RECENT, Some(viewer)),
    }
}

/// How many a viewer follows.
pub(crate) fn following_count(connection: &mut SqliteConnection, viewer: UserId) -> Result<u64, Failure> {
    let count = users::table.find(viewer.get()).select(users::following_count).first::<i64>(connection);
    Ok(count.optional()?.unwrap_or_default().unsigned_abs())
}

/// How far to walk for a viewer with so many followees, if that can fill the page at all.
fn walk_length(followees: u64, part: &Part) -> Option<u64> {
    let reach = part.reach();
    let longest = WALKED_A_FOLLOWEE.saturating_mul(followees).min(WALKED_A_TWEET.saturating_mul(reach));
    (followees > FEW_FOLLOWEES && reach <= longest).then_some(longest)
}

/// Which part of a ranking: behind a position, `skipped` passed over, `wanted` taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) likes: u64,
    pub(crate) id: u64,
    order: Order,
    pub(crate) wanted: u64,
    skipped: u64,
}

impl Part {
    pub(crate) fn of(query: &FeedQuery) -> Self {
        let size = u64::from(query.size.get());
        let (likes, id, skipped) = match query.start {
            Start::Page(number) => (u64::MAX, u64::MAX, number.saturating_sub(1).saturating_mul(size)),
            Start::After(position) => (position.likes, position.id.get().unsigned_abs(), 0),
        };
        Self { likes, id, order: query.order, wanted: size + 1, skipped }
    }

    /// How many tweets lie between the start and the end of the page.
    pub(crate) fn reach(&self) -> u64 {
        self.wanted.saturating_add(self.skipped)
    }

    /// The ids of the page; its length and what is passed over are the statement's last parameters.
    pub(crate) fn taken(
        &self,
        statement: Statement<BigInt>,
        connection: &mut SqliteConnection,
    ) -> Result<Vec<i64>, Failure> {
        Ok(statement.bind(self.wanted).bind(self.skipped).load(connection)?)
    }

    fn load(
        &self,
        connection: &mut SqliteConnection,
        statement: &'static str,
        whose: Option<UserId>,
    ) -> Result<Vec<i64>, Failure> {
        let mut statement = sql::<BigInt>(statement);
        if let Some(user) = whose {
            statement = statement.bind(user);
        }
        if self.order != Order::Recent {
            statement = statement.bind(self.likes);
        }
        self.taken(statement.bind(self.id), connection)
    }

    fn walk(
        &self,
        connection: &mut SqliteConnection,
        viewer: UserId,
        length: u64,
    ) -> Result<Vec<i64>, Failure> {
        let statement = match self.order {
            Order::Popular { .. } => sql::<BigInt>(WALK_POPULAR).bind(self.likes),
            Order::Recent => sql::<BigInt>(WALK_RECENT),
        };
        self.taken(statement.bind(self.id).bind(length).bind(viewer), connection)
    }
}
