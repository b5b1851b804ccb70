//! The port of announcements.

use async_trait::async_trait;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Timestamptz};
use diesel_async::RunQueryDsl;
use futures_util::FutureExt as _;
use tweetty_domain::{
    Acknowledged, Announcement, AnnouncementId, Announcements, Change, Entry, Error, Invalid,
    NewAnnouncement, People, Person, Result, Subject, Timestamp, TweetId, UserId,
};

use crate::connection::{Connection, Patience};
use crate::failure::{Failure, OrIfViolated as _};
use crate::schema::tweets;
use crate::statement::sql;
use crate::{Store, audit, person, rows};

/// One announcement waits for another, so that none is counted twice. Ends with the transaction.
const ANNOUNCE_IN_TURN: &str = "SELECT pg_advisory_xact_lock(8390876214)";

const STANDING: &str = "
    SELECT id, tweet_id, ends_at, acknowledge = 1
    FROM announcements
    WHERE ends_at > :now
    ORDER BY id DESC
    LIMIT :limit";

const COUNT_STANDING: &str = "
    SELECT count(*)
    FROM announcements
    WHERE ends_at > :now";

const IS_ANNOUNCED: &str = "
    SELECT EXISTS (SELECT 1 FROM announcements WHERE tweet_id = :tweet AND ends_at > :now)";

const ANNOUNCE: &str = "
    INSERT INTO announcements (tweet_id, ends_at, acknowledge, created_at)
    VALUES (:tweet, :until, CASE WHEN :acknowledge THEN 1 ELSE 0 END, :at)
    RETURNING id";

const WITHDRAW: &str = "
    DELETE FROM announcements
    WHERE id = :announcement";

const FORGET: &str = "
    DELETE FROM announcements
    WHERE id = ANY (ARRAY (
        SELECT id
        FROM announcements
        WHERE ends_at < :before
        ORDER BY ends_at
        LIMIT :limit
        FOR UPDATE SKIP LOCKED
    ))";

const ONE: &str = "
    SELECT ends_at, acknowledge = 1
    FROM announcements
    WHERE id = :announcement";

/// The lock keeps it from being withdrawn before what is said of it is written.
const ONE_FOR_SHARE: &str = "
    SELECT ends_at, acknowledge = 1
    FROM announcements
    WHERE id = :announcement
    FOR KEY SHARE";

const ACKNOWLEDGE: &str = "
    INSERT INTO acknowledgements (announcement_id, user_id, at)
    VALUES (:announcement, :user, :at)
    ON CONFLICT DO NOTHING";

const ACKNOWLEDGED: &str = "
    SELECT announcement_id
    FROM acknowledgements
    WHERE announcement_id = ANY(:announcements)
      AND user_id = :user";

/// Both tables are walked in the order of the users.
const MISSING: &str = "
    SELECT users.id, users.nickname, users.first_name, users.last_name, users.avatar, users.owner_id IS NOT NULL
    FROM users
    WHERE users.id > :after
      AND users.deactivated_at IS NULL
      AND users.owner_id IS NULL
      AND NOT EXISTS (
          SELECT 1 FROM acknowledgements WHERE announcement_id = :announcement AND user_id = users.id
      )
    ORDER BY users.id
    LIMIT :limit";

const ACKNOWLEDGED_BY: &str = "
    SELECT announcement_id, announcements.tweet_id, at
    FROM acknowledgements
    JOIN announcements ON announcements.id = announcement_id
    WHERE user_id = :user
      AND announcement_id > :after
    ORDER BY announcement_id
    LIMIT :limit";

#[async_trait]
impl Announcements for Store {
    async fn announce(
        &self,
        new: NewAnnouncement,
        most: u32,
        entry: Option<Entry>,
    ) -> Result<Option<AnnouncementId>> {
        self.connections
            .transaction(Patience::Request, move |connection| {
                announce(connection, new, most, entry.clone()).boxed()
            })
            .await
    }

    async fn withdraw(&self, announcement: AnnouncementId, entry: Option<Entry>) -> Result<bool> {
        self.recorded(Patience::Request, entry, bool::clone, move |connection| {
            let withdraw = sql::<()>(WITHDRAW).bind("announcement", announcement.get());
            async move { Ok(withdraw.execute(connection).await? > 0) }.boxed()
        })
        .await
    }

    async fn standing(&self, now: Timestamp, limit: u32) -> Result<Vec<Announcement>> {
        self.connections.read(move |connection| standing(connection, now, limit).boxed()).await
    }

    async fn acknowledged(&self, user: UserId, of: Vec<AnnouncementId>) -> Result<Vec<AnnouncementId>> {
        let ids = of.into_iter().map(AnnouncementId::get).collect::<Vec<_>>();
        self.connections
            .read(move |connection| {
                let found = sql::<BigInt>(ACKNOWLEDGED).bind("announcements", ids).bind("user", user);
                async move {
                    let found = found.load::<i64>(connection).await?;
                    Ok(found.into_iter().map(AnnouncementId::stored).collect())
                }
                .boxed()
            })
            .await
    }

    async fn acknowledge(
        &self,
        announcement: AnnouncementId,
        user: UserId,
        at: Timestamp,
    ) -> Result<Option<Change>> {
        self.connections
            .transaction(Patience::Request, move |connection| {
                acknowledge(connection, announcement, user, at).boxed()
            })
            .await
    }

    async fn missing(
        &self,
        announcement: AnnouncementId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Option<People<Person>>> {
        self.connections.read(move |connection| missing(connection, announcement, after, limit).boxed()).await
    }

    async fn acknowledged_by(
        &self,
        user: UserId,
        after: Option<AnnouncementId>,
        limit: u32,
    ) -> Result<Vec<Acknowledged>> {
        self.connections.read(move |connection| acknowledged_by(connection, user, after, limit).boxed()).await
    }

    async fn forget_announcements(&self, ended_before: Timestamp, limit: u32) -> Result<u64> {
        self.connections
            .transaction(Patience::Operator, move |connection| {
                let forget = sql::<()>(FORGET).bind("before", ended_before).bind("limit", limit);
                async move { Ok(forget.execute(connection).await? as u64) }.boxed()
            })
            .await
    }
}

async fn announce(
    connection: &mut Connection,
    new: NewAnnouncement,
    most: u32,
    entry: Option<Entry>,
) -> Result<Option<AnnouncementId>, Failure> {
    diesel::sql_query(ANNOUNCE_IN_TURN).execute(connection).await?;
    let known = exists(tweets::table.find(new.tweet.get()));
    if !diesel::select(known).get_result::<bool>(connection).await? {
        return Ok(None);
    }
    let announced = sql::<Bool>(IS_ANNOUNCED).bind("tweet", new.tweet).bind("now", new.at);
    if announced.get_result(connection).await? {
        return Err(Error::AlreadyAnnounced(new.tweet).into());
    }
    let standing = sql::<BigInt>(COUNT_STANDING).bind("now", new.at);
    if standing.get_result::<i64>(connection).await? >= i64::from(most) {
        return Err(Error::TooManyAnnouncements { limit: most }.into());
    }
    let id = sql::<BigInt>(ANNOUNCE)
        .bind("tweet", new.tweet)
        .bind("until", new.until)
        .bind("acknowledge", new.acknowledge)
        .bind("at", new.at)
        .get_result::<i64>(connection)
        .await;
    // The tweet was deleted since the look above.
    let gone = || Error::NotFound(Subject::Tweet(new.tweet));
    let id = AnnouncementId::stored(id.or_if_violated("announcements_tweet_id_fkey", gone)?);
    audit::record(connection, entry.map(|entry| entry.of_announcement(id)).as_ref()).await?;
    Ok(Some(id))
}

async fn standing(
    connection: &mut Connection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Announcement>, Failure> {
    let found = sql::<(BigInt, BigInt, Timestamptz, Bool)>(STANDING).bind("now", now).bind("limit", limit);
    let announcement = |(id, tweet, until, acknowledge): (i64, i64, Timestamp, bool)| Announcement {
        id: AnnouncementId::stored(id),
        tweet: TweetId::stored(tweet),
        until,
        acknowledge,
    };
    Ok(found.load(connection).await?.into_iter().map(announcement).collect())
}

/// When an announcement ends that asks people to acknowledge it; `None` where there is none.
async fn asking(
    connection: &mut Connection,
    statement: &'static str,
    id: AnnouncementId,
) -> Result<Option<Timestamp>, Failure> {
    let found = sql::<(Timestamptz, Bool)>(statement).bind("announcement", id.get());
    match found.get_result::<(Timestamp, bool)>(connection).await.optional()? {
        Some((_, false)) => Err(Error::from(Invalid::UnaskedAcknowledgement).into()),
        Some((ends_at, true)) => Ok(Some(ends_at)),
        None => Ok(None),
    }
}

async fn acknowledge(
    connection: &mut Connection,
    announcement: AnnouncementId,
    user: UserId,
    at: Timestamp,
) -> Result<Option<Change>, Failure> {
    if asking(connection, ONE_FOR_SHARE, announcement).await?.is_none_or(|ends_at| ends_at <= at) {
        return Ok(None);
    }
    let made = sql::<()>(ACKNOWLEDGE)
        .bind("announcement", announcement.get())
        .bind("user", user)
        .bind("at", at)
        .execute(connection)
        .await;
    let made = made.or_if_violated("acknowledgements_user_id_fkey", || Error::UnknownKey)?;
    Ok(Some(if made > 0 { Change::Made } else { Change::AlreadySo }))
}

async fn missing(
    connection: &mut Connection,
    announcement: AnnouncementId,
    after: Option<UserId>,
    limit: u32,
) -> Result<Option<People<Person>>, Failure> {
    if asking(connection, ONE, announcement).await?.is_none() {
        return Ok(None);
    }
    let found = sql::<person::Columns>(MISSING)
        .bind("after", after.map_or(0, UserId::get))
        .bind("announcement", announcement.get())
        .bind("limit", u64::from(limit) + 1)
        .load(connection)
        .await?;
    let missing = found.into_iter().map(person::of_row).collect();
    Ok(Some(rows::page_of_people(missing, limit, |person: &Person| person.id)))
}

async fn acknowledged_by(
    connection: &mut Connection,
    user: UserId,
    after: Option<AnnouncementId>,
    limit: u32,
) -> Result<Vec<Acknowledged>, Failure> {
    let found = sql::<(BigInt, BigInt, Timestamptz)>(ACKNOWLEDGED_BY)
        .bind("user", user)
        .bind("after", after.map_or(0, AnnouncementId::get))
        .bind("limit", limit)
        .load::<(i64, i64, Timestamp)>(connection)
        .await?;
    let acknowledged = |(announcement, tweet, at): (i64, i64, Timestamp)| Acknowledged {
        announcement: AnnouncementId::stored(announcement),
        tweet: TweetId::stored(tweet),
        at,
    };
    Ok(found.into_iter().map(acknowledged).collect())
}
